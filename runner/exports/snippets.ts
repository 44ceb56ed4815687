// Complete programs that use an export, written beside it. They read everything that differs between models from the sidecar,
// so that no name from outside ever becomes code.
import type { ModelFormat } from '../../shared/contracts/exports.ts';
import type { ModelMetadata } from '../../shared/contracts/modelMetadata.ts';

export interface Snippet {
  /** Suffix of the export's full name. */
  readonly suffix: '.ts' | '.py';
  readonly text: string;
}

export function snippetsOf(format: ModelFormat, input: ModelMetadata['input']): readonly Snippet[] {
  const python = (parts: readonly string[]): Snippet => ({ suffix: '.py', text: `${parts.join('\n\n\n')}\n` });
  if (format !== 'onnx')
    return [python([torchHead, pythonAbout, pythonLoad, pythonView, torchModel[format], pythonEnd])];
  if (input === 'image')
    return [
      { suffix: '.ts', text: `${[tsHead, tsLoad, tsWhole, tsEnd].join('\n\n')}\n` },
      python([onnxHead, pythonAbout, pythonLoad, onnxWhole, pythonEnd]),
    ];
  return [
    { suffix: '.ts', text: `${[tsHead, tsLoad, tsView, tsEnd].join('\n\n')}\n` },
    python([onnxHead, pythonAbout, pythonLoad, pythonView, onnxModel, pythonEnd]),
  ];
}

const onnxHead = `"""Classifies images with the ONNX model beside this file.

pip install onnxruntime pillow numpy
python THIS_FILE image.jpg [more images]    one line of JSON per image

A file that cannot be used has "error" in its line; the others are still classified, and the exit code is 1.

The .json beside it gives classes, preprocessing, threshold and temperature.
Probabilities are within 0.002 of the run's, slightly less close for AVIF images, whose colours Pillow decodes
differently. Convert CMYK images and colours with 16 bits per channel to 8-bit RGB first; 16-bit greys are read as in
training.
"""
import json
import os
import sys
from io import BytesIO
from pathlib import Path

# From version 1.29 on, ONNX Runtime for Linux and macOS sends usage data to Microsoft unless this is set before the import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

onnxruntime.disable_telemetry_events()  # the same for Windows
model_file = Path(__file__).with_suffix("")
session = onnxruntime.InferenceSession(str(model_file), providers=["CPUExecutionProvider"])`;

const torchHead = `"""Classifies images with the weights beside this file.

pip install torch torchvision pillow numpy safetensors
python THIS_FILE image.jpg [more images]    one line of JSON per image

A file that cannot be used has "error" in its line; the others are still classified, and the exit code is 1.

The .json beside it gives classes, preprocessing, threshold and temperature.
Probabilities are within 0.002 of the run's, slightly less close for AVIF images, whose colours Pillow decodes
differently. Convert CMYK images and colours with 16 bits per channel to 8-bit RGB first; 16-bit greys are read as in
training.
"""
import json
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

model_file = Path(__file__).with_suffix("")`;

const pythonAbout = `about = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))["model"]
classes, how = about["classNames"], about["preprocessing"]


def softmax(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum()`;

