// The depth of a dataset's 16-bit images: one rule for all, whatever their split. Pure.
// All splits decide: the depth is a fact about the files, one of five values, and uses no label; a new seed or split changes no pixel.
import { type Depth, type DepthChoice, depthFor, depths, whiteOf } from '../../shared/contracts/depth.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { SampleRange } from '../images/samples/sampleRange.ts';
import { plural } from '../words/text.ts';

interface Ranged {
  readonly relativePath: string;
  /** null: an 8-bit image. */
  readonly sampleRange: SampleRange | null;
}

/** If "auto", decided by all images together. */
export const chooseDepth = (wanted: Recipe['depth'], images: readonly Ranged[]): DepthChoice =>
  wanted === 'auto' ? choiceOf(neededBy(undecided(images)), 'images', images) : choiceOf(wanted, 'recipe', images);

export const depthOfModel = (depth: Depth, images: readonly Ranged[]): DepthChoice => choiceOf(depth, 'model', images);

function choiceOf(depth: Depth, from: DepthChoice['from'], images: readonly Ranged[]): DepthChoice {
  const open = undecided(images);
  const brightest = open.toSorted((a, b) => b.largest - a.largest)[0];
  const outliers = outliersAt(depth, open);
  return {
    depth,
    from,
    needed: neededBy(open),
    imageCount: open.length,
    declaredCount: images.filter(({ sampleRange }) => sampleRange?.declaresWhite).length,
    largest: brightest ? { sample: brightest.largest, relativePath: brightest.relativePath } : null,
    clippedCount: open.filter(isClippedAt(depth)).length,
    ...(outliers && { outliers }),
  };
}

const undecided = (images: readonly Ranged[]): (SampleRange & { readonly relativePath: string })[] =>
  images.flatMap(({ relativePath, sampleRange }) =>
    sampleRange && !sampleRange.declaresWhite ? [{ relativePath, ...sampleRange }] : [],
  );

/** 16 if no image decides. */
const neededBy = (open: readonly SampleRange[]): Depth =>
  open.length === 0 ? 16 : depthFor(open.reduce((most, range) => Math.max(most, mostOf(range)), 0));

const mostOf = ({ largest, mostSample = 0 }: SampleRange): number => Math.max(largest, mostSample);

const isClippedAt =
  (depth: Depth) =>
  ({ largest }: SampleRange) =>
    largest > whiteOf(depth);

const listedAtMost = 20;

/** Findings about the depth of 16-bit images, and about clipped ones. */
export function depthFindings(
  { depth, from, largest, declaredCount, outliers }: DepthChoice,
  images: readonly Ranged[],
): Finding[] {
  const findings: Finding[] = [];
  const open = undecided(images);
  if (largest) {
    const why =
      from === 'images'
        ? 'the fewest of 8, 10, 12, 14 and 16 that contain their largest value,'
        : 'as the recipe or the run sets it; their largest value is';
    const text = `${plural(open.length, 'image')} with 16 bits per channel: read as ${depth} bits, ${why} ${largest.sample} (${largest.relativePath})`;
    findings.push({ kind: 'note', text: `${text}${outliers ? outliersText(outliers) : ''}` });
  }
  if (declaredCount > 0)
    findings.push({
      kind: 'note',
      text: `${plural(declaredCount, 'image')} with 16 bits per channel: read as the file itself declares`,
    });
  const clipped = open.filter(isClippedAt(depth));
  const reason = `values above ${whiteOf(depth)}, the white of depth ${depth}, are clipped`;
  if (clipped.length > listedAtMost)
    findings.push({
      kind: 'note',
      text: `${clipped.length} of ${images.length} images: ${reason} (for example ${clipped[0]!.relativePath})`,
    });
  else for (const { relativePath } of clipped) findings.push({ kind: 'suspect', relativePath, reason });
  return findings;
}

type Outliers = NonNullable<DepthChoice['outliers']>;

/** A few images with a hot pixel, or from another device, that make all others dark: the user must see that. */
function outliersAt(depth: Depth, open: readonly SampleRange[]): Outliers | undefined {
  const needed = open.map((range) => depthFor(mostOf(range)));
  const fitIn = (bits: Depth) => needed.filter((each) => each <= bits).length;
  const othersFit = depths.find((each) => each < depth && fitIn(each) >= open.length * nearlyAll);
  if (open.length === 0 || othersFit === undefined) return undefined;
  const count = open.length - fitIn(othersFit);
  return count === 0 ? undefined : { count, othersFit };
}

const outliersText = ({ count, othersFit }: Outliers): string =>
  `. All but ${count} would fit into ${othersFit} bits: if ${count === 1 ? 'that one is a mistake, take it' : 'those are mistakes, take them'} out, or set depth to ${othersFit}`;

const nearlyAll = 0.9;
