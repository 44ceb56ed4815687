// The evaluation panel's reducer and its pure parts, against brute force and the metrics' own rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { atLogOdds, atProbability, probabilityAt } from '../../../shared/contracts/scores.ts';
import { EvaluationPanelState, FromEvaluationPanel, ToEvaluationPanel } from '../../../shared/messages/evaluation.ts';
import { figuresAt } from '../../../shared/metrics/figuresAt.ts';
import { thresholdBy } from '../../../shared/metrics/threshold.ts';
import { scoreHistogram } from '../../../webview/classification/scoreHistogram.ts';
import { decidedFigures } from '../../../webview/evaluation/figures.ts';
import {
  type LabelledSide,
  modelOf,
  outcomesAt,
  pickedImages,
  positiveLabelOf,
  temperatureOf,
  thresholdOf,
} from '../../../webview/evaluation/model.ts';
import { evaluationNotes } from '../../../webview/evaluation/notes.ts';
import {
  type EvaluationAction,
  initialEvaluationState,
  keptState,
  reduceEvaluation,
} from '../../../webview/evaluation/state.ts';
import { assertProperty } from '../../support/property.ts';
import { countDecisions } from '../support/bruteForce.ts';
import {
  drawScores,
  manySnapshot,
  scoresOf,
  snapshotOf,
  twoTest,
  twoVal,
  unlabelledSnapshot,
} from '../support/evaluations.ts';

const positives = (scores: typeof twoTest) => ({ labels: scores.labels!, scores: scoresOf(scores) });
const [test2, val2] = [positives(twoTest), positives(twoVal)];
const model = modelOf(snapshotOf(), false)!;
const side = model.side as LabelledSide;

const after = (...actions: readonly EvaluationAction[]) => actions.reduce(reduceEvaluation, initialEvaluationState());

test('moving the threshold conserves the images: TP + FN are the positives, TN + FP the negatives, as in brute force', () => {
  assertProperty(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (probability) => {
      const threshold = atProbability(probability);
      const { figures } = decidedFigures(model, side, threshold, null);
      const { tp, fn, fp, tn } = countDecisions(test2.labels, test2.scores, threshold.logOdds);
      assert.deepEqual(figures.counts, {
        truePositives: tp,
        falsePositives: fp,
        falseNegatives: fn,
        trueNegatives: tn,
      });
      assert.equal(tp + fn, 90);
      assert.equal(tn + fp, 60);
      const wrong = outcomesAt(model, threshold).filter(({ correct }) => correct === false).length;
      assert.equal(wrong, fp + fn);
    }),
  );
});

test('presets are fitted on validation and only applied to the displayed images', () => {
  const snapshot = snapshotOf();
  const rules = [
    [{ type: 'youden' }, { rule: 'youden' }],
    [
      { type: 'sensitivity', atLeast: 0.95 },
      { rule: 'sensitivity', atLeast: 0.95 },
    ],
    [
      { type: 'specificity', atLeast: 0.9 },
      { rule: 'specificity', atLeast: 0.9 },
    ],
    [
      { type: 'costs', falseNegative: 5, falsePositive: 1 },
      { rule: 'costs', costFalseNegative: 5, costFalsePositive: 1 },
    ],
  ] as const;
  for (const [preset, rule] of rules) {
    const chosen = thresholdOf(snapshot, model, preset).threshold.logOdds;
    assert.equal(chosen, thresholdBy(rule, val2.labels, val2.scores).threshold, preset.type);
    assert.notEqual(chosen, thresholdBy(rule, test2.labels, test2.scores).threshold, preset.type);
  }
  const { logOdds } = thresholdOf(snapshot, model, rules[1][0]).threshold;
  const reached = figuresAt(val2.labels, val2.scores, logOdds);
  assert.ok(reached.sensitivity.value! >= 0.95);
});

test('without validation no preset is fitted, least of all on the displayed images', () => {
  const snapshot = snapshotOf({ validation: null });
  const alone = modelOf(snapshot, false)!;
  const chosen = thresholdOf(snapshot, alone, { type: 'youden' });
  assert.deepEqual([chosen.threshold, chosen.reason], [{ probability: 0.5, logOdds: 0 }, 'noValidation']);
  assert.equal(thresholdOf(snapshot, alone, null).preset.type, 'half');
  assert.equal(temperatureOf(snapshot).value, null);
});

test("the model's own threshold is the default, and decides the same on the calibrated scale", () => {
  const own = val2.scores[17]!;
  const snapshot = snapshotOf({}, { threshold: { ...atLogOdds(own), from: 'val' } });
  const [before, calibrated] = [modelOf(snapshot, false)!, modelOf(snapshot, true)!];
  const plain = thresholdOf(snapshot, before, null);
  const scaled = thresholdOf(snapshot, calibrated, null);
  assert.deepEqual(plain.threshold, atLogOdds(own));
  assert.equal(scaled.threshold.logOdds, own);
  assert.equal(scaled.threshold.probability, probabilityAt(own / temperatureOf(snapshot).value!));
  assert.deepEqual(
    outcomesAt(before, plain.threshold).map(({ predicted }) => predicted),
    outcomesAt(calibrated, scaled.threshold).map(({ predicted }) => predicted),
  );
});

