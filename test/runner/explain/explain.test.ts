// The whole path on a run of a few seconds: lines, targets, positions, overlays, checks, and errors.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { type ExplainJob, explain } from '../../../runner/commands/explain.ts';
import { seenImage } from '../../../runner/explain/seenImage.ts';
import { closingText, explanationText } from '../../../runner/terminal/explanationReport.ts';
import { type Explanation, ExplanationLine, mapValues, type Remark } from '../../../shared/contracts/explanation.ts';
import { overlaid, upsampledMap } from '../../../shared/contracts/heatMap.ts';
import { files } from '../../../shared/contracts/run.ts';
import { allClose } from '../../support/allClose.ts';
import { type TinyRun, tinyRun, tinySetup } from '../../support/tinyRun.ts';

let setup: { root: string; dataset: string; weights: string };
let run: TinyRun;
before(async () => {
  setup = await tinySetup({ train: 8, val: 4, test: 4 });
  run = await tinyRun(setup, { sets: ['stages.1.epochs=1', 'medical=true'] });
});

const image = (className: string, number: number) =>
  join(setup.dataset, 'test', className, `${className}-${number}.png`);

async function explained(
  job: Partial<ExplainJob>,
  onLine: (line: ExplanationLine) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<{ lines: ExplanationLine[]; all: Explanation[]; count: number }> {
  const lines: ExplanationLine[] = [];
  const whole: ExplainJob = {
    runFolder: run.folder,
    engine: 'cpu',
    images: [image('blue', 0)],
    target: 'predicted',
    of: 'probability',
    layer: 'layer4',
    method: 'grad-cam',
    check: false,
    overlayFolder: null,
    colors: 'jet',
    threads: 1,
    ...job,
  };
  const count = await explain(whole, {
    on(line) {
      lines.push(ExplanationLine.parse(JSON.parse(JSON.stringify(line))));
      onLine(line);
    },
    signal,
  });
  return { lines, all: lines.filter((line) => line.type === 'explanation'), count };
}

const codes = (remarks: readonly Remark[]) => remarks.map(({ code }) => code);

test('explain() reports each image in order, with class folder, probabilities and crop position', async () => {
  const images = [image('blue', 0), image('red', 1), image('blue', 2)];
  const { all, count } = await explained({ images });
  assert.equal(count, 3);
  assert.deepEqual(
    all.map((each) => each.image),
    images,
  );
  assert.deepEqual(
    all.map(({ trueLabel }) => trueLabel),
    [0, 1, 0],
  );
  for (const each of all) {
    assert.deepEqual(each.classNames, ['blue', 'red']);
    allClose('sum', [each.probabilities[0]! + each.probabilities[1]!], [1], { absolute: 1e-9 });
    assert.equal(each.targetLabel, each.predictedLabel);
    assert.equal(each.probabilities[each.predictedLabel], Math.max(...each.probabilities));
    assert.deepEqual([each.map.height, each.map.width], [2, 2]);
    // 80 x 72, shorter side to 73: 81 x 73, of which the middle 64 x 64 (from 8 and, half to even, from 4).
    assert.deepEqual(each.view.original, { width: 80, height: 72 });
    const { left, top, width, height } = each.view.crop;
    const [across, down] = [80 / 81, 72 / 73];
    allClose('crop', [left, top, width, height], [8 * across, 4 * down, 64 * across, 64 * down], { absolute: 1e-9 });
    assert.ok(codes(each.remarks).includes('notDiagnostic'));
  }
});

test("explain() reproduces the run's own probabilities", async () => {
  const rows = (await readFile(join(run.folder, files.predictions('test')), 'utf8')).trim().split('\n').slice(1);
  const images = rows.map((row) => join(setup.dataset, row.split(',')[0]!));
  const { all } = await explained({ images });
  // The run computes with features in half precision.
  allClose(
    'probabilities',
    all.map(({ probabilities }) => probabilities[1]!),
    rows.map((row) => Number(row.split(',')[3])),
    { absolute: 5e-3 },
  );
});

test('explain() gives an image the same map alone and in a batch, with every method', async () => {
  const images = [image('red', 0), image('blue', 1), image('red', 2)];
  for (const method of ['grad-cam', 'eigen-cam'] as const) {
    const together = await explained({ images, target: 'true', layer: 'layer3', method, of: 'logit' });
    const alone = await explained({ images: [images[1]!], target: 'true', layer: 'layer3', method, of: 'logit' });
    const [own, single] = [together.all[1]!, alone.all[0]!];
    allClose('map', mapValues(own.map), mapValues(single.map), { absolute: 1e-3 });
    allClose('maximum', [own.rawMaximum], [single.rawMaximum], { relative: 1e-3 });
  }
});

test('explain() explains the predicted class, the true one, or any class by name', async () => {
  const images = [image('blue', 0), image('red', 0)];
  const targetsOf = async (target: string) =>
    (await explained({ images, target })).all.map(({ targetLabel }) => targetLabel);
  assert.deepEqual(await targetsOf('true'), [0, 1]);
  assert.deepEqual(await targetsOf('red'), [1, 1]);
  assert.deepEqual(await targetsOf('=blue'), [0, 0]);
  await assert.rejects(explained({ target: 'green' }), {
    code: 'classUnknown',
    message: /no class "green".*blue, red/,
  });
});

test('explain() continues after an image that is missing, is no image, or has no class folder', async () => {
  const elsewhere = join(setup.root, 'elsewhere');
  await mkdir(elsewhere, { recursive: true });
  const [lost, note, stray] = ['lost.png', 'text.png', 'stray.png'].map((name) => join(elsewhere, name));
  await writeFile(note!, 'not an image');
  await copyFile(image('blue', 0), stray!);
  const images = [lost!, image('red', 0), note!, elsewhere, stray!];
  const { lines, count } = await explained({ images, target: 'true' });
  assert.equal(count, 1);
  assert.deepEqual(
    lines.map((line) => [line.type, line.type === 'problem' ? line.problem.code : null]),
    [
      ['problem', 'imageMissing'],
      ['explanation', null],
      ['problem', 'imageUnusable'],
      ['problem', 'imageUnusable'],
      ['problem', 'trueClassUnknown'],
    ],
  );
  assert.deepEqual(
    lines.map((line) => 'image' in line && line.image),
    images,
  );
});

test('explain() reports progress between batches, and none at the end', async () => {
  const images = Array.from({ length: 20 }, (_, i) => image(i % 2 ? 'red' : 'blue', i % 4));
  const { lines } = await explained({ images });
  assert.deepEqual(
    lines.filter((line) => line.type === 'progress').map(({ done, total }) => [done, total]),
    [
      [8, 20],
      [16, 20],
    ],
  );
});

test('an overlay blends the map half and half over the view, in a file named after image, class and method', async () => {
  const overlayFolder = join(setup.root, 'overlays');
  const { all } = await explained({ images: [image('blue', 0)], target: 'blue', overlayFolder, colors: 'viridis' });
  const [own] = all;
  assert.equal(own!.overlayFile, join(overlayFolder, 'test-blue-blue-0.blue.grad-cam.layer4.probability.png'));
  const { data, info } = await sharp(own!.overlayFile!).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [64, 64, 3]);
  const { view } = await seenImage(image('blue', 0), 64, 'rgb', 16);
  assert.deepEqual(data, Buffer.from(overlaid(view, upsampledMap(mapValues(own!.map), 2, 2, 64), 'viridis')));
});

