// Background and surroundings of a sample animal. The same for cats and dogs, so that a background never reveals the class.
import { type Random, uniform } from '../../shared/random.ts';
import { type Color, chance, css, element, ellipse, group, path, pick, shade, stroke } from './svg.ts';

/** Fills the square [0, 200]², floor line at about y = 140. Lightness and hue are random, the motif is one of five. */
export const backdrop = (random: Random): string => pick(random, [room, meadow, beach, evening, studio])(random);

function room(random: Random): string {
  const wall: Color = { h: uniform(random, 0, 360), s: uniform(random, 12, 40), l: uniform(random, 58, 86) };
  const floor: Color = { h: uniform(random, 20, 40), s: uniform(random, 20, 45), l: uniform(random, 35, 62) };
  const line = uniform(random, 125, 152);
  const parts = [rectangle(0, 0, 200, 200, wall)];
  if (chance(random, 0.4)) parts.push(wallpaper(random, shade(wall, -6)));
  parts.push(rectangle(0, line, 200, 200 - line, floor), rectangle(0, line - 3, 200, 4, shade(wall, -16)));
  for (let y = line + 14; y < 200; y += 16) parts.push(stroke(`M0 ${y}H200`, css(shade(floor, -6)), 1));
  if (chance(random, 0.5)) parts.push(windowFrame(random, uniform(random, 10, 130)));
  if (chance(random, 0.5))
    parts.push(plant(random, chance(random, 0.5) ? uniform(random, 8, 30) : uniform(random, 168, 190), line + 12));
  if (chance(random, 0.5))
    parts.push(ellipse(100, line + 34, 92, 20, css({ h: uniform(random, 0, 360), s: 40, l: uniform(random, 40, 70) })));
  if (chance(random, 0.4)) parts.push(ball(random, uniform(random, 15, 185), 182));
  return parts.join('');
}

function meadow(random: Random): string {
  const sky: Color = { h: uniform(random, 190, 215), s: uniform(random, 40, 70), l: uniform(random, 70, 86) };
  const grass: Color = { h: uniform(random, 75, 125), s: uniform(random, 30, 55), l: uniform(random, 34, 55) };
  const line = uniform(random, 92, 140);
  const parts = [rectangle(0, 0, 200, 200, sky)];
  for (let i = 0; i < 3; i++)
    if (chance(random, 0.6))
      parts.push(cloud(uniform(random, 0, 200), uniform(random, 10, 60), uniform(random, 0.6, 1.3)));
  parts.push(
    path(`M0 ${line}Q60 ${line - uniform(random, 5, 30)} 120 ${line}T200 ${line - 5}V200H0Z`, css(shade(grass, 8))),
  );
  if (chance(random, 0.5))
    parts.push(tree(random, chance(random, 0.5) ? uniform(random, 5, 40) : uniform(random, 160, 195), line + 8));
  parts.push(path(`M0 ${line + 26}Q90 ${line + 8} 200 ${line + 24}V200H0Z`, css(grass)));
  for (let i = 0; i < 26; i++) {
    const [x, y, h] = [uniform(random, 0, 200), uniform(random, line + 25, 200), uniform(random, 4, 10)];
    parts.push(
      stroke(
        `M${x} ${y}q${uniform(random, -3, 3)} ${-h / 2} ${uniform(random, -3, 3)} ${-h}`,
        css(shade(grass, uniform(random, -10, 12))),
        1.3,
      ),
    );
  }
  if (chance(random, 0.5))
    for (let i = 0; i < 7; i++)
      parts.push(
        ellipse(
          uniform(random, 0, 200),
          uniform(random, line + 30, 198),
          2.2,
          2.2,
          css({ h: uniform(random, 0, 360), s: 80, l: 75 }),
        ),
      );
  if (chance(random, 0.3)) parts.push(ball(random, uniform(random, 15, 185), 186));
  return parts.join('');
}

function beach(random: Random): string {
  const sea: Color = { h: uniform(random, 180, 205), s: uniform(random, 35, 60), l: uniform(random, 45, 62) };
  const line = uniform(random, 80, 105);
  return [
    rectangle(0, 0, 200, 200, { h: uniform(random, 195, 215), s: 50, l: uniform(random, 78, 88) }),
    chance(random, 0.6) ? ellipse(uniform(random, 20, 180), uniform(random, 20, 50), 14, 14, '#fff3c4') : '',
    rectangle(0, line, 200, 60, sea),
    stroke(`M0 ${line + 12}H200M0 ${line + 22}H200`, css(shade(sea, 8)), 1.5),
    path(
      `M0 ${line + 36}Q50 ${line + 26} 100 ${line + 36}T200 ${line + 34}V200H0Z`,
      css({ h: uniform(random, 34, 46), s: uniform(random, 35, 60), l: uniform(random, 66, 80) }),
    ),
    chance(random, 0.4) ? ball(random, uniform(random, 15, 185), 180) : '',
  ].join('');
}

