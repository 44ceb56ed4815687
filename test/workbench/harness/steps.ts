// Steps of a journey and their timeout. Runs are read from disk, as any other program would.

import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import type { EventRecord } from '../../../shared/contracts/events.ts';
import { files, type RunSummary } from '../../../shared/contracts/run.ts';
import { isSameProcessAlive } from '../../../shared/processes/processIdentity.ts';
import type { Workbench } from './workbench.ts';

/** Two slow cores train, draw and run an editor at once. */
export const whileTraining = 180_000;

/** The body of a step that takes a screenshot when it fails, and prints the texts on the screen. */
export const watched =
  (name: string, window: () => Workbench, steps: () => Promise<void>) => async (): Promise<void> => {
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
  };

/** A journey's steps as tests of one window, in order: `const step = stepsOf(() => workbench)`. */
export const stepsOf =
  (window: () => Workbench) =>
  (name: string, steps: () => Promise<void>): void =>
    void test(name, watched(name, window, steps));

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Polls until the condition is true. */
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
    /** Every line of its log that can be read. */
    eventsOf: async (id: string): Promise<EventRecord[]> =>
      (await readFile(join(folderOf(id), files.events), 'utf8'))
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as EventRecord),
    summaryOf: async (id: string): Promise<RunSummary> =>
      JSON.parse(await readFile(join(folderOf(id), files.run), 'utf8')) as RunSummary,
  };
};

/** The row of the side bar's tree that contains `text`. */
export const rowSaying = (window: Workbench, text: string | RegExp): Locator =>
  window.treeRows().filter({ hasText: text }).first();

/**
 * Clicks an icon of a row until it has had its effect: rows are redrawn during a run, and a click on one that is being
 * replaced is lost.
 */
export async function pressInRow(row: Locator, name: string, isDone: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + whileTraining;
  while (!(await isDone())) {
    if (Date.now() > end) throw new Error(`The icon "${name}" was never heard.`);
    await row.hover({ timeout: 2000 }).catch(() => {}); // redrawn meanwhile: try again
    await row
      .getByRole('button', { name })
      .click({ timeout: 2000 })
      .catch(() => {});
    await until(isDone, 3000).catch(() => {});
  }
}

/** Fine-tunes `animals` from random weights as a user does; returns the run's id once it is on disk. */
export async function startRun(window: Workbench, workspace: string, recipe: string): Promise<string> {
  const { ids, summaryOf } = runsBelow(workspace);
  const before = await ids();
  await window.openExplorer();
  await window.explorerMenu('animals', 'Fine-tune ResNet');
  await window.quickPick(recipe);
  await window.page.getByText('are not on this machine yet').waitFor();
  await window.quickPick('Random Weights');
  let id: string | undefined;
  await until(async () => {
    id = (await ids()).find((one) => !before.includes(one));
    return id !== undefined && (await summaryOf(id).catch(() => undefined)) !== undefined;
  });
  return id!;
}

/** Ends what a failed journey left running. */
export async function endRunners(workspace: string): Promise<void> {
  const { ids, summaryOf } = runsBelow(workspace);
  for (const id of await ids()) {
    const summary = await summaryOf(id).catch(() => undefined); // only half started
    if (summary?.pid == null || !(await isSameProcessAlive(summary.pid, summary.processStartedAt))) continue;
    process.kill(summary.pid, 'SIGKILL');
  }
}
