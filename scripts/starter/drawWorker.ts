// A thread of draw.ts: draws the classes whose numbers it receives, one at a time.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type Random, stream, uniform } from '../../shared/random.ts';
import { drawOnOneThread, plainJpeg, rasterize } from '../samples/raster.ts';
import { type IconSet, readIconSets, svgOf } from './iconSets.ts';
import type { ClassOfDrawings, Drawing } from './meaning.ts';
import { drawScene } from './scene.ts';
import { type Sprite, spriteOf } from './sprite.ts';
import { textureBank } from './textures.ts';

export interface DrawJob {
  readonly sources: string;
  readonly out: string;
  readonly classes: readonly ClassOfDrawings[];
  readonly sidePx: number;
  /** Images of one class, by split. */
  readonly counts: Readonly<Record<string, number>>;
  readonly seed: number;
}

const clutterCount = 6;

async function spriteFor(sets: ReadonlyMap<string, IconSet>, { source, icon, coloured }: Drawing, sidePx: number) {
  const side = 8 * Math.ceil((1.25 * sidePx) / 8);
  return spriteOf(await rasterize(svgOf(sets.get(source)!, icon), side), side, coloured);
}

/** Coloured drawings more often, as they look more like things; by turns within both kinds. */
function order(random: Random, drawings: readonly Sprite[], count: number): Sprite[] {
  const [coloured, plain] = [true, false].map((is) => drawings.filter((sprite) => sprite.coloured === is));
  const share = plain!.length === 0 ? 1 : coloured!.length === 0 ? 0 : 0.65;
  const next = [coloured!, plain!].map((of) => ({ of, at: Math.floor(random() * of.length) }));
  return Array.from({ length: count }, () => {
    const turn = next[random() < share ? 0 : 1]!;
    return turn.of[turn.at++ % turn.of.length]!;
  });
}

async function main({ sources, out, classes, sidePx, counts, seed }: DrawJob): Promise<void> {
  drawOnOneThread();
  const sets = await readIconSets(sources);
  const textures = textureBank(seed);
  parentPort!.on('message', async (index: number) => parentPort!.postMessage(await draw(index)));

  async function draw(index: number): Promise<number> {
    const { name, drawings } = classes[index]!;
    const random = stream(seed, 'class', name);
    const own = (await Promise.all(drawings.map((drawing) => spriteFor(sets, drawing, sidePx)))).filter(
      ({ coverage }) => coverage > 0.01,
    );
    const others = Array.from({ length: clutterCount }, () => {
      const other = classes[Math.floor(random() * classes.length)]!.drawings;
      return other[Math.floor(random() * other.length)]!;
    });
    const clutter = await Promise.all(others.map((drawing) => spriteFor(sets, drawing, sidePx)));
    let images = 0;
    for (const [split, count] of Object.entries(counts)) {
      const folder = join(out, split, name);
      await mkdir(folder, { recursive: true });
      const written = order(random, own, count).map(async (sprite, i) => {
        const chance = stream(seed, split, name, i);
        const pixels = drawScene(chance, sidePx, sprite, { textures, clutter });
        const jpeg = await plainJpeg(pixels, sidePx, Math.round(uniform(chance, 55, 95)));
        await writeFile(join(folder, `${String(i).padStart(4, '0')}.jpg`), jpeg);
      });
      images += (await Promise.all(written)).length;
    }
    return images;
  }
}

await main(workerData);
