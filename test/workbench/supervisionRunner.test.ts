// A killed runner, the one that waited behind it, Resume, and a grid of runs.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { files } from '../../shared/contracts/run.ts';
import {
  endRunners,
  pressInRow,
  rowSaying,
  runsBelow,
  startRun,
  stepsOf,
  until,
  whileTraining,
} from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, recipeText, type Workspace } from './harness/workspace.ts';

const notHere = process.platform === 'win32' ? 'it kills processes by signals' : false;

describe('runners under supervision in VS Code', { skip: notHere }, () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let killed = '';
  before(async () => {
    workspace = await createWorkspace();
    await writeFile(join(workspace.folder, 'twelve.shoulders.json'), recipeText('twelve', 12));
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await endRunners(workspace.folder);
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const runs = () => runsBelow(workspace.folder);
  const row = (text: string | RegExp) => rowSaying(workbench, text);
  const statusOf = async (id: string) => (await runs().summaryOf(id)).status;

  step('a killed runner is reported with its reason and last output, and the next in the queue trains', async () => {
    killed = await startRun(workbench, workspace.folder, 'twelve.shoulders.json');
    await until(async () => (await runs().summaryOf(killed)).epochCount >= 1);
    await writeFile(join(runs().folderOf(killed), files.pauseRequest), ''); // like a terminal
    await workbench.openContainer('Shoulders');
    await row('Paused').waitFor({ timeout: whileTraining });
    const next = await startRun(workbench, workspace.folder, 'quick.shoulders.json');
    await workbench.openContainer('Shoulders');
    await row('Queued').waitFor({ timeout: whileTraining });
    const { pid, epochCount } = await runs().summaryOf(killed);
    assert.ok(epochCount < 12);
    process.kill(pid!, 'SIGUSR1'); // Node prints a few lines about its inspector, the last output of this process
    await until(async () => /inspector|Debugger/.test(await workbench.logNamed(`${killed}.log`)));
    process.kill(pid!, 'SIGKILL');
    await row('Failed').waitFor({ timeout: whileTraining });
    await until(async () => (await statusOf(next)) === 'finished');
  });

  step('the notification links to the log, and the panel shows its last lines', async () => {
    const told = await workbench.notification(/ended unexpectedly \(killed, perhaps because the memory was full\)/);
    assert.match(await told.innerText(), /Last output: \S+/);
    await told.getByRole('button', { name: 'Show Log' }).click();
    await workbench.page.getByRole('tab', { name: `${killed}.log` }).waitFor();
    await row('Failed').click();
    const panel = await workbench.panel('sh-run-panel sh-notices');
    await panel
      .getByText(/ended unexpectedly/)
      .first()
      .waitFor();
    await panel
      .getByText(/inspector|Debugger/)
      .first()
      .waitFor();
    await workbench.screenshot('crash');
  });

  step('Resume finishes the run', async () => {
    const { pid } = await runs().summaryOf(killed);
    await pressInRow(row('Failed'), 'Resume Run', async () => (await runs().summaryOf(killed)).pid !== pid);
    await until(async () => (await statusOf(killed)) === 'finished');
    const after = await runs().summaryOf(killed);
    assert.equal(after.epochCount, 12);
    assert.notEqual(after.pid, pid);
    await row('Failed').waitFor({ state: 'detached' });
  });

  step('a grid states its number of runs, and starts them in turn', async () => {
    const before = await runs().ids();
    await until(async () => {
      await workbench.command('Fine-tune a Grid of Recipes'); // a slow palette may lose the click
      return workbench.quickPick('animals').then(
        () => true,
        () => false,
      );
    });
    await workbench.quickPick('quick.shoulders.json');
    const box = workbench.page.locator('.quick-input-widget input[type=text]').first();
    await box.fill('sed = 1, 2');
    await workbench.page.getByText('did you mean "seed"?').waitFor();
    await box.fill('seed = 1, 2');
    await workbench.page.getByText('2 runs').waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.quickPick('Random Weights');
    await until(async () => (await runs().ids()).length === before.length + 2);
    const [one, two] = (await runs().ids()).filter((id) => !before.includes(id));
    await until(async () => (await statusOf(two!).catch(() => undefined)) === 'finished');
    assert.equal(await statusOf(one!), 'finished');
    const recipes = await Promise.all([one!, two!].map(async (id) => (await runs().summaryOf(id)).recipe!));
    assert.deepEqual(
      recipes.map(({ name, seed }) => [name, seed]),
      [
        ['quick: seed 1', 1],
        ['quick: seed 2', 2],
      ],
    );
  });
});
