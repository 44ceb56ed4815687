// The Runs view in a real VS Code, with a thousand runs: star, name, tag, note, group, sort, filter, select, reload, delete.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { RunLabels } from '../../shared/contracts/labels.ts';
import { files } from '../../shared/contracts/run.ts';
import { writeManyRuns } from '../support/manyRuns.ts';
import { themeNames, Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const runCount = 1000;

describe('the Runs view in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let ids: string[];
  before(async () => {
    workspace = await createWorkspace();
    ids = await writeManyRuns(join(workspace.folder, '.shoulders', 'runs'), runCount);
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
    await workbench.openContainer('Shoulders');
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });

  const step = (name: string, steps: () => Promise<void>): void => {
    test(name, async () => {
      try {
        await steps();
      } catch (error) {
        await workbench.screenshot(`failed-${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}`);
        throw new Error(`${(error as Error).message}\nOn screen: ${await workbench.overlays()}`, { cause: error });
      }
    });
  };

  step('the view lists a thousand runs, and scrolls to the oldest', async () => {
    await focusRows();
    const oldest = rowAt(runCount - 1).filter({ hasText: 'Try 0' });
    // Without an index file the newest come first, and the others in reading order.
    for (let i = 0; i < 60 && (await oldest.count()) === 0; i++) {
      await workbench.page.keyboard.press('End');
      await workbench.page.waitForTimeout(1000);
    }
    await oldest.waitFor();
    await workbench.screenshot('sidebar-end');
    await workbench.page.keyboard.press('Home');
    await rowAt(0).waitFor();
  });

  step('a star, a name, tags and a note are stored in the run folder and shown in its row', async () => {
    await rowMenuAt(0, 'Star Run');
    await row(/★/).first().waitFor();
    await rowMenuAt(0, 'Rename Run');
    await answer('Warm start');
    await row(/★ Warm start/).waitFor();
    await rowMenuAt(0, 'Edit Tags');
    await answer('pilot, to show');
    await row(/#pilot #to show/).waitFor();
    await showTooltip(0, 'State: Finished');
    await rowMenuAt(0, 'Edit Note');
    await answer('Half the rate ⏎ of the one before');
    await untilLabels(ids.at(-1)!, {
      starred: true,
      name: 'Warm start',
      tags: ['pilot', 'to show'],
      note: 'Half the rate\nof the one before',
    });
    await showTooltip(0, 'Half the rate');
    await workbench.screenshot('sidebar-labels');
  });

  step('several selected rows can be starred and tagged at once', async () => {
    await rowAt(1).click();
    await rowAt(3).click({ modifiers: ['Shift'] });
    await rowMenuAt(2, 'Star Run');
    for (const id of ids.slice(-4, -1)) await untilLabels(id, { starred: true });
    await rowAt(1).click();
    await rowAt(3).click({ modifiers: ['Shift'] });
    await rowMenuAt(2, 'Edit Tags');
    await answer('three');
    for (const id of ids.slice(-4, -1)) await untilTagged(id, 'three');
    // A restored panel takes the focus, and a box that loses it closes.
    await workbench.command('View: Close All Editors');
  });

  step('rows can be sorted by a metric, which they then show', async () => {
    await workbench.command('Shoulders: Sort Runs By');
    await workbench.quickPick('test loss');
    await row(/test loss 0\.\d{3}/)
      .first()
      .waitFor();
    const losses = await shownNumbers(/test loss (\d\.\d{3})/);
    assert.ok(losses.length > 5);
    assert.deepEqual(
      losses,
      losses.toSorted((a, b) => a - b),
    );
  });

  step('rows can be grouped by dataset, and a collapsed heading stays collapsed', async () => {
    await workbench.command('Shoulders: Group Runs By');
    await workbench.quickPick('Dataset');
    const heading = rows().filter({ hasText: /^animals\s*500$/ });
    await heading.waitFor();
    await workbench.screenshot('sidebar-groups');
    await heading.click();
    await workbench
      .treeRows()
      .filter({ hasText: /^chest_xray\s*500$/ })
      .waitFor();
  });

  step('a filter reports what it hides, in every theme', async () => {
    await workbench.command('Shoulders: Filter Runs');
    await workbench.quickPick('Starred Only');
    await workbench.page.getByText(/\d+ of 1000 runs: starred\./).waitFor();
    await workbench.command('Shoulders: Filter Runs');
    await workbench.quickPick('Text…');
    await typeFilter('#three');
    await workbench.page.getByText('3 of 1000 runs: starred, "#three".').waitFor();
    await workbench.page.keyboard.press('Enter');
    for (const theme of themeNames) {
      await workbench.setTheme(theme);
      await workbench.page.waitForTimeout(300);
      await workbench.screenshot(`sidebar-${theme}`);
    }
  });

  step('a reloaded window keeps the arrangement of the runs', async () => {
    await workbench.reloadWindow();
    await workbench.openContainer('Shoulders');
    await workbench.page.getByText('3 of 1000 runs: starred, "#three".').waitFor();
    await workbench
      .treeRows()
      .filter({ hasText: /^chest_xray/ })
      .first()
      .waitFor();
    await workbench
      .treeRows()
      .filter({ hasText: /^animals/ })
      .first()
      .waitFor();
    await workbench.screenshot('sidebar-reloaded');
  });

  step('a filter without matches offers to clear it', async () => {
    await workbench.command('Shoulders: Filter Runs');
    await workbench.quickPick('Text…');
    await typeFilter('no such run');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.getByText('No run matches the filter.').waitFor();
    await workbench.screenshot('sidebar-nothing');
    await workbench.page.getByRole('button', { name: 'Clear Filter', exact: true }).first().click();
    await workbench.page.getByText('No run matches the filter.').waitFor({ state: 'hidden' });
    await workbench.command('Shoulders: Group Runs By');
    await workbench.quickPick('No groups');
    await row(/test loss 0\.\d{3}/)
      .first()
      .waitFor();
  });

  step('the palette offers no commands for running runs while there are none', async () => {
    await workbench.page.keyboard.press('F1');
    const offers = async (title: string): Promise<boolean> => {
      await workbench.page.locator('.quick-input-widget input').first().fill(`>Shoulders: ${title}`);
      await workbench.page.waitForTimeout(1000);
      return (await workbench.quickPickRows()).some((text) => text.includes(`Shoulders: ${title}`));
    };
    assert.ok(await offers('Compare Runs'));
    for (const title of ['Stop Run', 'Pause Run', 'Continue Run', 'Open Running Run', 'Clear Run Filter'])
      assert.ok(!(await offers(title)), title);
    await workbench.page.keyboard.press('Escape');
  });

  step('two selected runs are deleted after one question that states their size', async () => {
    await workbench.command('Shoulders: Filter Runs');
    await workbench.quickPick('Text…');
    await typeFilter('#three');
    await workbench.page.getByText('3 of 1000 runs: "#three".').waitFor();
    await workbench.page.keyboard.press('Enter');
    await rowAt(0).click();
    await rowAt(1).click({ modifiers: ['ControlOrMeta'] });
    await rowMenuAt(1, 'Delete Run');
    const dialog = workbench.page.getByRole('dialog');
    await dialog.getByText(/Delete 2 runs \([\d.]+ MB\)\?/).waitFor();
    await workbench.screenshot('sidebar-delete');
    await dialog.getByRole('button', { name: 'Move to Bin' }).click();
    const forGood = dialog.getByRole('button', { name: 'Delete Permanently' });
    const left = workbench.page.getByText('1 of 998 runs: "#three".');
    await Promise.race([forGood.click().catch(() => {}), left.waitFor()]);
    await left.waitFor();
  });

  const pane = (): Locator =>
    workbench.page.locator('.sidebar .pane', { has: workbench.page.getByRole('heading', { name: 'Runs' }) });
  const rows = (): Locator => pane().locator('.monaco-list-row');

  const row = (text: RegExp): Locator => rows().filter({ hasText: text });

  /** The i-th row from the top of the screen: their order in the page differs. */
  const rowAt = (i: number): Locator => pane().locator(`.monaco-list-row[data-index="${i}"]`);

  /** A left click would open a run, and the keys would go to its panel. */
  async function focusRows(): Promise<void> {
    await rowAt(0).click({ button: 'right' });
    await workbench.page.locator('.monaco-menu').first().waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.page.locator('.monaco-menu').first().waitFor({ state: 'hidden' });
  }

  /** The mouse must come from elsewhere. */
  async function showTooltip(i: number, text: string): Promise<void> {
    await rowAt(i + 6).hover();
    await rowAt(i).hover();
    await workbench.page.getByText(text).first().waitFor();
  }

  async function rowMenuAt(i: number, item: string): Promise<void> {
    await workbench.rowMenu(rowAt(i), item);
  }

  async function answer(text: string): Promise<void> {
    const input = workbench.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(text);
    await workbench.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  async function typeFilter(text: string): Promise<void> {
    await workbench.quickPickTitle().filter({ hasText: 'Filter Runs by Text' }).waitFor();
    await workbench.page.locator('.quick-input-widget input').first().fill(text);
  }

  async function labelsOf(id: string): Promise<Partial<RunLabels>> {
    return JSON.parse(
      await readFile(join(workspace.folder, '.shoulders', 'runs', id, files.labels), 'utf8').catch(() => '{}'),
    );
  }

  const untilTagged = (id: string, tag: string) => until(id, ({ tags }) => tags?.includes(tag) === true);

  const untilLabels = (id: string, wanted: Partial<RunLabels>) =>
    until(id, (labels) =>
      Object.entries(wanted).every(([key, value]) => JSON.stringify(labels[key]) === JSON.stringify(value)),
    );

  async function until(id: string, suits: (labels: Partial<RunLabels>) => boolean): Promise<void> {
    let labels = await labelsOf(id);
    const fits = () => suits(labels);
    for (let i = 0; i < 100 && !fits(); i++) {
      await workbench.page.waitForTimeout(100);
      labels = await labelsOf(id);
    }
    assert.ok(fits(), `${id}: ${JSON.stringify(labels)}`);
  }

  /** Texts of the rows on the screen, top down. */
  async function shownNumbers(pattern: RegExp): Promise<number[]> {
    const shown = await rows().evaluateAll((all) =>
      all.map((one) => ({ index: Number(one.getAttribute('data-index')), text: one.textContent ?? '' })),
    );
    return shown
      .sort((a, b) => a.index - b.index)
      .flatMap(({ text }) => pattern.exec(text)?.[1] ?? [])
      .map(Number);
  }
});
