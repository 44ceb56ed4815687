// A run on a small disk that fills up: its row, its panel and a notification report it, and it continues when there is space.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { files } from '../../shared/contracts/run.ts';
import { mountedDisk } from '../support/mountedDisk.ts';
import { endRunners, isThere, rowSaying, runsBelow, startRun, stepsOf, until, whileTraining } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const { skip } = mountedDisk('size=64k');

describe('a full disk in VS Code', { skip }, () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let disk = '';
  let run = '';
  before(async () => {
    workspace = await createWorkspace();
    disk = join(workspace.folder, '.shoulders');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=800m', 'tmpfs', disk]);
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await endRunners(workspace.folder);
    await workbench?.close();
    if (disk !== '') execFileSync('umount', ['-l', disk]);
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const row = (text: string | RegExp) => rowSaying(workbench, text);
  const summaryOf = (id: string) => runsBelow(workspace.folder).summaryOf(id);
  const folderOf = (id: string) => runsBelow(workspace.folder).folderOf(id);

  step('a run whose disk fills up is shown as paused, with the reason', async () => {
    run = await startRun(workbench, workspace.folder, 'endless.shoulders.json');
    await until(async () => (await summaryOf(run)).epochCount >= 1);
    await fillUp();
    await workbench.openContainer('Shoulders');
    await row('Paused: disk full').waitFor({ timeout: whileTraining });
    await workbench.notification(/Paused because the disk is full: .* needs \d+ MB, but only \d+ MB is free/);
    await row('Paused: disk full').click();
    const panel = await workbench.panel('sh-run-panel');
    await panel
      .getByText(/Paused because the disk is full/)
      .first()
      .waitFor();
    await workbench.screenshot('full-disk');
  });

  step('Retry reaches the run, which keeps waiting while there is no space', async () => {
    const told = await workbench.notification(/Paused because the disk is full/);
    await told.getByRole('button', { name: 'Retry' }).click();
    const panel = await workbench.panel('sh-run-panel sh-run-header');
    await panel.getByRole('button', { name: 'Retry' }).click();
    // The runner removes the request once it has tried.
    await until(async () => !(await isThere(join(folderOf(run), files.retryRequest))));
    await row('Paused: disk full').waitFor();
  });

  step('the run continues by itself once there is space', async () => {
    const { epochCount } = await summaryOf(run);
    await rm(join(disk, 'filler'));
    await row('Running').waitFor({ timeout: whileTraining });
    await until(async () => (await summaryOf(run)).epochCount > epochCount);
    const panel = await workbench.panel('sh-run-panel');
    await panel.getByText(/Paused because the disk is full/).waitFor({ state: 'detached' });
  });

  step('Stop in the notification ends a run that is waiting again', async () => {
    await fillUp();
    await row('Paused: disk full').waitFor({ timeout: whileTraining });
    const told = await workbench.notification(/Paused because the disk is full/);
    await told.getByRole('button', { name: 'Stop' }).click();
    await until(async () => (await summaryOf(run)).status === 'stopped');
    await row('Stopped').waitFor();
  });

  /** Fills the disk, except for less than any weights take. */
  async function fillUp(): Promise<void> {
    const { bavail, bsize } = await statfs(disk);
    await writeFile(join(disk, 'filler'), new Uint8Array(bavail * bsize - 20e6));
  }
});
