// `shoulders check`: the contents of a dataset folder as plain text for a terminal.

import type { CheckResult, ImageSizes } from '../../shared/contracts/checkResult.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import type { TaskType } from '../../shared/contracts/task.ts';
import { saysInnerFolders } from '../../shared/dataset/groups.ts';
import { groupedBy } from '../../shared/groupedBy.ts';
import type { CheckOptions, Dataset, DatasetIo } from '../dataset/dataset.ts';
import type { DatasetWords } from '../task.ts';
import { innerFoldersText, markWords, splitOriginWords } from '../words/findings.ts';
import { plural, printable, table } from '../words/text.ts';
import { tasks } from './tasks.ts';

export interface CheckRequest extends CheckOptions {
  readonly task: TaskType;
  /** Absolute paths of folders that symbolic links out of the dataset may lead into. */
  readonly linkFolders?: readonly string[] | undefined;
}

/**
 * Indexes, decodes, splits and judges a folder, without training.
 *
 * @throws UserError as the task's indexFolder and checkDataset do; the signal's reason when aborted
 */
export async function check(folder: string, request: CheckRequest, io: DatasetIo = {}): Promise<Dataset> {
  const { task, linkFolders, groups = 'pattern', groupPattern } = request;
  const { indexFolder, checkDataset } = tasks[task];
  const innerFolders = saysInnerFolders({ groups, groupPattern }) ? 'known' : 'unknown';
  return checkDataset(await indexFolder(folder, { signal: io.signal, linkFolders, innerFolders }), request, io);
}

/** For programs: the same facts as values, with the text. */
export function checkResult(task: TaskType, dataset: Dataset): CheckResult {
  const { folder, classNames, counts, splitOrigin, depth, fingerprint, findings } = dataset;
  return {
    folder,
    classNames: [...classNames],
    counts,
    splitOrigin,
    depth,
    fingerprint,
    imageSizes: imageSizes(dataset.images),
    findings,
    report: describeDataset(task, dataset),
  };
}

/** @param images  at least one */
export function imageSizes(images: readonly { readonly width: number; readonly height: number }[]): ImageSizes {
  const byPixels = images.toSorted((a, b) => a.width * a.height - b.width * b.height);
  const sizeAt = (i: number) => ({ width: byPixels[i]!.width, height: byPixels[i]!.height });
  return {
    smallest: sizeAt(0),
    median: sizeAt(Math.floor((byPixels.length - 1) / 2)),
    largest: sizeAt(byPixels.length - 1),
    distinct: new Set(images.map(({ width, height }) => `${width}x${height}`)).size,
  };
}

