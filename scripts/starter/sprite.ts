// A rasterised drawing, ready to be put into scenes: levels of halved side against aliasing, and a relief for light and shadow.

interface Level {
  readonly side: number;
  /** [side, side, 4], colours multiplied by alpha, 0 to 255. */
  readonly rgba: Float32Array;
}

export interface Sprite {
  readonly coloured: boolean;
  readonly levels: readonly Level[];
  /** Softened alpha, 0 to 1, [reliefSide, reliefSide]. */
  readonly relief: Float32Array;
  readonly reliefSide: number;
  /** Share of the square that is covered, 0 to 1. */
  readonly coverage: number;
}

/** @param rgba  [side, side, 4], side divisible by 8 */
export function spriteOf(rgba: Uint8Array, side: number, coloured: boolean): Sprite {
  const first = new Float32Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3]!;
    for (let c = 0; c < 3; c++) first[at + c] = (rgba[at + c]! * alpha) / 255;
    first[at + 3] = alpha;
  }
  const levels: Level[] = [{ side, rgba: first }];
  for (let i = 0; i < 3; i++) levels.push(halved(levels[i]!));
  const { side: reliefSide, rgba: small } = levels[1]!;
  let relief = Float32Array.from({ length: reliefSide ** 2 }, (_, i) => small[4 * i + 3]! / 255);
  const coverage = relief.reduce((sum, alpha) => sum + alpha, 0) / relief.length;
  for (let i = 0; i < 2; i++) relief = boxBlurred(relief, reliefSide, 3);
  return { coloured, levels, relief, reliefSide, coverage };
}

function halved({ side, rgba }: Level): Level {
  const half = side / 2;
  const out = new Float32Array(half * half * 4);
  for (let y = 0; y < half; y++)
    for (let x = 0; x < half; x++)
      for (let c = 0; c < 4; c++) {
        const at = (2 * y * side + 2 * x) * 4 + c;
        out[(y * half + x) * 4 + c] = (rgba[at]! + rgba[at + 4]! + rgba[at + 4 * side]! + rgba[at + 4 * side + 4]!) / 4;
      }
  return { side: half, rgba: out };
}

/** Zero beyond the edges. @param plane  [side, side] */
function boxBlurred(plane: Float32Array<ArrayBuffer>, side: number, radius: number): Float32Array<ArrayBuffer> {
  return alongRows(alongRows(plane, side, radius), side, radius);
}

/** Blurs rows and transposes. */
function alongRows(plane: Float32Array<ArrayBuffer>, side: number, radius: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(plane.length);
  const width = 2 * radius + 1;
  for (let y = 0; y < side; y++) {
    let sum = 0;
    for (let x = -radius; x < side; x++) {
      if (x + radius < side) sum += plane[y * side + x + radius]!;
      if (x - radius - 1 >= 0) sum -= plane[y * side + x - radius - 1]!;
      if (x >= 0) out[x * side + y] = sum / width;
    }
  }
  return out;
}
