"""Writes one small file for every variant that docs/formats.md compares, and manifest.json beside them.

usage: python inputs.py FOLDER

Every picture has 32 x 16 pixels in four flat quadrants. The table shows the pixel at (3, 3), in the upper left one, where a variant does
not name other places.
"""
import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

folder = Path(sys.argv[1])
manifest = []


def add(group, name, suffix, stored, data, probes=((3, 3),), size=(32, 16)):
    """`stored`: the file's value of the probed pixel, in its own units; `size`: of the upright picture."""
    file = f"{len(manifest):03d}{suffix}"
    (folder / file).write_bytes(data)
    manifest.append({"group": group, "name": name, "file": file, "stored": stored, "probes": probes, "size": size})


def quadrants(*values, dtype=None):
    """[16, 32, channels], or [16, 32] of numbers; order: upper left, upper right, lower left, lower right."""
    values = np.array(values, dtype or (np.uint8 if np.max(values) < 256 else np.uint16))
    rows = np.arange(16)[:, None] // 8 * 2 + np.arange(32)[None, :] // 16
    return values[rows]


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


rgb = quadrants((200, 100, 50), (40, 160, 220), (20, 30, 40), (240, 240, 230))
grey = quadrants(100, 200, 30, 240)
indices = quadrants(1, 2, 3, 0)
colours = [240, 240, 230, 200, 100, 50, 40, 160, 220, 20, 30, 40]
alpha = quadrants(51, 255, 255, 255)
rgb16, grey16 = rgb.astype(np.uint16) * 257, grey.astype(np.uint16) * 257
cmyk = quadrants((55, 155, 205, 0), (215, 95, 35, 0), (0, 0, 0, 230), (0, 0, 10, 15))
palette_image = Image.fromarray(indices, "P")
palette_image.putpalette(colours)
both = ((3, 3), (20, 12))


def with_channel(pixels, channel):
    return np.dstack([pixels, channel.astype(pixels.dtype) * (257 if pixels.dtype == np.uint16 else 1)])


# Colour profiles (ICC.1:2010), with the minimum of tags.
def profile(space, tags):
    """`space`: b"GRAY" or b"RGB "; version 2.1, display."""
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    size = at + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"", 0x02100000, b"mntr", space, b"XYZ ") + b"\0" * 12 + b"acsp"
    head += b"\0" * 28 + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def xyz(*values):
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *[round(v * 65536) for v in values])


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def described(text):
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + b"\0" * 80


white = xyz(0.9642, 1, 0.8249)
linear_grey = profile(b"GRAY", {b"desc": described(b"linear grey"), b"cprt": b"text\0\0\0\0none\0", b"wtpt": white, b"kTRC": gamma(1)})
swapped = profile(
    b"RGB ",
    {
        b"desc": described(b"green and blue swapped"),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": white,
        b"rXYZ": xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": xyz(0.14307, 0.06061, 0.7141),
        b"bXYZ": xyz(0.38515, 0.71687, 0.09708),
        b"rTRC": gamma(2.2),
        b"gTRC": gamma(2.2),
        b"bTRC": gamma(2.2),
    },
)