/** Counts, then what needs a look, the gravest first; ends in the fingerprint. Lines of at most about 100 columns, names escaped. */
export function describeDataset(task: TaskType, dataset: Dataset): string {
  const { folder, images, splitOrigin, findings, fingerprint } = dataset;
  const words = tasks[task].describe(dataset);
  const sections = [
    [`${printable(folder)}: ${plural(images.length, 'image')} ${words.extent}`],
    [
      ...table(words.counts),
      '',
      ...wrapped(splitOriginWords[splitOrigin], '', ''),
      ...(images.length > 0 ? [sizesText(imageSizes(images))] : []),
    ],
    ...findingSections(findings, words),
    [`Fingerprint ${fingerprint}`],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A folder that is no dataset has no known copies. */
const noWords = { contradicting: '', alike: '' };

/** Files left out of a folder that is not a dataset, with reasons, counts and examples; '' when there are none. */
export const describeLeftOut = (findings: readonly Finding[]): string =>
  findingSections(findings, noWords)
    .map((lines) => `${lines.join('\n')}\n\n`)
    .join('');

function sizesText({ smallest, median, largest, distinct }: ImageSizes): string {
  const size = ({ width, height }: ImageSizes['median']) => `${width} x ${height}`;
  return distinct === 1
    ? `All images are ${size(median)} pixels.`
    : `${distinct} image sizes: from ${size(smallest)} to ${size(largest)} pixels, median ${size(median)}.`;
}

type Of<K extends Finding['kind']> = Extract<Finding, { kind: K }>;

function findingSections(
  findings: readonly Finding[],
  { contradicting, alike }: Pick<DatasetWords, 'contradicting' | 'alike'>,
): string[][] {
  const of = <K extends Finding['kind']>(kind: K) => findings.filter((f): f is Of<K> => f.kind === kind);
  const duplicates = of('duplicate');
  const between = duplicates.filter(({ splits }) => splits.length > 1);
  const twoLabels = duplicates.filter(({ splits, classNames }) => splits.length === 1 && classNames.length > 1);
  const within = duplicates.filter(({ splits, classNames }) => splits.length === 1 && classNames.length === 1);
  const nearBetween = of('nearDuplicate').filter(({ splits }) => splits.length > 1);
  const nearTwoLabels = of('nearDuplicate').filter(({ splits }) => splits.length === 1);
  const overlaps = of('groupOverlap');
  return [
    section(
      'Left out because unusable',
      of('corrupt').map(({ relativePath, reason }) => `${printable(relativePath)}: ${reason}`),
    ),
    section('LEAK: the same image in more than one split', between.map(copies)),
    section('LEAK? Images that look almost the same in more than one split', nearBetween.map(lookAlikes)),
    section(
      'LEAK: the same group in more than one split',
      overlaps.map(
        ({ group, splits, imageCount }) =>
          `${printable(group)}: ${plural(imageCount, 'image')} in ${splits.join(', ')}`,
      ),
    ),
    section(
      'POSSIBLE LEAK: folders within class folders, with images in more than one split',
      of('innerFolders').map(innerFoldersText),
    ),
    section(
      'May identify a person: file names appear in predictions and reports',
      of('identifyingMarks').map(
        ({ mark, imageCount, examples }) =>
          `${markWords[mark]}: ${plural(imageCount, 'image')} (${examples.map(printable).join('; ')})`,
      ),
    ),
    section(`The same image ${contradicting}`, twoLabels.map(copies)),
    section(`Images that look almost the same ${contradicting}`, nearTwoLabels.map(lookAlikes)),
    ...byReason('Kept, but check them', of('suspect')),
    section(`The same image more than once ${alike}`, within.map(copies)),
    section(
      'Notes',
      of('note').map(({ text }) => printable(text)),
      notesShown,
    ),
    ...byReason('Ignored files', of('ignored')),
  ].filter((lines) => lines.length > 0);
}

const shownAtMost = 10;
const notesShown = 100;

/** A heading with the count, the first lines, and how many more there are; nothing when there are none. */
function section(heading: string, lines: readonly string[], atMost = shownAtMost): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - atMost;
  return [
    `${heading} (${lines.length})`,
    ...lines.slice(0, atMost).flatMap((line) => wrapped(line, '  ', '      ')),
    ...(more > 0 ? [`  ... and ${more} more`] : []),
  ];
}

/** At blanks, to 96 columns; `first` and `further` indent the lines. */
function wrapped(text: string, first: string, further: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const isEmpty = line.trim() === '';
    if (!isEmpty && line.length + 1 + word.length > 96) {
      lines.push(line);
      line = `${further}${word}`;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** One heading, then each reason with its count and a few paths. */
function byReason(heading: string, findings: readonly (Of<'suspect'> | Of<'ignored'>)[]): string[][] {
  if (findings.length === 0) return [];
  const lines = [...groupedBy(findings, ({ reason }) => reason)].flatMap(([reason, own]) => [
    `  ${own.length} x ${reason}`,
    ...own.slice(0, 3).map(({ relativePath }) => `      ${printable(relativePath)}`),
    ...(own.length > 3 ? [`      ... and ${own.length - 3} more`] : []),
  ]);
  return [[`${heading} (${findings.length})`, ...lines]];
}

const lookAlikes = ({ relativePaths, imageCount, splits, classNames }: Of<'nearDuplicate'>) =>
  `${relativePaths.slice(0, 4).map(printable).join(' ~ ')}${imageCount > 4 ? ` (${imageCount} images)` : ''} in ${splits.join(', ')}; ${classNames.map(printable).join(', ')}`;

const copies = ({ relativePaths }: Of<'duplicate'>) => relativePaths.map(printable).join(' = ');
