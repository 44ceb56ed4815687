// Outputs of a run: report, metrics, TensorBoard files, and the notification for a user in another window.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { files } from '../../shared/contracts/run.ts';
import { endRunners, rowSaying, runsBelow, startRun, stepsOf, until } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('the results of a run in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let run = '';
  before(async () => {
    workspace = await createWorkspace();
    workbench = await Workbench.open({
      workspace: workspace.folder,
      env: { XDG_CACHE_HOME: workspace.cacheHome },
      settings: { 'shoulders.tensorboard': true },
    });
  });
  after(async () => {
    await endRunners(workspace.folder);
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const runs = () => runsBelow(workspace.folder);
  const finishedRow = () => rowSaying(workbench, /test AUROC/);

  step('a run writes TensorBoard event files if the setting is on', async () => {
    run = await startRun(workbench, workspace.folder, 'quick.shoulders.json');
    await until(async () => (await runs().summaryOf(run)).status === 'finished');
    const names = await readdir(join(runs().folderOf(run), files.tensorboard));
    assert.ok(names.length > 0);
    for (const name of names) assert.match(name, /^events\.out\.tfevents\./);
  });

  step("the metrics open in an editor, and the clipboard gets exactly the file's text", async () => {
    const text = await readFile(join(runs().folderOf(run), files.metrics), 'utf8');
    assert.equal(text.trim().split('\n').length, 3, 'a header and two epochs');
    await workbench.openContainer('Shoulders');
    await workbench.rowMenu(finishedRow(), 'Open Metrics');
    await workbench.page.getByRole('tab', { name: files.metrics }).waitFor();
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.rowMenu(finishedRow(), 'Copy Metrics as CSV');
    await workbench.page.getByText('The metrics are on the clipboard.').first().waitFor();
    assert.equal(await workbench.page.evaluate(() => navigator.clipboard.readText()), text);
  });

  step('the report is written into the run folder and revealed, and Markdown opens as a page', async () => {
    await workbench.rowMenu(finishedRow(), 'Create Report…');
    await workbench.quickPick('HTML');
    const told = await workbench.notification('Report written');
    const html = await readFile(join(runs().folderOf(run), files.reportHtml), 'utf8');
    assert.match(html, /^<!doctype html>/i);
    assert.match(html, /Confusion matrix/);
    await told.getByRole('button', { name: 'Show in Explorer' }).click();
    await workbench.explorerItem(files.reportHtml).waitFor();
    await workbench.openContainer('Shoulders');
    await workbench.rowMenu(finishedRow(), 'Create Report…');
    await workbench.quickPick('Markdown');
    await workbench.page.getByRole('tab', { name: `Preview ${files.reportMarkdown}` }).waitFor();
  });

  step('only a window in the background is notified of the end of a run', async () => {
    const before = await workbench.notifications();
    assert.deepEqual(
      before.filter((text) => text.includes('has finished')),
      [],
      'the first run ended before the eyes of the person',
    );
    await workbench.page.evaluate(() => {
      document.hasFocus = () => false; // a page under test is always in front, so it is made to report otherwise
      window.dispatchEvent(new Event('blur'));
    });
    const second = await startRun(workbench, workspace.folder, 'quick.shoulders.json');
    await until(async () => (await runs().summaryOf(second)).status === 'finished');
    const told = await workbench.notification('Fine-tuning on animals has finished.');
    await told.getByRole('button', { name: 'Open Run' }).click();
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-run-header').getByText('Finished').waitFor();
  });
});
