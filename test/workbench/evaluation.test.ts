// Evaluating a finished run in a real VS Code: from its row to the images behind a cell of the matrix, one of them moved to its class and
// back, and the same again after a reload. Numbers are compared with counts from the predictions' file.
import assert from 'node:assert/strict';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
import { encodePredictions } from '../../shared/contracts/classification/predictionsFile.ts';
import type { RunEvent } from '../../shared/contracts/events.ts';
import { files } from '../../shared/contracts/run.ts';
import { logitsFrom } from '../../shared/contracts/scores.ts';
import { writeRun } from '../src/support/runs.ts';
import { countDecisions, largestYouden } from '../webview/support/bruteForce.ts';
import { chestXrayRun } from '../webview/support/transcripts.ts';
import { isThere, stepsOf, until } from './harness/steps.ts';
import { themeNames, Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const classNames = ['cat', 'dog'];
const runId = '20261123-091500-animals-resnet50-1a2b';

interface Side {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly paths: readonly string[];
}

describe('evaluating a run in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let runFolder: string;
  let val: Side;
  let shown: Side;
  before(async () => {
    workspace = await createWorkspace();
    await writeTestedRun();
    val = await readSide('val');
    shown = await readSide('test');
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });

  const step = stepsOf(() => workbench);
  const panel = (): Promise<Frame> => workbench.panel('sh-evaluation-panel sh-evaluation-matrix');

  step('a row opens the evaluation of the picked split, and a look at the test split is counted', async () => {
    await workbench.openContainer('Shoulders');
    const row = workbench.treeRows().filter({ hasText: 'animals' }).first();
    await row.waitFor();
    await workbench.rowMenu(row, 'Open Evaluation…');
    assert.match((await workbench.quickPickRows()).join('\n'), /Looked at 0 times so far/);
    await workbench.quickPick('Test split');
    const frame = await panel();
    await frame.getByText('first look at the test split').waitFor();
    assert.equal(await looks(), 1);
    for (const theme of themeNames) {
      await workbench.setTheme(theme);
      await frame.locator('sh-evaluation-curves').waitFor();
      await workbench.screenshot(`evaluation-${theme}`);
    }
  });

  step(
    'the threshold of Youden’s J is fitted on validation, and its numbers are those of the predictions',
    async () => {
      const frame = await panel();
      const chosen = await thresholdIn(frame);
      const { tp, fn, fp, tn } = countDecisions(val.labels, val.scores, chosen);
      assert.ok(Math.abs(tp / (tp + fn) + tn / (tn + fp) - 1 - largestYouden(val.labels, val.scores)) < 1e-12);
      await sameAsPredictions(frame);
    },
  );

  step('the slider moved by keyboard and by mouse updates every number', async () => {
    const frame = await panel();
    const slider = frame.getByRole('slider', { name: 'Threshold' });
    await slider.focus();
    await workbench.page.keyboard.press('Home');
    for (let i = 0; i < 3; i++) await workbench.page.keyboard.press('PageUp');
    await workbench.page.keyboard.press('ArrowRight');
    const byKeys = await thresholdIn(frame);
    assert.ok(byKeys > 0.1 && byKeys < 0.9, String(byKeys));
    await sameAsPredictions(frame);
    const box = (await slider.boundingBox())!;
    await workbench.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(box.x + box.width * 0.55, box.y + box.height / 2, { steps: 5 });
    await workbench.page.mouse.up();
    assert.notEqual(await thresholdIn(frame), byKeys);
    await sameAsPredictions(frame);
  });

  step('a chart can be saved as SVG and PNG, and a cancelled dialog writes nothing', async () => {
    const frame = await panel();
    const save = async (format: string) => {
      await frame.getByLabel('Export: ROC curve').click();
      await frame.getByRole('button', { name: `Save as ${format}…: ROC curve` }).click();
    };
    const before = await readdir(workspace.folder);
    await save('SVG');
    const box = await workbench.fileDialog('Save the picture as SVG');
    assert.equal(await box.inputValue(), join(workspace.folder, 'roc.svg'));
    await workbench.page.keyboard.press('Escape');
    await workbench.quickPickTitle().waitFor({ state: 'hidden' });
    assert.deepEqual(await readdir(workspace.folder), before);
    for (const format of ['svg', 'png']) {
      const file = join(workspace.folder, `curve.${format}`);
      await save(format.toUpperCase());
      await workbench.chooseFile(`Save the picture as ${format.toUpperCase()}`, file);
      await until(() => isThere(file));
      const picture = sharp(await readFile(file));
      const { format: seen, width, height } = await picture.metadata();
      assert.equal(seen, format);
      assert.ok(width > 200 && height > 200, `${width} x ${height}`);
      const { channels } = await picture.stats();
      assert.ok(channels[0]!.stdev > 3, 'something is drawn');
    }
  });

  step('a cell of the matrix lists its images with their pictures, and one opens in the editor', async () => {
    const frame = await panel();
    await typeThreshold(frame, 0.5);
    await frame.getByRole('button', { name: /^FN/ }).click();
    const missed = shown.paths.filter((_, i) => shown.labels[i] === 1 && shown.scores[i]! < 0.5);
    const tiles = frame.locator('sh-image-grid button.open');
    await until(async () => (await tiles.count()) === missed.length);
    await tiles.first().scrollIntoViewIfNeeded();
    await frame.waitForFunction(() => {
      const page = document.querySelector('sh-evaluation-panel')?.shadowRoot;
      const image = page?.querySelector('sh-image-grid')?.shadowRoot?.querySelector('img');
      return (image?.naturalWidth ?? 0) > 0;
    });
    await workbench.screenshot('evaluation-cell');
    const name = (await tiles.first().locator('.file').textContent())!.trim();
    await tiles.first().click();
    await workbench.page.getByRole('tab', { name: new RegExp(name.replace('.', '\\.')) }).waitFor();
    await workbench.page.getByRole('tab', { name: /^Evaluation: animals/ }).click();
  });

  step(
    'an image is moved to its class after a question, the panel tells where it is, and Undo takes it back',
    async () => {
      const frame = await panel();
      const tile = frame.locator('sh-image-grid li', { has: frame.locator('button.open') }).first();
      const name = (await tile.locator('.file').textContent())!.trim();
      const from = join(workspace.folder, 'animals', 'test', 'dog', name);
      const to = join(workspace.folder, 'animals', 'test', 'cat', name);
      await access(from);
      await tile.getByRole('combobox').focus();
      await tile.getByRole('combobox').selectOption('cat');
      const dialog = workbench.page.locator('.monaco-dialog-box');
      await dialog.getByText(`Move test/dog/${name} to "cat"?`).waitFor();
      await dialog.getByRole('button', { name: 'Move' }).click();
      await until(() => isThere(to));
      assert.ok(!(await isThere(from)));
      await tile.getByText(`now test/cat/${name}`).waitFor();
      await workbench.screenshot('evaluation-moved');
      const told = await workbench.notification(`is in "cat" now`);
      await told.getByRole('button', { name: 'Undo' }).click();
      await until(() => isThere(from));
      assert.ok(!(await isThere(to)));
      await tile.getByText(`now test/cat/${name}`).waitFor({ state: 'detached' });
      await workbench.page.keyboard.press('Escape');
    },
  );

  step('the editor’s own Undo reverts the move, too', async () => {
    const frame = await panel();
    const tile = frame.locator('sh-image-grid li', { has: frame.locator('button.open') }).first();
    const name = (await tile.locator('.file').textContent())!.trim();
    const from = join(workspace.folder, 'animals', 'test', 'dog', name);
    const to = join(workspace.folder, 'animals', 'test', 'cat', name);
    await tile.getByRole('combobox').focus();
    await tile.getByRole('combobox').selectOption('cat');
    await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Move' }).click();
    await until(() => isThere(to));
    await tile.getByText(`now test/cat/${name}`).waitFor();
    await tile.locator('button.open').click();
    await workbench.page.getByRole('tab', { name: new RegExp(name.replace('.', '\\.')) }).waitFor();
    await workbench.command('Undo');
    await until(() => isThere(from));
    await workbench.page.getByRole('tab', { name: /^Evaluation: animals/ }).click();
    await (await panel()).locator('sh-image-grid li .moved').waitFor({ state: 'detached' });
  });

  step('renames in the explorer and their Undo are followed', async () => {
    const frame = await panel();
    const tile = frame.locator('sh-image-grid li', { has: frame.locator('button.open') }).first();
    const name = (await tile.locator('.file').textContent())!.trim();
    const folder = join(workspace.folder, 'animals', 'test', 'dog');
    await tile.locator('button.open').click();
    await workbench.page.getByRole('tab', { name: new RegExp(name.replace('.', '\\.')) }).waitFor();
    await workbench.openExplorer();
    await workbench.explorerMenu(name, 'Rename...');
    const box = workbench.page.locator('.explorer-folders-view input');
    await box.fill('renamed.jpg');
    await box.press('Enter');
    await until(() => isThere(join(folder, 'renamed.jpg')));
    const evaluation = workbench.page.getByRole('tab', { name: /^Evaluation: animals/ });
    await evaluation.click();
    await (await panel()).getByText('now test/dog/renamed.jpg').waitFor();
    await workbench.explorerItem('renamed.jpg').click({ modifiers: ['ControlOrMeta'] });
    await workbench.page.keyboard.press('Control+z');
    await until(() => isThere(join(folder, name)));
    await (await panel()).locator('sh-image-grid li .moved').waitFor({ state: 'detached' });
  });

  step('the confusion matrix opens in its own panel', async () => {
    const frame = await panel();
    await frame.getByRole('button', { name: 'Matrix in a New Tab' }).click();
    await workbench.page.getByRole('tab', { name: 'Confusion Matrix: animals' }).waitFor();
    await until(async () => (await compactPanel()) !== undefined);
    const compact = (await compactPanel())!;
    await compact.getByRole('button', { name: /^TP/ }).waitFor();
    assert.equal(await compact.locator('sh-evaluation-curves').count(), 0);
    assert.equal(await looks(), 2);
    await workbench.screenshot('confusion-matrix');
  });

  step('a reloaded window restores the evaluation with its threshold, and counts no look', async () => {
    await workbench.page.getByRole('tab', { name: /^Evaluation: animals/ }).click();
    await typeThreshold(await panel(), 0.35);
    await workbench.reloadWindow();
    await workbench.page.getByRole('tab', { name: /^Evaluation: animals/ }).click();
    const frame = await panel();
    await frame.locator('sh-evaluation-figures').waitFor();
    await until(async () => (await thresholdIn(frame)) === 0.35, 20_000);
    await sameAsPredictions(frame);
    assert.equal(await looks(), 2);
  });

  step('no page violated its content security policy', async () => {
    assert.deepEqual(workbench.refusals, []);
  });

  async function compactPanel(): Promise<Frame | undefined> {
    for (const frame of workbench.page.frames()) {
      const heading = frame.locator('sh-evaluation-header h1', { hasText: 'Confusion matrix' });
      if ((await heading.count().catch(() => 0)) > 0) return frame;
    }
    return undefined;
  }

  const thresholdIn = async (frame: Frame): Promise<number> =>
    Number(await frame.getByRole('spinbutton', { name: 'Type a threshold' }).inputValue());

  async function typeThreshold(frame: Frame, threshold: number): Promise<void> {
    const field = frame.getByRole('spinbutton', { name: 'Type a threshold' });
    await field.fill(String(threshold));
    await field.press('Enter');
    await until(async () => (await thresholdIn(frame)) === threshold);
  }

  /** Reads the page until it matches the predictions' file at its threshold. */
  async function sameAsPredictions(frame: Frame): Promise<void> {
    const read = async () => {
      const { tp, fn, fp, tn } = countDecisions(shown.labels, shown.scores, await thresholdIn(frame));
      const cells = await frame.locator('sh-confusion-table td .count').allTextContents();
      const values = await frame.locator('sh-evaluation-figures sh-figures dd.number').allTextContents();
      const share = (part: number, all: number) =>
        all === 0 ? /^[a-z ]+$/ : new RegExp(`^${(part / all).toFixed(3)}$`);
      const wanted = [share(tp, tp + fn), share(tn, tn + fp), share(tp, tp + fp), share(tn, tn + fn)];
      return (
        JSON.stringify(cells.map(Number)) === JSON.stringify([tp, fn, fp, tn]) &&
        wanted.every((pattern, i) => pattern.test(values[i + 2]!.trim()))
      );
    };
    await until(read, 20_000);
  }

  async function looks(): Promise<number> {
    const text = await readFile(join(runFolder, files.testLooks), 'utf8');
    return text.trim().split('\n').length;
  }

  /** Two columns of the file, read without the product's parser. */
  async function readSide(split: 'val' | 'test'): Promise<Side> {
    const text = await readFile(join(runFolder, files.predictions(split)), 'utf8');
    const rows = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    return {
      paths: rows.map(([path]) => path!),
      labels: rows.map(([, label]) => classNames.indexOf(label!)),
      scores: rows.map((cells) => Number(cells[3])),
    };
  }

  /** A finished run on the workspace's own images: some of each class are wrong, all scores differ. */
  async function writeTestedRun(): Promise<void> {
    const dataset = join(workspace.folder, 'animals');
    const events = chestXrayRun().events.map((event): RunEvent => {
      if (event.type === 'started') return { ...event, runId, dataset, recipe: { ...event.recipe, medical: true } };
      if (event.type === 'checked') return { ...event, classNames };
      if (event.type === 'evaluated') return { ...event, positiveClass: 'dog', threshold: null };
      return event;
    });
    runFolder = await writeRun(join(workspace.folder, '.shoulders', 'runs'), runId, events);
    for (const split of ['val', 'test'] as const) {
      const names = await Promise.all(classNames.map((name) => readdir(join(dataset, split, name))));
      const rows = names.flatMap((list, label) =>
        list.sort().map((name, i) => ({
          path: `${split}/${classNames[label]}/${name}`,
          label,
          own: (i % 3 === 0 ? 0.34 : 0.82) - i / 50 - label / 31,
        })),
      );
      const file = join(runFolder, files.predictions(split));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(
        file,
        encodePredictions({
          relativePaths: rows.map(({ path }) => path),
          labels: rows.map(({ label }) => label),
          logits: logitsFrom(rows.flatMap(({ label, own }) => (label === 0 ? [own, 1 - own] : [1 - own, own]))),
          classNames,
        }),
      );
    }
  }
});
