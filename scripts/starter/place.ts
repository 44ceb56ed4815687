// Puts a drawing into a scene: turned, sheared, in perspective, coloured, lit like a solid body, with a soft shadow.
import { normal, type Random, uniform } from '../../shared/random.ts';
import { colorRamp, hsl, luminance, type Rgb } from './color.ts';
import type { Sprite } from './sprite.ts';
import { sampled, type Texture } from './textures.ts';

/** [side, side, 3], 0 to 255, not rounded. */
export interface Canvas {
  readonly side: number;
  readonly rgb: Float32Array;
}

export interface Placement {
  /** Centre and side of the drawing's square, as shares of the canvas. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Radians. */
  readonly angle: number;
  readonly shear: number;
  readonly aspect: number;
  readonly mirrored: boolean;
  /** Inclination of the plane; 0: parallel to the picture. */
  readonly tiltX: number;
  readonly tiltY: number;
}

export function randomPlacement(random: Random, size: number): Placement {
  const free = Math.max(0.06, (1 - size) / 2);
  const inPerspective = random() < 0.4;
  return {
    x: 0.5 + uniform(random, -free, free),
    y: 0.5 + uniform(random, -free, free),
    size,
    angle: random() < 0.1 ? uniform(random, -Math.PI, Math.PI) : 0.22 * normal(random),
    shear: 0.12 * normal(random),
    aspect: Math.exp(0.12 * normal(random)),
    mirrored: random() < 0.5,
    tiltX: inPerspective ? uniform(random, -0.4, 0.4) : 0,
    tiltY: inPerspective ? uniform(random, -0.4, 0.4) : 0,
  };
}

/** How the surface of the drawing looks. */
export interface Surface {
  /** Colour by height along a direction; undefined: its own colours. */
  readonly ramp: Float32Array | undefined;
  readonly texture: Texture;
  readonly textureScale: number;
  /** Contrast of the texture, 0: none. */
  readonly roughness: number;
  /** Strength of light and shade by the relief, 0: flat. */
  readonly bump: number;
  readonly lightAngle: number;
  /** Dark below and bright above, or the reverse. */
  readonly falloff: number;
  readonly shadow: number;
  readonly shadowDistance: number;
  readonly opacity: number;
  /** Multiplies the colours. */
  readonly tint: Rgb;
}

/** @param around  mean luminance of the place, 0 to 255: a shape without colours differs from it */
export function randomSurface(
  random: Random,
  coloured: boolean,
  around: number,
  textures: readonly Texture[],
): Surface {
  const cast = () => 1 + 0.12 * normal(random);
  return {
    ramp: coloured && random() > 0.04 ? undefined : contrasting(random, around),
    texture: textures[Math.floor(random() * textures.length)]!,
    textureScale: Math.exp(uniform(random, -0.7, 1.2)),
    roughness: random() < 0.75 ? Math.abs(0.35 * normal(random)) : 0,
    bump: random() < 0.7 ? uniform(random, 0.2, 1.6) : 0,
    lightAngle: uniform(random, 0, 2 * Math.PI),
    falloff: 0.25 * normal(random),
    shadow: random() < 0.7 ? uniform(random, 0.15, 0.7) : 0,
    shadowDistance: uniform(random, 0.01, 0.1),
    opacity: random() < 0.1 ? uniform(random, 0.6, 0.95) : 1,
    tint: [cast(), cast(), cast()],
  };
}

function contrasting(random: Random, around: number): Float32Array {
  const ramp = random() < 0.5 ? colorRamp(random) : plainRamp(random);
  const mean = luminance(ramp[3 * 128]!, ramp[3 * 128 + 1]!, ramp[3 * 128 + 2]!);
  const wanted =
    Math.abs(mean - around) > 55
      ? mean
      : around > 128
        ? uniform(random, 10, around - 60)
        : uniform(random, around + 60, 245);
  return ramp.map((value) => value + wanted - mean);
}

function plainRamp(random: Random): Float32Array {
  const [h, s, l] = [random(), random() < 0.3 ? 0 : uniform(random, 0.2, 1), uniform(random, 0.1, 0.9)];
  const [from, to] = [
    hsl(h, s, l),
    hsl(h + 0.05 * normal(random), s, Math.min(0.97, Math.max(0.03, l + 0.1 * normal(random)))),
  ];
  return Float32Array.from({ length: 256 * 3 }, (_, i) => from[i % 3]! + ((to[i % 3]! - from[i % 3]!) * i) / 768);
}