const pythonLoad = `def load(file):
    """Upright RGB in sRGB; transparent parts of colour images on white, greys as stored."""
    opened = opened_or_refused(file)
    image, profile = ImageOps.exif_transpose(opened), opened.info.get("icc_profile")
    if opened.format == "BMP" or (opened.format == "TIFF" and image.mode == "RGBA" and 338 not in opened.tag_v2):
        image = image.convert("RGB")  # a fourth band that is not opacity
    if image.mode.startswith("I;16") or (image.mode == "I" and opened.format in ("PNG", "PPM")):
        if profile and profile[16:20] == b"GRAY":
            raise ValueError(f"{file}: convert the image from 16 bits with a colour profile to 8-bit grey first")
        return eight_bits(file, opened, np.asarray(image).astype(np.int64))
    if image.mode in ("1", "L", "LA"):
        image = image.convert("L")
    elif image.mode not in ("P", "PA", "RGB", "RGBA"):
        raise ValueError(f"{file}: convert the image from {image.mode} to 8-bit RGB first")
    elif image.mode in ("PA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
    else:
        image = image.convert("RGB")
    if profile and not is_srgb(profile):
        try:
            to = "RGBA" if image.mode == "RGBA" else "RGB"
            image = ImageCms.profileToProfile(image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=to)
        except ImageCms.PyCMSError:
            pass  # a broken profile, or one for another kind of image
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def opened_or_refused(file):
    """Refuses files that Pillow reads differently from the training."""
    data = BytesIO(Path(file).read_bytes())  # given a path, Pillow scrambles some TIFFs that need rotation
    try:
        opened = Image.open(data)
        if opened.format == "GIF" and opened.tile[0][1] != (0, 0, *opened.size):
            raise ValueError(f"{file}: its first frame does not fill the image: save it as PNG first")
        if opened.format == "TIFF" and opened.tag_v2.get(284) == 2 and 16 in opened.tag_v2.get(258, ()):
            raise ValueError(f"{file}: its 16-bit colours are stored band by band: convert it to 8-bit RGB first")
        opened.load()
        refuse_lost_bits(file, opened)
    except OSError as error:
        raise ValueError(f"{file}: Pillow cannot read it: convert it to 8-bit RGB first ({type(error).__name__})") from None
    return opened


def is_srgb(profile):
    return profile[16:20] == b"RGB " and b"srgb" in profile.replace(b"\\0", b"").lower()


def refuse_lost_bits(file, opened):
    """Pillow keeps the upper 8 of 16 bits of colours, which is right where the training used all 16."""
    if opened.format == "PPM" and how["depth"] < 16:
        lines = [line.partition(b"#")[0] for line in Path(file).read_bytes()[:4096].splitlines()]
        if b" ".join(lines).split()[3:4] == [b"65535"]:
            raise ValueError(f"{file}: convert the image from 16 bits to 8 first; {2 ** how['depth'] - 1} is white")
    if opened.format == "PNG":
        is_deep = opened.mode[0] != "I" and Path(file).read_bytes()[24] == 16
    else:
        is_deep = opened.format == "TIFF" and opened.mode[0] != "I" and 16 in opened.tag_v2.get(258, ())
    if is_deep and (how["depth"] < 16 or significant_bits(file) < 16):
        raise ValueError(f"{file}: convert the image from 16 bits per channel to 8-bit RGB first; {2 ** how['depth'] - 1} is white")


def eight_bits(file, opened, values):
    """16-bit greys as the training read them; everything above white is white."""
    white = white_of(file, opened, values)
    if opened.format == "TIFF" and opened.tag_v2.get(262) == 0:  # here 0 is white
        values = np.maximum(white - values, 0)
    return Image.fromarray(np.minimum((values * 510 + white) // (2 * white), 255).astype(np.uint8)).convert("RGB")


def white_of(file, opened, values):
    """The training's white, unless the file declares its own."""
    if opened.format == "PPM":
        return 65535  # Pillow has scaled them by the file's maximum
    bits = significant_bits(file)
    if bits == 16:
        return 2 ** how["depth"] - 1
    own = values >> (16 - bits)
    scaled_up = (own << (16 - bits) == values) | (abs(values - own * 65535 / (2 ** bits - 1)) <= 1)
    return 65535 if scaled_up.all() or values.max() >= 2 ** bits else 2 ** bits - 1


def significant_bits(file):
    """Significant bits from a PNG's sBIT chunk; 16 without one."""
    data, at = Path(file).read_bytes(), 8
    while data[:4] == b"\\x89PNG" and data[at + 4 : at + 8] != b"IDAT":
        if data[at + 4 : at + 8] == b"sBIT":
            bits = max(data[at + 8 : at + (11 if data[25] & 2 else 9)])
            return bits if 1 <= bits <= 16 else 16
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return 16`;

const pythonView = `def view(image):
    """Resize the shorter side, crop the centre, normalise: float32 [1, 3, S, S]."""
    if how["color"] == "grayscale":
        image = image.convert("L").convert("RGB")
    short, size = how["resizeShortSide"], how["centerCrop"]
    w, h = image.size
    w, h = (short, short * h // w) if w <= h else (short * w // h, short)
    left, top = round((w - size) / 2), round((h - size) / 2)
    image = image.resize((w, h), Image.Resampling.BILINEAR).crop((left, top, left + size, top + size))
    pixels = np.asarray(image, np.float32) / 255
    if how.get("colorOrder") == "bgr":
        pixels = pixels[..., ::-1]
    black, white = np.float32(how.get("range", [0, 1]))
    pixels = (pixels * (white - black) + black - np.float32(how["mean"])) / np.float32(how["std"])
    return pixels.transpose(2, 0, 1)[None]`;

