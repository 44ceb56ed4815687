// metrics/: scores and labels to figures, agreeing with scikit-learn 1.9. This file: all figures of a split. Pure, without Node or DOM:
// runner and webview load the same code, so that slider and report cannot disagree. Absent: files, images, networks.
import type { Calibration, Decisions, Figure, SplitEvaluation } from '../contracts/classification/evaluation.ts';
import type { EpochMetrics } from '../contracts/events.ts';
import { logOddsRows, softmaxRows, type Threshold } from '../contracts/scores.ts';
import { aurocFigure, averagePrecisionFigure, prevalenceFigure } from './areas.ts';
import {
  brierFigure,
  brierFigureMulticlass,
  calibrationErrorFigure,
  reliabilityCurve,
  topLabel,
} from './calibration.ts';
import { classificationReport } from './classificationReport.ts';
import { accuracyOf, confusionMatrix, mostProbable, sensitivityAndSpecificity } from './confusion.ts';
import { decisionFigures } from './decisionFigures.ts';
import { majorityBaseline } from './figuresAt.ts';
import { areasOneVsRest } from './multiclass.ts';
import { averagePrecision, averagePrecisionOneVsRest } from './precisionRecall.ts';
import { auroc, aurocOneVsRest, oneVsRest } from './roc.ts';

/** A network's predictions for N images. */
export interface Scored {
  readonly labels: readonly number[];
  /** [N, K] row-major. */
  readonly logits: ArrayLike<number>;
  readonly loss: number;
}

export interface EvaluateOptions extends Scored {
  readonly classNames: readonly string[];
  /** Only with two classes; null with more. */
  readonly positiveLabel: number | null;
  /** Only with two classes: positive from this threshold on. */
  readonly threshold: Threshold | null;
  /** Fitted on validation; absent or null: none. Decisions and areas never use it. */
  readonly temperature?: number | null;
}

/**
 * All figures reported for one split. Classes without images stay in the matrices and are excluded from every mean; figures that need
 * two classes are null if only one has images.
 */
export function evaluateSplit(options: EvaluateOptions): SplitEvaluation {
  const { labels, logits, loss, classNames, positiveLabel, threshold, temperature } = options;
  const classCount = classNames.length;
  const logOdds = logOddsRows(logits, classCount);
  const decide = (predicted: readonly number[]): Decisions => {
    const matrix = confusionMatrix(labels, predicted, classCount);
    const shares =
      positiveLabel === null
        ? { sensitivity: null, specificity: null }
        : sensitivityAndSpecificity(matrix, positiveLabel);
    return {
      confusionMatrix: matrix,
      report: classificationReport(matrix, classNames),
      ...shares,
      figures: decisionFigures(matrix, positiveLabel),
    };
  };
  const supports = classNames.map((_, k) => labels.filter((label) => label === k).length);
  const figures = { ...areaFigures(options, logOdds), majorityBaseline: majorityBaseline(supports) };
  return {
    imageCount: labels.length,
    loss: finiteOrNull(loss),
    auroc: figures.auroc.value,
    aurocInterval: intervalOf(figures.auroc),
    auprc: figures.auprc.value,
    majorityBaseline: figures.majorityBaseline.value ?? 0,
    figures,
    calibration: {
      ...calibrationOf(options, softmaxRows(logits, classCount)),
      scaled: temperature == null ? null : calibrationOf(options, softmaxRows(logits, classCount, temperature)),
    },
    byHighestProbability: decide(mostProbable(logits, classCount)),
    byThreshold:
      positiveLabel === null || threshold === null
        ? null
        : decide(
            oneVsRest(labels, logOdds, classCount, positiveLabel).scores.map((score) =>
              score >= threshold.logOdds ? positiveLabel : 1 - positiveLabel,
            ),
          ),
  };
}

/** Two classes: for the positive one. More: the macro mean over the classes with images, one against rest. */
function areaFigures({ labels, classNames, positiveLabel }: EvaluateOptions, logOdds: ArrayLike<number>) {
  if (positiveLabel === null) {
    const { auroc, averagePrecision } = areasOneVsRest(labels, logOdds, classNames.length).means.macro;
    return { auroc, auprc: averagePrecision, auprcBaseline: null };
  }
  const binary = oneVsRest(labels, logOdds, classNames.length, positiveLabel);
  return {
    auroc: aurocFigure(binary.labels, binary.scores),
    auprc: averagePrecisionFigure(binary.labels, binary.scores),
    auprcBaseline: prevalenceFigure(binary.labels),
  };
}

