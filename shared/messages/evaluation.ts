// Host <-> evaluation panel. Imported by src and webview; imports shared/contracts and its neighbors only.
import { z } from 'zod';
import { WeightsOrigin } from '../contracts/events.ts';
import { isRunId } from '../contracts/run.ts';
import { Threshold } from '../contracts/scores.ts';
import { areColumnsOf, LogitColumns, misfit } from './scoreColumns.ts';

const RunId = z.string().refine(isRunId, 'must be the name of a run');
const share = z.number().min(0).max(1);
/** Most images in a wall of maps. */
export const mostExplained = 120;

const RelativePath = z.string().min(1).max(4096);

export const splitsShown = ['val', 'test'] as const;

/** The evaluated object: a split of a run with its kept weights, or an evaluation record (a folder with record.json). */
export const EvaluationSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('split'), runId: RunId, split: z.enum(splitsShown) }),
  z.object({ kind: z.literal('record'), folder: z.string().min(1).max(4096) }),
]);
export type EvaluationSource = z.infer<typeof EvaluationSource>;

/** A network's answers for N images, as columns: `labels[i]` is the true class of image i, `logits` is [N, K] row-major. */
export const Scores = z
  .object({
    relativePaths: z.array(z.string()),
    /** null: the images have no labels. */
    labels: z.array(z.int()).nullable(),
    logits: LogitColumns,
    classCount: z.int().min(2),
  })
  .refine((columns) => areColumnsOf(columns.relativePaths.length, columns), misfit);
export type Scores = z.infer<typeof Scores>;

/** Description of the evaluated object by the host. */
export const Subject = z.object({
  source: EvaluationSource,
  /** Name as in the sidebar. */
  name: z.string(),
  /** Time when the run began or the record was made, in the editor's language. */
  when: z.string(),
  /** null: the run is not here. */
  runId: RunId.nullable(),
  network: z.string().nullable(),
  /** Epoch of the weights; null: unknown. */
  epoch: z.int().nullable(),
  /** Name of the ONNX file that made these predictions; null: the run's own weights. */
  modelFile: z.string().nullable(),
  /** Classes in the model's order; empty: unknown so far. */
  classNames: z.array(z.string()),
  positiveClass: z.string().nullable(),
  medical: z.boolean(),
  /** Kind of the weights that the run started from; null: unknown. */
  initialWeights: WeightsOrigin.shape.kind.nullable(),
  /** The model's own threshold; null: none was fitted. */
  threshold: Threshold.extend({ from: z.enum(['val', 'given']) }).nullable(),
  /** Temperature of the model's own calibration; null: none. */
  temperature: z.number().positive().nullable(),
  /** null: a whole folder. */
  split: z.enum(['train', 'val', 'test']).nullable(),
  /** Folder of the images, worded for people; null: unknown. */
  folder: z.string().nullable(),
  /** Address of that folder for pictures in this panel, without a trailing slash; null: not allowed. */
  imageRoot: z.string().nullable(),
  mayRelabel: z.boolean(),
  mayExplain: z.boolean(),
  /** Notes to show beside the figures, worded by the host. */
  notes: z.array(z.string()),
});
export type Subject = z.infer<typeof Subject>;

/** Present places of images: those missing from their place, and the new places of those that moved. */
export const ImagePlaces = z.object({
  gone: z.array(z.string()),
  moved: z.array(z.object({ from: z.string(), to: z.string() })),
});
export type ImagePlaces = z.infer<typeof ImagePlaces>;

/** Looks at the test split of this run, including the present one. */
export const TestLookCounts = z.object({ training: z.int(), evaluate: z.int(), panel: z.int() });
export type TestLookCounts = z.infer<typeof TestLookCounts>;