# JPEG. Without subsampling and at quality 100 flat blocks keep their colour to 1.
jpeg = {"quality": 100, "subsampling": 0}
image = Image.fromarray(rgb)
turned = Image.Exif()
turned[0x0112] = 6
on_end = (16, 32)
add("JPEG", "baseline", ".jpg", "200 100 50", saved(image, "JPEG", **jpeg))
add("JPEG", "progressive", ".jpg", "200 100 50", saved(image, "JPEG", progressive=True, **jpeg))
add("JPEG", "grey", ".jpg", "100", saved(Image.fromarray(grey), "JPEG", quality=100))
# Upright it is 16 x 32, and its upper left quadrant is the file's lower left one.
add("JPEG", "EXIF orientation 6", ".jpg", "upright: 20 30 40", saved(image, "JPEG", exif=turned, **jpeg), size=on_end)
add("JPEG", "RGB profile (green and blue swapped)", ".jpg", "200 100 50, displayed: 200 50 100", saved(image, "JPEG", icc_profile=swapped, **jpeg))
add("JPEG", "grey profile (linear)", ".jpg", "100, displayed: 168", saved(Image.fromarray(grey), "JPEG", quality=100, icc_profile=linear_grey))
with_marker = imagecodecs.jpeg8_encode(cmyk, level=100, colorspace="CMYK", outcolorspace="CMYK", subsampling="444")
at = with_marker.index(b"\xff\xee\0\x0eAdobe")
add("JPEG", "grey with an RGB profile", ".jpg", "100", saved(Image.fromarray(grey), "JPEG", quality=100, icc_profile=swapped))
add("JPEG", "CMYK, no Adobe marker", ".jpg", "C 55 M 155 Y 205 K 0", with_marker[:at] + with_marker[at + 16 :])
add("JPEG", "CMYK, Adobe (inverted)", ".jpg", "C 55 M 155 Y 205 K 0", saved(Image.fromarray(cmyk, "CMYK"), "JPEG", **jpeg))
add("JPEG", "YCCK, Adobe (inverted)", ".jpg", "C 55 M 155 Y 205 K 0", imagecodecs.jpeg8_encode(255 - cmyk, level=100, colorspace="CMYK", outcolorspace="YCCK", subsampling="444"))
add("JPEG", "12 bits", ".jpg", "3200 1600 800 of 4095", imagecodecs.jpeg8_encode(rgb.astype(np.uint16) * 16, level=100, bitspersample=12, subsampling="444"))
add("JPEG", "12 bits, grey", ".jpg", "1600 of 4095", imagecodecs.jpeg8_encode(grey.astype(np.uint16) * 16, level=100, bitspersample=12))
add("JPEG", "lossless (SOF3), RGB", ".jpg", "200 100 50", imagecodecs.jpeg8_encode(rgb, lossless=True, colorspace="RGB", outcolorspace="RGB"))
add("JPEG", "lossless (SOF3), grey", ".jpg", "100", imagecodecs.jpeg8_encode(grey, lossless=True))
add("JPEG", "lossless (SOF3), grey, 16 bits", ".jpg", "25700 of 65535", imagecodecs.jpeg8_encode(grey16, lossless=True, bitspersample=16))
ppm = b"P6\n32 16\n255\n" + rgb.tobytes()
arithmetic = subprocess.run(["cjpeg", "-arithmetic", "-quality", "100", "-sample", "1x1"], input=ppm, capture_output=True, check=True).stdout
add("JPEG", "arithmetic coding", ".jpg", "200 100 50", arithmetic)


# PNG, chunk by chunk.
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(pixels, bits):
    """[H, W(, channels)] as rows of bytes, each preceded by the filter byte 0."""
    if bits == 16:
        pixels = pixels.astype(">u2")
    rows = pixels.reshape(len(pixels), -1)
    if bits < 8:
        each = (rows[..., None] >> np.arange(bits - 1, -1, -1)) & 1
        rows = np.packbits(each.reshape(len(rows), -1).astype(np.uint8), axis=1)
    return b"".join(b"\0" + row.tobytes() for row in rows)


passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(pixels, colour_type, bits=8, before=b"", interlaced=False, after=b""):
    """Colour types: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. `before`, `after`: chunks around the pixels."""
    height, width = pixels.shape[:2]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, int(interlaced)))
    parts = [pixels[y::dy, x::dx] for x, y, dx, dy in passes] if interlaced else [pixels]
    data = zlib.compress(b"".join(packed(part, bits) for part in parts))
    return b"\x89PNG\r\n\x1a\n" + head + before + chunk(b"IDAT", data) + after + chunk(b"IEND", b"")


