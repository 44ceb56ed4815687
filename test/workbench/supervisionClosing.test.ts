// With the setting "stop": a reload ends nothing, and a run without any open window ends by itself.
import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { files } from '../../shared/contracts/run.ts';
import { isSameProcessAlive } from '../../shared/processes/processIdentity.ts';
import { endRunners, rowSaying, runsBelow, startRun, stepsOf, until } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const notHere = process.platform === 'win32' ? 'it kills processes by their group' : false;

/** Longer than a run waits for a window: 180 checks, four a second. */
const longerThanPatienceMs = 60_000;

describe('closing windows in VS Code', { skip: notHere }, () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let run = '';
  before(async () => {
    workspace = await createWorkspace();
    workbench = await Workbench.open({
      workspace: workspace.folder,
      env: { XDG_CACHE_HOME: workspace.cacheHome },
      settings: { 'shoulders.whenWindowCloses': 'stop' },
    });
  });
  after(async () => {
    await endRunners(workspace.folder);
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const runs = () => runsBelow(workspace.folder);
  const attendedMs = async (): Promise<number> => (await stat(join(runs().folderOf(run), files.attended))).mtimeMs;

  step('a reload ends no run, and the new window supervises it', async () => {
    run = await startRun(workbench, workspace.folder, 'endless.shoulders.json');
    await until(async () => (await runs().summaryOf(run)).epochCount >= 1);
    const reloadedMs = Date.now();
    await workbench.reload();
    await until(async () => (await attendedMs()) > reloadedMs + longerThanPatienceMs);
    assert.equal((await runs().summaryOf(run)).status, 'running');
  });

  step('a run stops and keeps its best weights when the last window is closed', async () => {
    const { pid, processStartedAt } = await runs().summaryOf(run);
    await workbench.closeWindow();
    for (const host of workbench.extensionHosts()) process.kill(host, 'SIGKILL');
    await until(async () => (await runs().summaryOf(run)).status === 'stopped');
    await until(async () => !(await isSameProcessAlive(pid!, processStartedAt)));
    assert.ok((await readdir(runs().folderOf(run))).includes(files.model));
  });

  step('the next window shows the run as stopped', async () => {
    workbench = await workbench.anotherWindow();
    await workbench.openContainer('Shoulders');
    await rowSaying(workbench, 'Stopped').waitFor();
  });
});
