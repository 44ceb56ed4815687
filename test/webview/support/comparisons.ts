// Several runs to compare: the chest X-ray run with other test predictions, recipes and names; brute force gives their test figures.
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { applyRunEvent, initialRunState, type RunState } from '../../../shared/contracts/runState.ts';
import { atProbability } from '../../../shared/contracts/scores.ts';
import type { ComparedRun, TestPredictions, ToComparePanel } from '../../../shared/messages/compare.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { normal, stream } from '../../../shared/random.ts';
import { countDecisions, pairwiseAuroc } from './bruteForce.ts';
import { chestXrayRun } from './transcripts.ts';

export interface Compared {
  readonly run: ComparedRun;
  readonly predictions: TestPredictions;
}

export interface Variant {
  readonly index: number;
  /** Separation of the classes in the test predictions. */
  readonly separation?: number;
  readonly recipe?: Partial<Recipe>;
  readonly state?: Partial<RunState>;
  readonly name?: string;
}

const chest = chestXrayRun();
export const chestState = chest.events.reduce(applyRunEvent, initialRunState(chest.runId));

export const idOf = (index: number): string => `20261123-09150${index}-chest-xray-resnet50-1a2${index}`;

const sizes = [24, 36];

export function compared({ index, separation = 1.5, recipe, state: over, name = 'chest_xray' }: Variant): Compared {
  const predictions = predict(separation, index);
  const { labels } = predictions;
  const scores = labels.map((_, i) => predictions.logits[2 * i + 1]! - predictions.logits[2 * i]!);
  const { tp, fn, fp, tn } = countDecisions(labels, scores, atProbability(0.4).logOdds);
  const evaluation = chestState.evaluation!;
  const decisions = {
    confusionMatrix: [
      [tn, fp],
      [fn, tp],
    ],
    report: { ...evaluation.test.byThreshold!.report, accuracy: (tp + tn) / labels.length },
    sensitivity: tp / (tp + fn),
    specificity: tn / (tn + fp),
  };
  const area = pairwiseAuroc(labels, scores);
  const state: RunState = {
    ...chestState,
    runId: idOf(index),
    findings: [],
    recipe: { ...chestState.recipe!, ...recipe },
    epochs: chestState.epochs.map((row) => lifted(row, index)),
    evaluation: {
      ...evaluation,
      threshold: 0.4,
      test: {
        ...evaluation.test,
        imageCount: labels.length,
        auroc: area,
        aurocInterval: [Math.max(0, area - 0.1), Math.min(1, area + 0.08)],
        byThreshold: decisions,
      },
    },
    ...over,
  };
  return {
    run: {
      id: idOf(index),
      index,
      name,
      when: `23 Nov 2026, 09:15:0${index}`,
      state,
      imageRoot: 'http://panel.test/pictures',
    },
    predictions,
  };
}

export const snapshotOf = (
  runs: readonly Compared[],
  runIds: readonly string[] = runs.map(({ run }) => run.id),
): Extract<ToComparePanel, { type: 'snapshot' }> => ({
  type: 'snapshot',
  runIds: [...runIds],
  runs: runs.map(({ run }) => run),
  nextSeq: 5,
  strings: {},
});

export const predictionsMessage = ({ run, predictions }: Compared): ToComparePanel => ({
  type: 'testPredictions',
  runId: run.id,
  predictions,
});

/** Different curves, so that lines do not coincide. */
function lifted(row: RunState['epochs'][number], index: number): RunState['epochs'][number] {
  const { train, val } = row.metrics;
  const higher = (value: number | null) => value && value * (1 + 0.12 * index);
  return {
    ...row,
    metrics: { train: { ...train, loss: higher(train.loss) }, val: { ...val, loss: higher(val.loss) } },
  };
}

/** The same images for all, each score half from a common part and half from the run's own noise. */
function predict(separation: number, seed: number): TestPredictions {
  const labels = sizes.flatMap((size, label) => Array<number>(size).fill(label));
  const image = stream(11, 'image');
  const own = stream(11, 'run', seed);
  const logits = labels.flatMap((label) => {
    const logit = separation * (label - 0.5) * 2 + 1.2 * normal(image) + 0.8 * normal(own);
    return [0, logit];
  });
  const names = ['NORMAL', 'PNEUMONIA'];
  const relativePaths = labels.map((label, i) => `test/${names[label]}/image #${i} of 60.png`);
  return { relativePaths, labels, logits: logitColumns(logits), classCount: 2 };
}