plte = chunk(b"PLTE", bytes(colours))
icc = lambda data: chunk(b"iCCP", b"x\0\0" + zlib.compress(data))
add("PNG", "grey, 8 bits", ".png", "100", png(grey, 0))
add("PNG", "grey, 1 bit", ".png", "1 of 1", png(quadrants(1, 0, 0, 1), 0, 1))
add("PNG", "grey, 4 bits", ".png", "6 of 15", png(quadrants(6, 12, 2, 15), 0, 4))
add("PNG", "grey, 16 bits", ".png", "25700 of 65535", png(grey16, 0, 16))
add("PNG", "grey, 12 bits in 16 (sBIT 12)", ".png", "25632 of 65535 (1602 of 4095)", png(quadrants(25632, 51264, 7680, 61440), 0, 16, chunk(b"sBIT", b"\x0c")))
add("PNG", "grey, 12 bits in the low bits of 16", ".png", "1602 of 65535", png(quadrants(1602, 3204, 480, 4095), 0, 16))
add("PNG", "grey, 16 bits, interlaced", ".png", "25700 of 65535", png(grey16, 0, 16, interlaced=True))
add("PNG", "RGB, 8 bits", ".png", "200 100 50", png(rgb, 2))
add("PNG", "RGB, 8 bits, interlaced", ".png", "200 100 50", png(rgb, 2, interlaced=True))
add("PNG", "RGB, 16 bits", ".png", "51400 25700 12850 of 65535", png(rgb16, 2, 16))
add("PNG", "RGB, 5-6-5 bits in 8 (sBIT)", ".png", "200 100 48", png(quadrants((200, 100, 48), (40, 160, 216), (16, 28, 40), (240, 240, 224)), 2, 8, chunk(b"sBIT", b"\5\6\5")))
add("PNG", "palette, 8 bits", ".png", "200 100 50", png(indices, 3, 8, plte))
add("PNG", "palette, 2 bits", ".png", "200 100 50", png(indices, 3, 2, plte))
add("PNG", "palette with tRNS", ".png", "200 100 50, alpha 51", png(indices, 3, 8, plte + chunk(b"tRNS", b"\xff\x33\xff\xff")))
add("PNG", "grey with tRNS", ".png", "100, transparent", png(grey, 0, 8, chunk(b"tRNS", b"\0\x64")))
add("PNG", "grey, 16 bits, with tRNS", ".png", "25700 of 65535, transparent", png(grey16, 0, 16, chunk(b"tRNS", b"\x64\x64")))
add("PNG", "RGB with tRNS", ".png", "200 100 50, transparent", png(rgb, 2, 8, chunk(b"tRNS", b"\0\xc8\0\x64\0\x32")))
add("PNG", "grey and alpha", ".png", "100, alpha 51", png(with_channel(grey, alpha), 4))
add("PNG", "RGBA, 8 bits", ".png", "200 100 50, alpha 51", png(with_channel(rgb, alpha), 6))
add("PNG", "RGBA, 16 bits", ".png", "51400 25700 12850, alpha 13107", png(with_channel(rgb16, alpha), 6, 16))
add("PNG", "gAMA 1.0", ".png", "200 100 50", png(rgb, 2, 8, chunk(b"gAMA", struct.pack(">I", 100000))))
add("PNG", "RGB profile (green and blue swapped)", ".png", "200 100 50, displayed: 200 50 100", png(rgb, 2, 8, icc(swapped)))
add("PNG", "grey profile (linear)", ".png", "100, displayed: 168", png(grey, 0, 8, icc(linear_grey)))
add("PNG", "grey profile (linear), 16 bits", ".png", "25700 of 65535, displayed: 168 of 255", png(grey16, 0, 16, icc(linear_grey)))
add("PNG", "RGB profile (green and blue swapped), 16 bits", ".png", "51400 25700 12850, displayed: 200 50 100 of 255", png(rgb16, 2, 16, icc(swapped)))
add("PNG", "EXIF orientation 6", ".png", "upright: 20 30 40", png(rgb, 2, 8, chunk(b"eXIf", turned.tobytes().removeprefix(b"Exif\0\0"))), size=on_end)
add("PNG", "animated (APNG)", ".png", "200 100 50", saved(image, "PNG", save_all=True, append_images=[Image.fromarray(255 - rgb)]))


