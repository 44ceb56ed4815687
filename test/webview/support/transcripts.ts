// Runs for a panel: seeded predictions, and events whose numbers follow from them by brute force.
import type { ClassificationReport, SplitEvaluation } from '../../../shared/contracts/classification/evaluation.ts';
import { RunEvent } from '../../../shared/contracts/events.ts';
import type { Finding } from '../../../shared/contracts/finding.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { chestXray, photos } from '../../../shared/contracts/recipes.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import type { Predictions, Standing, ToPanel } from '../../../shared/messages/run.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { normal, stream } from '../../../shared/random.ts';
import { averagePrecision, countDecisions, largestYouden, pairwiseAuroc } from './bruteForce.ts';

export interface Transcript {
  readonly runId: string;
  readonly classNames: readonly string[];
  /** All events of the run, in order. */
  readonly events: readonly RunEvent[];
  /** Validation predictions by epoch; `null` for those of the kept weights. */
  readonly predictions: ReadonlyMap<number | null, Predictions>;
}

interface Plan {
  readonly runId: string;
  readonly dataset: string;
  readonly recipe: Recipe;
  readonly classNames: readonly string[];
  readonly counts: { readonly train: number[]; readonly val: number[]; readonly test: number[] };
  readonly findings: Finding[];
  /** Separation of the classes after an epoch, in logits. */
  readonly separation: (epoch: number) => number;
  readonly pretrained: boolean;
}

/** Two classes, 16 validation images, two stages: the chest X-ray dataset in its given split. */
export const chestXrayRun = (): Transcript =>
  transcript({
    runId: '20261123-091500-chest-xray-resnet50-1a2b',
    dataset: '/home/ada/data/chest_xray',
    recipe: chestXray,
    classNames: ['NORMAL', 'PNEUMONIA'],
    counts: { train: [1341, 3875], val: [8, 8], test: [234, 390] },
    findings: [
      {
        kind: 'corrupt',
        relativePath: 'train/NORMAL/IM-0115-0001.jpeg',
        reason: 'the file ends after 310 of 512 rows',
      },
      { kind: 'suspect', relativePath: 'train/PNEUMONIA/person7_bacteria_21.jpeg', reason: 'no end marker' },
      { kind: 'suspect', relativePath: 'train/PNEUMONIA/person9_virus_3.jpeg', reason: '16 bits per channel' },
      {
        kind: 'duplicate',
        relativePaths: ['train/NORMAL/IM-0301-0001.jpeg', 'test/NORMAL/NORMAL2-IM-0301-0001.jpeg'],
        splits: ['train', 'test'],
        classNames: ['NORMAL', 'NORMAL'],
      },
      { kind: 'groupOverlap', group: 'person23', splits: ['train', 'test'], imageCount: 5 },
      { kind: 'ignored', relativePath: '__MACOSX', reason: 'archive leftovers' },
      { kind: 'note', text: 'PNEUMONIA has 2.9 times as many training images as NORMAL.' },
    ],
    separation: (epoch) =>
      0.35 + 0.9 * (1 - Math.exp(-epoch / 4)) + (epoch > 5 ? 0.5 * (1 - Math.exp(-(epoch - 5) / 3)) : 0),
    pretrained: true,
  });

/** Four classes, random weights, 160 validation images, 40 of each class. */
export const animalsRun = (): Transcript =>
  transcript({
    runId: '20261123-101500-animals-resnet18-3c4d',
    dataset: 'C:\\Users\\ada\\Pictures\\animals',
    recipe: { ...photos, weights: 'none' },
    classNames: ['cat', 'dog', 'horse with a very long name, as class folders sometimes have', 'owl'],
    counts: { train: [200, 200, 200, 200], val: [40, 40, 40, 40], test: [40, 40, 40, 40] },
    findings: [],
    separation: (epoch) => 0.2 + 0.14 * epoch,
    pretrained: false,
  });

/** The events up to and including the given epoch's. */
export function upToEpoch(events: readonly RunEvent[], epoch: number): RunEvent[] {
  return events.slice(0, events.findIndex((event) => event.type === 'epoch' && event.epoch === epoch) + 1);
}

