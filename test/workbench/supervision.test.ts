// What happens to a run when something is closed, reloaded, killed or opened twice, in a real VS Code with real processes.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import type { Recipe } from '../../runner/contracts/recipe.ts';
import { files, type RunSummary } from '../../runner/contracts/run.ts';
import { isSameProcessAlive } from '../../runner/store/processIdentity.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, recipeText, type Workspace } from './harness/workspace.ts';

/** Two slow cores train, draw and run an editor at once. */
const whileTraining = 180_000;

const notHere = process.platform === 'win32' ? 'it kills processes by their group' : false;

describe('supervision in VS Code', { skip: notHere }, () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    await writeFile(join(workspace.folder, 'twenty.shoulders.json'), recipeText('twenty', 20));
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    for (const id of await runIds().catch(() => [])) await endRunner(id);
    await workbench?.close();
    await workspace?.remove();
  });

  const step = (name: string, steps: () => Promise<void>): void => {
    test(name, async () => {
      try {
        await steps();
      } catch (error) {
        const slug = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
        await workbench.screenshot(`failed-${slug}`).catch(() => {});
        const above = await workbench.overlays().catch(() => 'no window');
        const rows = await workbench
          .treeRows()
          .allInnerTexts()
          .catch(() => []);
        throw new Error(`${(error as Error).message}\nOn screen: ${above}\nRows: ${rows.join(' | ')}`, {
          cause: error,
        });
      }
    });
  };

  let first = '';

  step('a reload in the middle of an epoch finds the run again, and its panel goes on', async () => {
    await start('endless.shoulders.json');
    [first = ''] = await runIds();
    await epochs(workbench, 1);
    const { pid } = await summaryOf(first);
    await workbench.reload();
    const before = (await summaryOf(first)).epochCount;
    await epochs(workbench, before + 2);
    assert.equal((await summaryOf(first)).pid, pid);
    await workbench.openContainer('Shoulders');
    await row(/animals.*Running/).waitFor();
  });

  step('a closed panel ends nothing', async () => {
    await workbench.command('View: Close All Editors');
    const before = (await summaryOf(first)).epochCount;
    await until(async () => (await summaryOf(first)).epochCount > before);
    assert.equal((await summaryOf(first)).status, 'running');
  });

  step('Pause holds a run before its next batch, Continue lets it go on', async () => {
    await act(row('Running'), 'Pause Run');
    await row('Paused').waitFor({ timeout: whileTraining });
    await workbench.page
      .locator('.statusbar')
      .getByText(/animals: Paused/)
      .waitFor();
    const { epochCount } = await summaryOf(first);
    await sleep(2000);
    assert.equal((await summaryOf(first)).epochCount, epochCount);
    await act(row('Paused'), 'Continue Run');
    await row('Running').waitFor();
    await until(async () => (await summaryOf(first)).epochCount > epochCount);
  });

  step('a second run waits for the first; a second window sees both, and stops the one that waits', async () => {
    await workbench.openExplorer();
    await start('quick.shoulders.json');
    await workbench.openContainer('Shoulders');
    await row('Queued').waitFor({ timeout: whileTraining });
    await workbench.page
      .locator('.statusbar')
      .getByText(/1 queued/)
      .waitFor();
    const other = await workbench.anotherWindow();
    try {
      await other.openContainer('Shoulders');
      await row('Running', other).waitFor({ timeout: whileTraining });
      await act(row('Queued', other), 'Stop Run');
      await row('Stopped', other).waitFor({ timeout: whileTraining });
    } finally {
      await other.closeWindow();
    }
    await row('Stopped').waitFor({ timeout: whileTraining });
    const ids = await runIds();
    assert.equal((await summaryOf(ids[1]!)).status, 'stopped');
    assert.equal((await summaryOf(first)).status, 'running');
  });

  step('a killed extension host takes no run with it, and the next one finds it', async () => {
    const { pid } = await summaryOf(first);
    for (const host of workbench.extensionHosts()) process.kill(host, 'SIGKILL');
    await workbench.reload();
    const before = (await summaryOf(first)).epochCount;
    await until(async () => (await summaryOf(first)).epochCount > before);
    assert.equal((await summaryOf(first)).pid, pid);
    await workbench.openContainer('Shoulders');
    await row('Running').waitFor({ timeout: whileTraining });
    await act(row('Running'), 'Stop Run');
    await until(async () => (await summaryOf(first)).status === 'stopped');
  });

  step(
    'a killed runner is told with its reason, the next in the queue trains, Resume finishes what was left',
    async () => {
      await workbench.openExplorer();
      await start('twenty.shoulders.json');
      const id = (await runIds()).at(-1)!;
      await until(async () => (await summaryOf(id)).epochCount >= 1);
      await writeFile(join(folderOf(id), files.pauseRequest), ''); // as a terminal does
      await workbench.openContainer('Shoulders');
      await row('Paused').waitFor({ timeout: whileTraining });
      await workbench.openExplorer();
      await start('quick.shoulders.json');
      const next = (await runIds()).at(-1)!;
      await workbench.openContainer('Shoulders');
      await row('Queued').waitFor({ timeout: whileTraining });
      const { pid, epochCount } = await summaryOf(id);
      assert.ok(epochCount < 20);
      process.kill(pid!, 'SIGKILL');
      await row('Failed').waitFor({ timeout: whileTraining });
      await workbench.page
        .getByText(/ended unexpectedly \(killed, perhaps because the memory was full\)/)
        .first()
        .waitFor();
      await until(async () => (await summaryOf(next)).status === 'finished');

      await act(row('Failed'), 'Resume Run');
      await until(async () => (await summaryOf(id)).status === 'finished');
      const after = await summaryOf(id);
      assert.equal(after.epochCount, 20);
      assert.notEqual(after.pid, pid);
      await row('Failed').waitFor({ state: 'detached' });
    },
  );

  step('a grid tells how many runs it makes, and starts them in turn', async () => {
    const before = await runIds();
    await workbench.command('Fine-tune a Grid of Recipes');
    await workbench.quickPick('animals');
    await workbench.quickPick('quick.shoulders.json');
    const box = workbench.page.locator('.quick-input-widget input[type=text]').first();
    await box.fill('sed = 1, 2');
    await workbench.page.getByText('did you mean "seed"?').waitFor();
    await box.fill('seed = 1, 2');
    await workbench.page.getByText('2 runs').waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.quickPick('Random Weights');
    await until(async () => (await runIds()).length === before.length + 2);
    const [one, two] = (await runIds()).filter((id) => !before.includes(id));
    await until(async () => (await summaryOf(two!)).status === 'finished');
    assert.equal((await summaryOf(one!)).status, 'finished');
    assert.deepEqual([(await recipeOf(one!)).seed, (await recipeOf(two!)).seed], [1, 2]);
    assert.equal((await recipeOf(two!)).name, 'quick: seed 2');
  });

  step('with "stop", a reload ends nothing, and a run that no window looks after ends by itself', async () => {
    await mkdir(join(workspace.folder, '.vscode'));
    await writeFile(
      join(workspace.folder, '.vscode', 'settings.json'),
      JSON.stringify({ 'shoulders.whenWindowCloses': 'stop' }),
    );
    await sleep(2000); // the editor reads its settings
    await workbench.openExplorer();
    await start('endless.shoulders.json');
    const id = (await runIds()).at(-1)!;
    await until(async () => (await summaryOf(id)).epochCount >= 1);
    assert.ok((await readdir(folderOf(id))).includes(files.attended));
    await workbench.reload();
    await sleep(60_000); // longer than a run waits for somebody to look after it
    const { status, pid, processStartedAt } = await summaryOf(id);
    assert.equal(status, 'running');

    await workbench.closeWindow();
    for (const host of workbench.extensionHosts()) process.kill(host, 'SIGKILL');
    await until(async () => (await summaryOf(id)).status === 'stopped');
    await until(async () => !(await isSameProcessAlive(pid!, processStartedAt)));
    assert.ok((await readdir(folderOf(id))).includes(files.model));
    workbench = await workbench.anotherWindow();
    await workbench.openContainer('Shoulders');
    await row('Stopped').waitFor();
  });

  const folderOf = (id: string): string => join(workspace.folder, '.shoulders', 'runs', id);

  const summaryOf = async (id: string): Promise<RunSummary> =>
    JSON.parse(await readFile(join(folderOf(id), files.run), 'utf8')) as RunSummary;

  const runIds = async (): Promise<string[]> =>
    (await readdir(join(workspace.folder, '.shoulders', 'runs')).catch(() => [])).sort();

  const recipeOf = async (id: string): Promise<Recipe> => (await summaryOf(id)).recipe!;

  const row = (text: string | RegExp, window = workbench): Locator =>
    window.treeRows().filter({ hasText: text }).first();

  /** An icon of a row, as a person reaches it. */
  async function act(of: Locator, name: string): Promise<void> {
    await of.hover();
    await of.getByRole('button', { name }).click();
  }

  async function epochs(window: Workbench, count: number): Promise<void> {
    const panel = await window.panel('sh-run-panel');
    const rows = panel.locator('sh-epoch-table tbody tr');
    await until(async () => (await rows.count()) >= count || (await summaryOf(first)).epochCount > 40);
    await rows.first().waitFor();
  }

  async function start(recipe: string): Promise<void> {
    const before = (await runIds()).length;
    await workbench.explorerMenu('animals', 'Fine-tune ResNet');
    await workbench.quickPick(recipe);
    await workbench.page.getByText('are not on this machine yet').waitFor();
    await workbench.quickPick('Random Weights');
    await until(async () => (await runIds()).length > before);
    await until(async () => (await summaryOf((await runIds()).at(-1)!).catch(() => undefined)) !== undefined);
  }

  async function endRunner(id: string): Promise<void> {
    const { pid, processStartedAt } = await summaryOf(id);
    if (pid !== null && (await isSameProcessAlive(pid, processStartedAt))) process.kill(pid, 'SIGKILL');
  }
});

/** Looks until it is so: the one patience of these tests. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + whileTraining; !(await isSo()); await sleep(200))
    if (Date.now() > end) throw new Error(`Not within ${whileTraining / 1000} s: ${isSo}`);
}
