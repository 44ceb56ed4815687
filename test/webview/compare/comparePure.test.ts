// Computations of the compare panel before drawing: notes, table, recipes, curves, pairs, sentences.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Papa from 'papaparse';
import { atProbability, logitsFrom } from '../../../shared/contracts/scores.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { overlayOf } from '../../../webview/compare/curves.ts';
import { comparisonNotes, sameTestSet } from '../../../webview/compare/notes.ts';
import { pairingOf } from '../../../webview/compare/pair.ts';
import { differingFields } from '../../../webview/compare/recipes.ts';
import { metricColumns, tableCsv, tableMarkdown } from '../../../webview/compare/table.ts';
import { delongSentence, mcnemarSentence } from '../../../webview/compare/words.ts';
import { pairwiseAuroc } from '../support/bruteForce.ts';
import { type Compared, chestState, compared } from '../support/comparisons.ts';

const [a, b, c] = [
  compared({ index: 0, separation: 0.5 }),
  compared({ index: 1, separation: 2.2 }),
  compared({ index: 2, separation: 1.2 }),
] as const;
const runsOf = (...all: Compared[]) => all.map(({ run }) => run);
const other = (index: number, state: Parameters<typeof compared>[0]['state'] = {}) => compared({ index, state });

test('comparisonNotes() are empty for comparable runs', () => {
  assert.deepEqual(comparisonNotes(runsOf(a, b, c)), []);
  assert.ok(sameTestSet(runsOf(a, b, c)));
});

test('comparisonNotes() name the groups of runs with other images, other datasets or other classes', () => {
  const split = other(1, { fingerprint: 'e'.repeat(64) });
  assert.match(comparisonNotes(runsOf(a, split, c)).join(), /a different split of them \(A, C \| B\)/);
  const moved = other(1, { fingerprint: 'e'.repeat(64), dataset: '/elsewhere' });
  assert.match(comparisonNotes(runsOf(a, moved)).join(), /different datasets \(A \| B\)/);
  const classes = other(1, { classNames: ['cat', 'dog'], fingerprint: 'e'.repeat(64) });
  assert.match(comparisonNotes(runsOf(a, classes)).join(), /different classes \(A \| B\)/);
  assert.ok(!sameTestSet(runsOf(a, split)));
});

test('comparisonNotes() name running runs, runs without a test, and runs from random or starter weights', () => {
  const running = other(0, { status: 'running', evaluation: null });
  const stopped = other(1, { status: 'stopped', evaluation: null });
  const random = other(2, { weights: { kind: 'random', name: 'random', sha256: null, verified: false } });
  const starter = other(3, { weights: { kind: 'starter', name: 'starter', sha256: 'ab'.repeat(32), verified: true } });
  const notes = comparisonNotes(runsOf(running, stopped, random, starter));
  assert.deepEqual(
    notes.map((note) => /: ([A-J])\b/.exec(note)?.[1]),
    ['A', 'B', 'C', 'D'],
  );
});

test('comparisonNotes() report different positive classes', () => {
  const { evaluation } = chestState;
  const swapped = other(1, { evaluation: { ...evaluation!, positiveClass: 'NORMAL' } });
  assert.match(comparisonNotes(runsOf(a, swapped)).join(), /different classes as positive \(A \| B\)/);
});

test('metricColumns() marks the highest AUROC and the lowest loss, each once', () => {
  const columns = metricColumns(runsOf(a, b, c));
  const best = (key: string) => columns.find((column) => column.key === key)!.cells.map((cell) => cell.best);
  assert.deepEqual(best('testAuroc'), [false, true, false]);
  assert.deepEqual(best('loss'), [false, false, false], 'all have the same loss: none stands out');
  assert.deepEqual(best('epochs'), [false, false, false]);
});

test("metricColumns() marks nothing when the runs' test images differ", () => {
  const columns = metricColumns(runsOf(a, other(1, { fingerprint: 'e'.repeat(64) })));
  assert.ok(columns.every(({ cells }) => cells.every((cell) => !cell.best)));
});

test('metricColumns() flags random weights, and shows a dash for a run without a test', () => {
  const random = other(0, {
    evaluation: null,
    weights: { kind: 'random', name: 'random', sha256: null, verified: false },
  });
  const cells = Object.fromEntries(metricColumns(runsOf(random)).map(({ key, cells: [cell] }) => [key, cell!.text]));
  assert.equal(cells.weightsOrigin, 'random, not pretrained');
  assert.equal(cells.testAuroc, '–');
});

test('metricColumns() says what starter weights are', () => {
  const columns = metricColumns(
    runsOf(other(0, { weights: { kind: 'starter', name: 'starter', sha256: 'ab'.repeat(32), verified: true } })),
  );
  const cells = Object.fromEntries(columns.map(({ key, cells: [cell] }) => [key, cell!.text]));
  assert.equal(cells.weightsOrigin, 'starter weights (learned from drawings)');
});