const onnxModel = `def logits_of(file):
    return session.run(["logits"], {"input": view(load(file))})[0][0].astype(np.float64)`;

const onnxWhole = `def logits_of(file):
    # The model itself resizes, crops and normalises. Its second output, "probabilities", is softmax(logits / temperature).
    return session.run(["logits"], {"image": np.asarray(load(file))[None]})[0][0].astype(np.float64)`;

const torchModelOf = (
  read: string,
) => `model = getattr(torchvision.models, about["architecture"])(num_classes=len(classes))
model.load_state_dict(${read}, strict=True)
model.eval()


@torch.inference_mode()
def logits_of(file):
    return model(torch.from_numpy(view(load(file))))[0].double().numpy()`;

const torchModel = {
  pth: torchModelOf('torch.load(model_file, weights_only=True)'),
  safetensors: `from safetensors.torch import load_file\n\n${torchModelOf('load_file(model_file)')}`,
} as const;

const pythonEnd = `def predict(file):
    logits = logits_of(file)
    probabilities = softmax(logits)
    positive, threshold, temperature = about["positiveClass"], about["thresholdLogOdds"], about["temperature"]
    if threshold is None:
        decision = classes[int(logits.argmax())]
    else:  # by log-odds, before any temperature: the probabilities of very confident images are all 1
        other = next(name for name in classes if name != positive)
        log_odds = logits[classes.index(positive)] - logits[classes.index(other)]
        decision = positive if log_odds >= threshold else other
    answer = {"file": str(file), "decision": decision, "probabilities": dict(zip(classes, probabilities.tolist()))}
    answer["logits"] = dict(zip(classes, logits.tolist()))
    if temperature is not None:
        answer["calibrated"] = dict(zip(classes, softmax(logits / temperature).tolist()))
    return answer


def answer_or_error(file):
    try:
        return predict(file)
    except Exception as error:  # whatever a damaged file makes Pillow raise: the other files must still be classified
        text = str(error)
        return {"file": file, "error": text if file in text else f"{file}: {type(error).__name__}: {text}"}


if __name__ == "__main__":
    failed = False
    for name in sys.argv[1:]:
        answer = answer_or_error(name)
        failed = failed or "error" in answer
        print(json.dumps(answer), flush=True)
    sys.exit(1 if failed else 0)`;

/** Imports of the written programs; this file does not import them. */
const packages = { onnx: 'onnxruntime-node', images: 'sharp' } as const;

const tsHead = `// Classifies images with the ONNX model beside this file; the .json beside it gives classes and threshold.
//
// npm install onnxruntime-node sharp
// node THIS_FILE image.jpg [more images]    one line of JSON per image (Node 22.18 or later; before that: npx tsx THIS_FILE)
// A file that cannot be used has "error" in its line; the others are still classified, and the exit code is 1.
// Probabilities are within 0.002 of the run's.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from '${packages.images}';

// From version 1.29 on, ONNX Runtime for Linux and macOS sends usage data to Microsoft unless this is set before it is loaded.
process.env.ORT_DISABLE_TELEMETRY = '1';
const { InferenceSession, Tensor } = await import('${packages.onnx}');

const thisFile = fileURLToPath(import.meta.url);
const about = JSON.parse(readFileSync(thisFile.replace(/ts$/, 'json'), 'utf8')).model;
const classes: string[] = about.classNames;
const session = await InferenceSession.create(readFileSync(thisFile.replace(/\\.ts$/, '')));

interface Pixels {
  width: number;
  height: number;
  /** [height, width, 3] */
  data: Uint8Array;
}

function softmax(logits: number[]): number[] {
  const highest = Math.max(...logits);
  const e = logits.map((logit) => Math.exp(logit - highest));
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
}`;

