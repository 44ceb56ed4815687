// The shape of evaluation.json: what the kept weights did on validation and test.
import { z } from 'zod';

const metric = z.number().nullable();

/** How a 95 % interval came about; metrics/ documents each, docs/intervals.md says which number has which. */
export const IntervalMethod = z.enum(['wilson', 'squareAndAdd', 'moverR', 'delongAndScore', 'score', 'bootstrap']);
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

/** Decisions of one rule: `confusionMatrix[trueLabel][predictedLabel]`. */
export const Decisions = z.object({
  confusionMatrix: z.array(z.array(z.int())),
  report: ClassificationReport,
  /** Two classes only, else null. */
  sensitivity: metric,
  specificity: metric,
});
export type Decisions = z.infer<typeof Decisions>;

export const SplitEvaluation = z.object({
  imageCount: z.int(),
  loss: metric,
  /** Two classes: of the positive class. More: one against rest, macro mean. null when a class is missing. */
  auroc: metric,
  /** 95 % interval of `auroc` (metrics/intervals.ts); null with more than two classes. Absent in runs of older versions. */
  aurocInterval: z.tuple([z.number(), z.number()]).nullable().optional(),
  /** Average precision; more than two classes: one against rest, macro mean. */
  auprc: metric,
  /** Always saying the most frequent class of this split. */
  majorityBaseline: z.number(),
  /** The most probable class. */
  byHighestProbability: Decisions,
  /** Two classes: positive if probability >= threshold. null with more classes. */
  byThreshold: Decisions.nullable(),
});
export type SplitEvaluation = z.infer<typeof SplitEvaluation>;

export const Evaluation = z.object({
  version: z.literal(1),
  classNames: z.array(z.string()),
  positiveClass: z.string().nullable(),
  threshold: z.object({ value: z.number(), method: z.literal('youden'), fittedOn: z.literal('val') }).nullable(),
  val: SplitEvaluation,
  test: SplitEvaluation,
});
export type Evaluation = z.infer<typeof Evaluation>;
