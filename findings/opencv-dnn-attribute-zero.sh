#!/usr/bin/env bash
# OpenCV 5.0.0 (PyPI 5.0.0.93): cv2.dnn refuses an ONNX model that omits an integer attribute's value of 0.
#
# Expected: an attribute of type INT without the field i is 0, protobuf's default. Writers that follow proto3 (onnx.proto3; protobufjs)
#   omit a value of 0. onnx reads 0, and onnxruntime runs the model.
# Seen: an exception on reading, "DNN/ONNX/Attribute[keepdims]: unsupported attribute format". OpenCV 4.14 refuses it, too. With an
#   explicit value the same model loads.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 opencv-python-headless==5.0.0.93 onnx==1.20.0 onnxruntime==1.32.0
cd "$folder"
OPENCV_LOG_LEVEL=SILENT venv/bin/python - <<'PY'
import cv2, numpy as np, onnx, onnxruntime
from onnx import TensorProto, helper

print("OpenCV", cv2.__version__)
node = helper.make_node("ReduceMean", ["x"], ["y"], axes=[2, 3], keepdims=0)
ends = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 4, 4]), helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])]
model = helper.make_model(helper.make_graph([node], "mean", ends[:1], ends[1:]), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
pixels = np.arange(48, dtype=np.float32).reshape(1, 3, 4, 4)
loads = {}
for written in (True, False):
    if not written:
        next(a for a in model.graph.node[0].attribute if a.name == "keepdims").ClearField("i")
    onnx.save(model, "mean.onnx")
    expected = onnxruntime.InferenceSession("mean.onnx").run(None, {"x": pixels})[0]
    try:
        net = cv2.dnn.readNetFromONNX("mean.onnx")
        net.setInput(pixels, "x")
        loads[written] = bool(np.allclose(net.forward("y"), expected))
    except cv2.error as error:
        loads[written] = False
        print(str(error).strip()[-160:])
    print(f"value written: {written}, onnxruntime {expected.ravel()}, OpenCV agrees: {loads[written]}")
raise SystemExit(0 if loads == {True: True, False: False} else "The behaviour has changed.")
PY
