"""Writes heat.json: colour tables of OpenCV and matplotlib, and a map enlarged by OpenCV.

usage: python make_heat.py        (pip install opencv-python-headless matplotlib)
"""
import json
from importlib.metadata import version
from pathlib import Path
import cv2, numpy as np
from matplotlib import colormaps

levels = np.arange(256, dtype=np.uint8)[:, None]
jet = cv2.applyColorMap(levels, cv2.COLORMAP_JET)[:, 0, ::-1].tolist()
even = {name: np.round(255 * colormaps[name](np.arange(256))[:, :3]).astype(int).tolist() for name in ('viridis', 'inferno')}
small = ((np.arange(35).reshape(5, 7) * 13) % 35 / 34).astype(np.float32)
large = cv2.resize(small, (31, 23), interpolation=cv2.INTER_LINEAR)
made = {name: version(name) for name in ('opencv-python-headless', 'matplotlib', 'numpy')}
(Path(__file__).parent / 'heat.json').write_text(json.dumps(dict(
    made_with=made, tables=dict(jet=jet, **even),
    enlarged=dict(height=5, width=7, values=[float(v) for v in small.ravel()], out_height=23, out_width=31, out=[round(float(v), 6) for v in large.ravel()]),
)) + '\n')