test('tableCsv() keeps all digits and escapes a name that a spreadsheet would run as a formula', () => {
  const named = compared({ index: 0, name: '=HYPERLINK("http://x")' });
  const text = tableCsv(runsOf(named, b));
  const { data, errors } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  assert.deepEqual(errors, []);
  assert.equal(data.length, 2);
  assert.equal(Number(data[1]!['Test AUROC']), b.run.state.evaluation!.test.auroc);
  assert.equal(data[0]!.run, `'=HYPERLINK("http://x")`);
});

test('tableMarkdown() has a header, a rule and one row per run, and escapes a bar in a name', () => {
  const lines = tableMarkdown(runsOf(compared({ index: 0, name: 'a|b' }), b))
    .trimEnd()
    .split('\n');
  const cells = lines.map((line) => line.split(/(?<!\\)\|/).length);
  assert.equal(lines.length, 4);
  assert.equal(new Set(cells).size, 1);
  assert.match(lines[2]!, /a\\\|b/);
});

test('differingFields() finds nested fields and fields missing from one recipe, and nothing in equal recipes', () => {
  const recipe = chestState.recipe!;
  assert.deepEqual(differingFields([recipe, structuredClone(recipe)]), []);
  const changed = structuredClone(recipe);
  changed.seed = 7;
  changed.stages[1]!.optimizer.learningRate.head = 0.5;
  changed.trainViews.randomResizedCrop = null;
  const fields = differingFields([recipe, changed, null]);
  assert.deepEqual(fields.find(({ path }) => path === 'stages.1.optimizer.learningRate.head')?.values, [
    String(recipe.stages[1]!.optimizer.learningRate.head),
    '0.5',
    null,
  ]);
  assert.deepEqual(fields.find(({ path }) => path === 'seed')?.values, [String(recipe.seed), '7', null]);
  const crop = fields.filter(({ path }) => path.startsWith('trainViews.'));
  assert.ok(crop.some(({ values }) => values[1] === 'null' || values[1] === null));
  assert.ok(fields.every(({ values }) => values[0] !== values[1]));
});

test('overlayOf() aligns runs on one axis of epochs, with gaps where a run has none', () => {
  const short = other(1, { epochs: chestState.epochs.slice(0, 2) });
  const { epochs, series } = overlayOf(runsOf(a, short), 'valAuroc');
  assert.equal(epochs.length, chestState.epochs.length);
  assert.deepEqual(series[1]!.values.slice(0, 3), [
    ...chestState.epochs.slice(0, 2).map((row) => row.metrics.val.auroc),
    null,
  ]);
});

/** Log-odds of the second class. */
const scoresOf = ({ labels, logits }: Compared['predictions']) =>
  labels.map((_, i) => logits[2 * i + 1]! - logits[2 * i]!);

test('pairingOf() counts every image once, by each run’s own threshold', () => {
  const pairing = pairingOf(a, b);
  const right = ({ predictions }: Compared, i: number) =>
    Number(scoresOf(predictions)[i]! >= atProbability(0.4).logOdds) === predictions.labels[i];
  const expected = { bothRight: 0, onlyFirst: 0, onlySecond: 0, bothWrong: 0 };
  for (let i = 0; i < 60; i++)
    expected[right(a, i) ? (right(b, i) ? 'bothRight' : 'onlyFirst') : right(b, i) ? 'onlySecond' : 'bothWrong']++;
  const { bothRight, onlyFirst, onlySecond, bothWrong } = pairing;
  assert.deepEqual({ bothRight, onlyFirst, onlySecond, bothWrong }, expected);
  assert.ok(onlyFirst + onlySecond > 0);
  assert.equal(pairing.obstacle, null);
  assert.equal(pairing.mcnemar!.discordant, onlyFirst + onlySecond);
});

test('pairingOf() compares AUROCs of the same images even when their order differs', () => {
  const { relativePaths, labels, logits } = b.predictions;
  const order = labels.map((_, i) => i).reverse();
  const shuffled = {
    ...b,
    predictions: {
      classCount: 2,
      relativePaths: order.map((i) => relativePaths[i]!),
      labels: order.map((i) => labels[i]!),
      logits: logitColumns(order.flatMap((i) => [...logits.slice(2 * i, 2 * i + 2)])),
    },
  };
  const { delong } = pairingOf(a, shuffled);
  assert.deepEqual(delong, pairingOf(a, b).delong);
  assert.ok(Math.abs(delong!.areas[0] - pairwiseAuroc(a.predictions.labels, scoresOf(a.predictions))) < 1e-12);
});

test('pairingOf() scores the same class in both runs when their positive classes differ', () => {
  const evaluation = { ...b.run.state.evaluation!, positiveClass: 'NORMAL', threshold: 0.6 };
  const swapped: Compared = { ...b, run: { ...b.run, state: { ...b.run.state, evaluation } } };
  assert.deepEqual(pairingOf(a, swapped).delong, pairingOf(a, b).delong);
});

