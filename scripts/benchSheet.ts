// npm run bench:sheet -- DATASET: time of a contact sheet in a real VS Code, from the menu command to the first tile, to the first
// thumbnail and to all thumbnails in view; with an empty cache, then with a full one. Also the time of the editor's scan of names.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Frame } from 'playwright-core';
import { countsOf, imageCount } from '../src/datasets/index/datasetCounts.ts';
import { listImages } from '../src/datasets/index/listImages.ts';
import { Workbench } from '../test/workbench/harness/workbench.ts';

const given = process.argv[2];
if (given === undefined) throw new Error('Name a dataset folder: npm run bench:sheet -- DATASET');
const dataset = resolve(given);
const rounds = 3;

const listMs: number[] = [];
let count = 0;
for (let i = 0; i < rounds + 1; i++) {
  const start = performance.now();
  count = imageCount(countsOf(await listImages(dataset)));
  listMs.push(performance.now() - start);
}
console.log(
  `${count} images counted by name in ${listMs.slice(1).map(whole).join(', ')} ms (first ${whole(listMs[0]!)})`,
);

const scratch = await mkdtemp(join(tmpdir(), 'shoulders-bench-'));
const workbench = await Workbench.open({
  workspace: dirname(dataset),
  env: { XDG_CACHE_HOME: join(scratch, 'cache') },
});
try {
  await workbench.openContainer('Shoulders');
  const row = workbench
    .treeRows('Datasets')
    .filter({ hasText: basename(dataset) })
    .first();
  await row.filter({ hasText: /\d images/ }).waitFor();
  console.log('\n| cache | first tile | first thumbnail | all in view |\n|---|---|---|---|');
  for (const cache of ['empty', ...Array<string>(rounds).fill('full')])
    console.log(`| ${cache} | ${(await open()).join(' | ')} |`);

  async function open(): Promise<string[]> {
    await row.click();
    await row.hover();
    const start = performance.now();
    await row.getByRole('button', { name: 'Open Contact Sheet' }).click();
    const panel = await workbench.panel('sh-sheet-panel');
    const times: string[] = [];
    for (const isSo of [isTiled, hasPicture, isFilled]) {
      await until(panel, isSo);
      times.push(`${whole(performance.now() - start)} ms`);
    }
    await workbench.command('View: Close All Editors');
    return times;
  }
} finally {
  await workbench.close();
  await rm(scratch, { recursive: true, force: true });
}

async function until(panel: Frame, isSo: (tiles: Tile[]) => boolean): Promise<void> {
  while (!isSo(await panel.evaluate(tilesInView))) await new Promise((next) => setTimeout(next, 5));
}

interface Tile {
  readonly isDone: boolean;
}

function isTiled(tiles: Tile[]): boolean {
  return tiles.length > 0;
}

function hasPicture(tiles: Tile[]): boolean {
  return tiles.some(({ isDone }) => isDone);
}

function isFilled(tiles: Tile[]): boolean {
  return tiles.every(({ isDone }) => isDone);
}

/** Runs in the page: the visible tiles, and whether they show a picture or a reason. */
function tilesInView(): Tile[] {
  const groups = document.querySelector('sh-sheet-panel')?.shadowRoot?.querySelectorAll('sh-sheet-group') ?? [];
  return [...groups]
    .flatMap((group) => [...(group.shadowRoot?.querySelectorAll('li') ?? [])])
    .filter((tile) => tile.getBoundingClientRect().top < innerHeight)
    .map((tile) => {
      const image = tile.querySelector('img');
      return {
        isDone: image === null ? tile.querySelector('.none') !== null : image.complete && image.naturalWidth > 0,
      };
    });
}

function whole(ms: number): string {
  return ms.toFixed(0);
}
