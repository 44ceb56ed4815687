// RunIndex with its index file, and labels.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { noLabels } from '../../../shared/contracts/labels.ts';
import { files } from '../../../shared/contracts/run.ts';
import { type IndexedRun, type IndexFile, indexText, runsInIndex } from '../../../src/runs/index/indexFile.ts';
import { RunIndex } from '../../../src/runs/index/runIndex.ts';
import type { Run } from '../../../src/runs/runs.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../../webview/support/transcripts.ts';
import { temporaryFolder, writeRun } from '../support/runs.ts';

const xray = chestXrayRun();
const animals = animalsRun();
const running = upToEpoch(xray.events, 2);
const runningId = '20261124-080000-chest-xray-resnet50-0001';

const by = '0.1.0';

/** The index file as a variable; `runs` returns what would be written. */
function memoryFile(text = ''): IndexFile & { runs(): readonly IndexedRun[]; text(): string } {
  let runs: () => readonly IndexedRun[] = () => [];
  return {
    read: async () => runsInIndex(Buffer.from(text), by),
    keep(next) {
      runs = next;
    },
    dispose() {},
    runs: () => runs(),
    text: () => indexText(runs(), by),
  };
}

function open(t: TestContext, runsFolder: string, indexFile?: IndexFile): { index: RunIndex; looks: string[][] } {
  const index = new RunIndex({
    runsFolders: () => [runsFolder],
    logOf: (id) => `/logs/${id}.log`,
    isAlive: async () => true,
    onError: (error) => assert.fail(String(error)),
    ...(indexFile && { indexFile }),
  });
  const looks: string[][] = [];
  index.onDidChange(() => looks.push(index.runs.map(({ id }) => id)));
  t.after(() => index.dispose());
  return { index, looks };
}

/** A folder with two ended runs and an active one, and the index file of a first window. */
async function remembered(t: TestContext): Promise<{ runsFolder: string; text: string; runs: readonly Run[] }> {
  const runsFolder = await temporaryFolder(t);
  await writeRun(runsFolder, xray.runId, xray.events);
  await writeRun(runsFolder, animals.runId, animals.events);
  await writeRun(runsFolder, runningId, running);
  const file = memoryFile();
  const { index } = open(t, runsFolder, file);
  await index.rescan();
  assert.deepEqual(
    file.runs().map(({ id }) => id),
    [animals.runId, xray.runId],
    'what goes on is not remembered',
  );
  return { runsFolder, text: file.text(), runs: index.runs };
}

const rowsOf = (runs: readonly Run[]) =>
  runs.map(({ id, phase, headline, metrics, labels, epochCount, state }) => ({
    ...{ id, phase, headline, metrics, labels, epochCount },
    status: state.status,
    dataset: state.dataset,
    recipe: state.recipe,
  }));

test('RunIndex reports remembered runs before it reads any, then the others, all equal to freshly read ones', async (t) => {
  const { runsFolder, text, runs } = await remembered(t);
  const { index, looks } = open(t, runsFolder, memoryFile(text));
  await index.rescan();
  assert.deepEqual(looks[0], [animals.runId, xray.runId]);
  assert.deepEqual(looks.at(-1), [runningId, animals.runId, xray.runId]);
  assert.deepEqual(rowsOf(index.runs), rowsOf(runs));
});

test('RunIndex.ready waits only for the first scan', async (t) => {
  const { runsFolder, text } = await remembered(t);
  const { index } = open(t, runsFolder, memoryFile(text));
  const scanned = index.rescan().then(() => 'scanned');
  assert.equal(await Promise.race([index.ready.then(() => 'ready'), scanned]), 'ready');
  await scanned;
  const empty = open(t, join(runsFolder, 'nowhere')).index;
  await empty.rescan();
  await empty.ready;
});

test('RunIndex rereads runs that were changed, moved, deleted or added since it remembered them', async (t) => {
  const { runsFolder, text } = await remembered(t);
  await writeRun(runsFolder, xray.runId, running);
  await rename(join(runsFolder, animals.runId), join(runsFolder, '20261125-101500-animals-resnet18-3c4d'));
  await rm(join(runsFolder, runningId), { recursive: true });
  const file = memoryFile(text);
  const { index, looks } = open(t, runsFolder, file);
  await index.rescan();
  assert.ok(!looks.flat().includes(animals.runId), 'a folder that is gone is not shown for a moment');
  assert.deepEqual(
    index.runs.map(({ id, state }) => [id, state.status]),
    [
      ['20261125-101500-animals-resnet18-3c4d', 'finished'],
      [xray.runId, 'running'],
    ],
  );
  assert.deepEqual(
    file.runs().map(({ id }) => id),
    ['20261125-101500-animals-resnet18-3c4d'],
  );
});

