// Questions of the editor about a run from another machine, in another folder or with other weights: whether to take it over, and where
// its files are now. The runs are generated, not trained.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { RunEvent } from '../../shared/contracts/events.ts';
import { encodeImageList } from '../../shared/contracts/imageList.ts';
import { outermostPids } from '../../shared/contracts/machine.ts';
import { files } from '../../shared/contracts/run.ts';
import { hashOf } from '../../shared/runFolder/verified.ts';
import { writeRun } from '../src/support/runs.ts';
import { chestXrayRun } from '../webview/support/transcripts.ts';
import { rowSaying, runsBelow, stepsOf, until, whileTraining } from './harness/steps.ts';
import { writeTestedRun } from './harness/testedRun.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const ward = { host: 'ward', id: 'b2', boot: 'boot-9', pids: outermostPids };
const elsewhere = '20261123-101500-animals-resnet18-00aa';
const moved = '20261122-101500-animals-resnet18-00bb';

describe('runs of another machine and moved datasets in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    await writeRunElsewhere(workspace.folder);
    await writeListedRun(workspace.folder);
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
    await workbench.openContainer('Shoulders');
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const row = (text: string | RegExp) => rowSaying(workbench, text);
  const summaryOf = (id: string) => runsBelow(workspace.folder).summaryOf(id);

  step('a silent run of another machine is taken over only after consent, and asks for its moved weights', async () => {
    const silent = row('No sign of life from ward');
    await silent.waitFor({ timeout: whileTraining });
    await workbench.rowMenu(silent, 'Resume Run');
    const dialog = workbench.page.locator('.monaco-dialog-box').filter({ hasText: 'Take this run over from ward?' });
    await dialog.waitFor({ timeout: whileTraining });
    await workbench.screenshot('take-over');
    assert.match(await dialog.innerText(), /Process 4711 on ward is working on it/);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    assert.deepEqual((await summaryOf(elsewhere)).machine, ward);

    await workbench.rowMenu(silent, 'Resume Run');
    await dialog.getByRole('button', { name: 'Take Over' }).click({ timeout: whileTraining });
    const asked = await workbench.notification('The weights of this run are no longer at "/gone/backbone.pth"');
    await workbench.screenshot('moved-weights');
    await asked.getByRole('button', { name: 'Choose a File…' }).click();
    const file = join(workspace.folder, 'notes.pth');
    await writeFile(file, 'no weights at all');
    await workbench.chooseFile('Where are the weights now?', file);
    await workbench.notification(/notes\.pth/);
    await workbench.screenshot('moved-weights-other');
  });

  step('Locate Moved Dataset refuses a different dataset and records the right one', async () => {
    const place = join(workspace.folder, 'animals 2026');
    await rename(join(workspace.folder, 'animals'), place);
    await workbench.rowMenu(row('Moved run'), 'Locate Moved Dataset');
    await workbench.chooseFile('Where is the dataset now?', workspace.folder);
    await workbench.notification(/test\/cat/);
    await workbench.screenshot('relocate-refused');
    await workbench.rowMenu(row('Moved run'), 'Locate Moved Dataset');
    await workbench.chooseFile('Where is the dataset now?', place);
    await workbench.notification(`The dataset of this run is in "${place}" now.`);
    await workbench.screenshot('relocated');
    await until(async () => /animals 2026$/.test((await summaryOf(moved)).dataset ?? ''));
  });
});

/** Started on `ward` with its own weights, an hour ago, and silent since; without a finished epoch. */
async function writeRunElsewhere(workspace: string): Promise<void> {
  const [started] = chestXrayRun().events as [Extract<RunEvent, { type: 'started' }>];
  const events: RunEvent[] = [
    {
      ...started,
      runId: elsewhere,
      dataset: join(workspace, 'animals'),
      recipe: { ...started.recipe, network: 'resnet18', weights: '/gone/backbone.pth' },
      pid: 4711,
      machine: ward,
    },
  ];
  const folder = await writeRun(join(workspace, '.shoulders', 'runs'), elsewhere, events);
  const before = new Date(Date.now() - 3_600_000);
  await utimes(join(folder, files.events), before, before);
}

/** A finished run with the list of its images. */
async function writeListedRun(workspace: string): Promise<void> {
  const folder = await writeTestedRun(workspace, moved, 1, (right) => (right ? 0.9 : 0.2));
  const root = join(workspace, 'animals', 'test');
  const images = [];
  for (const className of (await readdir(root)).sort())
    for (const name of (await readdir(join(root, className))).sort()) {
      const sha256 = hashOf(await readFile(join(root, className, name)));
      images.push({ relativePath: `test/${className}/${name}`, className, split: 'test' as const, sha256 });
    }
  const file = join(folder, files.images);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, encodeImageList(images));
  await writeFile(
    join(folder, files.labels),
    JSON.stringify({ starred: false, name: 'Moved run', tags: [], note: '' }),
  );
}
