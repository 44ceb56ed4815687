// One sample picture of a cat or a dog: backdrop, animal in one of four poses, something in front, light. A function of (seed, name).
import { type Random, stream, uniform } from '../../shared/random.ts';
import { backdrop } from './backdrops.ts';
import { type Coat, drawCoat } from './coat.ts';
import { drawHead, type Species } from './heads.ts';
import { type Color, chance, css, element, ellipse, group, path, pick, shade, stroke } from './svg.ts';

/** An SVG of `width` x `height` pixels; it shows the square [0, 200]² cut to that shape. */
export function drawAnimal(species: Species, seed: number, name: string, width: number, height: number): string {
  const random = stream(seed, 'animals', species, name);
  const coat = drawCoat(random);
  const pose = pick(random, [portrait, sitting, standing, lying]);
  const size = uniform(random, 0.72, 1.12);
  const side = chance(random, 0.5) ? -1 : 1;
  const place = `translate(${uniform(random, 82, 118).toFixed(1)} ${uniform(random, 96, 116).toFixed(1)}) rotate(${uniform(random, -9, 9).toFixed(1)}) scale(${(side * size).toFixed(3)} ${size.toFixed(3)})`;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: '0 0 200 200',
      preserveAspectRatio: 'xMidYMid slice',
    },
    backdrop(random),
    group(place, pose(species, coat, random)),
    chance(random, 0.25) ? foreground(random) : '',
    light(random),
  );
}

type Pose = (species: Species, coat: Coat, random: Random) => string;

const portrait: Pose = (species, coat, random) =>
  [
    path('M-70 110Q-64 42 -24 30H24Q64 42 70 110Z', css(shade(coat.fur, -4))),
    coat.marking === 'bib' || chance(random, 0.3) ? ellipse(0, 78, 26, 46, css(coat.light)) : '',
    collarAt(coat, 0, 46, 30),
    turned(random, 0, 0, 1.45, drawHead(species, coat, random)),
  ].join('');

const sitting: Pose = (species, coat, random) =>
  [
    tail(species, coat, random, 30, 66),
    path('M-22 -8Q-48 40 -42 78H42Q48 40 22 -8Z', css(coat.fur)),
    bodyMarking(coat, 0, 40, 30),
    coat.marking === 'bib' || chance(random, 0.4) ? ellipse(0, 30, 16, 26, css(coat.light)) : '',
    ellipse(-34, 70, 17, 15, css(shade(coat.fur, -4))),
    ellipse(34, 70, 17, 15, css(shade(coat.fur, -4))),
    stroke('M-11 36V76M11 36V76', css(shade(coat.fur, 3)), 15),
    paws(coat, random, [-12, 12], 80),
    collarAt(coat, 0, 2, 22),
    turned(random, 0, -34, uniform(random, 0.86, 1), drawHead(species, coat, random)),
  ].join('');

const standing: Pose = (species, coat, random) =>
  [
    tail(species, coat, random, 52, 8),
    stroke('M-26 30V72M44 30V72', css(shade(coat.fur, -9)), uniform(random, 11, 15)),
    path('M-44 -8Q0 -22 46 -8Q66 8 54 42Q10 54 -36 44Q-58 20 -44 -8Z', css(coat.fur)),
    bodyMarking(coat, 8, 14, 34),
    stroke('M-38 30V74M32 30V74', css(coat.fur), uniform(random, 12, 16)),
    paws(coat, random, [-38, -26, 32, 44], 76),
    collarAt(coat, -36, -6, 20),
    turned(random, -42, -32, uniform(random, 0.74, 0.9), drawHead(species, coat, random)),
  ].join('');

const lying: Pose = (species, coat, random) =>
  [
    tail(species, coat, random, 62, 48),
    path('M-52 64Q-58 8 4 6Q76 8 78 64Z', css(coat.fur)),
    bodyMarking(coat, 26, 32, 32),
    ellipse(54, 54, 22, 14, css(shade(coat.fur, -5))),
    stroke('M-36 60H-60M-18 62H-44', css(shade(coat.fur, 4)), 14),
    paws(coat, random, [-64, -48], 62),
    collarAt(coat, -30, 18, 22),
    turned(random, -30, -10, uniform(random, 0.82, 0.98), drawHead(species, coat, random)),
  ].join('');

const turned = (random: Random, x: number, y: number, scale: number, head: string): string =>
  group(
    `translate(${x} ${y}) rotate(${uniform(random, -14, 14).toFixed(1)}) scale(${scale.toFixed(3)} ${(scale * uniform(random, 0.92, 1.06)).toFixed(3)})`,
    head,
  );

