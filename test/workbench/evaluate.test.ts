// Evaluate on a Folder… in a real VS Code: of a finished run and of exported models; folders with one class too many, with labels and
// without, and the results.
import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { Frame } from 'playwright-core';
import { exportRun } from '../../runner/commands/exportRun.ts';
import { initialParameters } from '../../runner/network/initialize.ts';
import { segmentProgram } from '../../runner/programs/segment.ts';
import {
  type EvaluationRecord,
  looseRecordsFolder,
  parseEvaluationRecord,
} from '../../shared/contracts/classification/evaluationRecord.ts';
import { tinyRun, tinySetup } from '../support/tinyRun.ts';
import { countDecisions } from '../webview/support/bruteForce.ts';
import { stepsOf, until } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('evaluating on a folder in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let run: string;
  let trainedIn: string | undefined;
  const inside = (...path: string[]) => join(workspace.folder, ...path);
  before(async () => {
    workspace = await createWorkspace();
    const setup = await tinySetup();
    trainedIn = setup.root;
    const { folder } = await tinyRun(setup, { sets: ['stages.0.epochs=1', 'stages.1.epochs=1'] });
    run = inside('.shoulders', 'runs', folder.split(/[\\/]/).at(-1)!);
    await mkdir(inside('.shoulders', 'runs'), { recursive: true });
    await cp(folder, run, { recursive: true });
    await mkdir(inside('photos'));
    for (const name of ['blue', 'red']) {
      const from = join(setup.dataset, 'test', name);
      await cp(from, inside('elsewhere', name), { recursive: true });
      await cp(from, inside('colours', name), { recursive: true });
      for (const file of (await readdir(from)).slice(0, 3)) await cp(join(from, file), inside('photos', file));
    }
    await cp(join(setup.dataset, 'test', 'red'), inside('elsewhere', 'violet'), { recursive: true });
    await exportRun({ runFolder: folder, format: 'onnx', out: inside('exported.onnx') });
    await writeFile(inside('stranger.onnx'), someNetwork());
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
    if (trainedIn !== undefined) await rm(trainedIn, { recursive: true, force: true });
  });
  const step = stepsOf(() => workbench);
  /** The panel in front, once it shows this folder. */
  const panelOf = async (name: string): Promise<Frame> => {
    await workbench.page.getByRole('tab', { name: `Evaluation: ${name}` }).waitFor();
    const frame = await workbench.panel('sh-evaluation-panel sh-image-grid');
    await frame.locator('h1', { hasText: name }).waitFor();
    return frame;
  };

  step("evaluating from a run's row asks about an unknown class, writes the record and reports it", async () => {
    await workbench.openContainer('Shoulders');
    const row = workbench.treeRows().filter({ hasText: 'AUROC' }).first();
    await row.waitFor();
    await workbench.rowMenu(row, 'Evaluate on a Folder…');
    await workbench.quickPick('elsewhere');
    const asked = await workbench.notification('"violet"');
    await workbench.screenshot('evaluate-asked');
    await asked.getByRole('button', { name: 'Leave Them Out' }).click();
    await panelOf('elsewhere');
    const told = await workbench.notification('left out');
    assert.match(await told.innerText(), /violet/);
    await workbench.screenshot('evaluate-told');
    const { record } = await recordIn(join(run, 'evaluations'));
    assert.equal(record.data.imageCount, 10);
    assert.deepEqual(record.data.ignoredClasses, [{ folder: 'violet', imageCount: 5 }]);
    assert.equal(record.overlap?.test, 10);
  });

  step("another program's model is refused with a sentence", async () => {
    await workbench.openExplorer();
    await workbench.explorerMenu('photos', 'Evaluate on a Folder…');
    await workbench.quickPick('An Exported ONNX Model…');
    await workbench.chooseFile('An ONNX model exported by Shoulders', inside('stranger.onnx'));
    const told = await workbench.notification('was refused');
    assert.match(await told.innerText(), /stranger\.onnx.*Only ONNX models exported by Shoulders/s);
    await workbench.screenshot('evaluate-refused');
    await workbench.page.keyboard.press('Escape');
  });

  step('an exported file without its run yields the numbers of its predictions', async () => {
    await rm(run, { recursive: true });
    await workbench.explorerMenu('exported.onnx', 'Evaluate on a Folder…');
    await workbench.quickPick('colours');
    const panel = await panelOf('colours');
    const { record, rows } = await recordIn(inside(looseRecordsFolder));
    assert.equal(record.model.kind, 'onnx');
    const positive = record.classNames.indexOf(record.positiveClass!);
    const labels = rows.map(([, className]) => Number(className === record.positiveClass));
    const scores = rows.map((cells) => Number(cells[2 + positive]));
    const { tp, fn, fp, tn } = countDecisions(labels, scores, record.threshold!.value);
    assert.equal(tp + fn + fp + tn, 10);
    const cells = panel.locator('sh-confusion-table td .count');
    await until(
      async () => JSON.stringify((await cells.allTextContents()).map(Number)) === JSON.stringify([tp, fn, fp, tn]),
    );
    const shown = await panel.locator('sh-evaluation-figures sh-figures dd.number').allTextContents();
    assert.equal(shown[0]!.trim(), record.metrics!.auroc!.toFixed(3));
    await workbench.screenshot('evaluate-onnx');
  });

  step('unlabelled images get predictions, but no number that needs labels', async () => {
    await workbench.openExplorer();
    await workbench.explorerMenu('exported.onnx', 'Evaluate on a Folder…');
    await workbench.quickPick('Another Folder…');
    await workbench.chooseFile('Folder of images', `${inside('photos')}/`);
    const panel = await panelOf('photos');
    await panel.getByText('These images have no labels').waitFor();
    assert.equal(await panel.locator('sh-image-grid button.open').count(), 6);
    for (const name of ['sh-evaluation-matrix', 'sh-evaluation-figures', 'sh-evaluation-calibration'])
      assert.equal(await panel.locator(name).count(), 0, name);
    await workbench.screenshot('evaluate-unlabelled');
  });

  step('no page violated its content security policy', async () => {
    assert.deepEqual(workbench.refusals, []);
  });
});

/** The newest record of a folder, and the cells of its predictions, read without the product's parser. */
async function recordIn(folder: string): Promise<{ record: EvaluationRecord; rows: string[][] }> {
  const id = (await readdir(folder)).sort().at(-1)!;
  const record = parseEvaluationRecord(await readFile(join(folder, id, 'record.json'), 'utf8'));
  const lines = (await readFile(join(folder, id, 'predictions.csv'), 'utf8')).trim().split('\n').slice(1);
  return { record, rows: lines.map((line) => line.split(',')) };
}

/** A model that ONNX Runtime can run, but not an export. */
const someNetwork = () =>
  segmentProgram({
    architecture: 'resnet18',
    parameters: initialParameters('resnet18', 2, 1),
    batch: 1,
    from: 'all',
    to: 'logits',
    imageSize: 64,
    featureType: 'uint8',
  }).model;
