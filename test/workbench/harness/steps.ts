// A journey's steps and its one patience. Runs are looked up on disk, as any other program would.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { files, type RunSummary } from '../../../runner/contracts/run.ts';
import type { Workbench } from './workbench.ts';

/** Two slow cores train, draw and run an editor at once. */
export const whileTraining = 180_000;

/** Makes a step that leaves a picture when it fails, and tells what stood on the screen. */
export const stepsIn =
  (window: () => Workbench) =>
  (name: string, steps: () => Promise<void>): void => {
    test(name, async () => {
      try {
        await steps();
      } catch (error) {
        const workbench = window();
        const slug = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
        await workbench.screenshot(`failed-${slug}`).catch(() => {}); // the window may be what failed
        const above = await workbench.overlays().catch(() => 'no window');
        const rows = await workbench
          .treeRows()
          .allInnerTexts()
          .catch(() => []);
        throw new Error(
          `${(error as Error).message}\nOn screen: ${above}\nRows: ${rows.join(' | ')}\nPicture: failed-${slug}.png`,
          { cause: error },
        );
      }
    });
  };

/** Looks until it is so. */
export async function until(isSo: () => Promise<boolean>, patience = whileTraining): Promise<void> {
  for (const end = Date.now() + patience; !(await isSo()); await sleep(200))
    if (Date.now() > end) throw new Error(`Not within ${patience / 1000} s: ${isSo}`);
}

/** The runs below a workspace folder. */
export const runsBelow = (workspace: string) => {
  const folderOf = (id: string): string => join(workspace, '.shoulders', 'runs', id);
  return {
    folderOf,
    ids: async (): Promise<string[]> =>
      (await readdir(join(workspace, '.shoulders', 'runs')).catch(() => []))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    summaryOf: async (id: string): Promise<RunSummary> =>
      JSON.parse(await readFile(join(folderOf(id), files.run), 'utf8')) as RunSummary,
  };
};
