// Host <-> contact sheet. Imported by src and webview; imports shared/contracts only. Messages contain no pictures: the page gets
// addresses of thumbnails, and requests those of images that it is about to show.
import { z } from 'zod';
import { ImageSizes } from '../contracts/checkResult.ts';
import { Finding } from '../contracts/finding.ts';
import { splitNames } from '../contracts/splits.ts';

/** Most images requested by one message. */
export const mostWanted = 200;
/** Most findings of one check that the page gets; the report has all. */
export const mostFindings = 500;

const RelativePath = z.string().min(1).max(4096);
const Split = z.enum(splitNames).nullable();

/** Result of the last check for one image. */
export const Mark = z.object({
  kind: z.enum(['corrupt', 'leak', 'twoClasses', 'duplicate', 'alike', 'suspect']),
  /** The reason, or the paths of the copies; may be long. */
  detail: z.string(),
});
export type Mark = z.infer<typeof Mark>;

export const SheetImage = z.object({ relativePath: RelativePath, marks: z.array(Mark) });
export type SheetImage = z.infer<typeof SheetImage>;

/** Images of one class in one split. */
export const SheetGroup = z.object({
  /** null: the dataset has no splits. */
  split: Split,
  className: z.string(),
  /** Count of the names. */
  imageCount: z.int().min(0),
  /** The first images of a random order that the seed decides. */
  sample: z.array(SheetImage),
  /** Images marked by the last check, in the order of their paths; the first of `markedCount`. */
  marked: z.array(SheetImage),
  markedCount: z.int().min(0),
});
export type SheetGroup = z.infer<typeof SheetGroup>;

/** The last check; texts are worded by the host. */
export const SheetCheck = z.object({
  when: z.string(),
  recipe: z.string(),
  /** True if the folder now contains other numbers of images. */
  isOutdated: z.boolean(),
  summary: z.string(),
  imageSizes: ImageSizes,
  findings: z.array(Finding).max(mostFindings),
  findingCount: z.int().min(0),
});
export type SheetCheck = z.infer<typeof SheetCheck>;

export const DatasetCard = z.object({
  name: z.string(),
  /** Folder, for display. */
  folder: z.string(),
  classNames: z.array(z.string()),
  /** A single entry with `split` null for a dataset without splits. `counts` by label, from names; null: no such folder. */
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

/** `address` null: there is no thumbnail, and `reason` says why. */
export const SheetThumbnail = z.object({
  relativePath: RelativePath,
  address: z.string().nullable(),
  reason: z.string().nullable(),
});
export type SheetThumbnail = z.infer<typeof SheetThumbnail>;

/**
 * Host -> panel. Every message is self-contained, so a lost one costs only its own content: a snapshot (the answer to `ready`) is
 * complete, and the page then requests the thumbnails that it lacks.
 */
export const ToSheetPanel = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    /** Absolute path, from which a reloaded page is restored. */
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
  /** Show this row, which was chosen in the sidebar. null: all. */
  z.object({ type: z.literal('show'), split: Split, className: z.string().nullable() }),
]);
export type ToSheetPanel = z.infer<typeof ToSheetPanel>;

/** Panel -> host. */
export const FromSheetPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** Requests a longer sample of one group. */
  z.object({ type: z.literal('moreWanted'), split: Split, className: z.string(), count: z.int().min(1).max(100_000) }),
  /** Requests another random order of all groups. */
  z.object({ type: z.literal('sampleAnew') }),
  z.object({ type: z.literal('thumbnailsWanted'), relativePaths: z.array(RelativePath).min(1).max(mostWanted) }),
  z.object({ type: z.literal('openImage'), relativePath: RelativePath }),
  z.object({ type: z.literal('check') }),
  z.object({ type: z.literal('openReport') }),
  z.object({ type: z.literal('fineTune') }),
  z.object({ type: z.literal('reveal') }),
]);
export type FromSheetPanel = z.infer<typeof FromSheetPanel>;

/** State that a panel keeps between reloads (vscode.setState); restored state is parsed again. */
export const SheetPanelState = z.object({
  /** Absolute path. */
  dataset: z.string().min(1).max(4096),
  seed: z.int().min(0),
  /** null: all. */
  split: Split,
  className: z.string().nullable(),
  markedOnly: z.boolean(),
});
export type SheetPanelState = z.infer<typeof SheetPanelState>;

/** For host.ts: the messages and state of the contact sheet. */
export const sheetProtocol = { received: ToSheetPanel, sent: FromSheetPanel, kept: SheetPanelState };
