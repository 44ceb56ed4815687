// A contact sheet as the host sends it: chest X-rays in three splits, some of them flagged.
import type {
  DatasetCard,
  Mark,
  SheetGroup,
  SheetImage,
  SheetThumbnail,
  ToSheetPanel,
} from '../../../shared/messages/sheet.ts';

type Snapshot = Extract<ToSheetPanel, { type: 'snapshot' }>;

const classNames = ['NORMAL', 'PNEUMONIA'];
const counts = { train: [1341, 3875], val: [8, 8], test: [234, 390] } as const;

export const pathOf = (split: string, className: string, i: number): string =>
  `${split}/${className}/image #${i} of many.jpeg`;

const marks: Readonly<Record<string, readonly Mark[]>> = {
  [pathOf('train', 'NORMAL', 1)]: [{ kind: 'corrupt', detail: 'premature end of JPEG image' }],
  [pathOf('train', 'PNEUMONIA', 2)]: [{ kind: 'leak', detail: pathOf('test', 'PNEUMONIA', 3) }],
  [pathOf('test', 'PNEUMONIA', 3)]: [
    { kind: 'leak', detail: pathOf('train', 'PNEUMONIA', 2) },
    { kind: 'suspect', detail: 'its end marker is missing' },
  ],
};

export const imageAt = (split: string, className: string, i: number): SheetImage => {
  const relativePath = pathOf(split, className, i);
  return { relativePath, marks: [...(marks[relativePath] ?? [])] };
};

export function groupAt(split: 'train' | 'val' | 'test', label: number, length = 24): SheetGroup {
  const className = classNames[label]!;
  const imageCount = counts[split][label]!;
  const sample = Array.from({ length: Math.min(length, imageCount) }, (_, i) => imageAt(split, className, i));
  const marked = sample.filter((image) => image.marks.length > 0);
  return { split, className, imageCount, sample, marked, markedCount: marked.length };
}

export const card: DatasetCard = {
  name: 'chest_xray',
  folder: '/data/chest_xray',
  classNames,
  splits: (['train', 'val', 'test'] as const).map((split) => ({ split, counts: [...counts[split]] })),
  isComplete: true,
  imbalanceText:
    'PNEUMONIA has 2.9 times as many images as NORMAL; always predicting PNEUMONIA would be right for 74 %.',
  warningTexts: [
    'Too few images in val: NORMAL (8), PNEUMONIA (8). Results for a class with fewer than 30 say little.',
  ],
  check: {
    when: '14:05',
    recipe: 'chest-xray',
    isOutdated: false,
    summary: '1 unusable, 1 in several splits, 1 to check',
    imageSizes: {
      smallest: { width: 384, height: 127 },
      median: { width: 1281, height: 888 },
      largest: { width: 2916, height: 2583 },
      distinct: 4803,
    },
    findings: [
      {
        kind: 'duplicate',
        relativePaths: [pathOf('train', 'PNEUMONIA', 2), pathOf('test', 'PNEUMONIA', 3)],
        splits: ['train', 'test'],
        classNames: ['PNEUMONIA'],
      },
      { kind: 'corrupt', relativePath: pathOf('train', 'NORMAL', 1), reason: 'premature end of JPEG image' },
    ],
    findingCount: 2,
  },
  isChecking: false,
  runCount: 2,
};

export const snapshot = (over: Partial<Snapshot> = {}): Snapshot => ({
  type: 'snapshot',
  dataset: card.folder,
  seed: 1,
  card,
  groups: (['train', 'val', 'test'] as const).flatMap((split) => [groupAt(split, 0), groupAt(split, 1)]),
  strings: {},
  ...over,
});

/** A flat set of many classes, as a workspace of plants may be. */
export function manyClasses(count: number): Snapshot {
  const names = Array.from({ length: count }, (_, i) => `a class with a rather long name, number ${i}`);
  const sizes = names.map((_, i) => (i === 3 ? 0 : 10 + ((i * 37) % 90)));
  return snapshot({
    card: {
      ...card,
      classNames: names,
      splits: [{ split: null, counts: sizes }],
      imbalanceText: null,
      warningTexts: [],
      check: null,
      runCount: 0,
    },
    groups: names.map((className, label) => ({
      split: null,
      className,
      imageCount: sizes[label]!,
      sample: Array.from({ length: Math.min(4, sizes[label]!) }, (_, i) => ({
        relativePath: `${className}/${i}.png`,
        marks: [],
      })),
      marked: [],
      markedCount: 0,
    })),
  });
}

/** Replies to requests: a picture, or none for unusable files. */
export const thumbnailsFor = (paths: readonly string[]): Extract<ToSheetPanel, { type: 'thumbnails' }> => ({
  type: 'thumbnails',
  thumbnails: paths.map((relativePath): SheetThumbnail => {
    const corrupt = marks[relativePath]?.find(({ kind }) => kind === 'corrupt');
    return corrupt
      ? { relativePath, address: null, reason: corrupt.detail }
      : { relativePath, address: `http://panel.test/pictures/${encodeURIComponent(relativePath)}`, reason: null };
  }),
});
