import type { Decisions, SplitEvaluation } from '../contracts/evaluation.ts';
import type { EpochMetrics } from '../contracts/events.ts';
import { classificationReport } from './classificationReport.ts';
import { accuracyOf, confusionMatrix, mostProbable, sensitivityAndSpecificity } from './confusion.ts';
import { aurocInterval } from './intervals.ts';
import { averagePrecision, averagePrecisionOneVsRest } from './precisionRecall.ts';
import { auroc, aurocOneVsRest, oneVsRest } from './roc.ts';

/** What a network said of N images. */
export interface Scored {
  readonly labels: readonly number[];
  /** [N, K] row-major. */
  readonly probabilities: ArrayLike<number>;
  readonly loss: number;
}

export interface EvaluateOptions extends Scored {
  readonly classNames: readonly string[];
  /** With two classes; null with more. */
  readonly positiveLabel: number | null;
  /** With two classes: positive if probability >= threshold. */
  readonly threshold: number | null;
}

export function evaluateSplit(options: EvaluateOptions): SplitEvaluation {
  const { labels, probabilities, loss, classNames, positiveLabel, threshold } = options;
  const classCount = classNames.length;
  const decide = (predicted: readonly number[]): Decisions => {
    const matrix = confusionMatrix(labels, predicted, classCount);
    const shares =
      positiveLabel === null
        ? { sensitivity: null, specificity: null }
        : sensitivityAndSpecificity(matrix, positiveLabel);
    return { confusionMatrix: matrix, report: classificationReport(matrix, classNames), ...shares };
  };
  const supports = classNames.map((_, k) => labels.filter((label) => label === k).length);
  const area = areaUnderRoc(options, classCount, positiveLabel);
  return {
    imageCount: labels.length,
    loss: finiteOrNull(loss),
    auroc: area,
    aurocInterval:
      area === null || positiveLabel === null
        ? null
        : [...aurocInterval(area, supports[positiveLabel]!, labels.length - supports[positiveLabel]!)],
    auprc: areaUnderPrecisionRecall(options, classCount, positiveLabel),
    majorityBaseline: Math.max(...supports) / labels.length,
    byHighestProbability: decide(mostProbable(probabilities, classCount)),
    byThreshold:
      positiveLabel === null || threshold === null
        ? null
        : decide(
            oneVsRest(labels, probabilities, classCount, positiveLabel).scores.map((score) =>
              score >= threshold ? positiveLabel : 1 - positiveLabel,
            ),
          ),
  };
}

/** Figures of one epoch. Two classes: sensitivity and specificity of the positive class at 0.5; more: macro means, one against rest. */
export function epochMetrics(options: {
  readonly train: Scored;
  readonly val: Scored;
  readonly classCount: number;
  readonly positiveLabel: number | null;
}): EpochMetrics {
  const { train, val, classCount, positiveLabel } = options;
  const matrixOf = ({ labels, probabilities }: Scored) =>
    confusionMatrix(labels, mostProbable(probabilities, classCount), classCount);
  const valMatrix = matrixOf(val);
  const perClass = valMatrix.map((_, k) => sensitivityAndSpecificity(valMatrix, k));
  const shares =
    positiveLabel === null
      ? {
          sensitivity: meanOrNull(perClass.map(({ sensitivity }) => sensitivity)),
          specificity: meanOrNull(perClass.map(({ specificity }) => specificity)),
        }
      : perClass[positiveLabel]!;
  return {
    train: {
      loss: finiteOrNull(train.loss),
      accuracy: finiteOrNull(accuracyOf(matrixOf(train))),
      auroc: areaUnderRoc(train, classCount, positiveLabel),
    },
    val: {
      loss: finiteOrNull(val.loss),
      accuracy: finiteOrNull(accuracyOf(valMatrix)),
      auroc: areaUnderRoc(val, classCount, positiveLabel),
      auprc: areaUnderPrecisionRecall(val, classCount, positiveLabel),
      ...shares,
      recallPerClass: perClass.map(({ sensitivity }) => sensitivity),
    },
  };
}

function areaUnderRoc({ labels, probabilities }: Scored, classCount: number, positiveLabel: number | null) {
  if (positiveLabel === null) return aurocOneVsRest(labels, probabilities, classCount) ?? null;
  const binary = oneVsRest(labels, probabilities, classCount, positiveLabel);
  return auroc(binary.labels, binary.scores) ?? null;
}

function areaUnderPrecisionRecall({ labels, probabilities }: Scored, classCount: number, positiveLabel: number | null) {
  if (positiveLabel === null) return averagePrecisionOneVsRest(labels, probabilities, classCount) ?? null;
  const binary = oneVsRest(labels, probabilities, classCount, positiveLabel);
  return averagePrecision(binary.labels, binary.scores) ?? null;
}

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const meanOrNull = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null)
    ? null
    : values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