/** Reply of the host: the run after these events, with these predictions. */
export const snapshotOf = (
  run: Transcript,
  events: readonly RunEvent[],
  predictions: Predictions | null,
  more: Partial<Snapshot> = {},
): Snapshot => ({
  type: 'snapshot',
  run: events.reduce(applyRunEvent, initialRunState(run.runId)),
  nextSeq: events.length,
  predictions,
  isReading: false,
  standing: standingOf(run, events),
  imageRoot: 'http://panel.test/pictures',
  strings: {},
  ...more,
});

/** The editor's state of such a run. */
export const standingOf = (run: Transcript, events: readonly RunEvent[], more: Partial<Standing> = {}): Standing => ({
  name: events.reduce(applyRunEvent, initialRunState(run.runId)).dataset?.split(/[\\/]/).at(-1) ?? run.runId,
  phase: events.some(({ type }) => type === 'ended') ? 'ended' : 'open',
  stopRequested: false,
  pauseRequested: false,
  resumable: false,
  elsewhere: null,
  lastLines: [],
  ...more,
});

/** Twelve of the validation images, spread over the classes; `row` is their index in the run's predictions. */
export function samplesOf({ classNames, predictions }: Transcript): Extract<RunEvent, { type: 'samples' }> {
  const { labels } = predictions.get(1)!;
  const images = Array.from({ length: 12 }, (_, i) => {
    const label = i % classNames.length;
    const rows = [...labels.keys()].filter((row) => labels[row] === label);
    const row = rows[Math.floor(i / classNames.length) % rows.length]!;
    const name = classNames[label]!;
    return { file: `samples/${String(i).padStart(2, '0')}.jpg`, relativePath: `val/${name}/${row}.jpeg`, label, row };
  });
  return { type: 'samples', images };
}

type Snapshot = Extract<ToPanel, { type: 'snapshot' }>;

function transcript(plan: Plan): Transcript {
  const { recipe, classNames, counts } = plan;
  const events: unknown[] = [
    {
      type: 'started',
      runId: plan.runId,
      dataset: plan.dataset,
      recipe,
      device: { name: 'CPU', engine: 'ONNX Runtime', threads: 4 },
      pid: 4242,
      versions: { shoulders: '0.1.0' },
    },
    progress('checking', 2500, 5856),
    {
      type: 'checked',
      classNames,
      counts,
      fingerprint: 'f'.repeat(64),
      findings: plan.findings,
      splitOrigin: 'given',
    },
    progress('weights', 0, 0),
    {
      type: 'weightsLoaded',
      weights: plan.pretrained
        ? { kind: 'official', name: 'IMAGENET1K_V2', sha256: 'a'.repeat(64), verified: true }
        : { kind: 'random', name: 'random', sha256: null, verified: false },
    },
    ...(plan.pretrained ? [] : [{ type: 'warning', problem: { code: 'randomWeights', params: {} } }]),
    ...(counts.val.reduce((a, b) => a + b, 0) < 100
      ? [{ type: 'warning', problem: { code: 'smallSplit', params: { split: 'val', count: 16, step: '6.3' } } }]
      : []),
    progress('features', 1200, 5216, { imagesPerSecond: 24.4, etaMs: 164_000 }),
  ];
  const predictions = new Map<number | null, Predictions>();
  let epoch = 0;
  let kept = 1;
  for (const [stage, { name, epochs, unfreeze, optimizer }] of recipe.stages.entries()) {
    events.push({ type: 'stageStarted', stage, name, epochs, trainableParameters: 4098, unfreeze });
    let bestLoss = Number.POSITIVE_INFINITY;
    for (let i = 0; i < epochs; i++) {
      epoch += 1;
      events.push(
        progress('training', 31, 163, { stage, epoch, imagesPerSecond: 41.7, etaMs: 1_000 * (900 - 50 * epoch) }),
      );
      const val = predict(plan, 'val', epoch);
      const train = predict({ ...plan, separation: (e) => plan.separation(e) * (1 + e / 40) }, 'train', epoch);
      predictions.set(epoch, val);
      const valNumbers = numbersOf(val);
      if (valNumbers.loss < bestLoss) kept = epoch;
      events.push({
        type: 'epoch',
        epoch,
        stage,
        metrics: { train: pick(numbersOf(train)), val: { ...pick(valNumbers), ...valExtras(val) } },
        learningRates: {
          head: optimizer.learningRate.head * Math.cos((i / epochs) * 1.5),
          backbone:
            'backbone' in optimizer.learningRate && optimizer.learningRate.backbone
              ? optimizer.learningRate.backbone * Math.cos((i / epochs) * 1.5)
              : null,
        },
        imagesPerSecond: 41.2 + i / 10,
        elapsedMs: 130_000,
        best: valNumbers.loss < bestLoss,
        predictions: `predictions/epochs/${String(epoch).padStart(4, '0')}.csv`,
      });
      bestLoss = Math.min(bestLoss, valNumbers.loss);
    }
    events.push({ type: 'stageEnded', stage, reason: 'completed', keptEpoch: kept });
  }
  const keptVal: Predictions = { ...predictions.get(kept)!, epoch: null };
  predictions.set(null, keptVal);
  const test = predict(plan, 'test', kept);
  const two = classNames.length === 2;
  const threshold = two ? youdenThreshold(keptVal) : null;
  events.push(
    progress('testing', 8, 10),
    {
      type: 'evaluated',
      val: evaluationOf(keptVal, classNames, threshold),
      test: evaluationOf(test, classNames, threshold),
      threshold,
      positiveClass: two ? classNames[1] : null,
      keptEpoch: kept,
    },
    { type: 'ended', reason: 'finished', problem: null, elapsedMs: epoch * 130_000 + 42_000 },
  );
  return { runId: plan.runId, classNames, events: events.map((event) => RunEvent.parse(event)), predictions };
}