test('RunIndex reads everything when the index file is damaged, and writes a valid one', async (t) => {
  const { runsFolder, text, runs } = await remembered(t);
  const file = memoryFile(text.replace('0.', '1.'));
  const { index } = open(t, runsFolder, file);
  await index.rescan();
  assert.deepEqual(rowsOf(index.runs), rowsOf(runs));
  assert.deepEqual(runsInIndex(Buffer.from(file.text()), by), runsInIndex(Buffer.from(text), by));
});

test('RunIndex.load() loads what the index file omits, also when only run.json is left of the run', async (t) => {
  const { runsFolder, text } = await remembered(t);
  await rm(join(runsFolder, xray.runId, files.events));
  const { index } = open(t, runsFolder, memoryFile(text));
  await index.rescan();
  assert.equal(index.get(xray.runId)?.state.evaluation, null);
  const run = await index.load(xray.runId);
  assert.ok(run?.state.evaluation);
  assert.equal(run.metrics['test AUROC'], run.state.evaluation.test.auroc);
  assert.ok(run.state.warnings.length > 0);
});

test('RunIndex checks again whether a remembered run still has its checkpoint', async (t) => {
  const runsFolder = await temporaryFolder(t);
  const stopped = [...running, { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 5 } as const];
  const checkpoint = join(await writeRun(runsFolder, xray.runId, stopped), files.checkpoint);
  await writeFile(checkpoint, '');
  const file = memoryFile();
  const before = open(t, runsFolder, file).index;
  await before.rescan();
  assert.equal(before.get(xray.runId)?.resumable, true);
  const text = file.text();
  await rm(checkpoint);
  const { index } = open(t, runsFolder, memoryFile(text));
  await index.rescan();
  assert.equal(index.get(xray.runId)?.resumable, false);
});

test("RunIndex.label() writes labels.json beside the run's files, and another window sees it at its next scan", async (t) => {
  const { runsFolder, text } = await remembered(t);
  const file = memoryFile(text);
  const { index } = open(t, runsFolder, file);
  const other = open(t, runsFolder).index;
  await index.rescan();
  await other.rescan();
  await other.label([xray.runId], (labels) => ({ ...labels, note: 'from the other' }));
  const without = await index.label([xray.runId, animals.runId], (labels) => ({ ...labels, starred: true }));
  assert.deepEqual(without, []);
  assert.deepEqual(index.get(xray.runId)?.labels, { ...noLabels, starred: true, note: 'from the other' });
  await other.rescan();
  assert.deepEqual(other.get(xray.runId)?.labels, index.get(xray.runId)?.labels);
  assert.equal(other.get(animals.runId)?.labels.starred, true);
  const written = JSON.parse(await readFile(join(runsFolder, xray.runId, files.labels), 'utf8'));
  assert.deepEqual(written, { ...noLabels, starred: true, note: 'from the other' });
  const again = open(t, runsFolder, memoryFile(file.text())).index;
  await again.rescan();
  assert.equal(again.get(animals.runId)?.labels.starred, true);
});

test('RunIndex.label() works during a run, labels runs without a folder, and reports when the disk refuses', async (t) => {
  const { runsFolder } = await remembered(t);
  const { index } = open(t, runsFolder);
  await index.rescan();
  await index.label([runningId], (labels) => ({ ...labels, name: 'live' }));
  assert.equal(index.get(runningId)?.labels.name, 'live');
  assert.equal(index.get(runningId)?.phase, 'open');
  const unborn = '20261124-090000-pets-resnet18-0001';
  index.add({ id: unborn, folder: join(runsFolder, unborn), dataset: '/pets', pid: 1 });
  assert.deepEqual(await index.label([unborn], (labels) => ({ ...labels, name: 'x' })), [unborn]);
  await rm(join(runsFolder, xray.runId, files.labels), { force: true });
  await mkdir(join(runsFolder, xray.runId, files.labels)); // a folder where the file belongs
  await assert.rejects(
    index.label([xray.runId], (labels) => ({ ...labels, starred: true })),
    { code: 'cannotWrite' },
  );
  assert.equal(index.get(xray.runId)?.labels.starred, false);
});
