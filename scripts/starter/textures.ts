// Drawn surfaces, which repeat at their edges: noise of several spectra, cells, stripes, tiles, wood, spots, attractors, fibres.
// Absent: colour, which the scene gives them.
import { normal, type Random, stream, uniform } from '../../shared/random.ts';

/** [side, side], values in 0 to 1. */
export type Texture = Float32Array;
export const textureSide = 256;
const side = textureSide;
const mask = side - 1;

type Maker = (random: Random) => Texture;

/** Equal for equal seeds: each kind `each` times. */
export function textureBank(seed: number, each = 9): Texture[] {
  return makers.flatMap((make, kind) =>
    Array.from({ length: each }, (_, i) => stretched(make(stream(seed, 'texture', kind, i)))),
  );
}

/** Bilinear, repeating. x and y in texels. */
export function sampled(texture: Texture, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - left, y - top];
  const [x0, x1] = [left & mask, (left + 1) & mask];
  const [y0, y1] = [(top & mask) * side, ((top + 1) & mask) * side];
  const upper = texture[y0 + x0]! * (1 - fx) + texture[y0 + x1]! * fx;
  const lower = texture[y1 + x0]! * (1 - fx) + texture[y1 + x1]! * fx;
  return upper * (1 - fy) + lower * fy;
}