function evening(random: Random): string {
  const sky: Color = { h: uniform(random, 225, 290), s: uniform(random, 20, 45), l: uniform(random, 16, 32) };
  const line = uniform(random, 120, 150);
  const stars = Array.from({ length: 14 }, () =>
    ellipse(uniform(random, 0, 200), uniform(random, 0, line - 20), 0.9, 0.9, '#fff'),
  );
  const houses = Array.from({ length: 4 }, (_, i) => {
    const [x, top] = [i * 52 + uniform(random, -8, 8), line - uniform(random, 25, 60)];
    return (
      rectangle(x, top, 42, line - top, shade(sky, -7)) + rectangle(x + 12, top + 10, 7, 9, { h: 45, s: 85, l: 65 })
    );
  });
  return [
    rectangle(0, 0, 200, 200, sky),
    ...stars,
    ellipse(uniform(random, 20, 180), 30, 13, 13, '#f6f0d2'),
    ...houses,
    rectangle(0, line, 200, 80, shade(sky, 12)),
  ].join('');
}

/** A photographer's backdrop: one colour, brighter in the middle. */
function studio(random: Random): string {
  const color: Color = { h: uniform(random, 0, 360), s: uniform(random, 5, 45), l: uniform(random, 35, 85) };
  const light = element(
    'radialGradient',
    { id: 'studio' },
    element('stop', { offset: 0, 'stop-color': css(shade(color, 12)) }),
    element('stop', { offset: 1, 'stop-color': css(shade(color, -10)) }),
  );
  return element('defs', {}, light) + element('rect', { width: 200, height: 200, fill: 'url(#studio)' });
}

const rectangle = (x: number, y: number, width: number, height: number, color: Color): string =>
  element('rect', { x, y, width, height, fill: css(color) });

function wallpaper(random: Random, color: Color): string {
  const step = uniform(random, 14, 26);
  const lines = Array.from({ length: Math.ceil(200 / step) }, (_, i) => `M${i * step} 0V200`);
  return stroke(lines.join(''), css(color), uniform(random, 2, 6));
}

const windowFrame = (random: Random, x: number): string =>
  rectangle(x, 18, 58, 66, { h: 40, s: 20, l: 92 }) +
  rectangle(x + 4, 22, 24, 58, { h: 205, s: 55, l: uniform(random, 60, 84) }) +
  rectangle(x + 31, 22, 23, 58, { h: 205, s: 55, l: uniform(random, 60, 84) });

function plant(random: Random, x: number, y: number): string {
  const leaf = css({ h: uniform(random, 90, 150), s: 40, l: uniform(random, 28, 42) });
  const leaves = [-50, -25, 0, 25, 50].map((angle) => group(`rotate(${angle})`, ellipse(0, -24, 5, 22, leaf)));
  return group(
    `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    // biome-ignore lint/plugin: five leaves
    ...leaves,
    path('M-11 -6H11L8 18H-8Z', css({ h: uniform(random, 5, 40), s: 50, l: 48 })),
  );
}

const tree = (random: Random, x: number, y: number): string =>
  stroke(`M${x} ${y}V${y - 46}`, '#6b4a2f', 8) +
  [
    [-14, -50],
    [14, -50],
    [0, -68],
  ]
    .map(([dx, dy]) =>
      ellipse(x + dx!, y + dy!, 22, 20, css({ h: uniform(random, 85, 130), s: 35, l: uniform(random, 28, 40) })),
    )
    .join('');

const cloud = (x: number, y: number, scale: number): string =>
  group(
    `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(2)})`,
    // biome-ignore lint/plugin: three circles
    ...[
      [-14, 2, 13],
      [0, -4, 16],
      [15, 2, 12],
    ].map(([cx, cy, r]) => ellipse(cx!, cy!, r!, r! * 0.7, '#fff', { opacity: 0.9 })),
  );

function ball(random: Random, x: number, y: number): string {
  const color: Color = { h: uniform(random, 0, 360), s: 70, l: 52 };
  return (
    ellipse(x, y, 10, 10, css(color)) +
    stroke(`M${x - 9} ${y - 3}Q${x} ${y + 4} ${x + 9} ${y - 3}`, css(shade(color, 25)), 2.5)
  );
}
