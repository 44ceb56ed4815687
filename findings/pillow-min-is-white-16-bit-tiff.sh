#!/usr/bin/env bash
# Pillow 13.0.0 inverts white-is-zero grey TIFFs (PhotometricInterpretation 0) with 1, 2, 4 and 8 bits, but not with 16.
#
# Expected: the picture looks the same at every bit depth: dark stays dark. Scanned films and computed radiographs use this format.
# Seen: with 8 bits the values are inverted; with 16 bits they are the file's own, in mode I;16, with no sign that 0 is white. The
#   same picture is a positive with 8 bits and a negative with 16.
# Workaround: check image.tag_v2[262] and invert in your own code.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 pillow==13.0.0 tifffile==2026.3.3
cd "$folder"
venv/bin/python - <<'PY'
import numpy as np, PIL, tifffile
from PIL import Image

print("Pillow", PIL.__version__)
brightness = {}
for dtype, most in ((np.uint8, 255), (np.uint16, 65535)):
    dark = np.full((16, 32), round(0.1 * most), dtype)  # a tenth of white
    tifffile.imwrite("film.tif", most - dark, photometric="miniswhite", metadata=None)
    image = Image.open("film.tif")
    brightness[dtype] = np.asarray(image)[0, 0] / most
    print(f"{np.dtype(dtype)}, mode {image.mode}: brightness {brightness[dtype]:.2f}, expected 0.10")
as_recorded = abs(brightness[np.uint8] - 0.1) < 0.01 and abs(brightness[np.uint16] - 0.9) < 0.01
raise SystemExit(0 if as_recorded else "The behaviour has changed.")
PY
