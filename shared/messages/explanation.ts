// Host <-> Grad-CAM panel. Imported by src and webview; imports shared/contracts only. Messages contain no pictures: the page gets
// their addresses, and the few values of each map.
import { z } from 'zod';
import {
  Explanation,
  ExplanationLayer,
  ExplanationMethod,
  ExplanationScore,
  explanationLayers,
  explanationTargets,
} from '../contracts/explanation.ts';
import { heatColors } from '../contracts/heatMap.ts';

/** Most images of one panel. */
export const mostImages = 500;

const Path = z.string().min(1).max(4096);

/** The question about each image. */
export const CamQuestion = z.object({
  layer: ExplanationLayer,
  method: ExplanationMethod,
  of: ExplanationScore,
  /** 'predicted', 'true', or '=' and the name of a class, as `--class` takes it. */
  target: z.union([z.enum(explanationTargets), z.string().startsWith('=').max(300)]),
});
export type CamQuestion = z.infer<typeof CamQuestion>;

export const usualQuestion: CamQuestion = {
  layer: explanationLayers[0]!,
  method: 'grad-cam',
  of: 'probability',
  target: 'predicted',
};

export const CamImage = z.object({
  /** Absolute path. */
  path: Path,
  name: z.string(),
  /** Folder of the image, for display. */
  folder: z.string(),
  /** Address of the file itself; only the page can find out whether it can display it. */
  address: z.string(),
});
export type CamImage = z.infer<typeof CamImage>;

/** An option, worded by the host. */
export const CamChoice = z.object({ id: z.string(), name: z.string(), meaning: z.string() });
export type CamChoice = z.infer<typeof CamChoice>;

export const CamChoices = z.object({
  layers: z.array(CamChoice),
  methods: z.array(CamChoice),
  scores: z.array(CamChoice),
  colors: z.array(CamChoice),
});
export type CamChoices = z.infer<typeof CamChoices>;

/** The answer to one question about one image; remarks are worded by the host. */
export const Explained = z.object({
  type: z.literal('explained'),
  question: CamQuestion,
  explanation: Explanation,
  remarkTexts: z.array(z.string()),
  /** True if the faithfulness check was requested; `explanation.check` is then null only if there is nothing to check. */
  checked: z.boolean(),
  verdictTexts: z.array(z.string()),
});
export type Explained = z.infer<typeof Explained>;

/**
 * Host -> panel. An answer contains its question, so it is valid whichever request caused it; `id` is that of the latest
 * `explain`.
 */
export const ToExplanationPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    runId: z.string(),
    runName: z.string(),
    /** Epoch of the weights; a change invalidates all answers. */
    keptEpoch: z.int().nullable(),
    classNames: z.array(z.string()),
    isMedical: z.boolean(),
    images: z.array(CamImage).max(mostImages),
    /** Number of requested images beyond `mostImages`. */
    leftOut: z.int().min(0),
    choices: CamChoices,
    strings: z.record(z.string(), z.string()),
  }),
  /** The answer to `pictureWanted`. `address` null: there is no picture, and `reason` says why. */
  z.object({ type: z.literal('picture'), path: Path, address: z.string().nullable(), reason: z.string().nullable() }),
  Explained,
  /** This image could not be explained. */
  z.object({
    type: z.literal('failed'),
    question: CamQuestion,
    path: Path,
    checked: z.boolean(),
    sentence: z.string(),
  }),
  z.object({ type: z.literal('progress'), id: z.int(), done: z.int(), total: z.int() }),
  /** No more answers to this request follow; `sentence`: reason of a failure. */
  z.object({ type: z.literal('ended'), id: z.int(), sentence: z.string().nullable() }),
]);
export type ToExplanationPanel = z.infer<typeof ToExplanationPanel>;

/** Panel -> host. */
export const FromExplanationPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** Replaces the previous request and ends its work. */
  z.object({
    type: z.literal('explain'),
    id: z.int().min(1),
    question: CamQuestion,
    paths: z.array(Path).min(1).max(mostImages),
    check: z.boolean(),
  }),
  z.object({ type: z.literal('stop') }),
  /** Sent when the page cannot display the file itself. */
  z.object({ type: z.literal('pictureWanted'), path: Path }),
  z.object({ type: z.literal('openImage'), path: Path }),
  z.object({ type: z.literal('openRun') }),
  z.object({ type: z.literal('copy'), text: z.string().max(10_000_000) }),
  z.object({
    type: z.literal('savePicture'),
    name: z.string().max(300),
    format: z.literal('png'),
    data: z.base64().max(100_000_000),
  }),
]);
export type FromExplanationPanel = z.infer<typeof FromExplanationPanel>;

/** Display of maps. */
export const CamLook = z.object({
  /** Opacity of the colors over the image. */
  opacity: z.number().min(0).max(1),
  colors: z.enum(heatColors),
  sideBySide: z.boolean(),
});
export type CamLook = z.infer<typeof CamLook>;

/** The usual display in papers. */
export const usualLook: CamLook = { opacity: 0.5, colors: 'jet', sideBySide: true };

/** State that a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const ExplanationPanelState = z.object({
  runId: z.string(),
  paths: z.array(Path).min(1).max(mostImages),
  question: CamQuestion.default(usualQuestion),
  look: CamLook.default(usualLook),
  /** null: all of them, as a wall. */
  shown: Path.nullable().default(null),
});
export type ExplanationPanelState = z.infer<typeof ExplanationPanelState>;

/** For host.ts: the messages and state of the Grad-CAM panel. */
export const explanationProtocol = {
  received: ToExplanationPanel,
  sent: FromExplanationPanel,
  kept: ExplanationPanelState,
};