const tsLoad = `/** Upright RGB in sRGB; transparent parts of colour images on white, greys as stored. */
async function load(file: string): Promise<Pixels> {
  const { depth, format, hasAlpha, icc, space } = await sharp(file).metadata().catch(refused(file));
  if (depth !== 'uchar' && depth !== 'ushort')
    throw new Error(\`\${file}: its values are of the type "\${depth}": save it with 8 or 16 bits first\`);
  if (depth === 'ushort' && format !== 'heif' && icc && !isSrgb(icc))
    throw new Error(\`\${file}: convert the image from 16 bits with a colour profile to 8-bit sRGB first\`);
  if (format === 'tiff' && hasAlpha) // sharp takes any fourth band for opacity, even infrared
    throw new Error(\`\${file}: save the image with its colours alone first, it has more bands\`);
  if (format === 'gif' && !fillsCanvas(readFileSync(file)))
    throw new Error(\`\${file}: its first frame does not fill the image: save it as PNG first\`);
  const upright = sharp(file).rotate();
  const isGrey = space === 'b-w' || space === 'grey16';
  if (depth === 'ushort' && format !== 'heif' && space !== 'cmyk' && (isGrey || !hasAlpha || about.preprocessing.depth < 16))
    return loadSixteenBits(file, isGrey);
  const { data, info } = await (isGrey ? upright.removeAlpha() : upright.flatten({ background: '#ffffff' }))
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(refused(file));
  if (info.channels !== 3) throw new Error(\`\${file} has \${info.channels} channels\`);
  return { width: info.width, height: info.height, data };
}

const refused = (file: string) => (error: Error): never => {
  throw new Error(\`\${file}: sharp cannot read it: convert it to 8-bit RGB first (\${error.message})\`);
};

const isSrgb = (profile: Buffer): boolean =>
  profile.toString('latin1', 16, 20) === 'RGB ' && /srgb/i.test(profile.toString('latin1').replaceAll('\\0', ''));

/** Whether a GIF's first frame covers its canvas; sharp leaves the rest black. */
function fillsCanvas(gif: Buffer): boolean {
  let at = 13 + (gif[10] & 0x80 ? 3 * (2 << (gif[10] & 7)) : 0);
  for (; gif[at] === 0x21; at++) for (at += 2; gif[at] > 0; ) at += 1 + gif[at]; // extensions
  return gif.readUInt32LE(at + 1) === 0 && gif.readUInt32LE(at + 5) === gif.readUInt32LE(6);
}

/** 16-bit values as the training read them; everything above white is white. */
async function loadSixteenBits(file: string, isGrey: boolean): Promise<Pixels> {
  const upright = sharp(file).rotate();
  const { data, info } = await (isGrey ? upright.removeAlpha() : upright)
    .toColourspace(isGrey ? 'grey16' : 'rgb16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true })
    .catch(refused(file));
  if (info.channels !== (isGrey ? 1 : 3))
    throw new Error(\`\${file}: convert the image from 16 bits and \${info.channels} channels to 8-bit RGB first\`);
  const values = new Uint16Array(Uint8Array.from(data).buffer);
  const white = whiteOf(file, values);
  if (white < 65535 && values.every((value) => value > white))
    throw new Error(\`\${file}: no value is up to \${white}, the white of the training: convert the image to 8-bit RGB first\`);
  const out = new Uint8Array(info.width * info.height * 3);
  for (let i = 0; i < out.length; i++) {
    const value = values[isGrey ? Math.floor(i / 3) : i];
    out[i] = Math.min(255, Math.floor((value * 510 + white) / (2 * white)));
  }
  return { width: info.width, height: info.height, data: out };
}

/** The training's white, unless the file declares its own. */
function whiteOf(file: string, values: Uint16Array): number {
  const bits = significantBits(readFileSync(file));
  if (bits === 16) return 2 ** about.preprocessing.depth - 1;
  const own = 2 ** bits - 1;
  const isScaledUp = (value: number) => {
    const upper = value >> (16 - bits);
    return upper << (16 - bits) === value || Math.abs(value - (upper * 65535) / own) <= 1;
  };
  return values.every(isScaledUp) || values.some((value) => value > own) ? 65535 : own;
}

/** Significant bits from a PNG's sBIT chunk; 16 without one. */
function significantBits(data: Buffer): number {
  if (data.toString('latin1', 1, 4) !== 'PNG') return 16;
  for (let at = 8; data.toString('latin1', at + 4, at + 8) !== 'IDAT'; at += 12 + data.readUInt32BE(at))
    if (data.toString('latin1', at + 4, at + 8) === 'sBIT') {
      const bits = Math.max(...data.subarray(at + 8, at + 8 + (data[25] === 2 || data[25] === 6 ? 3 : 1)));
      return bits >= 1 && bits <= 16 ? bits : 16;
    }
  return 16;
}`;