/** A cat's is long and thin with any tip, a dog's shorter and often bushy; some look the same. */
function tail(species: Species, coat: Coat, random: Random, x: number, y: number): string {
  const length = species === 'cat' ? uniform(random, 38, 70) : uniform(random, 18, 48);
  const bend = uniform(random, -26, 26);
  const width = species === 'cat' ? uniform(random, 7, 12) : uniform(random, 8, 18);
  const line = `M${x} ${y}q${length * 0.6} ${bend * 0.3} ${length * 0.65} ${-length * 0.5}t${bend * 0.5} ${-length * 0.55}`;
  return (
    stroke(line, css(coat.fur), width) +
    (chance(random, 0.3)
      ? ellipse(x + length * 0.65 + bend * 0.5, y - length * 1.05, width * 0.6, width * 0.6, css(coat.light))
      : '')
  );
}

const paws = (coat: Coat, random: Random, xs: readonly number[], y: number): string => {
  const color = css(chance(random, 0.4) ? coat.light : shade(coat.fur, 6));
  return xs
    .map((x) => ellipse(x, y, 9.5, 6.5, color) + stroke(`M${x - 3} ${y - 1}v4M${x + 3} ${y - 1}v4`, css(coat.dark), 1))
    .join('');
};

const collarAt = (coat: Coat, x: number, y: number, width: number): string =>
  coat.collar === null
    ? ''
    : stroke(`M${x - width} ${y}Q${x} ${y + 14} ${x + width} ${y}`, css(coat.collar), 6) +
      ellipse(x, y + 11, 4, 4, '#f1c94b');

function bodyMarking(coat: Coat, x: number, y: number, width: number): string {
  if (coat.marking === 'stripes')
    return stroke(
      [-0.7, -0.25, 0.2, 0.65].map((f) => `M${x + f * width} ${y - 20}q4 9 -1 18`).join(''),
      css(coat.dark),
      5,
    );
  if (coat.marking === 'patches')
    return (
      ellipse(x + width * 0.3, y - 2, width * 0.4, 15, css(coat.dark)) +
      ellipse(x - width * 0.5, y + 16, 9, 8, css(coat.dark))
    );
  return '';
}

/** Grass, a cardboard box or a blanket hides the lower part. */
function foreground(random: Random): string {
  const top = uniform(random, 150, 172);
  const color: Color = { h: uniform(random, 0, 360), s: uniform(random, 15, 55), l: uniform(random, 40, 70) };
  switch (pick(random, ['grass', 'box', 'blanket'] as const)) {
    case 'grass': {
      const blades = Array.from(
        { length: 60 },
        (_, i) =>
          `M${i * 3.4} 202Q${i * 3.4 + uniform(random, -4, 4)} ${top + 20} ${i * 3.4 + uniform(random, -8, 8)} ${top + uniform(random, -14, 14)}`,
      );
      return stroke(blades.join(''), css({ h: uniform(random, 80, 120), s: 40, l: uniform(random, 28, 46) }), 2.6);
    }
    case 'box':
      return (
        element('rect', { x: 20, y: top, width: 160, height: 60, fill: '#b98d5a' }) +
        stroke(`M20 ${top}H180M100 ${top}V200`, '#9a7142', 2)
      );
    case 'blanket':
      return (
        path(`M0 ${top + 8}Q50 ${top - 12} 100 ${top + 6}T200 ${top}V200H0Z`, css(color)) +
        stroke(`M0 ${top + 22}Q50 ${top + 2} 100 ${top + 20}T200 ${top + 14}`, css(shade(color, 12)), 4)
      );
  }
}

/** Light from one side, warm or cold, sometimes dim. */
function light(random: Random): string {
  const x = chance(random, 0.5) ? 0 : 1;
  const gradient = element(
    'linearGradient',
    { id: 'light', x1: x, y1: 0, x2: 1 - x, y2: 1 },
    element('stop', {
      offset: 0,
      'stop-color': chance(random, 0.5) ? '#fff2d0' : '#e6f0ff',
      'stop-opacity': uniform(random, 0, 0.3),
    }),
    element('stop', { offset: 1, 'stop-color': '#0b1026', 'stop-opacity': uniform(random, 0, 0.5) }),
  );
  return element('defs', {}, gradient) + element('rect', { width: 200, height: 200, fill: 'url(#light)' });
}