const progress = (phase: string, done: number, total: number, more: object = {}) => ({
  type: 'progress',
  phase,
  done,
  total,
  stage: null,
  epoch: null,
  imagesPerSecond: null,
  etaMs: null,
  ...more,
});

/** Softmax of noisy logits; the true class is `separation` above the others. */
function predict(plan: Plan, split: 'train' | 'val' | 'test', epoch: number): Predictions {
  const classCount = plan.classNames.length;
  const sizes = split === 'train' ? plan.classNames.map(() => 60) : plan.counts[split];
  const labels = sizes.flatMap((size, label) => Array<number>(size).fill(label));
  const noise = stream(7, plan.runId, split);
  const drift = stream(8, plan.runId, split, epoch);
  const logits = labels.flatMap((own) =>
    Array.from(
      { length: classCount },
      (_, label) => 1.1 * normal(noise) + 0.25 * normal(drift) + (label === own ? 1.6 * plan.separation(epoch) : 0),
    ),
  );
  return { epoch, labels, logits: logitColumns(logits), classCount };
}

/** Probabilities of one image. */
export function rowOf({ logits, classCount }: Predictions, i: number): number[] {
  const exp = [...logits.slice(i * classCount, (i + 1) * classCount)].map((logit) => Math.exp(logit));
  const sum = exp.reduce((a, b) => a + b, 0);
  return exp.map((value) => value / sum);
}

/** One class against the rest, as columns for the brute force. */
export const oneVsRest = (predictions: Predictions, label: number) => ({
  labels: predictions.labels.map((own) => (own === label ? 1 : 0)),
  scores: predictions.labels.map((_, i) => rowOf(predictions, i)[label]!),
});

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const argmax = (row: readonly number[]): number => row.indexOf(Math.max(...row));

/** Classes whose figures are averaged: the second of two, each of more. */
const scored = ({ classCount }: Predictions): number[] => (classCount === 2 ? [1] : [...Array(classCount).keys()]);

const numbersOf = (predictions: Predictions) => ({
  loss: mean(predictions.labels.map((own, i) => -Math.log(rowOf(predictions, i)[own]!))),
  accuracy: mean(predictions.labels.map((own, i) => (argmax(rowOf(predictions, i)) === own ? 1 : 0))),
  auroc: mean(scored(predictions).map((label) => auroc(predictions, label))),
});