const bins = 10;

function calibrationOf(
  { labels, classNames, positiveLabel }: EvaluateOptions,
  probabilities: ArrayLike<number>,
): Calibration {
  const classCount = classNames.length;
  const binary =
    positiveLabel === null
      ? topLabel(labels, probabilities, classCount)
      : oneVsRest(labels, probabilities, classCount, positiveLabel);
  const curve = reliabilityCurve(binary.labels, binary.scores, 'equalWidth', bins);
  const { figure: ece, byChance } = calibrationErrorFigure(curve);
  const brier =
    positiveLabel === null
      ? brierFigureMulticlass(labels, probabilities, classCount)
      : brierFigure(binary.labels, binary.scores);
  return { ece: ece.value, bins, brier: brier.value, figures: { ece, eceByChance: byChance, brier } };
}

/** Figures of one epoch. Two classes: sensitivity and specificity of the positive class at 0.5; more: macro means, one against rest. */
export function epochMetrics(options: {
  readonly train: Scored;
  readonly val: Scored;
  readonly classCount: number;
  readonly positiveLabel: number | null;
}): EpochMetrics {
  const { train, val, classCount, positiveLabel } = options;
  const matrixOf = ({ labels, logits }: Scored) =>
    confusionMatrix(labels, mostProbable(logits, classCount), classCount);
  const [ranked, rankedTrain] = [rankedOf(val, classCount), rankedOf(train, classCount)];
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
      auroc: areaUnderRoc(rankedTrain, classCount, positiveLabel),
    },
    val: {
      loss: finiteOrNull(val.loss),
      accuracy: finiteOrNull(accuracyOf(valMatrix)),
      auroc: areaUnderRoc(ranked, classCount, positiveLabel),
      aurocInterval: aurocIntervalOf(ranked, classCount, positiveLabel),
      auprc: areaUnderPrecisionRecall(ranked, classCount, positiveLabel),
      ...shares,
      recallPerClass: perClass.map(({ sensitivity }) => sensitivity),
    },
  };
}

interface Ranked {
  readonly labels: readonly number[];
  /** [N, K] row-major. */
  readonly logOdds: ArrayLike<number>;
}

const rankedOf = ({ labels, logits }: Scored, classCount: number): Ranked => ({
  labels,
  logOdds: logOddsRows(logits, classCount),
});

function aurocIntervalOf(
  { labels, logOdds }: Ranked,
  classCount: number,
  positiveLabel: number | null,
): [low: number, high: number] | null {
  if (positiveLabel === null) {
    const { means, classes } = areasOneVsRest(labels, logOdds, classCount);
    // Like the epoch's AUROC: reported for all classes or not at all.
    return classes < classCount ? null : intervalOf(means.macro.auroc);
  }
  const binary = oneVsRest(labels, logOdds, classCount, positiveLabel);
  return intervalOf(aurocFigure(binary.labels, binary.scores));
}

function areaUnderRoc({ labels, logOdds }: Ranked, classCount: number, positiveLabel: number | null) {
  if (positiveLabel === null) return aurocOneVsRest(labels, logOdds, classCount) ?? null;
  const binary = oneVsRest(labels, logOdds, classCount, positiveLabel);
  return auroc(binary.labels, binary.scores) ?? null;
}

function areaUnderPrecisionRecall({ labels, logOdds }: Ranked, classCount: number, positiveLabel: number | null) {
  if (positiveLabel === null) return averagePrecisionOneVsRest(labels, logOdds, classCount) ?? null;
  const binary = oneVsRest(labels, logOdds, classCount, positiveLabel);
  return averagePrecision(binary.labels, binary.scores) ?? null;
}

const intervalOf = ({ interval }: Figure): [low: number, high: number] | null => interval && [...interval];

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const meanOrNull = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null)
    ? null
    : values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
