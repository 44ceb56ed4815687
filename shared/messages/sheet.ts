// Host <-> contact sheet. Imported by src and webview; imports shared/contracts only. Pictures never travel by messages: the page gets
// addresses of thumbnails, and asks for those of images that it is about to show.
import { z } from 'zod';
import { ImageSizes } from '../contracts/checkResult.ts';
import { Finding } from '../contracts/finding.ts';
import { splitNames } from '../contracts/splits.ts';

/** Images asked for in one message. */
export const mostWanted = 200;
/** Findings of one check that the page gets; the report has all. */
export const mostFindings = 500;

const RelativePath = z.string().min(1).max(4096);
const Split = z.enum(splitNames).nullable();

/** What the last check says about one image. */
export const Mark = z.object({
  kind: z.enum(['corrupt', 'leak', 'twoClasses', 'duplicate', 'alike', 'suspect']),
  /** The reason, or the paths of the copies; may be long. */
  detail: z.string(),
});
export type Mark = z.infer<typeof Mark>;

export const SheetImage = z.object({ relativePath: RelativePath, marks: z.array(Mark) });
export type SheetImage = z.infer<typeof SheetImage>;

/** A class of a split. */
export const SheetGroup = z.object({
  /** null: the set has no splits. */
  split: Split,
  className: z.string(),
  /** By names. */
  imageCount: z.int().min(0),
  /** The first of a random order that the seed decides. */
  sample: z.array(SheetImage),
  /** What the last check marked, in the order of their paths; `markedCount` of them, of which the first are here. */
  marked: z.array(SheetImage),
  markedCount: z.int().min(0),
});
export type SheetGroup = z.infer<typeof SheetGroup>;

/** The last check; texts are worded by the host. */
export const SheetCheck = z.object({
  when: z.string(),
  recipe: z.string(),
  /** The folder holds other numbers of images now. */
  isOutdated: z.boolean(),
  summary: z.string(),
  imageSizes: ImageSizes,
  findings: z.array(Finding).max(mostFindings),
  findingCount: z.int().min(0),
});
export type SheetCheck = z.infer<typeof SheetCheck>;

export const DatasetCard = z.object({
  name: z.string(),
  /** For reading. */
  folder: z.string(),
  classNames: z.array(z.string()),
  /** One of `split` null for a flat set. `counts` by label, by names; null: no such folder. */
  splits: z.array(z.object({ split: Split, counts: z.array(z.int().min(0).nullable()) })),
  /** false: the counts are lower limits. */
  isComplete: z.boolean(),
  imbalanceText: z.string().nullable(),
  warningTexts: z.array(z.string()),
  check: SheetCheck.nullable(),
  isChecking: z.boolean(),
  runCount: z.int().min(0),
});
export type DatasetCard = z.infer<typeof DatasetCard>;

/** `address` null: there is none, `reason` says why. */
export const SheetThumbnail = z.object({
  relativePath: RelativePath,
  address: z.string().nullable(),
  reason: z.string().nullable(),
});
export type SheetThumbnail = z.infer<typeof SheetThumbnail>;

/**
 * Host -> panel. Every message stands for itself, so that a lost one costs what it held: a snapshot (the answer to `ready`) is whole, and
 * the page then asks again for what it shows and lacks.
 */
export const ToSheetPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    /** Absolute path: what a reloaded page is restored by. */
    dataset: z.string(),
    seed: z.int().min(0),
    card: DatasetCard,
    groups: z.array(SheetGroup),
    strings: z.record(z.string(), z.string()),
  }),
  /** The answer to `moreWanted`: the sample of this group, from its beginning. */
  z.object({
    type: z.literal('sample'),
    seed: z.int(),
    split: Split,
    className: z.string(),
    sample: z.array(SheetImage),
  }),
  z.object({ type: z.literal('thumbnails'), thumbnails: z.array(SheetThumbnail) }),
  /** A row of the sidebar was chosen: show this. null: all. */
  z.object({ type: z.literal('show'), split: Split, className: z.string().nullable() }),
]);
export type ToSheetPanel = z.infer<typeof ToSheetPanel>;

/** Panel -> host. */
export const FromSheetPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** A longer sample of one group. */
  z.object({ type: z.literal('moreWanted'), split: Split, className: z.string(), count: z.int().min(1).max(100_000) }),
  /** Another random order of all groups. */
  z.object({ type: z.literal('sampleAnew') }),
  z.object({ type: z.literal('thumbnailsWanted'), relativePaths: z.array(RelativePath).min(1).max(mostWanted) }),
  z.object({ type: z.literal('openImage'), relativePath: RelativePath }),
  z.object({ type: z.literal('check') }),
  z.object({ type: z.literal('openReport') }),
  z.object({ type: z.literal('fineTune') }),
  z.object({ type: z.literal('reveal') }),
]);
export type FromSheetPanel = z.infer<typeof FromSheetPanel>;

/** What a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const SheetPanelState = z.object({
  /** Absolute. */
  dataset: z.string().min(1).max(4096),
  seed: z.int().min(0),
  /** null: all. */
  split: Split,
  className: z.string().nullable(),
  markedOnly: z.boolean(),
});
export type SheetPanelState = z.infer<typeof SheetPanelState>;

/** For host.ts: what the contact sheet speaks. */
export const sheetProtocol = { received: ToSheetPanel, sent: FromSheetPanel, kept: SheetPanelState };