const auroc = (predictions: Predictions, label: number): number => {
  const { labels, scores } = oneVsRest(predictions, label);
  return pairwiseAuroc(labels, scores);
};

const pick = ({ loss, accuracy, auroc: area }: ReturnType<typeof numbersOf>) => ({ loss, accuracy, auroc: area });

function valExtras(predictions: Predictions) {
  const each = scored(predictions).map((label) => {
    const { labels, scores } = oneVsRest(predictions, label);
    const { tp, fn, fp, tn } = countDecisions(labels, scores, 0.5);
    return { sensitivity: tp / (tp + fn), specificity: tn / (tn + fp), auprc: averagePrecision(labels, scores) };
  });
  return {
    auprc: mean(each.map((row) => row.auprc)),
    sensitivity: mean(each.map((row) => row.sensitivity)),
    specificity: mean(each.map((row) => row.specificity)),
    recallPerClass: decisionsOf(
      predictions,
      [...Array(predictions.classCount).keys()].map(String),
      null,
    ).report.perClass.map((row) => row.recall),
  };
}

function youdenThreshold(predictions: Predictions): number {
  const { labels, scores } = oneVsRest(predictions, 1);
  const best = largestYouden(labels, scores);
  return scores.find((threshold) => {
    const { tp, fn, fp, tn } = countDecisions(labels, scores, threshold);
    return tp / (tp + fn) + tn / (tn + fp) - 1 === best;
  })!;
}

function evaluationOf(
  predictions: Predictions,
  classNames: readonly string[],
  threshold: number | null,
): SplitEvaluation {
  const { loss, auroc: area } = numbersOf(predictions);
  const sizes = classNames.map((_, label) => predictions.labels.filter((own) => own === label).length);
  return {
    imageCount: predictions.labels.length,
    loss,
    auroc: area,
    auprc: valExtras(predictions).auprc,
    majorityBaseline: Math.max(...sizes) / predictions.labels.length,
    byHighestProbability: decisionsOf(predictions, classNames, null),
    byThreshold: threshold === null ? null : decisionsOf(predictions, classNames, threshold),
  };
}

function decisionsOf(predictions: Predictions, classNames: readonly string[], threshold: number | null) {
  const classCount = classNames.length;
  const confusionMatrix = classNames.map(() => Array<number>(classCount).fill(0));
  for (const [i, own] of predictions.labels.entries()) {
    const row = rowOf(predictions, i);
    const predicted = threshold === null ? argmax(row) : row[1]! >= threshold ? 1 : 0;
    confusionMatrix[own]![predicted]! += 1;
  }
  const perClass = classNames.map((className, label) => {
    const support = confusionMatrix[label]!.reduce((a, b) => a + b, 0);
    const predicted = confusionMatrix.reduce((sum, row) => sum + row[label]!, 0);
    const right = confusionMatrix[label]![label]!;
    const precision = predicted === 0 ? 0 : right / predicted;
    const recall = support === 0 ? 0 : right / support;
    return {
      className,
      precision,
      recall,
      f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall),
      support,
    };
  });
  const total = predictions.labels.length;
  const average = (weight: (row: (typeof perClass)[number]) => number) => ({
    precision: perClass.reduce((sum, row) => sum + row.precision * weight(row), 0),
    recall: perClass.reduce((sum, row) => sum + row.recall * weight(row), 0),
    f1: perClass.reduce((sum, row) => sum + row.f1 * weight(row), 0),
  });
  const report: ClassificationReport = {
    perClass,
    accuracy: confusionMatrix.reduce((sum, row, label) => sum + row[label]!, 0) / total,
    macroAverage: average(() => 1 / classCount),
    weightedAverage: average((row) => row.support / total),
    total,
  };
  return {
    confusionMatrix,
    report,
    sensitivity: classCount === 2 ? perClass[1]!.recall : null,
    specificity: classCount === 2 ? perClass[0]!.recall : null,
  };
}
