// The part that a task puts on a backbone, written once over the operations, like the backbone: its parameters, its multiply-adds, and its
// place in a training step follow from it.
import { type Architecture, architectureRow, type Cut, headOf } from '../../shared/contracts/architectures.ts';
import { networkOf } from './architecture.ts';
import { cutBelow, cutBelowHead, partsBetween } from './cut.ts';
import type { Operations } from './operations.ts';
import { type ParameterSpec, parametersIn } from './parameters.ts';
import { shapeOperations } from './shapes.ts';

export interface Head {
  /** @returns outputs by name; the first axis of each is the batch */
  apply<T>(o: Operations<T>, levels: Levels<T>): Readonly<Record<string, T>>;
}

/** Outputs of the backbone, of which a head uses one or several. */
export interface Levels<T> {
  /** Features at a cut: [N, C, h, w], or [N, C] at the cut below the network's own head. */
  at(cut: Cut): T;
  /** Features at the cut below the network's own head before their pooling: [N, C, h, w]. */
  unpooled(): T;
}

/** The network's own last part: one output, 'logits' [N, classCount]. */
export const classHead = (architecture: Architecture, classCount: number): Head => ({
  apply: (o, levels) => ({
    logits: networkOf(architecture).apply(o, headOf(architecture), levels.at(cutBelowHead(architecture)), classCount),
  }),
});

/**
 * Applies the backbone above `cut`.
 *
 * @param x      features at `cut`
 * @param below  features at a lower cut, if a head uses them
 */
export function levelsAbove<T>(
  o: Operations<T>,
  architecture: Architecture,
  cut: Cut,
  x: T,
  below: (cut: Cut) => T,
): Levels<T> {
  const { apply } = networkOf(architecture);
  const { parts } = architectureRow(architecture);
  let unpooled: { readonly value: T } | undefined;
  const operations: Operations<T> = {
    ...o,
    globalAveragePool(value) {
      unpooled = { value };
      return o.globalAveragePool(value);
    },
  };
  const found = new Map<Cut, T>([[cut, x]]);
  let value = x;
  for (const part of partsBetween(architecture, cut, cutBelowHead(architecture))) {
    value = apply(operations, part, value, 0);
    found.set(cutBelow(architecture, parts[parts.indexOf(part) + 1]!), value);
  }
  return {
    at: (wanted) => (found.has(wanted) ? found.get(wanted)! : below(wanted)),
    unpooled() {
      if (!unpooled) throw new Error(`Features at ${cut} are pooled`);
      return unpooled.value;
    },
  };
}

/** Parameters of a head, in the order of its operations. */
export const parametersOfHead = (head: Head): readonly Omit<ParameterSpec, 'part'>[] =>
  parametersIn((o) => head.apply(o, { at: () => undefined, unpooled: () => undefined }));

/** Multiply-adds of one image's forward pass through a head. */
export function multiplyAddsOfHead(head: Head, architecture: Architecture, imageSize: number): number {
  const { channels } = architectureRow(architecture).input;
  const image = [channels, imageSize, imageSize];
  const levels = levelsAbove(shapeOperations(), architecture, 'all', image, () => image);
  let sum = 0;
  head.apply(
    shapeOperations((multiplyAdds) => {
      sum += multiplyAdds;
    }),
    levels,
  );
  return sum;
}