test('calibration keeps the decisions of every manual threshold, when turned on and off', () => {
  const tried = fc.oneof(
    fc.constantFrom(...test2.scores).map((logOdds) => ({ logOdds })),
    fc.double({ min: 0.001, max: 0.999, noNaN: true }).map((probability) => ({ probability })),
  );
  const snapshot = snapshotOf();
  const decided = ({ snapshot, preset, calibrated }: ReturnType<typeof after>) => {
    const model = modelOf(snapshot!, calibrated)!;
    return outcomesAt(model, thresholdOf(snapshot!, model, preset).threshold).map(({ predicted }) => predicted);
  };
  assertProperty(
    fc.property(tried, (asked) => {
      const plain = after(snapshot, { type: 'thresholdMoved', asked });
      const calibrated = reduceEvaluation(plain, { type: 'calibratedSet', on: true });
      const back = reduceEvaluation(calibrated, { type: 'calibratedSet', on: false });
      assert.notDeepEqual(calibrated.preset, plain.preset);
      assert.deepEqual(decided(calibrated), decided(plain));
      assert.deepEqual(decided(back), decided(plain));
    }),
    { numRuns: 30 },
  );
});

test('a threshold typed on the calibrated scale applies to the calibrated probabilities', () => {
  const asked = { probability: 0.8 };
  const state = after(snapshotOf(), { type: 'calibratedSet', on: true }, { type: 'thresholdMoved', asked });
  const model = modelOf(state.snapshot!, true)!;
  const { threshold } = thresholdOf(state.snapshot!, model, state.preset);
  assert.equal(threshold.probability, 0.8);
  assert.deepEqual(
    outcomesAt(model, threshold).map(({ predicted }) => predicted),
    model.side!.probabilities.map((p) => (p >= 0.8 ? 1 : 0)),
  );
});

test('image lists are a cell by loss, the closest calls, the highest losses, or all', () => {
  const outcomes = outcomesAt(model, atLogOdds(0));
  const losses = model.labels!.map((label, i) => Math.log1p(Math.exp((label === 1 ? -1 : 1) * test2.scores[i]!)));
  const cell = pickedImages(model, outcomes, { type: 'cell', actual: 1, predicted: 0 });
  const { fn } = countDecisions(test2.labels, test2.scores, 0);
  assert.equal(cell.length, fn);
  const inOrder = (images: readonly { index: number }[], key: (index: number) => number) =>
    images.every(({ index }, i) => i === 0 || key(images[i - 1]!.index) <= key(index));
  assert.ok(inOrder(cell, (i) => -losses[i]!));
  assert.ok(inOrder(pickedImages(model, outcomes, { type: 'topLosses' }), (i) => -losses[i]!));
  assert.ok(inOrder(pickedImages(model, outcomes, { type: 'nearest' }), (i) => Math.abs(test2.scores[i]!)));
  assert.equal(pickedImages(model, outcomes, { type: 'all' }).length, 150);
});

test('unlabelled images have predictions and no losses, the most confident first', () => {
  const unlabelled = modelOf(unlabelledSnapshot(), false)!;
  const outcomes = outcomesAt(unlabelled, atLogOdds(0));
  assert.ok(outcomes.every(({ loss, correct }) => loss === null && correct === null));
  const [first] = pickedImages(unlabelled, outcomes, { type: 'all' });
  assert.equal(test2.scores[first!.index], Math.max(...test2.scores));
  assert.deepEqual(pickedImages(unlabelled, outcomes, { type: 'topLosses' }), []);
});

test('the positive class is the configured one, else the second; with more than two there is none', () => {
  assert.equal(positiveLabelOf(snapshotOf({}, { positiveClass: 'NORMAL' }).subject), 0);
  assert.equal(positiveLabelOf(snapshotOf({}, { positiveClass: 'gone' }).subject), 1);
  assert.equal(positiveLabelOf(manySnapshot().subject), null);
  const flipped = modelOf(snapshotOf({}, { positiveClass: 'NORMAL' }), false)!;
  assert.equal(flipped.side!.scores[3], -test2.scores[3]!);
});

test('predictions with another number of classes are not drawn', () => {
  assert.equal(modelOf(snapshotOf({}, { classNames: ['a', 'b', 'c'] }), false), null);
});

test('ten of many small classes are named, the others counted', () => {
  const classNames = Array.from({ length: 14 }, (_, label) => `class ${label}`);
  const sizes = classNames.map((_, label) => (label === 13 ? 0 : 2));
  const shown = drawScores({ split: 'test', sizes, classNames, separation: 1 });
  const many = manySnapshot({ shown, validation: null }, { classNames });
  const notes = evaluationNotes(many, modelOf(many, false)).join('\n');
  assert.match(notes, /class 8 \(2\), class 9 \(2\) and 3 more/);
  assert.doesNotMatch(notes, /class 10 /);
  assert.match(notes, /class 13/);
});

