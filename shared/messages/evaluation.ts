// Host <-> evaluation panel. Imported by src and webview; imports shared/contracts only.
import { z } from 'zod';
import { isRunId } from '../contracts/run.ts';
import { Threshold } from '../contracts/scores.ts';

const RunId = z.string().refine(isRunId, 'must be the name of a run');
const share = z.number().min(0).max(1);
/** Images of a wall of maps. */
export const mostExplained = 120;

const RelativePath = z.string().min(1).max(4096);

export const splitsShown = ['val', 'test'] as const;

/** What is evaluated: a split of a run with its kept weights, or an evaluation record (a folder with record.json). */
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
    logits: z.array(z.number()),
    classCount: z.int().min(2),
  })
  .refine(
    ({ relativePaths, labels, logits, classCount }) =>
      logits.length === relativePaths.length * classCount &&
      (labels === null ||
        (labels.length === relativePaths.length && labels.every((label) => label >= 0 && label < classCount))),
    'the columns do not fit each other',
  );
export type Scores = z.infer<typeof Scores>;

/** What the numbers are about, as the host knows it. */
export const Subject = z.object({
  source: EvaluationSource,
  /** As the sidebar calls it. */
  name: z.string(),
  /** When the run began or the record was made, in the editor's language. */
  when: z.string(),
  /** null: there is no such run here. */
  runId: RunId.nullable(),
  network: z.string().nullable(),
  /** Of the weights; null: not known. */
  epoch: z.int().nullable(),
  /** Name of the ONNX file whose predictions these are; null: the weights are the run's. */
  modelFile: z.string().nullable(),
  /** Of the model, in its order; empty: not known yet. */
  classNames: z.array(z.string()),
  positiveClass: z.string().nullable(),
  medical: z.boolean(),
  randomWeights: z.boolean(),
  /** The model's own; null: none was fitted. */
  threshold: Threshold.extend({ from: z.enum(['val', 'given']) }).nullable(),
  /** The model's own calibration; null: none. */
  temperature: z.number().positive().nullable(),
  /** null: a whole folder. */
  split: z.enum(['train', 'val', 'test']).nullable(),
  /** The folder of the images, as a person may read it; null: not known. */
  folder: z.string().nullable(),
  /** Address of that folder for pictures in this panel, without a slash at its end; null: not to be shown. */
  imageRoot: z.string().nullable(),
  mayRelabel: z.boolean(),
  mayExplain: z.boolean(),
  /** To be said beside the numbers, worded by the host. */
  notes: z.array(z.string()),
});
export type Subject = z.infer<typeof Subject>;

/** Where the images are now: those that are not at their place any more, and where the moved ones went. */
export const ImagePlaces = z.object({
  gone: z.array(z.string()),
  moved: z.array(z.object({ from: z.string(), to: z.string() })),
});
export type ImagePlaces = z.infer<typeof ImagePlaces>;

/** How often the test split of this run was looked at, this look included. */
export const TestLookCounts = z.object({ training: z.int(), evaluate: z.int(), panel: z.int() });
export type TestLookCounts = z.infer<typeof TestLookCounts>;

/** Host -> panel. `ready` is answered with a snapshot; later changes bring a new one. */
export const ToEvaluationPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    /** The confusion matrix and its images only. */
    compact: z.boolean(),
    subject: Subject,
    /** null: they cannot be read; `problem` says why. */
    shown: Scores.nullable(),
    problem: z.string().nullable(),
    /** What thresholds and calibration are fitted on; null: not there. */
    validation: Scores.nullable(),
    places: ImagePlaces,
    /** null: not the test split of a run. */
    testLooks: TestLookCounts.nullable(),
    strings: z.record(z.string(), z.string()),
  }),
  z.object({ type: z.literal('places'), places: ImagePlaces }),
]);
export type ToEvaluationPanel = z.infer<typeof ToEvaluationPanel>;

/** Characters of one text for the clipboard, and of one picture. */
export const mostCopied = 10_000_000;
export const mostOfAPicture = 20_000_000;

/** Panel -> host. Paths are those of the predictions that the panel was sent. */
export const FromEvaluationPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('openRun') }),
  z.object({ type: z.literal('openSplit'), split: z.enum(splitsShown) }),
  z.object({ type: z.literal('openMatrix') }),
  z.object({ type: z.literal('openEvaluation') }),
  z.object({ type: z.literal('openImage'), relativePath: RelativePath }),
  z.object({ type: z.literal('explain'), relativePath: RelativePath }),
  z.object({ type: z.literal('explainThese'), relativePaths: z.array(RelativePath).min(1).max(mostExplained) }),
  /** Move these images to another class's folder. */
  z.object({
    type: z.literal('relabel'),
    relativePaths: z.array(RelativePath).min(1).max(1000),
    className: z.string().min(1).max(255),
  }),
  z.object({ type: z.literal('copy'), text: z.string().max(mostCopied) }),
  /** `data`: the SVG's text, or the PNG's bytes in base64. `name`: proposed for the file, without its ending. */
  z.object({
    type: z.literal('savePicture'),
    name: z.string().min(1).max(120),
    format: z.enum(['svg', 'png']),
    data: z.string().min(1).max(mostOfAPicture),
  }),
]);
export type FromEvaluationPanel = z.infer<typeof FromEvaluationPanel>;

/** Where the threshold comes from. `own`: the model's. All but `own`, `half` and `manual` are fitted on validation. */
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
  /** `probability` as it is shown, `logOdds` before calibration. */
  Threshold.extend({ type: z.literal('manual') }),
]);
export type ThresholdPreset = z.infer<typeof ThresholdPreset>;

/** Which images the grid lists. */
export const ImagePick = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cell'), actual: z.int().min(0), predicted: z.int().min(0) }),
  z.object({ type: z.literal('topLosses') }),
  z.object({ type: z.literal('nearest') }),
  z.object({ type: z.literal('all') }),
]);
export type ImagePick = z.infer<typeof ImagePick>;

export const matrixShares = ['counts', 'row', 'column'] as const;

/** What a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const EvaluationPanelState = z.object({
  source: EvaluationSource,
  compact: z.boolean(),
  /** null: as the panel opens; so, too, what an older version kept otherwise. */
  preset: ThresholdPreset.nullable().catch(null),
  calibrated: z.boolean(),
  /** null: that of the images. */
  prevalence: share.nullable(),
  matrixShare: z.enum(matrixShares),
  pick: ImagePick.nullable(),
  pickedClass: z.int().min(0),
});
export type EvaluationPanelState = z.infer<typeof EvaluationPanelState>;

/** For host.ts: what the evaluation panel speaks. */
export const evaluationProtocol = {
  received: ToEvaluationPanel,
  sent: FromEvaluationPanel,
  kept: EvaluationPanelState,
};
