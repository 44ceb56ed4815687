// Evaluate on a Folder… in a real VS Code: a finished run, a folder with one class too many, and what came out.
import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseEvaluationRecord } from '../../runner/contracts/evaluationRecord.ts';
import { tinyRun, tinySetup } from '../support/tinyRun.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('evaluating on a folder in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let run: string;
  before(async () => {
    workspace = await createWorkspace();
    const setup = await tinySetup();
    const { folder } = await tinyRun(setup, { sets: ['stages.0.epochs=1', 'stages.1.epochs=1'] });
    run = join(workspace.folder, '.shoulders', 'runs', folder.split(/[\\/]/).at(-1)!);
    await mkdir(join(workspace.folder, '.shoulders', 'runs'), { recursive: true });
    await cp(folder, run, { recursive: true });
    const elsewhere = join(workspace.folder, 'elsewhere');
    for (const name of ['blue', 'red'])
      await cp(join(setup.dataset, 'test', name), join(elsewhere, name), { recursive: true });
    await cp(join(setup.dataset, 'test', 'red'), join(elsewhere, 'violet'), { recursive: true });
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });

  test('from the row of a run: a folder is picked, an unknown class is asked about, the record is written and told', async () => {
    try {
      await workbench.openContainer('Shoulders');
      const row = workbench.treeRows().filter({ hasText: 'AUROC' }).first();
      await row.waitFor();
      await workbench.rowMenu(row, 'Evaluate on a Folder…');
      const { page } = workbench;
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'elsewhere' }).first().click();
      const asked = await workbench.notification('"violet"');
      await workbench.screenshot('evaluate-asked');
      await asked.getByRole('button', { name: 'Leave Them Out' }).click();
      const panel = await workbench.panel('sh-evaluation-panel sh-evaluation-matrix');
      await panel.getByText('elsewhere').first().waitFor();
      const told = await workbench.notification('left out');
      assert.match(await told.innerText(), /violet/);
      await workbench.screenshot('evaluate-told');
      const [id] = await readdir(join(run, 'evaluations'));
      const record = parseEvaluationRecord(await readFile(join(run, 'evaluations', id!, 'record.json'), 'utf8'));
      assert.equal(record.data.imageCount, 10);
      assert.deepEqual(record.data.ignoredClasses, [{ folder: 'violet', imageCount: 5 }]);
      assert.equal(record.overlap?.test, 10);
    } catch (error) {
      await workbench.screenshot('failed-evaluate');
      throw new Error(`${(error as Error).message}\nOn screen: ${await workbench.overlays()}`, { cause: error });
    }
  });
});