test('a single class and few images are explained in sentences', () => {
  const one = snapshotOf({
    shown: { ...twoTest, labels: twoTest.labels!.map(() => 1) },
    testLooks: null,
    places: { gone: ['test/a.png'], moved: [{ from: 'test/b.png', to: 'c.png' }] },
  });
  const notes = evaluationNotes(one, modelOf(one, false)).join('\n');
  assert.match(notes, /All of these images are PNEUMONIA: AUROC/);
  assert.match(notes, /No longer in place: 1 of these images, for example test\/a\.png/);
  assert.match(notes, /Moved or renamed since then: 1 of these images/);
  assert.match(
    evaluationNotes(manySnapshot(), modelOf(manySnapshot(), false)).join('\n'),
    /Few images of horse.*\(20\)/,
  );
});

test('a run from starter weights is marked beside its figures', () => {
  const snapshot = snapshotOf({});
  const starter = { ...snapshot, subject: { ...snapshot.subject, initialWeights: 'starter' as const } };
  assert.match(evaluationNotes(starter, null).join('\n'), /learned from drawings: ImageNet weights are better/);
  assert.doesNotMatch(evaluationNotes(snapshot, null).join('\n'), /drawings|random/);
});

test('the number of looks at the test split is shown', () => {
  const told = (testLooks: { training: number; evaluate: number; panel: number }) =>
    evaluationNotes(snapshotOf({ testLooks }), null).join('\n');
  assert.match(
    told({ training: 1, evaluate: 3, panel: 2 }),
    /looked at 6 times \(end of training 1, command line 3, here 2\)/,
  );
  assert.match(told({ training: 0, evaluate: 0, panel: 1 }), /first look/);
});

test('the histogram counts every image once, including those at 0 and at 1', () => {
  assertProperty(
    fc.property(fc.array(fc.tuple(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))), (rows) => {
      const names = { positive: 'p', negative: 'n', all: 'all' };
      const [labels, scores] = [rows.map(([label]) => label), rows.map(([, score]) => score)];
      const { up, down } = scoreHistogram({ labels, scores, names });
      const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
      assert.equal(sum(up.counts), labels.filter((label) => label === 1).length);
      assert.equal(sum(up.counts) + sum(down!.counts), rows.length);
    }),
  );
  const { up } = scoreHistogram({
    labels: null,
    scores: [0, 1, 0.5],
    names: { positive: 'p', negative: 'n', all: 'all' },
    bins: 2,
  });
  assert.deepEqual(up.counts, [1, 2]);
});

test('stored state is restored, except for parts that no longer fit the classes', () => {
  const state = after(
    snapshotOf(),
    { type: 'presetPicked', preset: { type: 'sensitivity', atLeast: 0.9 } },
    { type: 'prevalenceSet', prevalence: 0.1 },
    { type: 'imagesPicked', pick: { type: 'cell', actual: 1, predicted: 0 } },
    { type: 'matrixShareSet', share: 'column' },
  );
  const kept = EvaluationPanelState.parse(keptState(state));
  const again = reduceEvaluation(initialEvaluationState(kept), snapshotOf());
  assert.deepEqual(keptState(again), kept);
  const foreign = initialEvaluationState({ ...kept, pick: { type: 'cell', actual: 3, predicted: 0 }, pickedClass: 3 });
  const fitted = reduceEvaluation(foreign, snapshotOf());
  assert.deepEqual([fitted.pick, fitted.pickedClass], [null, 1]);
  assert.equal(keptState(initialEvaluationState()), undefined);
});

test('moving images changes their paths and no number', () => {
  const before = after(snapshotOf());
  const places = { gone: [], moved: [{ from: 'a', to: 'b' }] };
  const now = reduceEvaluation(before, { type: 'places', places });
  assert.deepEqual(now.snapshot?.places, places);
  assert.equal(now.snapshot?.shown, before.snapshot?.shown);
});

test('the contract refuses mismatched columns, non-finite scores and oversized text', () => {
  const refused = (message: unknown) => assert.ok(!ToEvaluationPanel.safeParse(message).success);
  assert.ok(ToEvaluationPanel.safeParse(snapshotOf()).success);
  refused(snapshotOf({ shown: { ...twoTest, labels: [0] } }));
  refused(snapshotOf({ shown: { ...twoTest, labels: twoTest.labels!.map(() => 2) } }));
  refused(snapshotOf({ shown: { ...twoTest, logits: twoTest.logits.map(() => Number.NaN) } }));
  const sent = (message: unknown) => FromEvaluationPanel.safeParse(message).success;
  assert.ok(!sent({ type: 'relabel', relativePaths: [], className: 'cat' }));
  assert.ok(!sent({ type: 'savePicture', name: 'roc', format: 'pdf', data: 'x' }));
  assert.ok(!sent({ type: 'copy', text: 'x'.repeat(10_000_001) }));
});