/** Sum of value noise, one octave after the other by `fall` weaker; 0.5 is 1/f in amplitude, as in photographs. */
function fractal(random: Random, fall: number, first = 2, octaves = 7, stretch = 1): Texture {
  const out = new Float32Array(side * side);
  let amplitude = 1;
  for (let octave = 0, cells = first; octave < octaves && cells <= 128; octave++, cells *= 2) {
    const [nx, ny] = [Math.min(128, cells * stretch), cells];
    const grid = Float32Array.from({ length: nx * ny }, () => normal(random));
    for (let y = 0; y < side; y++) {
      const v = (y * ny) / side;
      const j = Math.floor(v);
      const fy = smooth(v - j);
      const [row0, row1] = [(j % ny) * nx, ((j + 1) % ny) * nx];
      for (let x = 0; x < side; x++) {
        const u = (x * nx) / side;
        const i = Math.floor(u);
        const fx = smooth(u - i);
        const [c0, c1] = [i % nx, (i + 1) % nx];
        const upper = grid[row0 + c0]! * (1 - fx) + grid[row0 + c1]! * fx;
        const lower = grid[row1 + c0]! * (1 - fx) + grid[row1 + c1]! * fx;
        out[y * side + x]! += amplitude * (upper * (1 - fy) + lower * fy);
      }
    }
    amplitude *= fall;
  }
  return out;
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

const each = (value: (x: number, y: number, at: number) => number): Texture => {
  const out = new Float32Array(side * side);
  for (let y = 0, at = 0; y < side; y++) for (let x = 0; x < side; x++, at++) out[at] = value(x, y, at);
  return out;
};

const clouds: Maker = (random) => fractal(random, uniform(random, 0.4, 0.7));
const grain: Maker = (random) => fractal(random, uniform(random, 0.75, 1.1), 4);
const streaks: Maker = (random) => fractal(random, uniform(random, 0.5, 0.8), 2, 6, random() < 0.5 ? 8 : 16);
const marble: Maker = (random) => {
  const warp = fractal(random, 0.55);
  return warp.map((value) => -Math.abs(value));
};

/** Distances to the nearest points of a jittered lattice (Worley 1996): cells, cracks or pebbles. */
const cells: Maker = (random) => {
  const n = Math.round(uniform(random, 4, 20));
  const px = Float32Array.from({ length: n * n }, (_, i) => (i % n) + random());
  const py = Float32Array.from({ length: n * n }, (_, i) => Math.floor(i / n) + random());
  const shade = Float32Array.from({ length: n * n }, () => random());
  const kind = Math.floor(random() * 3);
  const warp = fractal(random, 0.6, 4);
  const strength = uniform(random, 0, 0.25);
  return each((x, y, at) => {
    const [u, v] = [(x * n) / side + strength * warp[at]!, (y * n) / side + strength * warp[(at + 97) % warp.length]!];
    let [first, second, owner] = [9, 9, 0];
    const [ci, cj] = [Math.floor(u), Math.floor(v)];
    for (let j = cj - 1; j <= cj + 1; j++)
      for (let i = ci - 1; i <= ci + 1; i++) {
        const index = ((j + n) % n) * n + ((i + n) % n);
        const dx = px[index]! + (i - ((i + n) % n)) - u;
        const dy = py[index]! + (j - ((j + n) % n)) - v;
        const distance = Math.hypot(dx, dy);
        if (distance < first) [second, first, owner] = [first, distance, index];
        else if (distance < second) second = distance;
      }
    return [first, Math.min(0.25, second - first), shade[owner]! + 0.4 * Math.min(0.2, second - first)][kind]!;
  });
};

const stripes: Maker = (random) => {
  const [kx, ky] = [Math.round(uniform(random, -12, 12)), Math.round(uniform(random, 1, 12))];
  const warp = fractal(random, 0.5);
  const [strength, hardness] = [random() < 0.5 ? 0 : uniform(random, 0.2, 1.5), uniform(random, 0.5, 8)];
  return each((x, y, at) => {
    const phase = (2 * Math.PI * (kx * x + ky * y)) / side + strength * warp[at]!;
    return Math.tanh(hardness * Math.sin(phase)) + 0.1 * warp[(at + 31) % warp.length]!;
  });
};

const tiles: Maker = (random) => {
  const [nx, ny] = [Math.round(uniform(random, 3, 12)), Math.round(uniform(random, 3, 14))];
  const shade = Float32Array.from({ length: nx * ny }, () => random());
  const [joint, offset, checker] = [uniform(random, 0.02, 0.12), random() < 0.5 ? 0.5 : 0, random() < 0.3];
  const dirt = fractal(random, 0.7);
  return each((x, y, at) => {
    const j = Math.floor((y * ny) / side);
    const u = (x * nx) / side + (j % 2) * offset;
    const [fx, fy] = [u % 1, ((y * ny) / side) % 1];
    const i = Math.floor(u) % nx;
    const isJoint = Math.min(fx, 1 - fx) < joint || Math.min(fy, 1 - fy) < joint;
    const tile = checker ? (i + j) % 2 : shade[j * nx + i]! * 0.6 + 0.2;
    return (isJoint ? -0.2 : tile) + 0.12 * dirt[at]!;
  });
};

const wood: Maker = (random) => {
  const warp = fractal(random, 0.5, 2, 5, 1);
  const fine = fractal(random, 0.8, 4, 5, 1);
  const [rings, strength] = [Math.round(uniform(random, 4, 14)), uniform(random, 0.5, 2)];
  return each((x, y, at) => {
    const phase = (rings * y) / side + (strength * warp[((y >> 2) << 8) + (x >> 3)]!) / 1.5;
    return Math.abs((((phase % 1) + 1) % 1) - 0.3) + 0.12 * fine[at]!;
  });
};

const spots: Maker = (random) => {
  const value = fractal(random, 0.4, Math.round(uniform(random, 4, 16)), 3);
  const [level, soft] = [uniform(random, -0.4, 0.8), uniform(random, 0.03, 0.4)];
  return value.map((v) => Math.tanh((v - level) / soft));
};

/** The attractor of random affine contractions, brighter where the orbit comes more often (Barnsley 1988). */
const attractor: Maker = (random) => {
  const out = new Float32Array(side * side);
  const maps = Array.from({ length: 2 + Math.floor(random() * 4) }, () => {
    const [angle, other] = [uniform(random, 0, 2 * Math.PI), uniform(random, -0.8, 0.8)];
    const [sx, sy] = [uniform(random, 0.35, 0.85), uniform(random, 0.35, 0.85)];
    return [
      sx * Math.cos(angle), -sy * Math.sin(angle + other), uniform(random, -1, 1),
      sx * Math.sin(angle), sy * Math.cos(angle + other), uniform(random, -1, 1),
    ] as const; // biome-ignore format: a 2 x 3 matrix
  });
  let [x, y] = [0, 0];
  for (let i = 0; i < 120_000; i++) {
    const [a, b, c, d, e, f] = maps[Math.floor(random() * maps.length)]!;
    [x, y] = [a * x + b * y + c, d * x + e * y + f];
    if (!(Math.abs(x) + Math.abs(y) < 1e3)) [x, y] = [random(), random()];
    out[((Math.floor(y * 60) & mask) * side + (Math.floor(x * 60) & mask)) | 0]! += 1;
  }
  return out.map((count) => Math.log1p(count));
};

/** Strokes in one direction or any, as of fur, grass or fabric. */
const fibres: Maker = (random) => {
  const out = fractal(random, 0.6).map((value) => 0.3 * value);
  const [heading, spread, bend] = [
    uniform(random, 0, Math.PI),
    random() < 0.3 ? 3 : uniform(random, 0.1, 0.8),
    uniform(random, 0, 0.05),
  ];
  for (let i = 0; i < 2600; i++) {
    let [x, y, angle] = [side * random(), side * random(), heading + spread * normal(random)];
    const [light, turn, length] = [normal(random), bend * normal(random), uniform(random, 8, 40)];
    for (let t = 0; t < length; t++, angle += turn) {
      x += Math.cos(angle);
      y += Math.sin(angle);
      const at = (Math.floor(y) & mask) * side + (Math.floor(x) & mask);
      out[at] = 0.4 * out[at]! + 0.6 * light;
    }
  }
  return out;
};

const makers: readonly Maker[] = [
  clouds,
  grain,
  streaks,
  marble,
  cells,
  stripes,
  tiles,
  wood,
  spots,
  attractor,
  fibres,
];

/** Linear to 0 to 1, the darkest and brightest hundredth cut off. */
function stretched(texture: Texture): Texture {
  const sorted = texture.toSorted();
  const [low, high] = [sorted[Math.floor(0.01 * sorted.length)]!, sorted[Math.floor(0.99 * sorted.length)]!];
  return texture.map((value) => Math.min(1, Math.max(0, (value - low) / (high - low + 1e-6))));
}
