// One picture of the training set: a background, the drawing, what is before it, light over all, and a camera.
import { normal, type Random, uniform } from '../../shared/random.ts';
import { colorRamp, luminance, naturalColor } from './color.ts';
import { type Canvas, place, randomPlacement, randomSurface } from './place.ts';
import type { Sprite } from './sprite.ts';
import { sampled, type Texture } from './textures.ts';

export interface Stock {
  readonly textures: readonly Texture[];
  /** Other drawings, for clutter behind and before. */
  readonly clutter: readonly Sprite[];
}

/** RGB, [side, side, 3]. Depends on nothing but the arguments. */
export function drawScene(random: Random, side: number, sprite: Sprite, stock: Stock): Uint8Array {
  const canvas: Canvas = { side, rgb: new Float32Array(side * side * 3) };
  pick(random, backgrounds)(random, canvas, stock);
  if (random() < 0.45) scatter(random, canvas, stock, 1 + Math.floor(random() * 6));
  for (let i = Math.floor(random() * 3) - (random() < 0.4 ? 1 : 0); i > 0; i--) blur(canvas);
  const size = random() < 0.06 ? uniform(random, 0.95, 1.25) : uniform(random, 0.38, 0.98);
  const at = randomPlacement(random, size);
  place(
    canvas,
    sprite,
    at,
    randomSurface(random, sprite.coloured, luminanceAround(canvas, at.x, at.y), stock.textures),
  );
  if (random() < 0.15) occlude(random, canvas, stock);
  light(random, canvas, stock);
  return photographed(random, canvas);
}

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

type Background = (random: Random, canvas: Canvas, stock: Stock) => void;

/** A surface seen from straight above or slantwise, in colours of a ramp. */
const surface: Background = (random, canvas, { textures }) => {
  const color = textured(random, pick(random, textures), colorRamp(random));
  fill(canvas, (x, y, out) => color(x, y, out));
};

/** Two surfaces with a border of a third one's form. */
const mixture: Background = (random, canvas, { textures }) => {
  const [one, two] = [0, 1].map(() => textured(random, pick(random, textures), colorRamp(random)));
  const form = textured(
    random,
    pick(random, textures),
    Float32Array.from({ length: 768 }, (_, i) => i / 3),
  );
  const [level, soft] = [uniform(random, 60, 190), uniform(random, 4, 60)];
  const [a, b, m] = [new Float32Array(3), new Float32Array(3), new Float32Array(3)];
  fill(canvas, (x, y, out) => {
    form(x, y, m);
    one!(x, y, a);
    two!(x, y, b);
    const t = Math.min(1, Math.max(0, 0.5 + (m[0]! - level) / soft));
    for (let c = 0; c < 3; c++) out[c] = a[c]! * (1 - t) + b[c]! * t;
  });
};

/** A plain backdrop, brighter to one side. */
const studio: Background = (random, canvas) => {
  const [from, to] = [naturalColor(random), naturalColor(random)];
  const share = random() < 0.5 ? 0.2 : 1;
  const [dx, dy] = [uniform(random, -1, 1), uniform(random, -1, 1)];
  const isRound = random() < 0.5;
  fill(canvas, (x, y, out) => {
    const t =
      share *
      (isRound ? 2 * Math.hypot(x - 0.5 - 0.3 * dx, y - 0.5 - 0.3 * dy) : 0.5 + dx * (x - 0.5) + dy * (y - 0.5));
    for (let c = 0; c < 3; c++) out[c] = from[c]! + (to[c]! - from[c]!) * Math.min(1, Math.max(0, t));
  });
};

/** Ground that recedes to a horizon, and what is behind it. */
const horizon: Background = (random, canvas, { textures }) => {
  const sky = textured(random, pick(random, textures), softRamp(colorRamp(random)));
  const ground = textured(random, pick(random, textures), colorRamp(random));
  const [line, slope, scale] = [uniform(random, 0.25, 0.75), 0.1 * normal(random), uniform(random, 0.1, 0.5)];
  const haze = naturalColor(random);
  const [far, ramp] = [uniform(random, 0, 0.8), new Float32Array(3)];
  fill(canvas, (x, y, out) => {
    const depth = y - line - slope * (x - 0.5);
    if (depth <= 0) return sky(x, y, out);
    const distance = scale / (depth + 0.08);
    ground((x - 0.5) * distance * 2, distance, ramp);
    const mist = far * Math.min(1, distance / (scale * 12));
    for (let c = 0; c < 3; c++) out[c] = ramp[c]! * (1 - mist) + haze[c]! * mist;
  });
};

/** Other things out of focus. */
const crowd: Background = (random, canvas, stock) => {
  pick(random, [surface, studio, mixture])(random, canvas, stock);
  scatter(random, canvas, stock, 6 + Math.floor(random() * 10));
  for (let i = Math.floor(random() * 8); i > 0; i--) blur(canvas);
};

const backgrounds: readonly Background[] = [surface, surface, mixture, mixture, studio, horizon, horizon, crowd];

type Painter = (x: number, y: number, out: Float32Array) => void;

/** A texture, turned and scaled at random, in the colours of a ramp. */
function textured(random: Random, texture: Texture, ramp: Float32Array): Painter {
  const [angle, scale] = [uniform(random, 0, 2 * Math.PI), 112 * Math.exp(uniform(random, -1.4, 0.9))];
  const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const [ox, oy, wave] = [256 * random(), 256 * random(), uniform(random, 0, 0.06)];
  return (x, y, out) => {
    const bent = x + wave * Math.sin(9 * y);
    const value = sampled(texture, ox + cos * bent - sin * y, oy + sin * bent + cos * y);
    const at = 3 * Math.min(255, Math.floor(value * 255));
    out[0] = ramp[at]!;
    out[1] = ramp[at + 1]!;
    out[2] = ramp[at + 2]!;
  };
}

