// A cat's or a dog's head, seen from the front, about 80 wide around (0, 0).
// Only shapes distinguish them: ears, muzzle, nose, pupils, whiskers. Each varies, and the ranges overlap:
// there are cats with folded ears and dogs with pointed ones, flat-faced dogs and long-faced cats.
import { type Random, uniform } from '../../shared/random.ts';
import type { Coat } from './coat.ts';
import { chance, css, ellipse, group, path, pick, shade, stroke } from './svg.ts';

export type Species = 'cat' | 'dog';

export const drawHead = (species: Species, coat: Coat, random: Random): string =>
  (species === 'cat' ? catHead : dogHead)(coat, random);

function catHead(coat: Coat, random: Random): string {
  const width = uniform(random, 36, 44);
  const height = uniform(random, 31, 38);
  const folded = chance(random, 0.15);
  const ears = mirrored((side) =>
    folded
      ? foldedEar(coat, side, width)
      : pointedEar(coat, side, width, uniform(random, 26, 38), uniform(random, -6, 8)),
  );
  const cheeks = path(
    `M${-width} 6L${-width - 7} 18L${-width + 5} 20ZM${width} 6L${width + 7} 18L${width - 5} 20Z`,
    css(coat.fur),
  );
  const muzzle = ellipse(-8, 14, 12, 9, css(coat.light)) + ellipse(8, 14, 12, 9, css(coat.light));
  const iris = eyeColor(eyeColors.cat, random);
  const lids = pick(random, ['open', 'open', 'open', 'narrow', 'closed'] as const);
  const eyes = mirrored((side) => catEye(side * uniform(random, 15, 18), -4, lids, iris(side), random));
  return [
    ears,
    cheeks,
    ellipse(0, 0, width, height, css(coat.fur)),
    faceMarking(coat, width, height),
    muzzle,
    eyes,
    path('M-5 6Q0 3 5 6Q3 12 0 12Q-3 12 -5 6Z', pick(random, ['#d98a8f', '#b76a70', '#5a3d3d'])),
    stroke('M0 12V16M0 16Q-5 21 -10 18M0 16Q5 21 10 18', '#4b3a38', 1.4),
    chance(random, 0.9) ? whiskers(random, coat) : '',
  ].join('');
}

function dogHead(coat: Coat, random: Random): string {
  const width = uniform(random, 30, 39);
  const height = uniform(random, 34, 41);
  const ears = pick(random, ['hanging', 'hanging', 'tipped', 'pointed', 'pointed'] as const);
  const muzzleWidth = uniform(random, 15, 23);
  const muzzleLength = uniform(random, 13, 26);
  const front = mirrored((side) => (ears === 'hanging' ? hangingEar(coat, side, width, random) : ''));
  const behind = mirrored((side) =>
    ears === 'pointed'
      ? pointedEar(coat, side, width, uniform(random, 28, 40), uniform(random, -8, 2))
      : ears === 'tipped'
        ? tippedEar(coat, side, width)
        : '',
  );
  const noseY = 4 + muzzleLength * 0.35;
  const iris = eyeColor(eyeColors.dog, random);
  const tongue = chance(random, 0.45);
  return [
    behind,
    ellipse(0, 0, width, height, css(coat.fur)),
    faceMarking(coat, width, height),
    ellipse(0, noseY + 9, muzzleWidth, muzzleLength * 0.85, css(coat.light)),
    front,
    mirrored((side) => dogEye(side * uniform(random, 13, 16), -8, chance(random, 0.1), iris(side))),
    chance(random, 0.4)
      ? mirrored((side) => stroke(`M${side * 9} -18Q${side * 14} -22 ${side * 19} -18`, css(coat.dark), 2.4))
      : '',
    tongue
      ? path(`M-6 ${noseY + 14}H6V${noseY + uniform(random, 22, 30)}Q0 ${noseY + 36} -6 ${noseY + 24}Z`, '#e5737f')
      : '',
    ellipse(0, noseY, uniform(random, 7, 11), uniform(random, 5, 7.5), pick(random, ['#2a2423', '#3c2b27', '#6b4640'])),
    ellipse(-3, noseY - 2.5, 2.2, 1.3, '#fff', { opacity: 0.5 }),
    stroke(
      `M0 ${noseY + 5}V${noseY + 12}M0 ${noseY + 12}Q-7 ${noseY + 18} -13 ${noseY + 12}M0 ${noseY + 12}Q7 ${noseY + 18} 13 ${noseY + 12}`,
      '#3f302d',
      1.7,
    ),
  ].join('');
}

const eyeColors = {
  cat: ['#9ac24d', '#e0b23c', '#5fa8c9', '#c98b36', '#6fae7f'],
  dog: ['#4a3020', '#6b4423', '#2b2320', '#7fa9c4', '#8a6a35'],
} as const;

