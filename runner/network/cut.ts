// The cut of the network into a frozen trunk and a trained tail.
import { type Architecture, architectureRow, type Cut, type Part } from '../../shared/contracts/architectures.ts';

/** The lowest part above a cut. */
export const partAbove = (architecture: Architecture, cut: Cut): Part =>
  cut === 'all' ? architectureRow(architecture).parts[0]! : cut;

/** The cut below a part. */
export const cutBelow = (architecture: Architecture, part: Part): Cut =>
  part === architectureRow(architecture).parts[0] ? 'all' : (part as Cut);

/** The cut between the head and the rest: its features are [N, C]. */
export const cutBelowHead = (architecture: Architecture): Cut => architectureRow(architecture).parts.at(-1)! as Cut;

/** Number of parts below a cut: 0 at 'all'. */
export const depthOf = (architecture: Architecture, cut: Cut): number =>
  architectureRow(architecture).parts.indexOf(partAbove(architecture, cut));

/** Whether `a` is closer to the image than `b`. */
export const isBelow = (architecture: Architecture, a: Cut, b: Cut): boolean =>
  depthOf(architecture, a) < depthOf(architecture, b);

/** The parts between two cuts, in order; up to the logits when `to` is left out. */
export const partsBetween = (architecture: Architecture, from: Cut, to?: Cut): readonly Part[] =>
  architectureRow(architecture).parts.slice(
    depthOf(architecture, from),
    to === undefined ? undefined : depthOf(architecture, to),
  );

/**
 * Shape of one image's features at a cut, without N: the output of the part below it, [C, h, w], or [C] after the pooling; at 'all'
 * the normalized image itself: [3, S, S].
 */
export function featureShape(architecture: Architecture, cut: Cut, imageSize: number): readonly number[] {
  const { parts, outputs, input } = architectureRow(architecture);
  if (cut === 'all') return [input.channels, imageSize, imageSize];
  const { stride, channels } = outputs[parts[depthOf(architecture, cut) - 1]!]!;
  if (stride === null) return [channels];
  // Every halving rounds up, as a 3x3 window with stride 2 and padding 1 does.
  const side = Math.ceil(imageSize / stride);
  return [channels, side, side];
}
