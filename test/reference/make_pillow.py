"""Writes pillow.json: what Pillow makes of a picture (CRC-32 of all pixels), and small image files with the pixels that Pillow reads in them.

usage: python make_pillow.py        (pip install pillow numpy)
"""
import base64, io, json, zlib
from pathlib import Path
import numpy as np, PIL
from PIL import Image, ImageEnhance, TiffImagePlugin  # noqa: F401

OUT = Path(__file__).parent


def picture(w, h):
    """Integers only, so that every language produces the same: smooth curves with hard edges where they wrap."""
    yy, xx = np.mgrid[0:h, 0:w].astype(np.int64)
    return Image.fromarray(np.stack([((xx * xx * (c + 1) + yy * yy * 3 + xx * yy * (5 - c)) >> 6) & 255 for c in range(3)], -1).astype(np.uint8))


def crc(img):
    return f'{zlib.crc32(np.ascontiguousarray(np.asarray(img.convert("RGB"))).tobytes()):08x}'


def hue(img, factor):  # torchvision functional_pil.adjust_hue
    h, s, v = img.convert('HSV').split()
    np_h = np.array(h, dtype=np.uint8)
    with np.errstate(over='ignore'):
        np_h = (np_h.astype(np.int32) + int(factor * 255)).astype(np.uint8)
    return Image.merge('HSV', (Image.fromarray(np_h, 'L'), s, v)).convert('RGB')


img = picture(500, 375)
small = picture(64, 48)
operations = dict(
    original=img, grey=img.convert('L'),
    shrink=img.resize((90, 70), Image.BILINEAR), shrink_a_lot=img.resize((11, 7), Image.BILINEAR), enlarge=small.resize((224, 224), Image.BILINEAR),
    grey_shrink=img.convert('L').resize((224, 224), Image.BILINEAR),
    crop=img.crop((47, 31, 47 + 280, 31 + 300)).resize((224, 224), Image.BILINEAR),
    column=img.crop((10, 0, 11, 375)).resize((5, 224), Image.BILINEAR),
    rotate=small.rotate(33.3), rotate_back=small.rotate(-7),
    brightness=ImageEnhance.Brightness(small).enhance(0.3), brightness_up=ImageEnhance.Brightness(small).enhance(1.7),
    contrast=ImageEnhance.Contrast(small).enhance(0.35), contrast_up=ImageEnhance.Contrast(small).enhance(1.9),
    saturation=ImageEnhance.Color(small).enhance(0.2), saturation_up=ImageEnhance.Color(small).enhance(1.8),
    hue=hue(small, 0.1), hue_back=hue(small, -0.37),
    grey_contrast=ImageEnhance.Contrast(small.convert('L').convert('RGB')).enhance(1.3))


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def exif(orientation):
    e = Image.Exif()
    e[0x0112] = orientation
    return e


def entry(data, expected):
    rgb = expected.convert('RGB')
    return dict(file=base64.b64encode(data).decode(), width=rgb.width, height=rgb.height, pixels=base64.b64encode(rgb.tobytes()).decode())


tile = picture(24, 16)
alpha = Image.fromarray((np.mgrid[0:16, 0:24][1] * 10).astype(np.uint8))
rgba = tile.copy(); rgba.putalpha(alpha)
la = tile.convert('L'); la.putalpha(alpha)
on_white = lambda image: Image.alpha_composite(Image.new('RGBA', image.size, 'white'), image.convert('RGBA'))
ramp16 = Image.fromarray((np.arange(256, dtype=np.uint16) * 257).reshape(8, 32))
jpeg = lambda image, **options: (lambda data: entry(data, Image.open(io.BytesIO(data))))(saved(image, 'JPEG', quality=90, **options))
files = {
    'rgb.jpg': jpeg(tile), 'grey.jpg': jpeg(tile.convert('L')), 'progressive.jpg': jpeg(tile, progressive=True), 'cmyk.jpg': jpeg(tile.convert('CMYK')),
    'rgb.png': entry(saved(tile, 'PNG'), tile), 'grey.png': entry(saved(tile.convert('L'), 'PNG'), tile.convert('L')),
    'palette.png': entry(saved(tile.quantize(16), 'PNG'), tile.quantize(16)), 'bilevel.png': entry(saved(tile.convert('1'), 'PNG'), tile.convert('1')),
    'alpha.png': entry(saved(rgba, 'PNG'), on_white(rgba)), 'grey-alpha.png': entry(saved(la, 'PNG'), la.convert('L')),
    'sixteen.png': entry(saved(ramp16, 'PNG'), Image.fromarray(np.arange(256, dtype=np.uint8).reshape(8, 32))),
    'lossless.webp': entry(saved(tile, 'WEBP', lossless=True), tile), 'animated.webp': entry(saved(tile, 'WEBP', lossless=True, save_all=True, append_images=[tile.rotate(180)]), tile),
    'still.gif': entry(saved(tile.quantize(32), 'GIF'), tile.quantize(32)), 'animated.gif': entry(saved(tile.quantize(32), 'GIF', save_all=True, append_images=[tile.rotate(180).quantize(32)]), tile.quantize(32)),
    'rgb.tiff': entry(saved(tile, 'TIFF'), tile), 'lzw.tiff': entry(saved(tile, 'TIFF', compression='tiff_lzw'), tile), 'pages.tiff': entry(saved(tile, 'TIFF', save_all=True, append_images=[tile.rotate(180)]), tile),
    'cmyk.tiff': entry(saved(tile.convert('CMYK'), 'TIFF'), tile.convert('CMYK')),
    'sixteen.tiff': entry(saved(ramp16, 'TIFF'), Image.fromarray(np.arange(256, dtype=np.uint8).reshape(8, 32))),
    'rgb.bmp': entry(saved(tile, 'BMP'), tile), 'grey.bmp': entry(saved(tile.convert('L'), 'BMP'), tile.convert('L')), 'palette.bmp': entry(saved(tile.quantize(16), 'BMP'), tile.quantize(16)),
    'bilevel.bmp': entry(saved(tile.convert('1'), 'BMP'), tile.convert('1')), 'alpha.bmp': entry(saved(rgba, 'BMP'), tile),
    **{f'{name}.cmyk.jpg': jpeg(Image.new('CMYK', (16, 16), ink)) for name, ink in dict(paper=(0, 0, 0, 0), cyan=(255, 0, 0, 0), magenta=(0, 255, 0, 0), yellow=(0, 0, 255, 0), black=(255, 255, 255, 255)).items()},
    'float.tiff': entry(saved(Image.fromarray(np.ones((4, 4), np.float32)), 'TIFF'), Image.new('RGB', (4, 4))),
}
turns = {1: None, 2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE, 6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}
for orientation, turn in turns.items(): # stored rotated, so that upright it is the tile again
    stored = tile if turn is None else tile.transpose(turn)
    files[f'orientation-{orientation}.png'] = entry(saved(stored, 'PNG', exif=exif(orientation)), tile)

(OUT / 'pillow.json').write_text(json.dumps(dict(made_with=dict(pillow=PIL.__version__), operations={k: dict(width=v.width, height=v.height, crc=crc(v)) for k, v in operations.items()}, files=files), indent=1))