/** The same for both eyes, except in one animal of twelve. */
function eyeColor(colors: readonly string[], random: Random): (side: 1 | -1) => string {
  const [usual, odd] = [pick(random, colors), pick(random, colors)];
  const isOdd = chance(random, 1 / 12);
  return (side) => (isOdd && side === 1 ? odd : usual);
}

const mirrored = (half: (side: 1 | -1) => string): string => half(-1) + half(1);

function pointedEar(coat: Coat, side: 1 | -1, width: number, length: number, lean: number): string {
  const [inner, outer] = [side * width * 0.18, side * width * 0.92];
  const tip = side * (width * 0.72 + lean);
  const outline = `M${inner} -26Q${(inner + tip) / 2} ${-28 - length * 0.6} ${tip} ${-26 - length}Q${outer + side * 4} ${-20 - length * 0.4} ${outer} -8Z`;
  const inside = `M${inner + side * 7} -25L${tip - side} ${-19 - length}L${outer - side * 5} -14Z`;
  return path(outline, css(coat.fur)) + path(inside, '#d9a3a0', { opacity: 0.75 });
}

const foldedEar = (coat: Coat, side: 1 | -1, width: number): string =>
  path(
    `M${side * width * 0.3} -30Q${side * width * 0.7} -46 ${side * width * 0.95} -22Q${side * width * 0.75} -16 ${side * width * 0.62} -20Z`,
    css(shade(coat.fur, -7)),
  );

const tippedEar = (coat: Coat, side: 1 | -1, width: number): string =>
  path(`M${side * width * 0.2} -30L${side * width * 0.6} -56L${side * width * 1.05} -14Z`, css(coat.fur)) +
  path(
    `M${side * width * 0.42} -45L${side * width * 0.6} -57L${side * width * 0.98} -36Q${side * width * 0.7} -30 ${side * width * 0.42} -45Z`,
    css(coat.dark),
  );

function hangingEar(coat: Coat, side: 1 | -1, width: number, random: Random): string {
  const [length, spread] = [uniform(random, 34, 60), uniform(random, 8, 18)];
  const outline = `M${side * width * 0.45} -31Q${side * (width + spread)} -34 ${side * (width + spread)} ${-24 + length * 0.6}Q${side * (width + 4)} ${-18 + length} ${side * width * 0.82} ${-22 + length * 0.7}Q${side * width * 0.9} -10 ${side * width * 0.45} -31Z`;
  return path(outline, css(coat.dark));
}

function catEye(x: number, y: number, lids: 'open' | 'narrow' | 'closed', iris: string, random: Random): string {
  if (lids === 'closed') return stroke(`M${x - 8} ${y}Q${x} ${y + 6} ${x + 8} ${y}`, '#3b2f2e', 2);
  const ry = lids === 'open' ? 7 : 4;
  return (
    ellipse(x, y, 8.5, ry, iris) +
    ellipse(x, y, uniform(random, 1.6, 4), ry * 0.92, '#17130f') +
    ellipse(x + 2, y - 2.5, 1.6, 1.6, '#fff')
  );
}

const dogEye = (x: number, y: number, closed: boolean, iris: string): string =>
  closed
    ? stroke(`M${x - 6} ${y}Q${x} ${y + 5} ${x + 6} ${y}`, '#3b2f2e', 2.2)
    : ellipse(x, y, 6.4, 6.4, '#f4efe8') +
      ellipse(x, y, 5.4, 5.6, iris) +
      ellipse(x, y, 3, 3, '#120e0c') +
      ellipse(x + 1.8, y - 2, 1.5, 1.5, '#fff');

function faceMarking(coat: Coat, width: number, height: number): string {
  switch (coat.marking) {
    case 'stripes':
      return stroke(
        `M0 ${-height + 4}V${-height + 16}M-9 ${-height + 6}L-7 ${-height + 16}M9 ${-height + 6}L7 ${-height + 16}M${-width + 4} 2L${-width + 14} 5M${width - 4} 2L${width - 14} 5`,
        css(coat.dark),
        3.2,
      );
    case 'patches':
      return ellipse(-15, -6, 14, 16, css(coat.dark));
    case 'bib':
      return path(`M-5 ${-height + 3}Q0 -8 -12 20H12Q0 -8 5 ${-height + 3}Z`, css(coat.light));
    case 'mask':
      return ellipse(0, 8, width * 0.72, height * 0.62, css(coat.dark));
    case 'plain':
      return '';
  }
}

function whiskers(random: Random, coat: Coat): string {
  const spread = uniform(random, 3, 9);
  const lines = [-1, 0, 1].map(
    (i) => `M16 ${13 + i * 3}L${44} ${12 + i * spread}M-16 ${13 + i * 3}L-44 ${12 + i * spread}`,
  );
  return group('', stroke(lines.join(''), coat.fur.l > 60 ? '#6f6764' : '#f3eeea', 1));
}
