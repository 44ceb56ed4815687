#!/usr/bin/env bash
# Pillow 13.0.0 misreads an uncompressed 16-bit RGB TIFF with planar bands (PlanarConfiguration 2).
#
# Expected: the same 8-bit picture as from the same file with its samples interleaved, or with Deflate: 200 100 50 in the first quarter.
# Seen: a picture of the right size with wrong pixels, without a warning: the first quarter shows the colour of the second. Eight
#   bits, and 16 bits with LZW or Deflate, are read correctly. OpenCV, libvips and tifffile read all of them correctly.
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

colours = np.array([(200, 100, 50), (40, 160, 220), (20, 30, 40), (240, 240, 230)], np.uint8)
expected = colours[np.arange(16)[:, None] // 8 * 2 + np.arange(32)[None, :] // 16]
print("Pillow", PIL.__version__)


def seen(bits, planar, compression):
    pixels = expected if bits == 8 else expected.astype(np.uint16) * 257
    layout = {"planarconfig": "separate"} if planar else {}
    pixels = np.ascontiguousarray(pixels.transpose(2, 0, 1)) if planar else pixels
    tifffile.imwrite("bands.tif", pixels, photometric="rgb", compression=compression, metadata=None, **layout)
    picture = np.asarray(Image.open("bands.tif").convert("RGB"))
    print(f"{bits} bits, planar {planar}, {compression}: {picture[3, 3].tolist()}, right: {np.array_equal(picture, expected)}")
    return np.array_equal(picture, expected)


others = [seen(8, False, None), seen(16, False, None), seen(8, True, None), seen(16, True, "zlib")]
raise SystemExit(0 if all(others) and not seen(16, True, None) else "The behaviour has changed.")
PY
