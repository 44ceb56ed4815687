import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { type Detail, textPrinter } from '../../../runner/terminal/printer.ts';
import { plainLine } from '../../../runner/terminal/progressBar.ts';
import {
  epochHeader,
  epochLine,
  finalReport,
  runsTable,
  stageLine,
  startLine,
  weightsLine,
} from '../../../runner/terminal/runReport.ts';
import { nextSteps, shortReport } from '../../../runner/terminal/shortReport.ts';
import { columnsOf, duration, shortened } from '../../../runner/words/text.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { noLabels } from '../../../shared/contracts/labels.ts';
import type { Elsewhere } from '../../../shared/contracts/machine.ts';
import { chestXray } from '../../../shared/contracts/recipes.ts';
import { applyRunEvent, initialRunState, type RunState } from '../../../shared/contracts/runState.ts';
import { atProbability, logitsFrom } from '../../../shared/contracts/scores.ts';
import { evaluateSplit } from '../../../shared/metrics/metrics.ts';
import { mergedRun } from '../../../shared/runFolder/mergedRun.ts';
import { runId, storyOfARun } from '../../support/storyOfARun.ts';

const stateAfter = (events: readonly RunEvent[]): RunState => events.reduce(applyRunEvent, initialRunState(runId));
const whole = { width: Number.POSITIVE_INFINITY, withEpochs: false, testLooks: 1 };

/** Output as a terminal or a file would get it. */
function printed(
  events: readonly RunEvent[],
  { detail = 'verbose', columns = 0, next = false }: { detail?: Detail; columns?: number; next?: boolean } = {},
): string {
  const output = new PassThrough();
  if (columns > 0) Object.assign(output, { isTTY: true, columns });
  const printer = textPrinter(output as unknown as NodeJS.WriteStream, initialRunState(runId), detail, next);
  for (const event of events) printer.on(event);
  printer.report(stateAfter(events), '/runs/one', 1);
  return String(output.read());
}

const report = `Test: 8 images, looked at once, with the weights of epoch 2
  AUROC 0.8750   AUPRC 0.9000   loss 0.5200
  for comparison: baseline (majority class): accuracy 0.500; validation (8 images): AUROC 0.8750
  threshold 0.4000 on the probability of dog: Youden's J, chosen on validation
  accuracy     0.750 [0.409, 0.929; n = 8]   balanced accuracy  0.750 [0.400, 0.933; n = 8]
  sensitivity  0.750 [0.301, 0.954; n = 4]   specificity        0.750 [0.301, 0.954; n = 4]
  PPV          0.750 [0.301, 0.954; n = 4]   NPV                0.750 [0.301, 0.954; n = 4]
  F1           0.750 [0.375, 0.938; n = 5]
  in brackets: 95 % intervals, and the number of images behind each figure

true \\ predicted  cat  dog
cat                 3    1
dog                 1    3

              precision    recall  f1-score   support

         cat       0.75      0.75      0.75         4
         dog       0.75      0.75      0.75         4

    accuracy                           0.75         8
   macro avg       0.75      0.75      0.75         8
weighted avg       0.75      0.75      0.75         8

! The test split has only 8 images: its accuracy changes by 12.5 points when one image is classified differently.

Finished after 4.0 s.
Run: /runs/one
`;

const epochs = `epoch  stage     train loss    acc  AUROC  │  val loss    acc  AUROC  AUPRC   sens   spec       time
    1* head          0.7000  0.700  0.800  │    0.6000  0.750  0.800  0.800  0.750  0.750      1.0 s
    2* head          0.3500  0.700  0.800  │    0.6000  0.750  0.850  0.800  0.750  0.750      2.0 s
`;
const legend = '* = its weights are the stage’s best on validation so far; sens, spec: of the most probable class';

test('textPrinter() in verbose mode prints a run from start to end in aligned lines', () => {
  assert.equal(
    printed(storyOfARun(1)),
    `photos: resnet18 at 224 px on Test CPU, 2 threads
dataset: 2 classes (cat, dog), train 40, val 8, test 8; 1 unusable image left out (\`shoulders check\` says which and why)
! The test split has only 8 images: its accuracy changes by 12.5 points when one image is classified differently.
weights: random

stage 1 "head": 2 epochs, head trains (1026 parameters)
${legend}
${epochs}
${report}`,
  );
});

