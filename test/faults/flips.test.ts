// Flips one bit of a run's files, 100 times for each kind of file: the reader reports it in a sentence, or shows the same as before, never
// another number. The tickets and slots of the queue are empty files; the sidebar's index has its own test of every byte
// (test/src/runs/index/indexFile.test.ts); files beside an export are for other programs, and the product does not read them again.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import { inspect } from 'node:util';
import { evaluate } from '../../runner/commands/evaluate.ts';
import { readReportInput } from '../../runner/commands/report.ts';
import { parametersOf } from '../../runner/network/parameters.ts';
import { importModel } from '../../runner/programs/imported.ts';
import { contentsOf } from '../../runner/reports/contents.ts';
import { renderMarkdown } from '../../runner/reports/renderMarkdown.ts';
import { listRuns } from '../../runner/store/listRuns.ts';
import { readCheckpoint } from '../../runner/training/checkpoint.ts';
import { readSafetensors } from '../../runner/weights/formats/safetensors.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { files } from '../../shared/contracts/run.ts';
import { readLabels, writeLabels } from '../../shared/runFolder/labels.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';
import { readEvaluation } from '../../src/panels/evaluation/evaluationReader.ts';
import { english } from '../../src/words/translate.ts';
import { bitFlips, checkFlips } from '../support/bitFlips.ts';
import { tinyRun } from '../support/tinyRun.ts';
import { isFull } from './support/amount.ts';
import { type Attacked, attackedSetup, machineOf, setsOf } from './support/attackedRun.ts';

let setup: Attacked;
let folder: string;
before(async () => {
  setup = await attackedSetup();
  ({ folder } = await tinyRun(setup, { sets: setsOf(setup), job: machineOf(setup) }));
});

/** Files of a hundred megabytes, which are hashed at each read. */
const countOf = (large: boolean) => (isFull ? 100 : large ? 3 : 20);

/** Damages a file in place for each flip; `seen` returns the same as before, or `isNoticed` is true, or it throws a sentence. */
async function flipInPlace<T>(
  file: string,
  seen: () => Promise<T>,
  isNoticed: (seen: T) => boolean,
): Promise<{ noticed: number; harmless: number }> {
  const whole = await readFile(file);
  const before = await seen();
  assert.ok(!isNoticed(before), 'a whole file is called damaged');
  let [noticed, harmless] = [0, 0];
  try {
    for (const { at, bit, bytes } of bitFlips(whole, { count: countOf(false) })) {
      await replaced(file, bytes);
      try {
        const after = await seen();
        if (isNoticed(after)) noticed++;
        else {
          const difference = firstDifference(before, after);
          assert.equal(
            difference,
            undefined,
            `bit ${bit} of byte ${at} changed what is shown, and nobody noticed: ${difference}`,
          );
          harmless++;
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        noticed++;
      }
    }
  } finally {
    await replaced(file, whole);
  }
  return { noticed, harmless };
}

/** First line in which two values differ. */
function firstDifference(one: unknown, other: unknown): string | undefined {
  const [lines, others] = [one, other].map((each) => inspect(each, { depth: null, maxArrayLength: null }).split('\n'));
  const at = others!.findIndex((line, i) => line !== lines![i]);
  return at < 0 ? undefined : `"${lines![at]}" became "${others![at]}"`;
}

async function replaced(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, bytes);
  await rename(`${file}.new`, file);
}

/** Visible results of a run: its row and its report. */
async function shown(): Promise<{ readonly row: unknown; readonly report: string; readonly isWhole: boolean }> {
  const [listed] = await listRuns(join(folder, '..'));
  assert.ok(listed, 'the run is gone from the list');
  if (listed.problem) return { row: listed.problem, report: '', isWhole: false };
  const { health, summary, state } = await readRun(folder);
  return {
    row: [state.status, listed.createdAt, summary?.headline],
    report: renderMarkdown(contentsOf(await readReportInput(folder))),
    isWhole: health.skipped + health.gaps + health.unknown === 0 && !health.tornTail && summary !== undefined,
  };
}

const saysDamaged = ({ report, isWhole }: Awaited<ReturnType<typeof shown>>) =>
  !isWhole || /was damaged|(is|are) left out/.test(report);

for (const name of [
  files.events,
  files.run,
  files.evaluation,
  files.images,
  files.predictions('val'),
  files.predictions('test'),
])
  test(`A flipped bit in ${name} is detected, or changes neither row nor report`, async (t) => {
    const { noticed, harmless } = await flipInPlace(join(folder, name), shown, saysDamaged);
    t.diagnostic(`${noticed} noticed, ${harmless} harmless`);
  });

test('A flipped bit in labels.json neither hides a run nor throws', async () => {
  const file = join(folder, files.labels);
  await writeLabels(folder, { starred: true, name: 'the good one', tags: ['lung', 'two'], note: 'more\nwords' });
  const whole = await readFile(file);
  for (const { bytes } of bitFlips(whole, { count: countOf(false) })) {
    await replaced(file, bytes);
    await readLabels(folder);
    assert.equal((await listRuns(join(folder, '..')))[0]?.problem, null);
  }
});

/** The sentence contains this reason. */
const damaged = /damaged|changed|header|broken|cannot|does not/i;

for (const [name, read] of [
  [files.checkpoint, (bytes: Uint8Array) => readCheckpoint(bytes, parametersOf('resnet18', 2)).parameters],
  [files.model, (bytes: Uint8Array) => readSafetensors(bytes).tensors],
] as const)
  test(`A flipped bit in ${name} never yields different weights`, async (t) => {
    const bytes = await readFile(join(folder, name));
    const { noticed, harmless } = await checkFlips(bytes, read, damaged, { count: countOf(true) });
    t.diagnostic(`${noticed} noticed, ${harmless} harmless`);
    assert.equal(harmless, 0);
  });

test('A flipped bit in model.onnx never yields a different model', async () => {
  const bytes = await readFile(join(folder, files.onnx));
  importModel(bytes);
  for (const { at, bit, bytes: flipped } of bitFlips(bytes, { count: countOf(true) }))
    assert.throws(() => importModel(flipped), /damaged|not|cannot/, `bit ${bit} of byte ${at}`);
});

test('A flipped bit in an evaluation record or its predictions is detected, or changes nothing shown', async (t) => {
  const out = join(setup.root, 'evaluations', '20261123-101500-data-00ff');
  await mkdir(join(out, '..'));
  await evaluate(
    {
      engine: 'cpu',
      cacheFolder: join(setup.root, 'cache'),
      cacheLimitBytes: 1e9,
      useFeatureCache: true,
      threads: 2,
      model: folder,
      data: join(setup.dataset, 'test'),
      split: null,
      threshold: null,
      out,
      workingFolder: setup.root,
      ignoreUnknownClasses: false,
      unlabelled: false,
    },
    { on: () => {}, signal: new AbortController().signal },
  );
  const parts = { run: async () => undefined, t: english, wording: ({ code }: { code: string }) => code };
  const read = async () => {
    const reading = await readEvaluation({ kind: 'record', folder: out }, parts).catch((error: unknown) => {
      assert.ok(error instanceof Error && error.message.length > 10);
      return undefined;
    });
    return reading && { ...reading, subject: { ...reading.subject, folderOfClass: null } };
  };
  assert.equal((await read())?.problem, null);
  for (const name of ['record.json', 'predictions.csv']) {
    const { noticed, harmless } = await flipInPlace(
      join(out, name),
      read,
      (seen) => seen === undefined || seen.problem !== null,
    );
    t.diagnostic(`${basename(name)}: ${noticed} noticed, ${harmless} harmless`);
  }
});