# TIFF.
def tiff(pixels, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, metadata=None, **options)
    return out.getvalue()


def turned_tiff(pixels, orientation, **options):
    return tiff(pixels, extratags=[(274, "H", 1, orientation, True)], **options)


one_bit = quadrants(1, 0, 0, 1).astype(bool)
add("TIFF", "grey, 8 bits", ".tif", "100", tiff(grey, photometric="minisblack"))
add("TIFF", "grey, 8 bits, min-is-white", ".tif", "155, means 100", tiff(255 - grey, photometric="miniswhite"))
add("TIFF", "1 bit", ".tif", "1 of 1", tiff(one_bit, photometric="minisblack"))
add("TIFF", "1 bit, min-is-white", ".tif", "0, means 1 of 1", tiff(~one_bit, photometric="miniswhite"))
add("TIFF", "grey, 16 bits", ".tif", "25700 of 65535", tiff(grey16, photometric="minisblack"))
add("TIFF", "grey, 16 bits, big-endian", ".tif", "25700 of 65535", tiff(grey16, photometric="minisblack", byteorder=">"))
add("TIFF", "grey, 16 bits, min-is-white", ".tif", "39835, means 25700 of 65535", tiff(65535 - grey16, photometric="miniswhite"))
add("TIFF", "grey, 12 bits in the low bits of 16", ".tif", "1602 of 65535", tiff(quadrants(1602, 3204, 480, 4095, dtype=np.uint16), photometric="minisblack"))
add("TIFF", "grey, 16 bits signed", ".tif", "12850", tiff((grey16 // 2).astype(np.int16), photometric="minisblack"))
add("TIFF", "grey, 32 bits", ".tif", "100", tiff(grey.astype(np.uint32), photometric="minisblack"))
add("TIFF", "grey, float32", ".tif", "100.0", tiff(grey.astype(np.float32), photometric="minisblack"))
add("TIFF", "RGB, 8 bits", ".tif", "200 100 50", tiff(rgb, photometric="rgb"))
add("TIFF", "RGB, 16 bits", ".tif", "51400 25700 12850 of 65535", tiff(rgb16, photometric="rgb"))
add("TIFF", "RGB, planar", ".tif", "200 100 50", tiff(rgb.transpose(2, 0, 1), photometric="rgb", planarconfig="separate"))
add("TIFF", "RGB, 16 bits, planar, LZW", ".tif", "51400 25700 12850 of 65535", tiff(rgb16.transpose(2, 0, 1), photometric="rgb", planarconfig="separate", compression="lzw"))
add("TIFF", "RGB, 16 bits, planar", ".tif", "51400 25700 12850 of 65535", tiff(rgb16.transpose(2, 0, 1), photometric="rgb", planarconfig="separate"))
add("TIFF", "RGB, tiles", ".tif", "200 100 50", tiff(rgb, photometric="rgb", tile=(16, 16)))
add("TIFF", "RGB, BigTIFF", ".tif", "200 100 50", tiff(rgb, photometric="rgb", bigtiff=True))
for name in ("LZW", "deflate", "PackBits", "Zstandard", "LZMA", "WebP"):
    codec = {"deflate": "adobe_deflate", "Zstandard": "zstd"}.get(name, name.lower())
    options = {"compressionargs": {"lossless": True}} if name == "WebP" else {}
    add("TIFF", f"RGB, {name}", ".tif", "200 100 50", tiff(rgb, photometric="rgb", compression=codec, **options))
add("TIFF", "RGB, LZW with predictor", ".tif", "200 100 50", tiff(rgb, photometric="rgb", compression="lzw", predictor=2))
add("TIFF", "YCbCr, JPEG", ".tif", "200 100 50", saved(image, "TIFF", compression="jpeg", quality=100))
add("TIFF", "orientation 3", ".tif", "upright: 240 240 230", turned_tiff(rgb, 3, photometric="rgb"))
add("TIFF", "orientation 6", ".tif", "upright: 20 30 40", turned_tiff(rgb, 6, photometric="rgb"), size=on_end)
add("TIFF", "orientation 8", ".tif", "upright: 40 160 220", turned_tiff(rgb, 8, photometric="rgb"), size=on_end)
add("TIFF", "orientation 6, LZW", ".tif", "upright: 20 30 40", turned_tiff(rgb, 6, photometric="rgb", compression="lzw"), size=on_end)
slope = np.add.outer(8 * np.arange(16), 4 * np.arange(32)).astype(np.uint8)
corner = ((3, 3), (3, 20), (12, 20))
add("TIFF", "grey, 8 bits, orientation 6 (a slope)", ".tif", "upright: 108 / 176 / 104", turned_tiff(slope, 6, photometric="minisblack"), corner, on_end)
add("TIFF", "grey, 16 bits, orientation 6", ".tif", "upright: 7710 of 65535", turned_tiff(grey16, 6, photometric="minisblack"), size=on_end)
add("TIFF", "grey and unassociated alpha", ".tif", "100, alpha 51", tiff(with_channel(grey, alpha), photometric="minisblack", extrasamples=["unassalpha"], planarconfig="contig"))
add("TIFF", "grey and an unspecified band", ".tif", "100, band 51", tiff(with_channel(grey, alpha), photometric="minisblack", extrasamples=["unspecified"], planarconfig="contig"))
places = ((3, 3), (20, 3), (20, 12))
bands = np.stack([slope, 255 - slope, slope // 2, slope // 4, slope // 8])
unspecified = {"photometric": "minisblack", "extrasamples": ["unspecified"] * 2}
lying = "36 / 104 / 176"
add("TIFF", "grey and two unspecified bands (a slope)", ".tif", lying, tiff(bands[:3].transpose(1, 2, 0).copy(), planarconfig="contig", **unspecified), places)
add("TIFF", "grey and two unspecified bands, planar (a slope)", ".tif", lying, tiff(bands[:3], planarconfig="separate", **unspecified), places)
bands16 = bands[:3].astype(np.uint16) * 257
add("TIFF", "grey, 16 bits, and two unspecified bands, planar (a slope)", ".tif", "9252 / 26728 / 45232 of 65535", tiff(bands16, planarconfig="separate", **unspecified), places)
unspecified["extrasamples"] *= 2
add("TIFF", "grey and four unspecified bands, planar (a slope)", ".tif", lying, tiff(bands, planarconfig="separate", **unspecified), places)
add("TIFF", "RGB and unassociated alpha", ".tif", "200 100 50, alpha 51", tiff(with_channel(rgb, alpha), photometric="rgb", extrasamples=["unassalpha"]))
premultiplied = np.round(rgb * (alpha[..., None] / 255)).astype(np.uint8)
add("TIFF", "RGB and associated alpha", ".tif", "40 20 10, alpha 51 (means 200 100 50)", tiff(with_channel(premultiplied, alpha), photometric="rgb", extrasamples=["assocalpha"]))
add("TIFF", "RGB and an unspecified band", ".tif", "200 100 50, band 51", tiff(with_channel(rgb, alpha), photometric="rgb", extrasamples=["unspecified"]))
add("TIFF", "RGB and two unspecified bands", ".tif", "200 100 50, bands 51 51", tiff(with_channel(with_channel(rgb, alpha), alpha), photometric="rgb", extrasamples=["unspecified"] * 2))
add("TIFF", "RGB, 16 bits, and an unspecified band", ".tif", "51400 25700 12850, band 13107", tiff(with_channel(rgb16, alpha), photometric="rgb", extrasamples=["unspecified"]))
map16 = np.zeros((3, 256), np.uint16)
map16[:, :4] = np.array(colours).reshape(4, 3).T * 257
add("TIFF", "palette", ".tif", "200 100 50", tiff(indices, photometric="palette", colormap=map16))
add("TIFF", "CMYK", ".tif", "C 55 M 155 Y 205 K 0", tiff(cmyk, photometric="separated"))
lab = quadrants((56, 36, 45), (61, -7, -43), (11, -2, -8), (95, 0, 5), dtype=np.int8).view(np.uint8)
lab[..., 0] = np.round(lab[..., 0] * 2.55)
add("TIFF", "CIE Lab", ".tif", "L 56 a 36 b 45 (sRGB 202 107 57)", tiff(lab, photometric="cielab"))
add("TIFF", "RGB profile (green and blue swapped)", ".tif", "200 100 50, displayed: 200 50 100", tiff(rgb, photometric="rgb", iccprofile=swapped))
pages = io.BytesIO()
with tifffile.TiffWriter(pages) as writer:
    for page in (rgb, 255 - rgb):
        writer.write(page, photometric="rgb", metadata=None)
add("TIFF", "two pages", ".tif", "first: 200 100 50", pages.getvalue())


# GIF, patched from Pillow's output.
def gif(**options):
    return bytearray(saved(palette_image, "GIF", **options))


add("GIF", "plain", ".gif", "200 100 50", bytes(gif()))
add("GIF", "transparent pixels", ".gif", "200 100 50, transparent", bytes(gif(transparency=1)))


def on_canvas(background, **options):
    """A frame of 16 x 8 in the upper left of a canvas of 32 x 16."""
    out = bytearray(saved(palette_image.crop((0, 0, 16, 8)), "GIF", optimize=False, **options))
    struct.pack_into("<HH", out, 6, 32, 16)
    out[11] = background
    return bytes(out)


add("GIF", "frame smaller than canvas, background 3", ".gif", "200 100 50 / not covered", on_canvas(3), both)
add("GIF", "the same, with a transparent colour", ".gif", "200 100 50 / not covered", on_canvas(3, transparency=0), both)
add("GIF", "animated", ".gif", "first: 200 100 50", saved(image, "GIF", save_all=True, append_images=[Image.fromarray(255 - rgb)]))


# BMP (BITMAPINFOHEADER and BITMAPV4HEADER).
def bmp(rows, bits, compression=0, colours=b"", masks=b"", height=16):
    header = struct.pack("<IiiHHIIiiII", 40 if len(masks) < 16 else 108, 32, height, 1, bits, compression, len(rows), 2835, 2835, len(colours) // 4, 0)
    header += masks.ljust(68, b"\0") if len(masks) >= 16 else masks
    at = 14 + len(header) + len(colours)
    return struct.pack("<2sIHHI", b"BM", at + len(rows), 0, 0, at) + header + colours + rows


bgr = rgb[::-1, :, ::-1]
quads = b"".join(bytes([b, g, r, 0]) for r, g, b in np.array(colours, np.uint8).reshape(4, 3))
add("BMP", "24 bits", ".bmp", "200 100 50", bmp(bgr.tobytes(), 24))
add("BMP", "24 bits, top-down", ".bmp", "200 100 50", bmp(bgr[::-1].tobytes(), 24, height=-16))
add("BMP", "8 bits, palette", ".bmp", "200 100 50", bmp(indices[::-1].tobytes(), 8, colours=quads))
add("BMP", "1 bit, palette", ".bmp", "200 100 50", bmp(np.packbits(indices[::-1] % 2, axis=1).tobytes(), 1, colours=quads[:8]))
run = b"".join(bytes([16, row[0], 16, row[16], 0, 0]) for row in indices[::-1]) + b"\0\1"
add("BMP", "8 bits, run lengths (RLE8)", ".bmp", "200 100 50", bmp(run, 8, 1, quads))
fields = (rgb[::-1].astype(np.uint16) >> [3, 2, 3]) << [11, 5, 0]
add("BMP", "16 bits, 5-6-5", ".bmp", "25 of 31, 25 of 63, 6 of 31", bmp(fields.sum(2).astype("<u2").tobytes(), 16, 3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
bgra = with_channel(bgr, alpha[::-1])
add("BMP", "32 bits, fourth byte unused", ".bmp", "200 100 50, byte 51", bmp(bgra.tobytes(), 32))
add("BMP", "32 bits with alpha mask", ".bmp", "200 100 50, alpha 51", bmp(bgra.tobytes(), 32, 3, masks=struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs"))


rgba_image = Image.fromarray(with_channel(rgb, alpha))
add("WebP", "lossy", ".webp", "200 100 50", saved(image, "WEBP", quality=100))
add("WebP", "lossless", ".webp", "200 100 50", saved(image, "WEBP", lossless=True))
add("WebP", "lossless with alpha", ".webp", "200 100 50, alpha 51", saved(rgba_image, "WEBP", lossless=True, exact=True))
add("WebP", "EXIF orientation 6", ".webp", "upright: 20 30 40", saved(image, "WEBP", lossless=True, exif=turned), size=on_end)
add("WebP", "RGB profile (green and blue swapped)", ".webp", "200 100 50, displayed: 200 50 100", saved(image, "WEBP", lossless=True, icc_profile=swapped))
add("WebP", "animated", ".webp", "first: 200 100 50", saved(image, "WEBP", lossless=True, save_all=True, append_images=[Image.fromarray(255 - rgb)]))

avif = lambda pixels, bits: imagecodecs.avif_encode(pixels, level=100, bitspersample=bits, pixelformat="444")
add("AVIF", "8 bits", ".avif", "200 100 50", avif(rgb, 8))
add("AVIF", "10 bits", ".avif", "800 400 200 of 1023", avif(rgb.astype(np.uint16) * 4, 10))
add("AVIF", "12 bits", ".avif", "3200 1600 800 of 4095", avif(rgb.astype(np.uint16) * 16, 12))
add("AVIF", "8 bits with alpha", ".avif", "200 100 50, alpha 51", avif(with_channel(rgb, alpha), 8))

bits = quadrants(0, 1, 1, 0)
text = lambda values: b"\n".join(b" ".join(b"%d" % v for v in row) for row in values.reshape(16, -1)) + b"\n"
add("PNM", "P1, bits as text", ".pbm", "0, means white", b"P1\n32 16\n" + text(bits))
add("PNM", "P2, grey as text", ".pgm", "100 of 255", b"P2\n32 16\n255\n" + text(grey))
add("PNM", "P3, RGB as text", ".ppm", "200 100 50 of 255", b"P3\n32 16\n255\n" + text(rgb))
add("PNM", "P4, bits", ".pbm", "0, means white", b"P4\n32 16\n" + np.packbits(bits, axis=1).tobytes())
add("PNM", "P5, grey", ".pgm", "100 of 255", b"P5\n32 16\n255\n" + grey.tobytes())
add("PNM", "P5, largest value 100", ".pgm", "40 of 100", b"P5\n32 16\n100\n" + quadrants(40, 80, 12, 100).tobytes())
add("PNM", "P5, 16 bits", ".pgm", "25700 of 65535", b"P5\n32 16\n65535\n" + grey16.astype(">u2").tobytes())
add("PNM", "P5, largest value 4095", ".pgm", "1602 of 4095", b"P5\n32 16\n4095\n" + quadrants(1602, 3204, 480, 4095, dtype=">u2").tobytes())
add("PNM", "P6, RGB", ".ppm", "200 100 50 of 255", ppm)
add("PNM", "P6, 16 bits", ".ppm", "51400 25700 12850 of 65535", b"P6\n32 16\n65535\n" + rgb16.astype(">u2").tobytes())

(folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
