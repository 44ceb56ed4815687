// The shape of evaluation.json: what the kept weights did on validation and test.
import { z } from 'zod';

const metric = z.number().nullable();

/** How a 95 % interval came about; metrics/ documents each, docs/intervals.md says which number has which. */
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
  // Of runs of older versions.
  'squareAndAdd',
  'bootstrap',
]);
export type IntervalMethod = z.infer<typeof IntervalMethod>;

/** Why there is no number. */
export const Missing = z.enum([
  'noImages',
  /** Only one of the two classes is there. */
  'oneClassOnly',
  'noPositives',
  'noNegatives',
  'nothingPredictedPositive',
  'nothingPredictedNegative',
  /** A score, a threshold or a probability is NaN or infinite. */
  'notFinite',
]);
export type Missing = z.infer<typeof Missing>;

/** A number, the images it rests on (its denominator), and how far it may be off. */
export const Figure = z.object({
  value: metric,
  n: z.int(),
  /** 95 %. null: none is known. */
  interval: z.tuple([z.number(), z.number()]).readonly().nullable(),
  method: IntervalMethod.nullable(),
  /** Only where `value` is null. */
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

/** What a rule of decision reaches; of two classes for the positive one. null: more than two classes. */
export const DecisionFigures = z.object({
  accuracy: Figure,
  /** Mean recall of the classes that are there. */
  balancedAccuracy: Figure,
  sensitivity: Figure.nullable(),
  specificity: Figure.nullable(),
  ppv: Figure.nullable(),
  npv: Figure.nullable(),
  f1: Figure.nullable(),
});
export type DecisionFigures = z.infer<typeof DecisionFigures>;

/** How far probabilities may be taken at their word. Two classes: those of the positive class; more: of the most probable class. */
export const Calibration = z.object({
  /** Expected calibration error over `bins` bins of equal width. */
  ece: metric,
  bins: z.int(),
  /** Two classes: mean (p − y)² of the positive class. More: the sum over classes, from 0 to 2. */
  brier: metric,
  /** Both with their intervals; `eceByChance`: what a perfectly calibrated model shows. Absent in runs of older versions. */
  figures: z
    .object({
      ece: Figure,
      eceByChance: z.object({ mean: z.number(), high: z.number() }).nullable(),
      brier: Figure,
    })
    .optional(),
});
export type Calibration = z.infer<typeof Calibration>;

/** Decisions of one rule: `confusionMatrix[trueLabel][predictedLabel]`. */
export const Decisions = z.object({
  confusionMatrix: z.array(z.array(z.int())),
  report: ClassificationReport,
  /** Two classes only, else null. */
  sensitivity: metric,
  specificity: metric,
  /** Absent in runs of older versions; metrics/decisionFigures.ts makes them of the matrix. */
  figures: DecisionFigures.optional(),
});
export type Decisions = z.infer<typeof Decisions>;

export const SplitEvaluation = z.object({
  imageCount: z.int(),
  loss: metric,
  /** Two classes: of the positive class. More: one against rest, macro mean of the classes that have images. null: fewer than two have. */
  auroc: metric,
  /** 95 % interval of `auroc` (that of `figures.auroc`). Absent in runs of older versions, null there with more than two classes. */
  aurocInterval: z.tuple([z.number(), z.number()]).nullable().optional(),
  /** Average precision; more than two classes: one against rest, macro mean. */
  auprc: metric,
  /** Always saying the most frequent class of this split. */
  majorityBaseline: z.number(),
  /** The most probable class. */
  byHighestProbability: Decisions,
  /** Two classes: positive if log-odds >= the threshold's. null with more classes. */
  byThreshold: Decisions.nullable(),
  /** `auroc`, `auprc` and `majorityBaseline` with what they rest on. Absent in runs of older versions. */
  figures: z
    .object({
      auroc: Figure,
      auprc: Figure,
      majorityBaseline: Figure,
      /** Share of the positive class: the AUPRC of scores without knowledge. null: more than two classes. */
      auprcBaseline: Figure.nullable(),
    })
    .optional(),
  /** `scaled`: with the temperature fitted on validation; null: none was fitted. Absent in runs of older versions. */
  calibration: Calibration.extend({ scaled: Calibration.nullable() }).optional(),
});
export type SplitEvaluation = z.infer<typeof SplitEvaluation>;

/**
 * Why the most probable class decides between two. `notFitted`: the run ended before, and its predictions cannot be read. `notInModel`: a
 * model file without its run brings none.
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
  /** The positive class's: a probability for people, and log-odds, which decide (contracts/scores.ts); absent in older versions. */
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
  /** softmax(logits / value) is calibrated on validation (metrics/temperature.ts). null: it cannot be fitted; `reason` says why. */
  temperature: z
    .object({
      value: z.number().positive().nullable(),
      reason: z.enum(['noImages', 'oneClassOnly', 'notFinite', 'noErrors', 'noBetterThanChance']).nullable(),
      /** Mean −log p of the true class on validation, before and after. */
      lossBefore: metric,
      lossAfter: metric,
      fittedOn: z.literal('val'),
    })
    .optional(),
  val: SplitEvaluation,
  test: SplitEvaluation,
});
export type Evaluation = z.infer<typeof Evaluation>;
