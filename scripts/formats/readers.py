"""Reads the files that inputs.py wrote, each as a training script does by default, and prints one line of JSON per file.

usage: python readers.py FOLDER [opencv]

Pillow       Image.open(path).convert("RGB"); where it gives something else for an open file, as in torchvision's ImageFolder, that, too
OpenCV       cv2.imread(path), blue and red exchanged
torchvision  torchvision.io.decode_image(path, mode="RGB"), of several frames the first

With "opencv", only that reader.
"""
import json
import os
import sys
import warnings
from pathlib import Path

os.environ["OPENCV_LOG_LEVEL"] = "SILENT"
import cv2

only_opencv = sys.argv[2:] == ["opencv"]
if not only_opencv:
    import numpy as np
    import PIL
    import torch
    import torchvision
    from PIL import Image
    from torchvision.io import decode_image

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])


def by_pillow(path):
    return np.asarray(Image.open(path).convert("RGB"))


def by_image_folder(path):
    with open(path, "rb") as opened:
        return np.asarray(Image.open(opened).convert("RGB"))


def by_opencv(path):
    pixels = cv2.imread(str(path))
    return None if pixels is None else pixels[..., ::-1]


def by_torchvision(path):
    pixels = decode_image(str(path), mode="RGB")
    return (pixels[0] if pixels.ndim == 4 else pixels).permute(1, 2, 0).numpy()


def seen(read, path, probes):
    try:
        pixels = read(path)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0][:150]}
    if pixels is None:
        return {"error": "None"}
    height, width = pixels.shape[:2]
    at = [pixels[y, x].tolist() if y < height and x < width else None for x, y in probes]
    return {"size": [width, height], "type": str(pixels.dtype), "values": at}


readers = {"opencv": by_opencv}
versions = {"opencv": cv2.__version__}
if not only_opencv:
    readers = {"pillow": by_pillow, "imageFolder": by_image_folder, **readers, "torchvision": by_torchvision}
    versions = {"pillow": PIL.__version__, **versions, "torchvision": torchvision.__version__.split("+")[0], "torch": torch.__version__.split("+")[0]}
print(json.dumps({"versions": versions}))
for each in json.loads((folder / "manifest.json").read_text()):
    found = {name: seen(read, folder / each["file"], each["probes"]) for name, read in readers.items()}
    print(json.dumps({"file": each["file"], **found}))
