#!/usr/bin/env bash
# OpenCV 5.0.0 (PyPI 5.0.0.93): imread() multiplies the colours of an RGB TIFF by its alpha, but not those of a PNG.
#
# Expected: imread(path), which drops alpha, returns the stored colours for every format. The TIFF's alpha is unassociated
#   (ExtraSamples 2): its colours are not premultiplied, so the stored ones are the colours.
# Seen: the pixel 200 100 50 with alpha 51 of 255 becomes 40 20 10 from the TIFF and 200 100 50 from the PNG. Masked parts of a TIFF
#   silently become darker or black, as if composited on black.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 opencv-python-headless==5.0.0.93 pillow==13.0.0 tifffile==2026.3.3
cd "$folder"
venv/bin/python - <<'PY'
import cv2, numpy as np, tifffile
from PIL import Image

pixels = np.full((16, 32, 4), (200, 100, 50, 51), np.uint8)
tifffile.imwrite("alpha.tif", pixels, photometric="rgb", extrasamples=["unassalpha"], metadata=None)
Image.fromarray(pixels).save("alpha.png")
print("OpenCV", cv2.__version__)
seen = {name: cv2.imread(name)[0, 0, ::-1].tolist() for name in ("alpha.tif", "alpha.png")}
print(seen, "expected [200, 100, 50] of both")
as_recorded = seen == {"alpha.tif": [40, 20, 10], "alpha.png": [200, 100, 50]}
raise SystemExit(0 if as_recorded else "The behaviour has changed.")
PY