/** Host -> panel. The host answers `ready` with a snapshot, and sends a new one after changes. */
export const ToEvaluationPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    /** Show only the confusion matrix and its images. */
    compact: z.boolean(),
    subject: Subject,
    /** null: they cannot be read; `problem` says why. */
    shown: Scores.nullable(),
    problem: z.string().nullable(),
    /** Answers on which thresholds and calibration are fitted; null: missing. */
    validation: Scores.nullable(),
    places: ImagePlaces,
    /** null: not the test split of a run. */
    testLooks: TestLookCounts.nullable(),
    strings: z.record(z.string(), z.string()),
  }),
  z.object({ type: z.literal('places'), places: ImagePlaces }),
]);
export type ToEvaluationPanel = z.infer<typeof ToEvaluationPanel>;

/** Most characters of a text for the clipboard; most of a picture. */
export const mostCopied = 10_000_000;
export const mostOfAPicture = 20_000_000;

/** Panel -> host. Paths are those of the predictions that the host sent. */
export const FromEvaluationPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('openRun') }),
  z.object({ type: z.literal('openSplit'), split: z.enum(splitsShown) }),
  z.object({ type: z.literal('openMatrix') }),
  z.object({ type: z.literal('openEvaluation') }),
  z.object({ type: z.literal('openImage'), relativePath: RelativePath }),
  z.object({ type: z.literal('explain'), relativePath: RelativePath }),
  z.object({ type: z.literal('explainThese'), relativePaths: z.array(RelativePath).min(1).max(mostExplained) }),
  /** Moves these images to another class's folder. */
  z.object({
    type: z.literal('relabel'),
    relativePaths: z.array(RelativePath).min(1).max(1000),
    className: z.string().min(1).max(255),
  }),
  z.object({ type: z.literal('copy'), text: z.string().max(mostCopied) }),
  /** `data`: the SVG's text, or the PNG's bytes in base64. `name`: proposed file name without extension. */
  z.object({
    type: z.literal('savePicture'),
    name: z.string().min(1).max(120),
    format: z.enum(['svg', 'png']),
    data: z.string().min(1).max(mostOfAPicture),
  }),
]);
export type FromEvaluationPanel = z.infer<typeof FromEvaluationPanel>;

/** Source of the threshold. `own`: the model's. All but `own`, `half` and `manual` are fitted on validation. */
export const ThresholdPreset = z.discriminatedUnion('type', [
  z.object({ type: z.literal('own') }),
  z.object({ type: z.literal('youden') }),
  z.object({ type: z.literal('half') }),
  z.object({ type: z.literal('sensitivity'), atLeast: share }),
  z.object({ type: z.literal('specificity'), atLeast: share }),
  z.object({
    type: z.literal('costs'),
    falseNegative: z.number().positive().max(1e6),
    falsePositive: z.number().positive().max(1e6),
  }),
  /** `probability` as displayed, `logOdds` before calibration. */
  Threshold.extend({ type: z.literal('manual') }),
]);
export type ThresholdPreset = z.infer<typeof ThresholdPreset>;

/** The images that the grid lists. */
export const ImagePick = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cell'), actual: z.int().min(0), predicted: z.int().min(0) }),
  z.object({ type: z.literal('topLosses') }),
  z.object({ type: z.literal('nearest') }),
  z.object({ type: z.literal('all') }),
]);
export type ImagePick = z.infer<typeof ImagePick>;

export const matrixShares = ['counts', 'row', 'column'] as const;

/** State that a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const EvaluationPanelState = z.object({
  source: EvaluationSource,
  compact: z.boolean(),
  /** null: the panel's default; also the result for values of older versions. */
  preset: ThresholdPreset.nullable().catch(null),
  calibrated: z.boolean(),
  /** null: the prevalence of the images. */
  prevalence: share.nullable(),
  matrixShare: z.enum(matrixShares),
  pick: ImagePick.nullable(),
  pickedClass: z.int().min(0),
});
export type EvaluationPanelState = z.infer<typeof EvaluationPanelState>;

/** For host.ts: the messages and state of the evaluation panel. */
export const evaluationProtocol = {
  received: ToEvaluationPanel,
  sent: FromEvaluationPanel,
  kept: EvaluationPanelState,
};
