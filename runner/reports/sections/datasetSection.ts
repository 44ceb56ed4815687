// The data of the run: images, splits, leaks, findings.
import { depthMatters, whiteOf } from '../../../shared/contracts/depth.ts';
import type { Finding } from '../../../shared/contracts/finding.ts';
import type { RunState } from '../../../shared/contracts/runState.ts';
import { innerFoldersText, markWords, splitOriginWords } from '../../words/findings.ts';
import { plural } from '../../words/text.ts';
import type { Block } from '../reports.ts';
import { sum } from '../wording.ts';

/** @param listed  also list the odd images by name */
export function datasetSection(
  { dataset, classNames, counts, fingerprint, splitOrigin, findings, depth, deepImageCount }: RunState,
  { listed = true } = {},
): Block[] {
  const heading: Block = { kind: 'heading', text: 'Dataset' };
  const folder: Block = { kind: 'text', text: `Folder: ${dataset ?? 'unknown'}` };
  if (!counts) return [heading, folder, { kind: 'text', text: 'The images had not been checked when the run ended.' }];
  const columns = [counts.train, counts.val, counts.test];
  const rowOf = (name: string, sizes: readonly number[]) => [name, ...sizes, sum(sizes)].map(String);
  return [
    heading,
    folder,
    {
      kind: 'table',
      caption: 'Images per class and split',
      head: ['class', 'train', 'validation', 'test', 'all'],
      rows: [
        ...classNames.map((name, label) =>
          rowOf(
            name,
            columns.map((sizes) => sizes[label] ?? 0),
          ),
        ),
        rowOf('all', columns.map(sum)),
      ],
    },
    {
      kind: 'facts',
      rows: [
        ['Splits', splitOrigin ? splitOriginWords[splitOrigin] : 'unknown'],
        ...(depthMatters(depth, deepImageCount) ? [['16-bit images', depthText(depth)] as const] : []),
        ['Leaks', leakVerdict(findings)],
        ['Fingerprint', fingerprint ?? 'unknown'],
      ],
    },
    ...(listed ? findingBlocks(findings) : []),
  ];
}

const depthText = (depth: RunState['depth']): string =>
  `Read as ${depth} bits: ${whiteOf(depth)} and above is white, except in files that declare their own white.`;

type Of<K extends Finding['kind']> = Extract<Finding, { kind: K }>;

const ofKind = <K extends Finding['kind']>(findings: readonly Finding[], kind: K) =>
  findings.filter((finding): finding is Of<K> => finding.kind === kind);

const leaksIn = (findings: readonly Finding[]) => ({
  copies: ofKind(findings, 'duplicate').filter(({ splits }) => new Set(splits).size > 1),
  groups: ofKind(findings, 'groupOverlap'),
});

/** A possible leak, which a person has to look at; '' when no images look alike. */
function doubtIn(findings: readonly Finding[]): string {
  const alike = ofKind(findings, 'nearDuplicate').filter(({ splits }) => splits.length > 1);
  const images = alike.reduce((sum, { imageCount }) => sum + imageCount, 0);
  return images === 0
    ? ''
    : ` ${images} images look almost the same as images of another split: if they are copies, the test results are too optimistic.`;
}

export function hasLeak(findings: readonly Finding[]): boolean {
  const { copies, groups } = leaksIn(findings);
  return copies.length + groups.length > 0;
}

/** The sentence about leaks, which decide how far the test results can be trusted. */
export function leakVerdict(findings: readonly Finding[]): string {
  if (!hasLeak(findings)) {
    const [unknown] = ofKind(findings, 'innerFolders');
    if (unknown) return `Unknown. ${innerFoldersText(unknown)}`;
    return `None found: no identical image and no group appears in more than one split.${doubtIn(findings)}`;
  }
  const { copies, groups } = leaksIn(findings);
  const found = [
    ...(copies.length > 0 ? [plural(copies.length, 'identical image')] : []),
    ...(groups.length > 0 ? [plural(groups.length, 'group')] : []),
  ];
  return `LEAK: ${found.join(' and ')} in more than one split, so the test results are too optimistic.${doubtIn(findings)}`;
}

const shown = 10;

function findingBlocks(findings: readonly Finding[]): Block[] {
  const sections: [title: string, lines: string[]][] = [
    ['Left out because unusable', ofKind(findings, 'corrupt').map(withReason)],
    [
      'Groups in more than one split',
      ofKind(findings, 'groupOverlap').map(
        (f) => `${f.group}: ${plural(f.imageCount, 'image')} in ${f.splits.join(', ')}`,
      ),
    ],
    ['Folders that may be groups', ofKind(findings, 'innerFolders').map(innerFoldersText)],
    [
      'May identify a person (examples are masked)',
      ofKind(findings, 'identifyingMarks').map(
        ({ mark, imageCount, examples }) =>
          `${markWords[mark]}: ${plural(imageCount, 'image')}, for example ${examples.join('; ')}`,
      ),
    ],
    [
      'Identical images',
      ofKind(findings, 'duplicate').map(
        (f) => `${f.relativePaths.join(' = ')} (${[...f.splits, ...f.classNames].join(', ')})`,
      ),
    ],
    [
      'Images that look almost the same',
      ofKind(findings, 'nearDuplicate').map(
        (f) =>
          `${f.relativePaths.slice(0, 4).join(' ~ ')} (${plural(f.imageCount, 'image')} in ${[...f.splits, ...f.classNames].join(', ')})`,
      ),
    ],
    ['Kept, but suspect', ofKind(findings, 'suspect').map(withReason)],
    ['Ignored files', ofKind(findings, 'ignored').map(withReason)],
    ['Notes', ofKind(findings, 'note').map(({ text }) => text)],
  ];
  return sections.flatMap(([title, lines]): Block[] => {
    if (lines.length === 0) return [];
    const more = lines.length - shown;
    return [
      { kind: 'text', text: `${title} (${lines.length}):` },
      { kind: 'list', items: [...lines.slice(0, shown), ...(more > 0 ? [`… and ${more} more`] : [])] },
    ];
  });
}

const withReason = ({ relativePath, reason }: { relativePath: string; reason: string }) => `${relativePath}: ${reason}`;
