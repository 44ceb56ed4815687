// Compares the answers of an exported file with the run's: its own weights and the file's bytes, on the same images, by the same engine.
import { UserError } from '../../shared/contracts/errors.ts';
import type { Parity } from '../../shared/contracts/exports.ts';
import { softmaxRows } from '../../shared/contracts/scores.ts';
import type { Answers } from '../classification/evaluation/recordedAnswers.ts';
import type { Engine, Program, ProgramSource } from '../engine/engine.ts';
import type { RgbImage } from '../images/samples/raster.ts';
import type { Network } from '../programs/inference.ts';
import { segmentProgram } from '../programs/segment.ts';
import type { Tensor } from '../tensor.ts';
import { type Decider, decisionOf } from './decision.ts';

/** One image for both sides of the comparison. */
export interface ProbeImage {
  /** Name for the user: a path within the dataset, or the generated pattern. */
  readonly name: string;
  /** Evaluation view, uint8 [1, S, S, 3]. */
  readonly view: Tensor;
  /** Whole image of any size, for files that make the view themselves. */
  readonly whole: RgbImage;
}

/** An exported file as a program. */
export interface Candidate {
  readonly program: ProgramSource;
  feedsOf(image: ProbeImage): Readonly<Record<string, Tensor>>;
}

export interface Compared {
  readonly parity: Omit<Parity, 'comparedOn' | 'maxWeightDifference'>;
  /** Names of the images for which the file decides differently. */
  readonly changed: readonly string[];
  /** Image on which the probabilities differ most. */
  readonly worst: string;
  /** Probabilities from the run's own weights, by image. */
  readonly own: Answers;
}

export interface CompareOptions extends Decider {
  readonly engine: Engine;
  readonly network: Network;
  readonly imageSize: number;
  readonly candidate: Candidate;
  readonly images: AsyncIterable<ProbeImage> | Iterable<ProbeImage>;
  readonly signal?: AbortSignal | undefined;
}

/** @throws Error when the file cannot be run, or answers NaN or infinity; the signal's reason */
export async function compare(options: CompareOptions): Promise<Compared> {
  const { engine, network, imageSize, candidate, images, signal } = options;
  const own = await engine.load(
    segmentProgram({ ...network, batch: 1, from: 'all', to: 'logits', imageSize, featureType: 'uint8' }),
  );
  const theirs = await engine.load(candidate.program);
  let count = 0;
  let [maxLogitDifference, maxProbabilityDifference] = [0, 0];
  let worst = '';
  const changed: string[] = [];
  const ownAnswers = new Map<string, ArrayLike<number>>();
  try {
    for await (const image of images) {
      signal?.throwIfAborted();
      // Feeds change their owner, so each side gets a copy.
      const expected = await answerOf(own, { pixels: copyOf(image.view) });
      const seen = await answerOf(theirs, candidate.feedsOf(image));
      ownAnswers.set(image.name, softmaxOf(expected.logits));
      count++;
      maxLogitDifference = Math.max(maxLogitDifference, difference(expected.logits, seen.logits));
      const off = Math.max(
        difference(softmaxOf(expected.logits), softmaxOf(seen.logits)),
        seen.probabilities === undefined
          ? 0
          : difference(softmaxOf(expected.logits, options.temperature), seen.probabilities),
      );
      if (off >= maxProbabilityDifference) [maxProbabilityDifference, worst] = [off, image.name];
      if (decisionOf(expected.logits, options) !== decisionOf(seen.logits, options)) changed.push(image.name);
    }
  } finally {
    await own.dispose();
    await theirs.dispose();
  }
  const parity = { count, maxLogitDifference, maxProbabilityDifference, changedDecisions: changed.length };
  return { parity, changed, worst, own: ownAnswers };
}

/** @throws UserError exportDiffers */
export function refuseIfOff(format: string, { parity, worst }: Compared, tolerance: number): void {
  const { maxProbabilityDifference: difference } = parity;
  // Written this way so that NaN is refused, too.
  if (difference <= tolerance) return;
  throw new UserError('exportDiffers', {
    format,
    image: worst || 'every image',
    difference: difference.toPrecision(2),
    tolerance,
  });
}

interface Answer {
  readonly logits: readonly number[];
  readonly probabilities: readonly number[] | undefined;
}

async function answerOf(program: Program, feeds: Readonly<Record<string, Tensor>>): Promise<Answer> {
  const out = await program.run(feeds);
  const numbers = (tensor: Tensor) => Array.from(tensor.data as Float32Array);
  return {
    logits: numbers(out.logits!),
    probabilities: out.probabilities && numbers(out.probabilities),
  };
}

const copyOf = (tensor: Tensor): Tensor => ({ ...tensor, data: tensor.data.slice() });

const softmaxOf = (logits: readonly number[], temperature: number | null = null): readonly number[] => [
  ...softmaxRows(logits, logits.length, temperature ?? 1),
];

/** Infinity if either contains a value that is not finite, or if their lengths differ. */
function difference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, i) => {
    const off = Math.abs(value - b[i]!);
    return Number.isFinite(off) ? Math.max(most, off) : Number.POSITIVE_INFINITY;
  }, 0);
}
