// The shape of evaluation.json: results of the kept weights on validation and test.
import { z } from 'zod';

const metric = z.number().nullable();

/** Method of a 95 % interval; metrics/ documents each, docs/intervals.md lists the figures that use it. */
export const IntervalMethod = z.enum([
  'wilson',
  'adjustedWald',
  'moverR',
  'delongAndScore',
  'score',
  'influence',
  'correlatedMean',
  'foldedNormal',
  'boundedMean',
  // Only in runs of older versions.
  'squareAndAdd',
  'bootstrap',
]);
export type IntervalMethod = z.infer<typeof IntervalMethod>;

/** Reason for a missing figure. */
export const Missing = z.enum([
  'noImages',
  /** Only one of the two classes has images. */
  'oneClassOnly',
  'noPositives',
  'noNegatives',
  'nothingPredictedPositive',
  'nothingPredictedNegative',
  /** A score, a threshold or a probability is NaN or infinite. */
  'notFinite',
]);
export type Missing = z.infer<typeof Missing>;

/** A figure, the number of images behind it (its denominator), and its uncertainty. */
export const Figure = z.object({
  value: metric,
  n: z.int(),
  /** 95 % interval; null: unknown. */
  interval: z.tuple([z.number(), z.number()]).readonly().nullable(),
  method: IntervalMethod.nullable(),
  /** Not null only if `value` is null. */
  missing: Missing.nullable(),
});
export type Figure = z.infer<typeof Figure>;

/** scikit-learn's classification_report as a table. */
export const ClassificationReport = z.object({
  perClass: z.array(
    z.object({ className: z.string(), precision: z.number(), recall: z.number(), f1: z.number(), support: z.int() }),
  ),
  accuracy: z.number(),
  macroAverage: z.object({ precision: z.number(), recall: z.number(), f1: z.number() }),
  weightedAverage: z.object({ precision: z.number(), recall: z.number(), f1: z.number() }),
  total: z.int(),
});
export type ClassificationReport = z.infer<typeof ClassificationReport>;

/** Figures of a rule of decision; for two classes those of the positive one. null: more than two classes. */
export const DecisionFigures = z.object({
  accuracy: Figure,
  /** Mean recall of the classes that have images. */
  balancedAccuracy: Figure,
  sensitivity: Figure.nullable(),
  specificity: Figure.nullable(),
  ppv: Figure.nullable(),
  npv: Figure.nullable(),
  f1: Figure.nullable(),
});
export type DecisionFigures = z.infer<typeof DecisionFigures>;

/** Agreement of probabilities with frequencies. Two classes: for the positive class; more: for the most probable class. */
export const Calibration = z.object({
  /** Expected calibration error over `bins` bins of equal width. */
  ece: metric,
  bins: z.int(),
  /** Two classes: mean (p − y)² of the positive class. More: the sum over classes, from 0 to 2. */
  brier: metric,
  /** Both with their intervals; `eceByChance`: the error of a perfectly calibrated model. Absent in runs of older versions. */
  figures: z
    .object({
      ece: Figure,
      eceByChance: z.object({ mean: z.number(), high: z.number() }).nullable(),
      brier: Figure,
    })
    .optional(),
});
export type Calibration = z.infer<typeof Calibration>;

/** Decisions by one rule: `confusionMatrix[trueLabel][predictedLabel]`. */
export const Decisions = z.object({
  confusionMatrix: z.array(z.array(z.int())),
  report: ClassificationReport,
  /** Null unless there are two classes. */
  sensitivity: metric,
  specificity: metric,
  /** Absent in runs of older versions; metrics/decisionFigures.ts computes them from the matrix. */
  figures: DecisionFigures.optional(),
});
export type Decisions = z.infer<typeof Decisions>;

export const SplitEvaluation = z.object({
  imageCount: z.int(),
  loss: metric,
  /** Two classes: for the positive class. More: one against rest, macro mean of the classes with images. null: fewer than two have any. */
  auroc: metric,
  /** 95 % interval of `auroc` (the same as in `figures.auroc`). Absent in runs of older versions, null there with more than two classes. */
  aurocInterval: z.tuple([z.number(), z.number()]).nullable().optional(),
  /** Average precision; more than two classes: one against rest, macro mean. */
  auprc: metric,
  /** Accuracy of always predicting the most frequent class of this split. */
  majorityBaseline: z.number(),
  /** Decisions for the most probable class. */
  byHighestProbability: Decisions,
  /** Two classes: positive if log-odds >= the threshold's. null with more classes. */
  byThreshold: Decisions.nullable(),
  /** `auroc`, `auprc` and `majorityBaseline` with their denominators and intervals. Absent in runs of older versions. */
  figures: z
    .object({
      auroc: Figure,
      auprc: Figure,
      majorityBaseline: Figure,
      /** Share of the positive class: the AUPRC of random scores. null: more than two classes. */
      auprcBaseline: Figure.nullable(),
    })
    .optional(),
  /** `scaled`: with the temperature fitted on validation; null: none was fitted. Absent in runs of older versions. */
  calibration: Calibration.extend({ scaled: Calibration.nullable() }).optional(),
});
export type SplitEvaluation = z.infer<typeof SplitEvaluation>;

/**
 * Reason why the most probable of two classes decides. `notFitted`: the run ended earlier, and its predictions cannot be read.
 * `notInModel`: a model file without its run contains no threshold.
 */
export const ThresholdMissing = z.enum([
  'noBetterThanChance',
  'oneClassOnly',
  'noImages',
  'notFinite',
  'notFitted',
  'notInModel',
]);
export type ThresholdMissing = z.infer<typeof ThresholdMissing>;

export const Evaluation = z.object({
  version: z.literal(1),
  classNames: z.array(z.string()),
  positiveClass: z.string().nullable(),
  /** The positive class's: a probability for people, and log-odds (contracts/scores.ts), which decide; older versions lack them. */
  threshold: z
    .object({
      value: z.number(),
      logOdds: z.number().optional(),
      method: z.literal('youden'),
      fittedOn: z.literal('val'),
    })
    .nullable(),
  /** null: there is a threshold, or there are more than two classes. Absent in runs of older versions. */
  thresholdMissing: ThresholdMissing.nullable().optional(),
  /** softmax(logits / value) is calibrated on validation (metrics/temperature.ts). null: could not be fitted; `reason` says why. */
  temperature: z
    .object({
      value: z.number().positive().nullable(),
      reason: z.enum(['noImages', 'oneClassOnly', 'notFinite', 'noErrors', 'noBetterThanChance']).nullable(),
      /** Mean −log p of the true class on validation, before and after scaling. */
      lossBefore: metric,
      lossAfter: metric,
      fittedOn: z.literal('val'),
    })
    .optional(),
  val: SplitEvaluation,
  test: SplitEvaluation,
});
export type Evaluation = z.infer<typeof Evaluation>;
