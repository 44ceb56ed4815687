// A stylised chest radiograph: body, lungs, ribs, spine, heart, diaphragm; PNEUMONIA adds hazy opacities in the lungs, NORMAL does not.
// Not medicine: it has the look of a radiograph and a task of known difficulty. Faint opacities, vessels and poor exposure
// make some images hard on purpose.
import { type Random, stream, uniform } from '../../shared/random.ts';
import type { ChestFinding } from './patients.ts';
import { chance, element, ellipse, group, path, stroke } from './svg.ts';

/** A grey SVG of `width` x `height` pixels over the square [0, 200]². */
export function drawRadiograph(
  finding: ChestFinding,
  seed: number,
  name: string,
  width: number,
  height: number,
): string {
  const random = stream(seed, 'chest', finding, name);
  const exposure = uniform(random, 0.75, 1.15);
  const grey = (level: number): string => {
    const value = Math.round(Math.min(255, Math.max(0, level * exposure)));
    return `rgb(${value},${value},${value})`;
  };
  const breath = uniform(random, 0.9, 1.12);
  const chest = group(
    `translate(${uniform(random, 94, 106).toFixed(1)} ${uniform(random, 94, 106).toFixed(1)}) rotate(${uniform(random, -4, 4).toFixed(1)}) scale(${uniform(random, 0.9, 1.1).toFixed(3)} ${uniform(random, 0.94, 1.08).toFixed(3)})`,
    body(grey, random),
    lungs(grey, breath, random),
    vessels(grey, random),
    finding === 'PNEUMONIA' ? opacities(random) : '',
    chance(random, 0.35) ? shadow(random) : '',
    heart(grey, breath, random),
    ribs(grey, random),
    spine(grey),
    clavicles(grey, random),
  );
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: '0 0 200 200', preserveAspectRatio: 'none' },
    element('defs', {}, soft('soft2', 2), soft('soft5', 5), soft('soft9', 9)),
    element('rect', { width: 200, height: 200, fill: grey(12) }),
    chest,
    marker(grey, random),
  );
}

type Grey = (level: number) => string;

const soft = (id: string, deviation: number): string =>
  element(
    'filter',
    { id, x: '-50%', y: '-50%', width: '200%', height: '200%' },
    element('feGaussianBlur', { stdDeviation: deviation }),
  );

const body = (grey: Grey, random: Random): string => {
  const shoulders = uniform(random, 84, 100);
  return path(`M${-shoulders} 150V-30Q-80 -66 -34 -72L-20 -110H20L34 -72Q80 -66 ${shoulders} -30V150Z`, grey(132), {
    filter: 'url(#soft5)',
  });
};

function lungs(grey: Grey, breath: number, random: Random): string {
  const base = 52 * breath;
  const level = uniform(random, 34, 52);
  const right = `M-14 -56Q-46 -66 -58 -16Q-68 28 -62 ${base}Q-38 ${base - 22} -14 ${base - 8}Q-18 0 -14 -56Z`;
  const left = `M14 -56Q46 -66 58 -16Q68 28 62 ${base + 2}Q46 ${base - 18} 30 ${base - 8}Q20 10 14 -56Z`;
  return path(right, grey(level), { filter: 'url(#soft2)' }) + path(left, grey(level), { filter: 'url(#soft2)' });
}

/** Bright branching lines that fade outward and make faint opacities hard to see. */
function vessels(grey: Grey, random: Random): string {
  const strength = uniform(random, 0.2, 0.55);
  const lines = Array.from({ length: 16 }, (_, i) => {
    const side = i % 2 === 0 ? 1 : -1;
    const angle = uniform(random, -1.1, 1.2);
    const length = uniform(random, 18, 40);
    const [x, y] = [side * (18 + length * Math.cos(angle)), -4 + length * Math.sin(angle)];
    return stroke(
      `M${side * 14} ${uniform(random, -8, 4)}Q${(side * 14 + x) / 2} ${y / 2 + uniform(random, -6, 6)} ${x} ${y}`,
      grey(150),
      uniform(random, 0.8, 2.4),
    );
  });
  // biome-ignore lint/plugin: as many as are drawn above
  return element('g', { opacity: strength, filter: 'url(#soft2)' }, ...lines);
}

/** One to four clouds, one-sided or on both sides; from obvious to barely visible. */
function opacities(random: Random): string {
  const count = 1 + Math.floor(random() * 4);
  const bothSides = chance(random, 0.45);
  const mainSide = chance(random, 0.5) ? 1 : -1;
  const clouds = Array.from({ length: count }, () => {
    const side = bothSides && chance(random, 0.5) ? -mainSide : mainSide;
    const [x, y] = [side * uniform(random, 24, 48), uniform(random, -34, 40)];
    return ellipse(x, y, uniform(random, 8, 22), uniform(random, 7, 18), '#e6e6e6', {
      opacity: uniform(random, 0.16, 0.6),
      filter: chance(random, 0.5) ? 'url(#soft5)' : 'url(#soft9)',
    });
  });
  return clouds.join('');
}

/** Overlying tissue, in both classes: a large, even, faint veil over one lung. */
const shadow = (random: Random): string =>
  ellipse(
    (chance(random, 0.5) ? 1 : -1) * uniform(random, 30, 45),
    uniform(random, 0, 45),
    uniform(random, 22, 32),
    uniform(random, 18, 30),
    '#d0d0d0',
    {
      opacity: uniform(random, 0.08, 0.22),
      filter: 'url(#soft9)',
    },
  );

const heart = (grey: Grey, breath: number, random: Random): string => {
  const width = uniform(random, 26, 40);
  return path(`M-12 -20Q-20 10 -16 ${46 * breath}H${width}Q${width + 8} 20 16 -12Q6 -34 -12 -20Z`, grey(172), {
    opacity: 0.9,
    filter: 'url(#soft2)',
  });
};

function ribs(grey: Grey, random: Random): string {
  const gap = uniform(random, 12, 15);
  const lines = Array.from({ length: 9 }, (_, i) => {
    const y = -60 + i * gap;
    const reach = 44 + Math.min(i, 5) * 5;
    return `M-6 ${y}Q${-reach} ${y - 10} ${-reach - 4} ${y + 20}M6 ${y}Q${reach} ${y - 10} ${reach + 4} ${y + 20}`;
  });
  return stroke(lines.join(''), grey(205), uniform(random, 3, 4.6), {
    opacity: uniform(random, 0.2, 0.36),
    filter: 'url(#soft2)',
  });
}

const spine = (grey: Grey): string =>
  Array.from({ length: 17 }, (_, i) =>
    element('rect', {
      x: -9,
      y: -100 + i * 15,
      width: 18,
      height: 12,
      rx: 4,
      fill: grey(200),
      opacity: 0.45,
      filter: 'url(#soft2)',
    }),
  ).join('');

const clavicles = (grey: Grey, random: Random): string => {
  const y = uniform(random, -64, -56);
  return stroke(`M-8 ${y + 6}Q-36 ${y - 8} -66 ${y - 2}M8 ${y + 6}Q36 ${y - 8} 66 ${y - 2}`, grey(210), 6, {
    opacity: 0.5,
    filter: 'url(#soft2)',
  });
};

/** The film's side marker: a plain bar where hospitals put an L or an R, in both classes. */
const marker = (grey: Grey, random: Random): string =>
  chance(random, 0.6)
    ? element('rect', {
        x: uniform(random, 168, 184),
        y: uniform(random, 10, 26),
        width: 6,
        height: 12,
        fill: grey(235),
        opacity: 0.8,
      })
    : '';
