#!/usr/bin/env bash
# Pillow 13.0.0 scrambles an uncompressed grey TIFF with orientation 5 to 8 when it is opened by its path.
#
# Expected: Image.open(path) and Image.open(file object) return the same upright picture, as for orientations 1 to 4, for compressed
#   files and for RGB.
# Seen: from a file object the picture is upright. From a path (where Pillow maps the file into memory) width and height are not swapped
#   and the pixels are scrambled: rows of one length are filled with pixels of rows of another. ImageOps.exif_transpose() does not repair
#   it, and nothing is raised. Modes L and I;16 are affected, which X-ray machines and microscopes produce.
# Workaround: open the file in your own code, Image.open(open(path, "rb")).
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 pillow==13.0.0 tifffile==2026.3.3
cd "$folder"
venv/bin/python - <<'PY'
import numpy as np, PIL, tifffile
from PIL import Image, ImageOps

stored = np.add.outer(8 * np.arange(16), 4 * np.arange(32)).astype(np.uint8)
upright = {5: stored.T, 6: stored[::-1].T, 7: stored[::-1, ::-1].T, 8: stored[:, ::-1].T}  # TIFF 6.0, tag 274
print("Pillow", PIL.__version__)
as_recorded = True
for orientation, expected in upright.items():
    for pixels in (stored, stored.astype(np.uint16) * 200):
        wanted = expected.astype(pixels.dtype) * (200 if pixels.dtype == np.uint16 else 1)
        tifffile.imwrite("turned.tif", pixels, photometric="minisblack", metadata=None, extratags=[(274, "H", 1, orientation, True)])
        by_file = np.asarray(Image.open(open("turned.tif", "rb")))
        by_path = np.asarray(ImageOps.exif_transpose(Image.open("turned.tif")))
        file_right, path_right = np.array_equal(by_file, wanted), np.array_equal(by_path, wanted)
        print(f"orientation {orientation}, {pixels.dtype}: file object {by_file.shape} {file_right}, path {by_path.shape} {path_right}")
        as_recorded &= file_right and not path_right
raise SystemExit(0 if as_recorded else "The behaviour has changed.")
PY
