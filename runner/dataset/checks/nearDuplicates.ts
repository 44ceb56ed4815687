// Images that look almost the same in different files: smaller copies, re-encoded ones, frames of one film. Candidates share
// most of a hash, pairs are judged by their detail (look.ts); docs/near-duplicates.md explains the limits.
import { setImmediate as soon } from 'node:timers/promises';
import type { Finding } from '../../../shared/contracts/finding.ts';
import { disjointSets } from '../../../shared/dataset/disjointSets.ts';
import { groupedBy } from '../../../shared/groupedBy.ts';
import type { Targets } from '../targets.ts';
import { hashDistance, type Look, likeness } from './look.ts';

/** Least correlation of details in copies; among 13.6 million pairs of X-rays of different patients none reached it. */
export const leastLikeness = 0.95;
const mostHashBits = 12;
/** Sides may be rounded, or slightly cropped: the aspect ratios of copies agree within this factor. */
const mostAspectFactor = 1.08;

const bandBits = 16;
const bandCount = 64 / bandBits;
/** The band itself, and each band that differs in one bit: if hashes differ in up to seven bits, one band is always among them. */
const probes = [0, ...Array.from({ length: bandBits }, (_, bit) => 1 << bit)];

/** Limits of the work, in pairs, for a hundred thousand images that all look alike. Small sets never reach them. */
const mostHashPairs = 400_000_000;
const mostDetailPairs = 30_000_000;

export interface NearPairs {
  /** Positions in `looks`, the greater first. */
  readonly pairs: readonly (readonly [number, number])[];
  /** false: so many images resemble each other that not all pairs were compared. */
  readonly complete: boolean;
}

/**
 * Pairs that look almost the same. Each image is compared with earlier ones that share a band of its hash up to one bit, so the
 * work grows with the number of images and of resemblances, not with its square.
 *
 * @param looks  one per image; null resembles nothing
 */
export async function nearPairs(looks: readonly (Look | null)[], signal?: AbortSignal): Promise<NearPairs> {
  const count = looks.length;
  const heads = new Int32Array(bandCount << bandBits).fill(-1);
  const nexts = new Int32Array(bandCount * count);
  const seenBy = new Int32Array(count).fill(-1);
  const hashPairsEach = Math.max(2000, mostHashPairs / Math.max(1, count));
  const detailPairsEach = Math.max(100, mostDetailPairs / Math.max(1, count));
  const pairs: [number, number][] = [];
  let complete = true;
  for (let i = 0; i < count; i++) {
    if (i % 256 === 255) {
      await soon();
      signal?.throwIfAborted();
    }
    const look = looks[i];
    if (!look) continue;
    const bands = bandsOf(look);
    let [hashPairs, detailPairs] = [0, 0];
    search: for (let band = 0; band < bandCount; band++)
      for (const probe of probes)
        for (let j = heads[(band << bandBits) | (bands[band]! ^ probe)]!; j !== -1; j = nexts[band * count + j]!) {
          if (seenBy[j] === i) continue;
          seenBy[j] = i;
          if (++hashPairs > hashPairsEach || detailPairs > detailPairsEach) {
            complete = false;
            break search;
          }
          const other = looks[j]!;
          if (hashDistance(look, other) > mostHashBits || !sameShape(look, other)) continue;
          detailPairs++;
          if (likeness(look, other) >= leastLikeness) pairs.push([i, j]);
        }
    for (let band = 0; band < bandCount; band++) {
      const slot = (band << bandBits) | bands[band]!;
      nexts[band * count + i] = heads[slot]!;
      heads[slot] = i;
    }
  }
  return { pairs, complete };
}

const bandsOf = ({ hash: [low, high] }: Look): readonly number[] => [
  low & 0xffff,
  low >>> 16,
  high & 0xffff,
  high >>> 16,
];