/** With the random weights, the 16 test images and the alarm of a first run. */
const firstRun = (): RunEvent[] => {
  const labels = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
  const dogs = [0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.48, 0.8, 0.3, 0.4, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95];
  const test = evaluateSplit({
    labels,
    logits: logitsFrom(dogs.flatMap((p) => [1 - p, p])),
    loss: 0.5,
    classNames: ['cat', 'dog'],
    positiveLabel: 1,
    threshold: atProbability(0.5),
  });
  const events = storyOfARun(1).map(
    (event): RunEvent =>
      event.type === 'evaluated'
        ? { ...event, test, threshold: 0.5 }
        : event.type === 'warning'
          ? { ...event, problem: { code: 'smallSplit', params: { split: 'validation', count: 8, step: 12.5 } } }
          : event.type === 'checked'
            ? { ...event, findings: [] }
            : event,
  );
  const params = { count: 8, value: '0.75', low: '0.41', high: '0.93' };
  events.splice(7, 0, { type: 'alarm', epoch: 1, problem: { code: 'alarmSmallValidation', params } });
  events.splice(4, 0, { type: 'warning', problem: { code: 'randomWeights', params: {} } });
  return events;
};

/** The lines that a terminal keeps. */
const withoutBar = (text: string): string => {
  // From saving the cursor to clearing the line.
  const bar = new RegExp(['7.*?', '8', '\\[1G', '\\[2K'].map((code) => `\u001b${code}`).join(''), 'gs');
  return text.replace(bar, '');
};

test('textPrinter() prints a run on one screen: short warnings, figures in plain words, what may follow', () => {
  const text = withoutBar(printed(firstRun(), { detail: 'short', columns: 80, next: true }));
  // 51.5 of 64 pairs of a dog and a cat are ranked right; Wilson's intervals of 13 of 16, 6 of 8 and 7 of 8.
  assert.equal(
    text,
    `resnet18 on pets: recipe photos, 224 px, Test CPU, 2 threads
dataset: 2 classes (cat, dog), train 40, val 8, test 8
! The validation split has only 8 images
weights: random
! This run starts from random weights, not from ImageNet

stage 1 "head": 2 epochs, head trains (1026 parameters)
* = its weights are the stage’s best on validation so far
epoch  stage     train loss    acc  AUROC  │  val loss    acc  AUROC       time
    1* head          0.7000  0.700  0.800  │    0.6000  0.750  0.800      1.0 s
    2* head          0.3500  0.700  0.800  │    0.6000  0.750  0.850      2.0 s

Test: 16 images, evaluated once, epoch 2 of a run from random weights
  AUROC        0.805 [0.492, 0.946]  "dog" scores above "cat" in 80.5 % of pairs
  accuracy     0.812 [0.570, 0.934]  13 of 16 right; one class for all: 0.500
  sensitivity  0.750 [0.409, 0.929]  6 of 8 "dog" recognized
  specificity  0.875 [0.529, 0.978]  7 of 8 "cat" recognized
  Says "dog" from probability 0.500 on (threshold chosen on validation).
  In brackets: 95 % intervals. All figures: --verbose, or shoulders report RUN.
! The interval of AUROC contains 0.5: guessing explains this result as well.
Finished after 4.0 s.
Run: /runs/one
Next: shoulders report RUN, evaluate RUN --data FOLDER, explain RUN IMAGE
`,
  );
  for (const line of text.split('\n')) assert.ok(columnsOf(line) <= 80, line);
});

test('textPrinter() on one screen keeps beside the figures what makes them too optimistic or not diagnostic', () => {
  const events = firstRun().map((event) => (event.type === 'started' ? { ...event, recipe: chestXray } : event));
  events.splice(4, 0, { type: 'warning', problem: { code: 'leak', params: { count: 2 } } });
  const [, end] = printed(events, { detail: 'short' }).split('\nTest: ');
  assert.match(end!, /^! 2 images or groups appear in more than one split, so the test results are too optimistic$/m);
  assert.match(end!, /^! Not for diagnostic use\.$/m);
});

test('textPrinter() on one screen prints an alarm of another kind, and every wait for the disk whole', () => {
  const events = firstRun();
  const params = { since: 1, low: '0.2', high: '0.5', now: '0.9' };
  events.splice(9, 0, { type: 'alarm', epoch: 2, problem: { code: 'alarmOverfitting', params } });
  const problem = { code: 'waitsForSpace', params: { file: '/r/model' } };
  events.splice(10, 0, { type: 'paused', problem });
  const text = printed(events, { detail: 'short' });
  assert.match(text, /^! Overfitting since about epoch 1, as the validation loss has risen from 0\.2 to 0\.9$/m);
  assert.match(text, /^! Paused because the disk is full: .* nothing is lost\.$/m);
});