test('two images of one name get separate overlays', async () => {
  const folders = ['a', 'b'].map((name) => join(setup.root, name, 'same'));
  const images = folders.map((folder) => join(folder, 'x.png'));
  for (const [i, folder] of folders.entries()) {
    await mkdir(folder, { recursive: true });
    await copyFile(image('red', i), images[i]!);
  }
  const overlayFolder = join(setup.root, 'overlays');
  const { all } = await explained({ images, overlayFolder });
  const names = all.map(({ overlayFile }) => basename(overlayFile!));
  assert.equal(new Set(names).size, 2);
  for (const name of names) assert.match(name, /^same-x\./);
});

test('the check includes curves, a random-weights map and a verdict, and is repeatable', async () => {
  const { all } = await explained({ check: true, target: 'true' });
  const { check } = all[0]!;
  if (check === null) {
    assert.ok(codes(all[0]!.remarks).some((code) => ['nothingPositive', 'evenMap'].includes(code)));
    assert.fail('this image should have a map');
  }
  const { fractions, deletion, random, randomWeights, verdict } = check;
  assert.deepEqual([fractions[0], fractions.at(-1)], [0, 1]);
  allClose('score of the whole image', [deletion.scores[0]!], [all[0]!.probabilities[0]!], { absolute: 1e-4 });
  for (const { scores } of random.repeats) {
    assert.equal(scores[0], deletion.scores[0]);
    assert.equal(scores.at(-1), deletion.scores.at(-1));
  }
  for (const i of fractions.keys())
    assert.ok(random.low[i]! <= random.mean[i]! + 1e-9 && random.mean[i]! <= random.high[i]! + 1e-9);
  assert.deepEqual([randomWeights.map.height, randomWeights.map.width], [2, 2]);
  assert.equal(verdict.length, 3);
  assert.equal(verdict[2]!.code, 'checkLimits');
  const again = await explained({ check: true, target: 'true', images: [image('blue', 0), image('red', 1)] });
  allClose(
    'areas',
    [again.all[0]!.check!.deletion.area, again.all[0]!.check!.random.area.mean],
    [deletion.area, random.area.mean],
    { absolute: 1e-4 },
  );
  allClose('random map', mapValues(again.all[0]!.check!.randomWeights.map), mapValues(randomWeights.map), {
    absolute: 1e-3,
  });
});

