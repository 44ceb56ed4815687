// Content of a dataset's contact sheet: counts, warnings, the last check, and for each class of each split a random sample. Pure.
import type { Finding } from '../../../shared/contracts/finding.ts';
import {
  type DatasetCard,
  type Mark,
  mostFindings,
  type SheetCheck,
  type SheetGroup,
  type SheetImage,
} from '../../../shared/messages/sheet.ts';
import { shuffled, stream } from '../../../shared/random.ts';
import { type CheckRecord, isLeak, isOutdated, summaryOf } from '../../datasets/checks/checkRecord.ts';
import { countsOf, imbalanceOf, warningsOf } from '../../datasets/index/datasetCounts.ts';
import type { ImageGroup, ImageList } from '../../datasets/index/listImages.ts';
import { checkText, imbalanceText, notableRatio, warningText } from '../../datasets/tree/datasetWords.ts';
import type { RowContext } from '../../runs/tree/runTexts.ts';
import { whenText } from '../../words/time.ts';

export type Marks = ReadonlyMap<string, readonly Mark[]>;

const sampleAtMost = 24;
const samplesInAll = 1500;
const markedAtMost = 300;

/** Samples shrink with many groups, so that the page stays fast. */
export const sampleSize = (groupCount: number): number =>
  Math.max(4, Math.min(sampleAtMost, Math.floor(samplesInAll / Math.max(1, groupCount))));

/** The first `count` images of a group, in a random order that depends on the seed. */
export function sampleOf(
  { split, className, relativePaths }: ImageGroup,
  { seed, count, marks }: { readonly seed: number; readonly count: number; readonly marks: Marks },
): SheetImage[] {
  const order = shuffled(relativePaths, stream(seed, 'contact sheet', split ?? '', className));
  return order.slice(0, count).map((relativePath) => imageWith(relativePath, marks));
}

export function groupsOf(list: ImageList, seed: number, marks: Marks): SheetGroup[] {
  const count = sampleSize(list.groups.length);
  return list.groups.map((group) => {
    const marked = group.relativePaths.filter((relativePath) => marks.has(relativePath));
    return {
      split: group.split,
      className: group.className,
      imageCount: group.relativePaths.length,
      sample: sampleOf(group, { seed, count, marks }),
      marked: marked.slice(0, markedAtMost).map((relativePath) => imageWith(relativePath, marks)),
      markedCount: marked.length,
    };
  });
}

/** Marks of single images by the findings, the most serious first. Notes and ignored files mark no image. */
export function marksOf(findings: readonly Finding[]): Marks {
  const marks = new Map<string, Mark[]>();
  const mark = (relativePath: string, own: Mark): void => {
    const before = marks.get(relativePath);
    if (before) before.push(own);
    else marks.set(relativePath, [own]);
  };
  for (const finding of findings) {
    if (finding.kind === 'corrupt' || finding.kind === 'suspect')
      mark(finding.relativePath, { kind: finding.kind, detail: finding.reason });
    if (finding.kind !== 'duplicate' && finding.kind !== 'nearDuplicate') continue;
    const kind =
      finding.kind === 'nearDuplicate'
        ? 'alike'
        : isLeak(finding)
          ? 'leak'
          : finding.classNames.length > 1
            ? 'twoClasses'
            : 'duplicate';
    for (const path of finding.relativePaths) {
      const others = finding.relativePaths.filter((other) => other !== path);
      const shown = others.slice(0, copiesShown).join(', ');
      mark(path, { kind, detail: others.length > copiesShown ? `${shown}, …` : shown });
    }
  }
  for (const own of marks.values()) own.sort((a, b) => gravity.indexOf(a.kind) - gravity.indexOf(b.kind));
  return marks;
}

const copiesShown = 5;
const gravity: readonly Mark['kind'][] = ['corrupt', 'leak', 'twoClasses', 'duplicate', 'alike', 'suspect'];

export interface CardParts {
  readonly name: string;
  readonly folder: string;
  readonly list: ImageList;
  readonly record: CheckRecord | null;
  readonly isChecking: boolean;
  readonly runCount: number;
}

export function cardOf({ list, record, ...rest }: CardParts, context: RowContext): DatasetCard {
  const { t } = context;
  const counts = countsOf(list);
  const imbalance = imbalanceOf(counts);
  return {
    ...rest,
    classNames: counts.classNames,
    splits: counts.splits,
    isComplete: counts.complete,
    imbalanceText: imbalance !== null && imbalance.ratio >= notableRatio ? imbalanceText(imbalance, t) : null,
    warningTexts: warningsOf(counts)
      .filter(({ kind }) => kind !== 'unbalanced') // shown beside the counts
      .map((warning) => warningText(warning, t)),
    check: record && checkOf(record, isOutdated(record, counts), context),
  };
}

function checkOf(record: CheckRecord, outdated: boolean, { now, language, t }: RowContext): SheetCheck {
  const summary = summaryOf(record);
  const { findings, imageSizes } = record.result;
  return {
    when: whenText(summary.checkedAt, now, language),
    recipe: record.recipe,
    isOutdated: outdated,
    summary: checkText(summary, t),
    imageSizes,
    findings: findings.toSorted((a, b) => weight(a) - weight(b)).slice(0, mostFindings),
    findingCount: findings.length,
  };
}

const weights: Readonly<Record<Finding['kind'], number>> = {
  groupOverlap: 0,
  innerFolders: 0,
  identifyingMarks: 1,
  corrupt: 2,
  duplicate: 3,
  nearDuplicate: 3,
  suspect: 4,
  note: 5,
  ignored: 6,
};
const weight = (finding: Finding): number => (isLeak(finding) ? 0 : weights[finding.kind]);

const imageWith = (relativePath: string, marks: Marks): SheetImage => ({
  relativePath,
  marks: [...(marks.get(relativePath) ?? [])],
});
