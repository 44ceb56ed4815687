// Common behaviour of the editor's five panels, with simulated pages. Chromium tests cover the drawing of pages, and tests in a real
// VS Code the whole.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open as openFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogOutputChannel } from 'vscode';
import { encodePredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { files } from '../../../shared/contracts/run.ts';
import type { DatasetChecks } from '../../../src/datasets/checks/datasetChecks.ts';
import type { RunIndex, RunNews } from '../../../src/runs/index/runIndex.ts';
import { chestXrayRun } from '../../webview/support/transcripts.ts';
import { FakePanel, withFakeVscode } from '../support/fakeVscode.ts';
import { runOf, temporaryFolder } from '../support/runs.ts';

const fake = withFakeVscode();
const vscode = await import('vscode');
const { createComparePanels } = await import('../../../src/panels/compare/comparePanel.ts');
const { createEvaluationPanels } = await import('../../../src/panels/evaluation/evaluationPanel.ts');
const { createExplanationPanels } = await import('../../../src/panels/explanation/explanationPanel.ts');
const { createRunPanels } = await import('../../../src/panels/run/runPanel.ts');
const { createSheetPanels } = await import('../../../src/panels/sheet/sheetPanel.ts');

const chest = chestXrayRun();
const runIds = ['20261123-091500-pets-resnet50-1a2b', '20261123-101500-pets-resnet50-3c4d'] as const;
const [runId] = runIds;
const image = 'test/NORMAL/a.png';

/** Two tested runs on a dataset with one image, and all parts of the editor that the panels need. */
async function desk(t: TestContext) {
  const folder = await temporaryFolder(t);
  const dataset = join(folder, 'pets');
  await mkdir(dirname(join(dataset, image)), { recursive: true });
  await writeFile(join(dataset, image), '');
  const predictions = encodePredictions({
    relativePaths: [image],
    labels: [0],
    logits: [1, 0],
    classNames: [...chest.classNames],
  });
  const events = chest.events.map((event): RunEvent => (event.type === 'started' ? { ...event, dataset } : event));
  const runs = new Map(runIds.map((id) => [id as string, runOf(id, events, { folder: join(folder, id) })] as const));
  for (const run of runs.values()) {
    const file = join(run.folder, files.predictions('test'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, predictions);
  }
  const changed = new vscode.EventEmitter<void>();
  const logged: string[] = [];
  const note = (text: unknown) => void logged.push(String(text));
  const ignore = () => ({ dispose: () => {} });
  const news = new vscode.EventEmitter<RunNews>();
  let disk: Promise<unknown> = Promise.resolve();
  const index = {
    get runs() {
      return [...runs.values()];
    },
    get: (id: string) => runs.get(id),
    onDidChange: (listener: () => void) => changed.event(listener),
    load: async (id: string) => {
      await disk;
      return runs.get(id);
    },
    rescan: async () => void (await disk),
    onNews: (listener: (told: RunNews) => void) => news.event(listener),
  } as unknown as RunIndex;
  const parts = {
    index,
    program: join(folder, 'no-program.js'),
    extensionUri: vscode.Uri.file(folder),
    log: { warn: note, error: note, show: () => {} } as unknown as LogOutputChannel,
    strings: {},
    openRun: () => {},
  };
  fake.panels.length = 0;
  fake.shown.length = 0;
  fake.executed.length = 0;
  fake.failing.clear();
  const checks = { onDidChange: ignore, record: async () => undefined, isRunning: () => false };
  const panels = {
    run: createRunPanels({
      ...parts,
      command: () => {
        throw fake.failing.get('command') ?? new Error('not asked for');
      },
    }),
    compare: createComparePanels(parts),
    evaluation: createEvaluationPanels({
      ...parts,
      moves: { places: new Map(), onDidMove: ignore, dispose: () => {} },
    }),
    explanation: createExplanationPanels(parts),
    sheet: createSheetPanels({
      ...parts,
      checks: checks as unknown as DatasetChecks,
      onFilesChanged: ignore,
      check: async () => {},
      command: () => {},
    }),
  };
  t.after(() => {
    for (const one of Object.values(panels)) one.dispose();
  });
  const open: Record<keyof typeof panels, () => Promise<void>> = {
    run: async () => panels.run.open(runId),
    compare: async () => panels.compare.open(runIds),
    evaluation: async () => panels.evaluation.open({ kind: 'split', runId, split: 'test' }),
    explanation: async () => panels.explanation.open(runId, [join(dataset, image)]),
    sheet: async () => panels.sheet.open(dataset),
  };
  const kept: Record<keyof typeof panels, unknown> = {
    run: { runId, threshold: null },
    compare: { runIds, curve: 'valLoss', logScale: false, hidden: [], pair: null },
    evaluation: {
      source: { kind: 'split', runId, split: 'test' },
      compact: false,
      preset: null,
      calibrated: false,
      prevalence: null,
      matrixShare: 'counts',
      pick: null,
      pickedClass: 0,
    },
    explanation: { runId, paths: [join(dataset, image)] },
    sheet: { dataset, seed: 3, split: null, className: null, markedOnly: false },
  };
  /** From now on, reading a run waits for `answer`. */
  const hanging = () => {
    let [resolve, reject]: [() => void, (error: Error) => void] = [() => {}, () => {}];
    disk = new Promise<void>((...settle) => {
      [resolve, reject] = settle;
    });
    disk.catch(() => {}); // notifies the waiting panel
    return {
      answer(error?: Error) {
        disk = Promise.resolve();
        if (error) reject(error);
        else resolve();
      },
    };
  };
  return { folder, dataset, runs, panels, open, kept, logged, changed, news, hanging };
}

type Kind = keyof Awaited<ReturnType<typeof desk>>['open'];
const kinds: readonly Kind[] = ['run', 'compare', 'evaluation', 'explanation', 'sheet'];

/** The newest panel, whose page sent `ready` and got its snapshot. */
async function drawn(): Promise<FakePanel> {
  const panel = fake.panels.at(-1)!;
  panel.say({ type: 'ready' });
  await until(() => panel.posted.some(({ type }) => type === 'snapshot'));
  return panel;
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!isSo()) {
    assert.ok(Date.now() < end, `did not come: ${isSo}`);
    await turn();
  }
}

/** Requests of a user to a page, with the part of the editor that then fails. `before`: earlier messages to the page. */
const deeds: readonly {
  readonly kind: Kind;
  readonly what: string;
  readonly fails: string;
  readonly message: (dataset: string) => { readonly type: string };
  readonly before?: { readonly ask: unknown; readonly answer: string };
}[] = [
  { kind: 'run', what: 'Copy Table', fails: 'clipboard', message: () => ({ type: 'copyTable', format: 'csv' }) },
  {
    kind: 'compare',
    what: 'Open Image',
    fails: 'vscode.open',
    message: () => ({ type: 'openImage', runId, relativePath: image }),
    before: { ask: { type: 'testPredictionsWanted', runId }, answer: 'testPredictions' },
  },
  {
    kind: 'compare',
    what: 'Diff Recipes',
    fails: 'vscode.diff',
    message: () => ({ type: 'diffRecipes', first: runIds[0], second: runIds[1] }),
  },
  { kind: 'compare', what: 'Copy', fails: 'clipboard', message: () => ({ type: 'copy', text: 'x' }) },
  {
    kind: 'evaluation',
    what: 'Open Image',
    fails: 'vscode.open',
    message: () => ({ type: 'openImage', relativePath: image }),
  },
  {
    kind: 'explanation',
    what: 'Open Image',
    fails: 'vscode.open',
    message: (dataset) => ({ type: 'openImage', path: join(dataset, image) }),
  },
  {
    kind: 'sheet',
    what: 'Open Image',
    fails: 'vscode.open',
    message: () => ({ type: 'openImage', relativePath: image }),
  },
];

for (const { kind, what, fails, message, before } of deeds)
  test(`${what} that fails in the ${kind} panel shows the reason, and the panel keeps working`, async (t) => {
    const { open, dataset, logged } = await desk(t);
    await open[kind]();
    const panel = await drawn();
    if (before) {
      panel.say(before.ask);
      await until(() => panel.posted.some(({ type }) => type === before.answer));
    }
    fake.failing.set(fails, new Error(`${fails} failed`));
    panel.say(message(dataset));
    await until(() => fake.shown.length > 0 || logged.some((text) => text.includes(`${fails} failed`)));
    assert.match(fake.shown.join(), new RegExp(`^error: .*${fails} failed`));
    panel.posted.length = 0;
    await drawn();
  });

for (const kind of kinds) {
  test(`the ${kind} panel opens once for two concurrent requests, and a later request reveals it`, async (t) => {
    const { open } = await desk(t);
    await Promise.all([open[kind](), open[kind]()]);
    assert.equal(fake.panels.length, 1);
    const before = fake.panels[0]!.revealed;
    await open[kind]();
    assert.equal(fake.panels.length, 1);
    assert.equal(fake.panels[0]!.revealed, before + 1);
    fake.panels[0]!.dispose();
    await open[kind]();
    assert.equal(fake.panels.length, 2);
  });

  test(`the ${kind} panel is restored once in a reloaded window, and closed if its state is unreadable`, async (t) => {
    const { kept, open } = await desk(t);
    const restore = async (state: unknown): Promise<FakePanel> => {
      const panel = new FakePanel(`shoulders.${kind}`, 'of its last life');
      await fake.serializers.get(panel.type)!.deserializeWebviewPanel(panel, state);
      fake.panels.push(panel);
      return panel;
    };
    assert.ok((await restore({ runId: 7 })).isDisposed);
    const panel = await restore(structuredClone(kept[kind]));
    await until(() => panel.webview.html.includes('<script'));
    assert.notEqual(panel.title, 'of its last life');
    await drawn();
    const second = await restore(structuredClone(kept[kind]));
    await until(() => second.isDisposed);
    await open[kind]();
    assert.equal(panel.revealed, 1);
  });

  test(`a message that no ${kind} page sends is logged and ignored`, async (t) => {
    const { open, logged } = await desk(t);
    await open[kind]();
    const panel = await drawn();
    panel.say({ type: 'format', disk: '/' });
    await until(() => logged.some((text) => /refused/.test(text)));
    assert.deepEqual(fake.shown, []);
  });
}

for (const kind of kinds)
  test(`the ${kind} panel opens at once, shows what it waits for, and is filled when the disk responds`, async (t) => {
    const { open, hanging } = await desk(t);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const disk = hanging();
    const opening = open[kind]();
    const panel = fake.panels[0]!;
    assert.notEqual(panel.title, '');
    assert.equal(panel.webview.html, '');
    t.mock.timers.tick(200);
    assert.match(panel.webview.html, /<main role="status">\s*<p>[^<]+…<\/p>\s*<p>[^<]*\/[^<]+<\/p>\s*<progress/);
    assert.doesNotMatch(panel.webview.html, /takes long/);
    t.mock.timers.tick(9800);
    assert.match(panel.webview.html, /takes long: the disk may be slow/);
    t.mock.timers.reset();
    disk.answer();
    await opening;
    assert.equal(fake.panels.length, 1);
    assert.match(panel.webview.html, /<script/);
    await drawn();
  });

test('a panel in a reloaded window shows what it waits for while runs are read, and the editor does not wait', async (t) => {
  const { kept, hanging } = await desk(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const disk = hanging();
  const panel = new FakePanel('shoulders.run', 'pets');
  await fake.serializers.get(panel.type)!.deserializeWebviewPanel(panel, structuredClone(kept.run));
  t.mock.timers.tick(200);
  assert.match(panel.webview.html, /<main role="status">\s*<p>Restoring this panel…<\/p>\s*<progress/);
  assert.equal(panel.title, 'pets');
  t.mock.timers.reset();
  disk.answer();
  await until(() => panel.webview.html.includes('<script'));
});

test('a panel closed during its wait stays closed, and counts no look at the test split', async (t) => {
  const { open, hanging, runs } = await desk(t);
  const disk = hanging();
  const opening = open.evaluation();
  fake.panels[0]!.dispose();
  disk.answer();
  await opening;
  assert.equal(fake.panels.length, 1);
  await assert.rejects(stat(join(runs.get(runId)!.folder, files.testLooks)), { code: 'ENOENT' });
});

test('a panel with unreadable content shows why, and reads again when reopened', async (t) => {
  const { open, hanging } = await desk(t);
  const disk = hanging();
  const opening = open.compare();
  disk.answer(new UserError('runBroken', { run: runId, reason: 'EIO <disk>' }));
  await opening;
  const panel = fake.panels[0]!;
  assert.match(panel.webview.html, /<main role="alert">\s*<p>.*EIO &lt;disk&gt;.*<\/p>\s*<p>Open it again/);
  await open.compare();
  assert.equal(fake.panels.length, 1);
  assert.equal(panel.revealed, 1);
  await drawn();
});

test('a panel with an unexpected error logs it whole, and says in words that something went wrong', async (t) => {
  const { open, hanging, logged } = await desk(t);
  const disk = hanging();
  const opening = open.compare();
  disk.answer(new TypeError('x is undefined'));
  await opening;
  assert.match(fake.panels[0]!.webview.html, /<p>Something went wrong inside Shoulders: x is undefined\./);
  assert.ok(logged.some((text) => /TypeError/.test(text)));
});

test('the panel of a deleted evaluation says so when opened, and closes when its window reloads', async (t) => {
  const { panels, folder, kept } = await desk(t);
  const source = { kind: 'record', folder: join(folder, 'evaluations', 'gone') } as const;
  await panels.evaluation.open(source);
  assert.match(fake.panels[0]!.webview.html, /<p>The evaluation in &quot;.*gone&quot; is no longer there/);
  const panel = new FakePanel('shoulders.evaluation', 'Evaluation');
  let isDisposed = false;
  panel.onDidDispose(() => {
    isDisposed = true;
  });
  const state = { ...(kept.evaluation as object), source };
  await fake.serializers.get(panel.type)!.deserializeWebviewPanel(panel, state);
  await until(() => isDisposed);
});

test('the run panel does not wait for predictions: it reports that they are loading, and events continue', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { open, runs, news } = await desk(t);
  const { folder } = runs.get(runId)!;
  const file = join(folder, files.predictions('val'));
  execFileSync('mkfifo', [file]); // reading it waits for a writer
  await open.run();
  const panel = await drawn();
  assert.deepEqual(messageOf(panel, 'snapshot'), { predictions: null, isReading: true });
  news.fire({ id: runId, events: [chest.events.at(-1)!] });
  await until(() => panel.posted.some(({ type }) => type === 'event'));
  await writeFile(file, 'no predictions');
  await until(() => panel.posted.some(({ type }) => type === 'predictions'));
  assert.deepEqual(messageOf(panel, 'predictions'), { predictions: null });
});

test('the run panel reads predictions one at a time, and shows each, when epochs end faster than the disk responds', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { open, runs, news } = await desk(t);
  const file = join(runs.get(runId)!.folder, files.predictions('val'));
  execFileSync('mkfifo', [file]); // reading it waits for a writer
  await open.run();
  const panel = await drawn();
  const shown = () => panel.posted.filter(({ type }) => type === 'predictions').length;
  const epoch = chest.events.find(({ type }) => type === 'epoch')!;
  for (let ended = 1; ended <= 3; ended++) news.fire({ id: runId, events: [epoch] });
  await until(() => panel.posted.filter(({ type }) => type === 'event').length === 3);
  assert.equal(shown(), 0);
  for (const reading of [1, 2]) {
    await writeFile(file, 'no predictions');
    await until(() => shown() === reading);
  }
  // A third reading would wait for a writer: this one finds no reader.
  const unread = await openFile(file, constants.O_WRONLY | constants.O_NONBLOCK).catch(({ code }) => code);
  assert.equal(unread, 'ENXIO');
});

