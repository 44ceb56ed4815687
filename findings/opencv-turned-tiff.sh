#!/usr/bin/env bash
# OpenCV 5.0.0 (PyPI 5.0.0.93): imread() returns None for a TIFF with orientation 5 to 8.
#
# Expected: the upright picture, as imread() returns it for a JPEG or a PNG with the same orientation (it applies EXIF's by default), and
#   for TIFFs with orientation 1 to 4.
# Seen: None, without an exception, also with IMREAD_IGNORE_ORIENTATION.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 opencv-python-headless==5.0.0.93 pillow==13.0.0 tifffile==2026.3.3
cd "$folder"
OPENCV_LOG_LEVEL=SILENT venv/bin/python - <<'PY'
import cv2, numpy as np, tifffile
from PIL import Image

pixels = np.zeros((16, 32, 3), np.uint8)
print("OpenCV", cv2.__version__)
shape = lambda *arguments: getattr(cv2.imread(*arguments), "shape", None)
seen = {}
for orientation in range(1, 9):
    tifffile.imwrite("turned.tif", pixels, photometric="rgb", metadata=None, extratags=[(274, "H", 1, orientation, True)])
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(pixels).save("turned.jpg", exif=exif)
    seen[orientation] = shape("turned.tif"), shape("turned.tif", cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION), shape("turned.jpg")
    print(f"orientation {orientation}: TIFF {seen[orientation][0]}, TIFF not turned {seen[orientation][1]}, JPEG {seen[orientation][2]}")
lying, upright = (16, 32, 3), (32, 16, 3)
wanted = {o: (lying, lying, lying) if o < 5 else (None, None, upright) for o in seen}
raise SystemExit(0 if seen == wanted else "The behaviour has changed.")
PY