const tsView = `/** Bilinear with antialiasing, as in Pillow and torchvision: one axis after the other, with a triangle filter as wide as the scale. */
function resizeRows({ width, height, data }: Pixels, newWidth: number): Pixels {
  const scale = width / newWidth;
  const support = Math.max(scale, 1);
  const out = new Uint8Array(newWidth * height * 3);
  for (let x = 0; x < newWidth; x++) {
    const center = (x + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(width, Math.trunc(center + support + 0.5));
    const weights: number[] = [];
    for (let i = low; i < high; i++) weights.push(Math.max(0, 1 - Math.abs((i - center + 0.5) / support)));
    const sum = weights.reduce((a, b) => a + b);
    const fixed = weights.map((weight) => Math.trunc(0.5 + (weight / sum) * 2 ** 22)); // Pillow's rounding, to the bit
    for (let y = 0; y < height; y++)
      for (let c = 0; c < 3; c++) {
        let value = 2 ** 21;
        for (let i = low; i < high; i++) value += fixed[i - low] * data[(y * width + i) * 3 + c];
        out[(y * newWidth + x) * 3 + c] = value >> 22;
      }
  }
  return { width: newWidth, height, data: out };
}

function turned({ width, height, data }: Pixels): Pixels {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) out[(x * height + y) * 3 + c] = data[(y * width + x) * 3 + c];
  return { width: height, height: width, data: out };
}

function grey({ width, height, data }: Pixels): Pixels {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3)
    out.fill((data[i] * 19595 + data[i + 1] * 38470 + data[i + 2] * 7471 + 0x8000) >> 16, i, i + 3);
  return { width, height, data: out };
}

/** Half of the remainder; ties round to the even number, as in Python. */
function centered(left: number): number {
  const half = Math.floor(left / 2);
  return left % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}

async function logitsOf(file: string): Promise<number[]> {
  const { resizeShortSide: short, centerCrop: size, color, colorOrder, range, mean, std } = about.preprocessing;
  const [black, white] = range ?? [0, 1];
  const loaded = await load(file);
  const image = color === 'grayscale' ? grey(loaded) : loaded;
  const newWidth = image.width <= image.height ? short : Math.trunc((short * image.width) / image.height);
  const newHeight = image.width <= image.height ? Math.trunc((short * image.height) / image.width) : short;
  const resized = turned(resizeRows(turned(resizeRows(image, newWidth)), newHeight));
  const [left, top] = [centered(newWidth - size), centered(newHeight - size)];
  const input = new Float32Array(3 * size * size);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const channel = colorOrder === 'bgr' ? 2 - c : c;
        const value = resized.data[((top + y) * newWidth + left + x) * 3 + channel] / 255;
        input[(c * size + y) * size + x] = (value * (white - black) + black - mean[c]) / std[c];
      }
  const { logits } = await session.run({ input: new Tensor('float32', input, [1, 3, size, size]) });
  return Array.from(logits.data as Float32Array);
}`;

const tsWhole = `/** The model itself resizes, crops and normalises. Its second output, "probabilities", is softmax(logits / temperature). */
async function logitsOf(file: string): Promise<number[]> {
  const { width, height, data } = await load(file);
  const { logits } = await session.run({ image: new Tensor('uint8', data, [1, height, width, 3]) });
  return Array.from(logits.data as Float32Array);
}`;

const tsEnd = `async function predict(file: string) {
  const logits = await logitsOf(file);
  const probabilities = softmax(logits);
  const { positiveClass, thresholdLogOdds: threshold, temperature } = about;
  let decision = classes[logits.indexOf(Math.max(...logits))];
  if (threshold !== null) {
    // By log-odds, before any temperature: the probabilities of very confident images are all 1.
    const other = classes.find((name) => name !== positiveClass)!;
    const logOdds = logits[classes.indexOf(positiveClass)] - logits[classes.indexOf(other)];
    decision = logOdds >= threshold ? positiveClass : other;
  }
  const byClass = (values: number[]) => Object.fromEntries(classes.map((name, k) => [name, values[k]]));
  return {
    file,
    decision,
    probabilities: byClass(probabilities),
    logits: byClass(logits),
    ...(temperature !== null && { calibrated: byClass(softmax(logits.map((logit) => logit / temperature))) }),
  };
}

for (const file of process.argv.slice(2)) {
  try {
    console.log(JSON.stringify(await predict(file)));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    console.log(JSON.stringify({ file, error: text.includes(file) ? text : \`\${file}: \${text}\` }));
    process.exitCode = 1;
  }
}`;
