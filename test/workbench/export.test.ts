// Export Model… in a real VS Code: from a run's row to a checked file, its example and its model card.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe } from 'node:test';
import { ExportRecord } from '../../shared/contracts/exports.ts';
import { isSameProcessAlive } from '../../shared/processes/processIdentity.ts';
import { tinyRun } from '../support/tinyRun.ts';
import { stepsOf, whileTraining } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('exporting a model in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    const setup = { root: workspace.folder, dataset: join(workspace.folder, 'animals'), weights: 'none' };
    await tinyRun(setup, {
      sets: ['stages.0.epochs=1', 'stages.1.epochs=1'],
      job: { runsFolder: join(workspace.folder, '.shoulders', 'runs'), cacheFolder: workspace.cacheHome },
    });
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const name = 'animals-resnet18.onnx';

  step('a row’s menu asks for format, options and place, and writes a verified file', async () => {
    await workbench.openContainer('Shoulders');
    const row = workbench.treeRows().filter({ hasText: 'test AUROC' }).first();
    await row.waitFor();
    await workbench.rowMenu(row, 'Export Model');
    assert.match((await workbench.quickPickRows())[0]!, /^ONNX/);
    await workbench.screenshot('export-format');
    await workbench.quickPick();
    await workbench.quickPick('Preprocessing inside');
    await workbench.screenshot('export-options');
    await confirmOptions();
    await savePlace();
    const told = await workbench.notification(/its logits differ from those of the run/);
    await workbench.screenshot('export-told');
    await told.getByText('On 16 images of the run').waitFor();
    const record = ExportRecord.parse(JSON.parse(await readFile(join(workspace.folder, `${name}.json`), 'utf8')));
    assert.equal(record.model.input, 'image');
    assert.equal(record.parity.comparedOn, 'images');
    const names = (await readdir(workspace.folder)).filter((file) => file.startsWith(name)).sort();
    assert.deepEqual(names, [name, ...['.MODEL_CARD.md', '.json', '.py', '.ts'].map((ending) => name + ending)]);
  });

  step('its notification opens the example and the model card', async () => {
    const told = await workbench.notification(/its logits differ from those of the run/);
    await told.getByRole('button', { name: 'Open Example' }).click();
    await workbench.page.getByRole('tab', { name: `${basename(name)}.py` }).waitFor();
    await workbench.screenshot('export-example');
  });

  step('a file is revealed in the explorer', async () => {
    await workbench.command('Shoulders: Export Model');
    await workbench.quickPick();
    await workbench.quickPick('safetensors');
    await workbench.chooseFile('Export Model', join(workspace.folder, 'animals', 'weights.safetensors'));
    const told = await workbench.notification('weights.safetensors (');
    await workbench.openContainer('Shoulders');
    await told.getByRole('button', { name: 'Reveal' }).click();
    await workbench.explorerItem('weights.safetensors').and(workbench.page.locator('.selected')).waitFor();
    await workbench.screenshot('export-revealed');
  });

  step('an export cancelled midway leaves no file and reports it', async () => {
    const before = await readdir(workspace.folder);
    await workbench.command('Shoulders: Export Model');
    await workbench.quickPick();
    await workbench.quickPick('ONNX');
    await confirmOptions();
    const [pid] = await Promise.all([
      workbench.frozen(/ export .*given-up\.onnx/),
      workbench.chooseFile('Export Model', join(workspace.folder, 'given-up.onnx')),
    ]);
    const going = await workbench.notification('Exporting given-up.onnx and checking it');
    await workbench.screenshot('export-going');
    await going.getByRole('button', { name: 'Cancel' }).click();
    process.kill(pid, 'SIGCONT');
    await workbench.notification('The export was cancelled: given-up.onnx was not written.');
    assert.ok(!(await isSameProcessAlive(pid, undefined)));
    assert.deepEqual(await readdir(workspace.folder), before);
  });

  step('files beside an export are replaced only after consent', async () => {
    const before = await readFile(join(workspace.folder, `${name}.json`), 'utf8');
    await workbench.command('Shoulders: Export Model');
    await workbench.quickPick();
    await workbench.quickPick('ONNX');
    await workbench.page.locator('.quick-input-widget').getByText('float16 weights').waitFor();
    await confirmOptions();
    await savePlace();
    const dialog = workbench.page.locator('.monaco-dialog-box').filter({ hasText: 'Also replace the files beside' });
    await dialog.waitFor({ timeout: whileTraining });
    await workbench.screenshot('export-replace');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await readFile(join(workspace.folder, `${name}.json`), 'utf8'), before);
  });

  step('a model card opens as a page', async () => {
    await workbench.command('Shoulders: Export Model');
    await workbench.quickPick();
    await workbench.quickPick('Model card');
    await workbench.chooseFile('Export Model', join(workspace.folder, 'card.md'));
    await (await workbench.notification('card.md has been written.'))
      .getByRole('button', { name: 'Open Model Card' })
      .click();
    await workbench.page.getByRole('tab', { name: 'Preview card.md' }).waitFor();
    await (await workbench.panel('.markdown-body h1')).getByText('Model card', { exact: false }).first().waitFor();
    await workbench.screenshot('export-card');
  });

  const confirmOptions = () =>
    workbench.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();

  /** Accepts the proposed place and, if the file exists, confirms the dialog's own question. */
  async function savePlace(): Promise<void> {
    const box = workbench.page.locator('.quick-input-widget input[type=text]').first();
    await workbench.page.locator('.quick-input-widget .quick-input-title', { hasText: 'Export Model' }).waitFor();
    await workbench.page.waitForFunction(
      (wanted) =>
        document.querySelector<HTMLInputElement>('.quick-input-widget input[type=text]')?.value.endsWith(wanted),
      name,
    );
    await box.press('Enter');
    const widget = workbench.page.locator('.quick-input-widget');
    const asks = await widget
      .getByText('already exists')
      .waitFor({ timeout: 5000 })
      .then(
        () => true,
        () => false,
      );
    if (asks) await widget.getByRole('button', { name: 'OK' }).click();
  }
});