/** Changes the canvas. */
export function place(canvas: Canvas, sprite: Sprite, at: Placement, surface: Surface): void {
  const { side, rgb } = canvas;
  const scale = at.size * side;
  const wanted = sprite.levels.findIndex((level) => level.side <= 1.5 * scale);
  const level = sprite.levels[wanted < 0 ? sprite.levels.length - 1 : wanted]!;
  const [cos, sin] = [Math.cos(at.angle), Math.sin(at.angle)];
  const [cx, cy] = [at.x * side, at.y * side];
  // Half of the diagonal, widened for shear, tilt and shadow.
  const reach = scale * 1.05;
  const [x0, x1] = [Math.max(0, Math.floor(cx - reach)), Math.min(side, Math.ceil(cx + reach))];
  const [y0, y1] = [Math.max(0, Math.floor(cy - reach)), Math.min(side, Math.ceil(cy + reach))];
  const flip = at.mirrored ? -1 : 1;
  const [lx, ly] = [Math.cos(surface.lightAngle), Math.sin(surface.lightAngle)];
  // The light's direction in the turned drawing.
  const [rx, ry] = [flip * (lx * cos + ly * sin), -lx * sin + ly * cos];
  const { relief, reliefSide } = sprite;
  const { side: n, rgba } = level;
  const shiftX = surface.shadowDistance * rx;
  const shiftY = surface.shadowDistance * ry;
  const [tr, tg, tb] = surface.tint;
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) {
      const [px, py] = [(x + 0.5 - cx) / scale, (y + 0.5 - cy) / scale];
      const w = 1 + at.tiltX * px + at.tiltY * py;
      let u = (px * cos + py * sin) / w;
      const v = ((-px * sin + py * cos) * at.aspect) / w + 0.5;
      u = (flip * (u + at.shear * (v - 0.5))) / at.aspect + 0.5;
      const to = (y * side + x) * 3;
      if (surface.shadow > 0) {
        const dark = 1 - surface.shadow * planeAt(relief, reliefSide, u + shiftX, v + shiftY);
        rgb[to]! *= dark;
        rgb[to + 1]! *= dark;
        rgb[to + 2]! *= dark;
      }
      if (u <= 0 || u >= 1 || v <= 0 || v >= 1) continue;
      // Bilinear; the rim is transparent.
      const [sx, sy] = [Math.min(n - 1.001, Math.max(0, u * n - 0.5)), Math.min(n - 1.001, Math.max(0, v * n - 0.5))];
      const [ix, iy] = [sx | 0, sy | 0];
      const [fx, fy] = [sx - ix, sy - iy];
      const a = (iy * n + ix) * 4;
      const b = a + 4 * n;
      const [waa, wab, wba, wbb] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
      const alpha =
        ((waa * rgba[a + 3]! + wab * rgba[a + 7]! + wba * rgba[b + 3]! + wbb * rgba[b + 7]!) / 255) * surface.opacity;
      if (alpha < 0.004) continue;
      let light = 1 + surface.falloff * 2 * (v - 0.5);
      light +=
        surface.roughness *
        (sampled(surface.texture, px * 112 * surface.textureScale, py * 112 * surface.textureScale) - 0.5);
      if (surface.bump > 0) {
        const e = 2 / reliefSide;
        const slope =
          (planeAt(relief, reliefSide, u + e, v) - planeAt(relief, reliefSide, u - e, v)) * rx +
          (planeAt(relief, reliefSide, u, v + e) - planeAt(relief, reliefSide, u, v - e)) * ry;
        light += surface.bump * slope;
      }
      light = Math.max(0.15, light);
      let [r, g, blue] = [0, 0, 0];
      if (surface.ramp) {
        const step = 3 * Math.min(255, Math.max(0, Math.floor(v * 255)));
        [r, g, blue] = [surface.ramp[step]! * alpha, surface.ramp[step + 1]! * alpha, surface.ramp[step + 2]! * alpha];
      } else {
        r = (waa * rgba[a]! + wab * rgba[a + 4]! + wba * rgba[b]! + wbb * rgba[b + 4]!) * surface.opacity;
        g = (waa * rgba[a + 1]! + wab * rgba[a + 5]! + wba * rgba[b + 1]! + wbb * rgba[b + 5]!) * surface.opacity;
        blue = (waa * rgba[a + 2]! + wab * rgba[a + 6]! + wba * rgba[b + 2]! + wbb * rgba[b + 6]!) * surface.opacity;
      }
      rgb[to] = rgb[to]! * (1 - alpha) + r * light * tr;
      rgb[to + 1] = rgb[to + 1]! * (1 - alpha) + g * light * tg;
      rgb[to + 2] = rgb[to + 2]! * (1 - alpha) + blue * light * tb;
    }
}

/** Bilinear, 0 outside. u and v in 0 to 1. */
function planeAt(plane: Float32Array, n: number, u: number, v: number): number {
  const [x, y] = [u * n - 0.5, v * n - 0.5];
  if (x < 0 || y < 0 || x >= n - 1 || y >= n - 1) return 0;
  const [ix, iy] = [x | 0, y | 0];
  const [fx, fy] = [x - ix, y - iy];
  const at = iy * n + ix;
  return (
    (plane[at]! * (1 - fx) + plane[at + 1]! * fx) * (1 - fy) +
    (plane[at + n]! * (1 - fx) + plane[at + n + 1]! * fx) * fy
  );
}