const sameShape = (a: Look, b: Look): boolean =>
  a.aspect <= b.aspect * mostAspectFactor && b.aspect <= a.aspect * mostAspectFactor;

/** One number per image; equal numbers look almost the same, directly or through others, or are copies of one file. */
export interface NearGroups {
  readonly groupOf: readonly number[];
  readonly complete: boolean;
}

/** @param images  with `sha256`, so that only one of several copies of a file is compared */
export async function nearGroupsOf(
  images: readonly { readonly sha256: string; readonly look: Look | null }[],
  signal?: AbortSignal,
): Promise<NearGroups> {
  const firstOf = new Map<string, number>();
  images.forEach(({ sha256 }, i) => {
    if (!firstOf.has(sha256)) firstOf.set(sha256, i);
  });
  const { pairs, complete } = await nearPairs(
    images.map(({ sha256, look }, i) => (firstOf.get(sha256) === i ? look : null)),
    signal,
  );
  const { rootOf, join } = disjointSets(images.length);
  images.forEach(({ sha256 }, i) => {
    join(i, firstOf.get(sha256)!);
  });
  for (const [i, j] of pairs) {
    const [a, b] = [rootOf(i), rootOf(j)];
    join(Math.max(a, b), Math.min(a, b));
  }
  return { groupOf: images.map((_, i) => rootOf(i)), complete };
}

interface Placed {
  readonly relativePath: string;
  readonly sha256: string;
  readonly split: string;
  /** Number from nearGroupsOf(). */
  readonly look: number;
}

const listedAtMost = 10;

/**
 * Groups that look almost the same and are in more than one split or have different targets, the largest first; the others are counted
 * in a note, since frames of a film and series of one scene are common within a split. Groups of byte-identical images alone are left to
 * checkLeak().
 */
export function checkNearDuplicates<Target extends object>(
  images: readonly (Placed & Target)[],
  targets: Pick<Targets<Target>, 'namesIn' | 'whereAlike'>,
  splitNames: readonly string[],
  complete: boolean,
): Finding[] {
  const groups = [...groupedBy(images, ({ look }) => look).values()].filter(
    (own) => own.length > 1 && new Set(own.map(({ sha256 }) => sha256)).size > 1,
  );
  type Near = Extract<Finding, { kind: 'nearDuplicate' }>;
  const findings = groups
    .map(
      (own): Near => ({
        kind: 'nearDuplicate',
        relativePaths: examplesOf(own, targets),
        imageCount: own.length,
        splits: splitNames.filter((name) => own.some(({ split }) => split === name)),
        classNames: targets.namesIn(own),
      }),
    )
    .sort((a, b) => b.imageCount - a.imageCount);
  const apart = findings.filter(({ splits, classNames: own }) => splits.length > 1 || own.length > 1);
  const within = findings.filter((finding) => !apart.includes(finding));
  const withinCount = within.reduce((sum, { imageCount }) => sum + imageCount, 0);
  return [
    ...apart,
    ...(withinCount > 0
      ? [
          {
            kind: 'note' as const,
            text: `${withinCount} images look almost the same as another one of their ${targets.whereAlike} (for example ${within[0]!.relativePaths.slice(0, 2).join(' and ')})`,
          },
        ]
      : []),
    ...(complete
      ? []
      : [
          {
            kind: 'note' as const,
            text: 'So many images look alike that not every pair was compared: there may be more near duplicates',
          },
        ]),
  ];
}

/** One of each split and target first, so that a few paths show the problem. */
function examplesOf<Target extends object>(
  own: readonly (Placed & Target)[],
  { namesIn }: Pick<Targets<Target>, 'namesIn'>,
): string[] {
  const placeOf = (image: Placed & Target) => JSON.stringify([image.split, namesIn([image])]);
  const firsts = [...groupedBy(own, placeOf).values()].map(([first]) => first!);
  return [...new Set([...firsts, ...own].map(({ relativePath }) => relativePath))].slice(0, listedAtMost);
}