test('pairingOf() skips the tests when data, images, labels or classes differ, and says which', () => {
  const withState = (state: object): Compared => ({ ...b, run: { ...b.run, state: { ...b.run.state, ...state } } });
  const withPredictions = (change: object): Compared => ({ ...b, predictions: { ...b.predictions, ...change } });
  const { relativePaths, labels, logits } = b.predictions;
  const cases = [
    ['otherDataset', withState({ fingerprint: 'e'.repeat(64) })],
    ['otherDataset', withState({ fingerprint: null })],
    ['otherClasses', withState({ classNames: ['NORMAL', 'COVID'] })],
    ['otherImages', withPredictions({ relativePaths: ['test/other.png', ...relativePaths.slice(1)] })],
    [
      'otherImages',
      withPredictions({
        relativePaths: relativePaths.slice(1),
        labels: labels.slice(1),
        logits: logits.slice(2),
      }),
    ],
    ['otherLabels', withPredictions({ labels: [1 - labels[0]!, ...labels.slice(1)] })],
  ] as const;
  for (const [obstacle, second] of cases) {
    const pairing = pairingOf(a, second);
    assert.deepEqual([pairing.obstacle, pairing.mcnemar, pairing.delong], [obstacle, null, null], obstacle);
  }
});

test("pairingOf() uses the most probable class with more than two classes, without DeLong's test", () => {
  const three = (probabilities: number[]): Compared => ({
    run: { ...a.run, state: { ...a.run.state, classNames: ['x', 'y', 'z'] } },
    predictions: {
      relativePaths: ['1', '2', '3'],
      labels: [0, 1, 2],
      logits: logitColumns(logitsFrom(probabilities)),
      classCount: 3,
    },
  });
  const pairing = pairingOf(
    three([0.5, 0.3, 0.2, 0.1, 0.8, 0.1, 0.6, 0.2, 0.2]),
    three([0.5, 0.3, 0.2, 0.6, 0.3, 0.1, 0.1, 0.2, 0.7]),
  );
  assert.deepEqual([pairing.bothRight, pairing.onlyFirst, pairing.onlySecond, pairing.bothWrong], [1, 1, 1, 0]);
  assert.equal(pairing.delong, null);
  assert.equal(pairing.images[2]!.first.predicted, 'x');
  assert.ok(Math.abs(pairing.images[2]!.first.probability - 0.6) < 1e-12);
});

test("pairingOf() omits DeLong's test when a class is missing", () => {
  const { relativePaths, logits } = a.predictions;
  const ones = (side: Compared): Compared => ({
    ...side,
    predictions: { ...side.predictions, relativePaths, labels: relativePaths.map(() => 1), logits },
  });
  const pairing = pairingOf(ones(a), ones(b));
  assert.equal(pairing.obstacle, null);
  assert.equal(pairing.delong, null);
});

test('delongSentence() states difference, interval, p and meaning, always as a positive difference', () => {
  const open = {
    areas: [0.93, 0.918],
    difference: 0.012,
    standardError: 0.008,
    interval: [-0.004, 0.028],
    pValue: 0.14,
  };
  assert.equal(
    delongSentence(open as never, 'A', 'B'),
    'The AUROCs differ by 0.012 (95 % interval −0.004 to 0.028, p = 0.14): this test set does not tell them apart.',
  );
  const differs = {
    areas: [0.8, 0.9],
    difference: -0.1,
    standardError: 0.02,
    interval: [-0.139, -0.061],
    pValue: 1e-6,
  };
  assert.equal(
    delongSentence(differs as never, 'A', 'B'),
    'The AUROCs differ by 0.100 (95 % interval 0.061 to 0.139, p < 0.001): B ranks the images better than A, a larger difference than chance explains.',
  );
  const alike = { areas: [0.9, 0.9], difference: 0, standardError: 0, interval: null, pValue: null };
  assert.match(delongSentence(alike as never, 'A', 'B'), /no difference to test/);
});

test('mcnemarSentence() states the method and which run errs less often', () => {
  const exact = { discordant: 11, method: 'exact', pValue: 0.0654 } as const;
  assert.match(mcnemarSentence(exact, 2, 9, 'A', 'B'), /exact binomial, p = 0\.065\).*does not tell them apart/);
  const corrected = { discordant: 92, method: 'corrected', pValue: 1e-9 } as const;
  assert.match(
    mcnemarSentence(corrected, 2, 90, 'A', 'B'),
    /continuity correction, p < 0\.001\): B makes fewer errors/,
  );
  assert.match(mcnemarSentence({ discordant: 0, method: 'exact', pValue: 1 }, 0, 0, 'A', 'B'), /no difference to test/);
});