test('shortReport() of three classes explains AUROC, counts the right ones, and names no threshold', () => {
  const text = shortReport(threeClasses(), '/runs/one', 2);
  assert.match(
    text,
    /^Test: 4 images, evaluated twice, epoch 2 of a run from random weights\n {2}AUROC {14}1\.000 \[0\.620, 1\.000\] {2}mean over the classes; 1 is perfect, 0\.5 is guessing\n {2}accuracy {11}0\.750 \[0\.301, 0\.954\] {2}3 of 4 right; one class for all: 0\.500\n {2}balanced accuracy {2}0\.833 \[/,
  );
  assert.doesNotMatch(text, /threshold|sensitivity|guessing explains/);
});

test('shortReport() of a stopped run says what is kept', () => {
  const events = storyOfARun(1).slice(0, 8);
  const stopped = stateAfter([...events, { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 65_000 }]);
  assert.equal(
    shortReport(stopped, '/r', 0),
    'Stopped after 1 min 05 s; the best weights (val AUROC 0.8500) are kept.\nRun: /r\n',
  );
  assert.equal(nextSteps(stopped), 'Next: shoulders resume RUN');
});

test('textPrinter() in quiet mode prints the epochs and the report only', () => {
  assert.equal(printed(storyOfARun(1), { detail: 'quiet' }), `${epochs}${legend}\n\n${report}`);
});

test('textPrinter() on a terminal clears its bar and leaves the same lines as a file', () => {
  const text = printed(storyOfARun(1), { columns: 120 });
  assert.match(text, /training, epoch 1/);
  assert.equal(withoutBar(text), printed(storyOfARun(1)));
  // Hidden and shown, wrapping off and on: equally often.
  for (const [off, on] of [
    ['\u001b[?25l', '\u001b[?25h'],
    ['\u001b[?7l', '\u001b[?7h'],
  ] as const)
    assert.equal(text.split(off).length, text.split(on).length);
});

test('epochLine() fits 80 columns by omitting figures', () => {
  const state = stateAfter(storyOfARun(1));
  const lines = [epochHeader(80), epochLine(state, state.epochs[0]!, 80)];
  assert.deepEqual(lines, [
    'epoch  stage     train loss    acc  AUROC  │  val loss    acc  AUROC       time',
    '    1* head          0.7000  0.700  0.800  │    0.6000  0.750  0.800      1.0 s',
  ]);
  for (const line of lines) assert.ok(columnsOf(line) <= 80);
});

test('finalReport() marks a medical recipe and random weights beside the numbers', () => {
  const events = storyOfARun(1).map((event) => (event.type === 'started' ? { ...event, recipe: chestXray } : event));
  events.splice(4, 0, { type: 'warning', problem: { code: 'randomWeights', params: {} } });
  const text = finalReport(stateAfter(events), '/runs/one', whole);
  assert.match(text, /^! This run starts from random weights, not from ImageNet/m);
  assert.match(text, /^! Not for diagnostic use\.$/m);
});

test('weightsLine() and runsTable() name starter weights', () => {
  const weights = { kind: 'starter', name: 'starter', sha256: 'ab'.repeat(32), verified: true } as const;
  assert.equal(weightsLine(weights), 'weights: starter weights (learned from drawings), as shipped (SHA-256)');
  const state = { ...stateAfter(storyOfARun(1)), weights };
  assert.match(
    runsTable([{ folder: '/r/1', ...merged(state), labels: noLabels, problem: null }]),
    /test AUROC 0\.8750 {2}starter weights$/m,
  );
});

const threeClasses = (): RunState => {
  const classNames = ['猫', 'dog', 'a very long class name indeed, beyond all need'];
  const evaluation = evaluateSplit({
    labels: [0, 1, 2, 2],
    logits: logitsFrom([0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8, 0.6, 0.2, 0.2]),
    loss: 0.5,
    classNames,
    positiveLabel: null,
    threshold: null,
  });
  const state = stateAfter(storyOfARun(1));
  return {
    ...state,
    classNames,
    evaluation: { val: evaluation, test: evaluation, threshold: null, positiveClass: null, keptEpoch: 2 },
  };
};

test('finalReport() of three classes states the decision rule and aligns wide and long names', () => {
  const text = finalReport(threeClasses(), '/runs/one', whole);
  assert.match(
    text,
    /^ {2}AUROC 1\.0000 \[0\.6202, 1\.0000\] {3}AUPRC 1\.0000 \[0\.5665, 1\.0000\] {3}loss 0\.5000\n.*\n {2}calibration: .*\n {4}a perfectly calibrated model has an ECE of .*\n {2}decision: the most probable class\n {2}accuracy {2}0\.750 \[0\.301, 0\.954; n = 4\] {3}balanced accuracy {2}0\.833 \[/m,
  );
  assert.ok(
    text.includes(`
true \\ predicted          猫  dog  a very long class name …
猫                         1    0                         0
dog                        0    1                         0
a very long class name …   1    0                         1
`),
    text,
  );
});

test('finalReport() gives AUROC and AUPRC with intervals, the chance level, and calibration before and after', () => {
  const evaluation = evaluateSplit({
    labels: [0, 0, 0, 1, 1],
    logits: logitsFrom([0.8, 0.2, 0.7, 0.3, 0.4, 0.6, 0.5, 0.5, 0.1, 0.9]),
    loss: 0.5,
    classNames: ['cat', 'dog'],
    positiveLabel: 1,
    threshold: atProbability(0.4),
    temperature: 2,
  });
  const state = stateAfter(storyOfARun(1));
  const tested = { ...state.evaluation!, val: evaluation, test: evaluation, temperature: 2 };
  const text = finalReport({ ...state, evaluation: tested }, '/r', whole);
  const { auroc, auprc } = evaluation.figures!;
  const within = (interval: readonly number[] | null) => `[${interval!.map((end) => end.toFixed(4)).join(', ')}]`;
  const chance = 'by chance 0.4000';
  assert.ok(
    text.includes(
      `  AUROC 0.8333 ${within(auroc.interval)}   AUPRC 0.8333 ${within(auprc.interval)}, ${chance}   loss`,
    ),
    text,
  );
  const { scaled, ...plain } = evaluation.calibration!;
  assert.ok(scaled!.brier !== plain.brier);
  const both = ({ ece, brier, figures }: typeof plain) =>
    `ECE ${ece!.toFixed(4)} ${within(figures!.ece.interval)}, Brier ${brier!.toFixed(4)} ${within(figures!.brier.interval)}`;
  const { mean, high } = plain.figures!.eceByChance!;
  for (const line of [
    `  calibration: ${both(plain)}`,
    `    a perfectly calibrated model has an ECE of about ${mean.toFixed(4)}, seldom above ${high.toFixed(4)}`,
    `    with temperature 2.000 from validation: ${both(scaled!)}`,
  ])
    assert.ok(text.includes(`${line}\n`), `${line}\n${text}`);
});

test('finalReport() reports when no threshold beats chance, and what a stopped run keeps', () => {
  const state = stateAfter(storyOfARun(1));
  const noThreshold = { ...state, evaluation: { ...state.evaluation!, threshold: null } };
  assert.match(finalReport(noThreshold, '/r', whole), /no threshold is better than chance on validation/);
  const stopped = stateAfter([
    ...storyOfARun(1).slice(0, 8),
    { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 65_000 },
  ]);
  assert.ok(
    finalReport(stopped, '/r', whole).endsWith(
      '\n\nStopped after 1 min 05 s; the best weights (val AUROC 0.8500) are kept.\nRun: /r\n',
    ),
  );
});

test('names from disk cannot send control sequences to the terminal', () => {
  const evil = '\u001b[2Jcat\u202e';
  const events = storyOfARun(1).map((event) =>
    event.type === 'checked' ? { ...event, classNames: [evil, 'dog'] } : event,
  );
  const text = printed(events);
  assert.ok(!text.includes('\u001b') && !text.includes('\u202e'));
  assert.match(text, /\\u\{1b\}\[2Jcat\\u\{202e\}/);
});

const merged = (state: RunState) => mergedRun({ state, lastAt: undefined, begunAt: undefined }, undefined);

test('runsTable() aligns runs, marks caveats of a number, and explains why a run is unreadable', () => {
  const state = stateAfter(storyOfARun(1));
  const medical = { ...state, runId: 'second', recipe: chestXray, status: 'running' as const };
  assert.equal(
    runsTable([
      { folder: '/r/1', ...merged(state), labels: noLabels, problem: null },
      { folder: '/r/2', ...merged(medical), labels: noLabels, problem: null },
      { folder: '/r/3', state: undefined, labels: noLabels, problem: { code: 'runNewer', params: { run: 'third' } } },
    ]),
    `run                                 state     recipe      epochs  result
20261123-101500-pets-resnet18-00ff  finished  photos           2  test AUROC 0.8750  random weights
second                              running   chest-xray       2  test AUROC 0.8750  random weights, not for diagnostic use
! The run "third" was written by a newer version: update Shoulders to open it.
`,
  );
  assert.match(runsTable([]), /^No runs here yet/);
});

test('runsTable() names the machine of a remote run and how long it has been silent, without failing it', () => {
  const state = { ...stateAfter(storyOfARun(1)), status: 'running' as const };
  const now = new Date(2026, 10, 30, 14, 3);
  const since = (minutes: number, host = 'ward') => ({ host, lastSignMs: now.getTime() - minutes * 60_000 });
  const row = (elsewhere: Elsewhere, status: RunState['status'] = 'running') => ({
    folder: '/r/1',
    ...merged({ ...state, status }),
    labels: noLabels,
    problem: null as null,
    elsewhere,
  });
  const told = runsTable([row(since(1)), row(since(0), 'paused'), row(since(60)), row(since(-9, 'a\u001bb'))], now);
  assert.deepEqual(
    told.split('\n').map((line) => /[0-9a-f]{4} {2}(.+?) {2,}photos/.exec(line)?.[1]),
    [
      undefined,
      'running on ward',
      'paused on ward',
      'no sign of life from ward since 2026-11-30 13:03',
      'running on a\\u{1b}b',
      undefined,
    ],
  );
});

test('runsTable() shows star, name and tags of a run, as harmless text', () => {
  const state = stateAfter(storyOfARun(1));
  const named = { ...noLabels, starred: true, name: 'warm\u001b[2J start', tags: ['pilot', 'to show'] };
  assert.equal(
    runsTable([
      { folder: '/r/1', ...merged(state), labels: named, problem: null },
      { folder: '/r/2', ...merged({ ...state, runId: 'second' }), labels: noLabels, problem: null },
    ]),
    `run                                 state     recipe  epochs  result                             labels
20261123-101500-pets-resnet18-00ff  finished  photos       2  test AUROC 0.8750  random weights  * warm\\u{1b}[2J start #pilot #to show
second                              finished  photos       2  test AUROC 0.8750  random weights
`,
  );
});

test('stageLine() states which part trains and its size', () => {
  const stage = {
    type: 'stageStarted',
    stage: 1,
    name: 'all',
    epochs: 1,
    unfreeze: 'all',
    trainableParameters: 11_177_538,
    batchNorm: 'frozen',
  } as const;
  assert.equal(stageLine(stage), 'stage 2 "all": 1 epoch, all layers train (11.18 M parameters)');
  assert.match(stageLine({ ...stage, unfreeze: 'layer4' }), /layer4 and above train/);
  assert.match(stageLine({ ...stage, batchNorm: 'train' }), /M parameters, BatchNorm in train mode\)$/);
});

test('plainLine() prints progress once a minute when nothing else is printed', () => {
  let nowMs = 0;
  const lines: string[] = [];
  const line = plainLine({ write: (text) => lines.push(text) }, () => nowMs);
  const progress = {
    type: 'progress',
    phase: 'training',
    total: 5216,
    stage: 0,
    epoch: 1,
    imagesPerSecond: 20.13,
    etaMs: 723_000,
  } as const;
  for (let second = 1; second <= 90; second++) {
    nowMs = second * 1000;
    line.show({ ...progress, done: second * 20 });
  }
  assert.deepEqual(lines, ['training, epoch 1: 1200 of 5216, 20.1 images/s, 12 min 03 s left\n']);
  line.print('an epoch');
  nowMs += 59_000;
  line.show({ ...progress, done: 3000 });
  assert.equal(lines.length, 2);
});

test('startLine() names the device, with the reason on its own line', () => {
  const [started] = storyOfARun(1);
  assert.ok(started?.type === 'started');
  const why = { code: 'gpuAsked', params: { gpu: 'tfjs-node 4.22.0' } };
  const [first, second, ...rest] = startLine({
    ...started,
    device: { name: 'CPU', engine: 'tfjs-node 4.22.0', threads: 2, why },
  }).split('\n');
  assert.match(first!, / on CPU \(tfjs-node 4\.22\.0\)$/);
  assert.match(second!, /^Using tfjs-node 4\.22\.0, as requested/);
  assert.deepEqual(rest, []);
});

test('duration() carries over, so 60 seconds or minutes never appear', () => {
  const cases: [ms: number, text: string][] = [
    [0, '0.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 00 s'],
    [119_700, '2 min 00 s'],
    [3_599_600, '1 h 00 min'],
    [7_170_000, '2 h 00 min'],
  ];
  for (const [ms, text] of cases) assert.equal(duration(ms), text);
});

test('shortened() truncates by columns and never splits a character', () => {
  assert.equal(shortened('猫猫猫', 5), '猫猫…');
  assert.equal(shortened('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3), '👩‍👩‍👧‍👦…');
  assert.equal(shortened('cat', 3), 'cat');
});
