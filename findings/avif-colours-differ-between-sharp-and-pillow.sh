#!/usr/bin/env bash
# sharp 0.35.5 (npm) and Pillow 13.0.0 (PyPI): the same AVIF with 4:2:0 colours gives different pixels.
#
# Expected: two decoders of one 8-bit AVIF agree to within a step or two of 255, as they do for JPEG, so a network trained on one
#           decoder's pixels sees the same image through the other.
# Seen:     with chroma subsampling (4:2:0, the default of most encoders) single pixels differ by more than ten steps at coloured
#           edges, because each decoder upsamples the chroma differently. Saved as 4:4:4 the same picture differs by at most 2.
#
# Exits 1 when the behaviour has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund sharp@0.35.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pillow==13.0.0 numpy==2.4.6

cat >make.py <<'PY'
import numpy as np
from PIL import Image
# Overlapping soft blobs of red, green and blue: 128 x 96 pixels with coloured edges, no noise.
y, x = np.mgrid[0:96, 0:128]
blob = lambda cx, cy, r: 255 / (1 + np.exp((np.hypot(x - cx, y - cy) - r) / 1.5))
rgb = np.stack([blob(45, 40, 26), blob(75, 40, 26), blob(60, 62, 26)], -1).round().astype(np.uint8)
for name in ("4:2:0", "4:4:4"):
    Image.fromarray(rgb).save(name.replace(":", "") + ".avif", quality=80, subsampling=name)
PY
cat >read.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
for (const name of ['420', '444']) writeFileSync(`${name}.raw`, await sharp(`${name}.avif`).removeAlpha().raw().toBuffer());
JS
cat >compare.py <<'PY'
import numpy as np
from PIL import Image
def difference(name):
    ours = np.asarray(Image.open(name + ".avif").convert("RGB"), int)
    theirs = np.frombuffer(open(name + ".raw", "rb").read(), np.uint8).reshape(ours.shape).astype(int)
    return abs(ours - theirs).max()
halved, full = difference("420"), difference("444")
print(f"Largest difference of sharp and Pillow: {halved} of 255 with 4:2:0 colours, {full} with 4:4:4")
raise SystemExit(0 if halved > 10 and full <= 2 else "changed")
PY
venv/bin/python make.py
node read.mjs
venv/bin/python compare.py