/** Predictions state in the newest such message. */
function messageOf(panel: FakePanel, wanted: string): unknown {
  const { predictions, isReading } = panel.posted.findLast(({ type }) => type === wanted) as Record<string, unknown> & {
    type: string;
  };
  return { predictions, ...(isReading !== undefined && { isReading }) };
}

test('a failure in a closed panel is only logged', async (t) => {
  const { open, logged } = await desk(t);
  await open.compare();
  const panel = await drawn();
  fake.failing.set('clipboard', new Error('clipboard failed'));
  panel.say({ type: 'copy', text: 'x' });
  panel.dispose();
  await until(() => logged.some((text) => text.includes('clipboard failed')));
  assert.deepEqual(fake.shown, []);
});

test('the panel of a run closes when its run is deleted', async (t) => {
  const { open, runs, changed } = await desk(t);
  await open.run();
  runs.delete(runId);
  changed.fire();
  assert.ok(fake.panels[0]!.isDisposed);
});

test('no page may read a folder that resolves to a whole disk, whatever a run or a click names', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { folder, runs, panels } = await desk(t);
  const everything = join(folder, 'everything');
  await symlink('/', everything);
  const run = runs.get(runId)!;
  for (const dataset of ['/', everything]) {
    for (const id of runIds) runs.set(id, { ...run, id, state: { ...run.state, dataset } });
    await panels.compare.open(runIds);
    await panels.evaluation.open({ kind: 'split', runId, split: 'test' });
    await panels.explanation.open(runId, [join(dataset, 'a.png')]);
    assert.equal(fake.panels.length, 3);
    for (const panel of fake.panels) {
      const roots = panel.webview.options.localResourceRoots!.map(({ fsPath }) => fsPath);
      assert.ok(!roots.includes(dataset), `${panel.title} may read ${roots}`);
      panel.dispose();
    }
    fake.panels.length = 0;
    await panels.sheet.open(dataset);
    const { html, options } = fake.panels[0]!.webview;
    assert.match(html, /<main role="alert">\s*<p>.*whole/);
    assert.deepEqual(options.localResourceRoots, []);
    fake.panels[0]!.dispose();
    fake.panels.length = 0;
  }
});
