// A detector's dataset, 12 bits in 16, from the run to the programs beside its export: all pixels equal those of its 8-bit twin.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { type Evaluated, evaluate } from '../../../runner/commands/evaluate.ts';
import { exportRun } from '../../../runner/commands/exportRun.ts';
import { writeReport } from '../../../runner/commands/report.ts';
import { seenImage } from '../../../runner/explain/seenImage.ts';
import { evaluationReport } from '../../../runner/terminal/evaluationReport.ts';
import { pythonWith } from '../../../scripts/python.ts';
import { parseRecordedPredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import { ExportRecord } from '../../../shared/contracts/exports.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { softmaxRows } from '../../../shared/contracts/scores.ts';
import { stream, uniform } from '../../../shared/random.ts';
import { parseRecipe } from '../../../shared/recipes/recipes.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { answersOfProgram, testPredictionsOf } from '../../support/exportedPrograms.ts';
import { sixteenBitPng, sixteenBitTiff } from '../../support/sixteenBits.ts';
import { tinyRun, tinySetup } from '../../support/tinyRun.ts';

const setup = await tinySetup({ train: 1, val: 1, test: 1 });
await symlink(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(setup.root, 'node_modules'));
const [width, height] = [80, 72];

/** Grey noise, dark or bright. */
function bytesFor(split: string, label: number, i: number): Uint8Array {
  const random = stream(1, split, label, i);
  const mean = 90 + 60 * label + uniform(random, -30, 30);
  return Uint8Array.from({ length: width * height }, () => mean + uniform(random, -60, 60));
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

const twelve = (bytes: Uint8Array) => Uint16Array.from(bytes, (value) => Math.round((value * 4095) / 255));
const asImage = (data: Uint16Array) => ({ width, height, channels: 1, data }) as const;
const asPng = (bytes: Uint8Array) => sharp(bytes, { raw: { width, height, channels: 1 } }).toColourspace('b-w').png().toBuffer(); // biome-ignore format: a line

const detector = join(setup.root, 'detector');
const twin = join(setup.root, 'twin');
for (const [split, count] of Object.entries({ train: 6, val: 4, test: 4 }))
  for (const [label, name] of ['dark', 'light'].entries())
    for (let i = 0; i < count; i++) {
      const bytes = bytesFor(split, label, i);
      const image = asImage(twelve(bytes));
      const path = join(split, name, `${name}-${i}`);
      if (i % 2 === 0) await write(join(detector, `${path}.png`), sixteenBitPng(image));
      else await write(join(detector, `${path}.tif`), sixteenBitTiff(image));
      await write(join(twin, split, name, `${name}-${i}.png`), await asPng(bytes));
    }
// Metadata of these declare unscaled values, and values scaled up to 16 bits.
const [left, up] = [bytesFor('test', 0, 10), bytesFor('test', 1, 11)];
await write(join(detector, 'test/dark/left.png'), sixteenBitPng(asImage(twelve(left)), 12));
await write(join(detector, 'test/light/up.png'), sixteenBitPng(asImage(twelve(up).map((v) => v << 4)), 12));
await write(join(twin, 'test/dark/left.png'), await asPng(left));
await write(join(twin, 'test/light/up.png'), await asPng(up));

const run = await tinyRun({ ...setup, dataset: detector }, { sets: ['stages.0.epochs=1', 'stages.1.epochs=1'] });

// Everything is prepared before the first test: a test declared later would find the folder removed.
const file = join(setup.root, 'detector.onnx');
const whole = join(setup.root, 'whole.onnx');
await exportRun({ runFolder: run.folder, format: 'onnx', out: file });
await exportRun({ runFolder: run.folder, format: 'onnx', out: whole, withPreprocessing: true });

const evaluated = (model: string, data: string, split: 'test' | null): Promise<Evaluated> =>
  evaluate(
    {
      model,
      data,
      split,
      threshold: null,
      out: null,
      workingFolder: setup.root,
      ignoreUnknownClasses: false,
      unlabelled: split === null,
      engine: 'cpu',
      cacheFolder: join(setup.root, 'cache'),
      cacheLimitBytes: 1e9,
      useFeatureCache: true,
      threads: 2,
    },
    { on: () => {}, signal: new AbortController().signal },
  );

const probabilitiesOf = async ({ folder, record }: Evaluated): Promise<readonly number[]> =>
  shownOf(parseRecordedPredictions(await readFile(join(folder, 'predictions.csv'), 'utf8'), record.classNames));

const shownOf = ({ logits, classCount }: { readonly logits: readonly number[]; readonly classCount: number }) => [
  ...softmaxRows(logits, classCount),
];

const codes = ({ record }: Evaluated) => record.warnings.map(({ code }) => code);

function closeTo(seen: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(seen.length, expected.length);
  const off = seen.map((value, i) => Math.abs(value - expected[i]!));
  assert.ok(Math.max(...off) <= tolerance, `off by up to ${Math.max(...off)}`);
}

test('fineTune() records the bit depth at which it reads 16-bit images', async () => {
  assert.equal(run.state.depth, 12);
  assert.equal(run.state.deepImageCount, 30);
  assert.equal(run.events.find((event) => event.type === 'checked')?.depth, 12);
  assert.equal((await readRun(run.folder)).state.depth, 12);
  assert.equal(JSON.parse(await readFile(join(run.folder, 'run.json'), 'utf8')).depth, 12);
  const report = await readFile(await writeReport(run.folder, 'md', undefined), 'utf8');
  assert.match(report, /Read as 12 bits: 4095 and above is white/);
  assert.match(report, /depth.*auto/);
});

for (const [what, model] of [
  ['the run', run.folder],
  ['its ONNX model', join(run.folder, 'model.onnx')],
] as const)
  test(`evaluate() with ${what} predicts images of 12 bits in 16 as their 8-bit twins`, async () => {
    const own = await testPredictionsOf(run.folder, run.state);
    const deep = await evaluated(model, detector, 'test');
    assert.deepEqual([deep.record.depth?.depth, deep.record.depth?.declaredCount], [12, 2]);
    assert.deepEqual(
      codes(deep).filter((code) => code.startsWith('depth')),
      [],
    );
    assert.match(evaluationReport(deep), /8 with 16 bits per channel, read as 12 bits/);
    closeTo(await probabilitiesOf(deep), shownOf(own), 1e-3);
    closeTo(await probabilitiesOf(await evaluated(model, twin, 'test')), shownOf(own), 1e-3);
  });

test('evaluate() reports values above the depth of the training, and values that fill less of it', async (t) => {
  const folder = await mkdtemp(join(setup.root, 'others-'));
  t.after(() => rm(folder, { recursive: true }));
  const bytes = bytesFor('other', 1, 0);
  await write(join(folder, 'bright.png'), sixteenBitPng(asImage(twelve(bytes).map((value) => value * 10))));
  const bright = await evaluated(run.folder, folder, null);
  assert.equal(bright.record.depth?.clippedCount, 1);
  assert.deepEqual(bright.record.warnings.find(({ code }) => code === 'depthExceeded')?.params.depth, 12);
  const { clippedFrom } = await seenImage(join(folder, 'bright.png'), 64, 'rgb', 12);
  assert.ok(clippedFrom !== null && clippedFrom > 4095);
  await write(join(folder, 'bright.png'), sixteenBitPng(asImage(Uint16Array.from(bytes))));
  const unfilled = await evaluated(run.folder, folder, null);
  assert.deepEqual(unfilled.record.warnings.find(({ code }) => code === 'depthUnfilled')?.params, {
    count: 1,
    needed: 8,
    depth: 12,
  });
});

test('exportRun() writes the depth into the sidecar, the metadata and the model card', async () => {
  const { model } = ExportRecord.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')));
  assert.equal(model.preprocessing.depth, 12);
  assert.match(await readFile(`${file}.MODEL_CARD.md`, 'utf8'), /16-bit images \| .*255 \\\* value \/ 4095/);
  assert.match(await readFile(`${whole}.MODEL_CARD.md`, 'utf8'), /takes bytes.*255 \\\* value \/ 4095/);
});

const python = pythonWith('numpy', 'PIL', 'onnxruntime');
for (const [language, suffix, { command, lacks }] of [
  ['TypeScript', '.ts', { command: process.execPath, lacks: false }],
  ['Python', '.py', python],
] as const)
  for (const [what, model] of [
    ['an export', file],
    ['an export with preprocessing', whole],
  ] as const)
    test(`the program in ${language} beside ${what} predicts images of 12 bits in 16 as the run does`, {
      skip: lacks,
    }, async () => {
      const own = await testPredictionsOf(run.folder, run.state);
      const lines = await answersOfProgram(command!, model + suffix, detector, own);
      closeTo(lines.flatMap(({ probabilities }) => Object.values(probabilities)), shownOf(own), 2e-3); // biome-ignore format: a line
    });

test('the program in Python refuses 16-bit colour images, whose lower half Pillow drops', {
  skip: python.lacks,
}, async () => {
  const data = new Uint16Array(width * height * 3).map((_, i) => (i * 7) % 4096);
  const image = { width, height, channels: 3, data } as const;
  for (const [name, bytes] of [
    ['colours.png', sixteenBitPng(image)],
    ['colours.tif', sixteenBitTiff(image)],
  ] as const) {
    await write(join(setup.root, name), bytes);
    const asked = { relativePaths: [name] } as Awaited<ReturnType<typeof testPredictionsOf>>;
    await assert.rejects(
      answersOfProgram(python.command!, `${file}.py`, setup.root, asked),
      ({ stdout }: { stdout: string }) => /16 bits per channel.*4095 is white/.test(stdout),
    );
    const [answer] = await answersOfProgram(process.execPath, `${file}.ts`, setup.root, asked);
    const alone = await mkdtemp(join(setup.root, 'alone-'));
    await write(join(alone, name), bytes);
    const expected = await probabilitiesOf(await evaluated(run.folder, alone, null));
    closeTo(Object.values(answer!.probabilities), expected, 2e-3);
  }
});

test('applyRunEvent() treats a run without a depth as one of 16 bits', () => {
  const { depth: _, ...checked } = run.events.find((event) => event.type === 'checked')!;
  assert.equal(applyRunEvent(initialRunState('old'), checked).depth, 16);
  const { depth: __, ...recipe } = run.state.recipe!;
  assert.equal(parseRecipe(recipe).depth, 16);
});

after(() => rm(setup.root, { recursive: true, force: true }));
