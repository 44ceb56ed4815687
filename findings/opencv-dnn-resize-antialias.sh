#!/usr/bin/env bash
# OpenCV 5.0.0 (PyPI 5.0.0.93): cv2.dnn ignores the attribute antialias of ONNX's Resize.
#
# Expected: the antialiased values of ONNX (operator set 18 and later, antialias = 1), as in onnxruntime, or an error on reading.
# Seen: silently the values without antialiasing. A model that includes its preprocessing (Resize with antialiasing, like torchvision's and
#   Pillow's resize) loads, runs, and gives other probabilities. OpenCV 4.14 refuses the node.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 opencv-python-headless==5.0.0.93 onnx==1.20.0 onnxruntime==1.32.0
cd "$folder"
venv/bin/python - <<'PY'
import cv2, numpy as np, onnx, onnxruntime
from onnx import TensorProto, helper

print("OpenCV", cv2.__version__)
pixels = (np.arange(64, dtype=np.float32) ** 2).reshape(1, 1, 8, 8)


def halved_twice(antialias):
    node = helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode="linear", antialias=antialias)
    sizes = helper.make_tensor("sizes", TensorProto.INT64, [4], [1, 1, 2, 2])
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 1, s, s]) for n, s in (("x", 8), ("y", 2))]
    graph = helper.make_graph([node], "resize", ends[:1], ends[1:], [sizes])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, "resize.onnx")
    expected = onnxruntime.InferenceSession("resize.onnx").run(None, {"x": pixels})[0]
    net = cv2.dnn.readNetFromONNX("resize.onnx")
    net.setInput(pixels, "x")
    seen = net.forward("y")
    print(f"antialias {antialias}: onnxruntime {expected.ravel()}, OpenCV {seen.ravel()}")
    return expected, seen


plain, plain_seen = halved_twice(0)
smooth, smooth_seen = halved_twice(1)
as_recorded = np.allclose(plain, plain_seen) and np.allclose(smooth_seen, plain) and not np.allclose(smooth, plain)
raise SystemExit(0 if as_recorded else "The behaviour has changed.")
PY