test('explain() stops after the image during which its signal aborted, and keeps earlier results', async () => {
  const controller = new AbortController();
  const told: ExplanationLine[] = [];
  await assert.rejects(
    explained(
      { images: [image('blue', 0), image('red', 0), image('blue', 1)] },
      (line) => {
        told.push(line);
        controller.abort();
      },
      controller.signal,
    ),
    { name: 'AbortError' },
  );
  assert.deepEqual(
    told.map(({ type }) => type),
    ['explanation'],
  );
});

test('explain() reports in a sentence that a run has no weights, or that a folder is no run', async () => {
  const bare = join(setup.root, 'bare');
  await cp(run.folder, bare, { recursive: true });
  await rm(join(bare, files.model));
  await assert.rejects(explained({ runFolder: bare }), { code: 'runWithoutWeights' });
  await assert.rejects(explained({ runFolder: join(setup.root, 'nowhere') }), { code: 'runNotFound' });
});

test('explanations as text give image, prediction, method and position; shared remarks appear once at the end', async () => {
  const { all } = await explained({ images: [image('blue', 0), image('red', 0)], method: 'hires-cam', target: 'true' });
  const told = all.map(explanationText).join('\n');
  assert.match(told, /blue-0\.png\n {2}most probable: (blue|red) \(\d+\.\d %\)/);
  assert.match(told, /HiResCAM of the probability of blue at layer4/);
  assert.doesNotMatch(told, /diagnostic/);
  const closing = closingText(all, 1);
  assert.equal(closing.match(/Not for diagnostic use\./g)?.length, 1);
  assert.match(closing, /equals that of Grad-CAM/);
  assert.match(closing, /1 image could not be explained\.\n$/);
});

const program = fileURLToPath(new URL('../../../runner/cli/main.ts', import.meta.url));

async function command(...args: readonly string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [program, 'explain', ...args, '--threads', '1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, output, errors };
}

test('`shoulders explain --json` prints lines of the contract, draws only on request, and exits with 2 when an image is missing', async () => {
  const before = await readdir(run.folder);
  const { code, output } = await command(
    run.folder,
    image('blue', 0),
    'gone.png',
    '--json',
    '--of',
    'logit',
    '--layer',
    'layer3',
  );
  assert.equal(code, 2);
  const lines = output
    .trimEnd()
    .split('\n')
    .map((line) => ExplanationLine.parse(JSON.parse(line)));
  assert.deepEqual(
    lines.map(({ type }) => type),
    ['explanation', 'problem'],
  );
  assert.deepEqual(await readdir(run.folder), before);
});

test('`shoulders explain` prints text, draws into the run folder and marks medical recipes as not for diagnosis', async () => {
  const { code, output, errors } = await command(run.folder, image('blue', 0), image('red', 1), '--class', 'true');
  assert.equal(code, 0, errors);
  assert.match(output, /Grad-CAM of the probability of red at layer4/);
  assert.match(output, /Not for diagnostic use\.\n$/);
  assert.deepEqual((await readdir(join(run.folder, files.explanations))).sort(), [
    'test-blue-blue-0.blue.grad-cam.layer4.probability.png',
    'test-red-red-1.red.grad-cam.layer4.probability.png',
  ]);
});

const refused: [name: string, args: () => string[], sentence: RegExp][] = [
  [
    'an unknown class',
    () => [run.folder, image('blue', 0), '--class', 'green'],
    /^The run has no class "green": use one of blue, red/,
  ],
  ['an unknown layer', () => [run.folder, image('blue', 0), '--layer', 'layer9'], /layer9.*layer4, layer3/],
  ['no image', () => [run.folder], /^Name the images to explain/],
  ['no run', () => ['nowhere', image('blue', 0)], /^There is no run "[^"]*nowhere": name a run folder\.\n$/],
];
for (const [name, args, sentence] of refused)
  test(`\`shoulders explain\` refuses ${name} with a sentence and exit code 2`, async () => {
    const { code, output, errors } = await command(...args());
    assert.equal(code, 2);
    assert.match(errors, sentence);
    assert.equal(output, '');
  });