/** Less contrast, as of sky and walls. */
function softRamp(ramp: Float32Array): Float32Array {
  return ramp.map((value, i) => ramp[384 + (i % 3)]! + 0.35 * (value - ramp[384 + (i % 3)]!));
}

function fill({ side, rgb }: Canvas, color: Painter): void {
  const out = new Float32Array(3);
  for (let y = 0, at = 0; y < side; y++)
    for (let x = 0; x < side; x++, at += 3) {
      color((x + 0.5) / side, (y + 0.5) / side, out);
      rgb[at] = out[0]!;
      rgb[at + 1] = out[1]!;
      rgb[at + 2] = out[2]!;
    }
}

/** Small things here and there, behind the drawing. */
function scatter(random: Random, canvas: Canvas, { clutter, textures }: Stock, count: number): void {
  for (let i = 0; i < count; i++) {
    const other = pick(random, clutter);
    const at = { ...randomPlacement(random, uniform(random, 0.12, 0.4)), x: random(), y: random() };
    const look = randomSurface(random, other.coloured, luminanceAround(canvas, at.x, at.y), textures);
    place(canvas, other, at, { ...look, opacity: uniform(random, 0.3, 0.9) });
  }
}

/** Something at the rim before the drawing. */
function occlude(random: Random, canvas: Canvas, { clutter, textures }: Stock): void {
  const other = pick(random, clutter);
  const angle = uniform(random, 0, 2 * Math.PI);
  const at = randomPlacement(random, uniform(random, 0.25, 0.55));
  const [x, y] = [0.5 + 0.5 * Math.cos(angle), 0.5 + 0.5 * Math.sin(angle)];
  place(canvas, other, { ...at, x, y }, randomSurface(random, other.coloured, 128, textures));
}

/** Uneven light over all: slow waves of noise, a bright side, dark corners. */
function light(random: Random, { side, rgb }: Canvas, { textures }: Stock): void {
  const texture = pick(random, textures.slice(0, 9));
  const [waves, ox, oy] = [random() < 0.6 ? Math.abs(0.5 * normal(random)) : 0, 256 * random(), 256 * random()];
  const [gx, gy, corner] = [0.25 * normal(random), 0.25 * normal(random), random() < 0.3 ? uniform(random, 0, 0.8) : 0];
  const span = uniform(random, 40, 110) / side;
  for (let y = 0, at = 0; y < side; y++)
    for (let x = 0; x < side; x++, at += 3) {
      const [u, v] = [x / side - 0.5, y / side - 0.5];
      const factor = Math.max(
        0.1,
        (1 + gx * u + gy * v + waves * (sampled(texture, ox + x * span, oy + y * span) - 0.5)) *
          (1 - corner * (u * u + v * v)),
      );
      rgb[at]! *= factor;
      rgb[at + 1]! *= factor;
      rgb[at + 2]! *= factor;
    }
}

/** Focus, exposure, white balance, saturation, sensor noise. */
function photographed(random: Random, canvas: Canvas): Uint8Array {
  const { rgb } = canvas;
  for (let i = random() < 0.35 ? 1 + Math.floor(random() * 3) : 0; i > 0; i--) blur(canvas);
  const gain = Math.exp(0.16 * normal(random));
  const contrast = Math.exp(0.16 * normal(random));
  const balance = [1 + 0.06 * normal(random), 1 + 0.03 * normal(random), 1 + 0.06 * normal(random)];
  const saturation = random() < 0.07 ? 0 : Math.min(1.5, Math.max(0.1, 0.85 + 0.25 * normal(random)));
  const noise = random() < 0.6 ? Math.abs(7 * normal(random)) : 0;
  const out = new Uint8Array(rgb.length);
  for (let at = 0; at < rgb.length; at += 3) {
    const gray = luminance(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!);
    // The sum of two uniform draws, of standard deviation 1.
    const common = noise * 1.73 * (random() + random() - 1) * 1.41;
    for (let c = 0; c < 3; c++) {
      const color = (gray + saturation * (rgb[at + c]! - gray)) * balance[c]! * gain;
      out[at + c] = Math.min(255, Math.max(0, Math.round(128 + contrast * (color - 128) + common)));
    }
  }
  return out;
}

/** Mean of about a hundred pixels in the middle half around a place. */
function luminanceAround({ side, rgb }: Canvas, x: number, y: number): number {
  let sum = 0;
  for (let j = -5; j <= 5; j++)
    for (let i = -5; i <= 5; i++) {
      const px = Math.min(side - 1, Math.max(0, Math.floor((x + i * 0.05) * side)));
      const py = Math.min(side - 1, Math.max(0, Math.floor((y + j * 0.05) * side)));
      const at = (py * side + px) * 3;
      sum += luminance(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!);
    }
  return sum / 121;
}

/** Binomial filter of 3 x 3, in place; the outermost pixels stay. */
function blur({ side, rgb }: Canvas): void {
  const row = 3 * side;
  for (let y = 0; y < side; y++) {
    const start = y * row;
    for (let c = 0; c < 3; c++) {
      let before = rgb[start + c]!;
      for (let at = start + 3 + c; at < start + row - 3; at += 3) {
        const here = rgb[at]!;
        rgb[at] = 0.25 * before + 0.5 * here + 0.25 * rgb[at + 3]!;
        before = here;
      }
    }
  }
  for (let x = 0; x < row; x++) {
    let before = rgb[x]!;
    for (let at = x + row; at < rgb.length - row; at += row) {
      const here = rgb[at]!;
      rgb[at] = 0.25 * before + 0.5 * here + 0.25 * rgb[at + row]!;
      before = here;
    }
  }
}
