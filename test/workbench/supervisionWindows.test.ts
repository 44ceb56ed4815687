// What happens to a run when its panel is closed, its window reloaded, its extension host killed, or a second window opened.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
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
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const notHere = process.platform === 'win32' ? 'it kills processes by their group' : false;

describe('windows around a run in VS Code', { skip: notHere }, () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let run = '';
  before(async () => {
    workspace = await createWorkspace();
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await endRunners(workspace.folder);
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const runs = () => runsBelow(workspace.folder);
  const row = (text: string | RegExp, window = workbench) => rowSaying(window, text);
  const epochs = async (id = run): Promise<number> => (await runs().summaryOf(id)).epochCount;
  const has = async (id: string, file: string): Promise<boolean> => (await readdir(runs().folderOf(id))).includes(file);

  step('a reload in the middle of an epoch reconnects to the run, and its panel continues', async () => {
    run = await startRun(workbench, workspace.folder, 'endless.shoulders.json');
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-epoch-table tbody tr').first().waitFor({ timeout: whileTraining });
    const { pid } = await runs().summaryOf(run);
    await workbench.reloadWindow();
    const before = await epochs();
    const again = await workbench.panel('sh-run-panel');
    await until(async () => (await again.locator('sh-epoch-table tbody tr').count()) >= before + 2);
    assert.equal((await runs().summaryOf(run)).pid, pid);
    await workbench.openContainer('Shoulders');
    await row(/animals.*Running/s).waitFor();
  });

  step('closing a panel does not end its run', async () => {
    await workbench.command('View: Close All Editors');
    const before = await epochs();
    await until(async () => (await epochs()) > before);
    assert.equal((await runs().summaryOf(run)).status, 'running');
  });

  step('Pause stops a run before its next batch, and Continue resumes it', async () => {
    await pressInRow(row('Running'), 'Pause Run', () => has(run, files.pauseRequest));
    await row('Paused').waitFor({ timeout: whileTraining });
    await workbench.page
      .locator('.statusbar')
      .getByText(/animals: Paused/)
      .waitFor();
    await pressInRow(row('Paused'), 'Continue Run', async () => !(await has(run, files.pauseRequest)));
    await row('Running').waitFor();
    const held = await epochs();
    await until(async () => (await epochs()) > held);
    const types = (await runs().eventsOf(run)).map(({ event }) => event.type);
    const paused = types.indexOf('paused');
    assert.notEqual(paused, -1);
    assert.equal(types[paused + 1], 'continued', 'nothing was trained while it was held');
  });

  step('a second run waits for the first; a second window lists both, and stops the waiting one', async () => {
    const second = await startRun(workbench, workspace.folder, 'quick.shoulders.json');
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
      const isStopped = async () => (await runs().summaryOf(second)).status === 'stopped';
      await pressInRow(row('Queued', other), 'Stop Run', isStopped);
      await row('Stopped', other).waitFor({ timeout: whileTraining });
    } finally {
      await other.closeWindow();
    }
    await row('Stopped').waitFor({ timeout: whileTraining });
    assert.equal((await runs().summaryOf(run)).status, 'running');
  });

  step('a run survives a killed extension host, and the next host finds it', async () => {
    const { pid } = await runs().summaryOf(run);
    const hosts = workbench.extensionHosts();
    assert.ok(hosts.length > 0);
    for (const host of hosts) process.kill(host, 'SIGKILL');
    await workbench.reload();
    const before = await epochs();
    await until(async () => (await epochs()) > before);
    assert.equal((await runs().summaryOf(run)).pid, pid);
    await workbench.openContainer('Shoulders');
    await row('Running').waitFor({ timeout: whileTraining });
    await pressInRow(row('Running'), 'Stop Run', async () => (await runs().summaryOf(run)).status === 'stopped');
  });
});
