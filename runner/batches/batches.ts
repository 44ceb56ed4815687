// batches/: the order in which an epoch visits the training images, and their batches. Absent: pixels, models.

/** `indices` always has `batchSize` entries; from `count` on they repeat the last image, and the repeats have weight 0. */
export interface Batch {
  readonly indices: readonly number[];
  readonly count: number;
}

/** The last batch is padded with images of weight 0: one static shape, so the graph is compiled once. */
export function batchesOf(order: readonly number[], batchSize: number): Batch[] {
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, b) => {
    const present = order.slice(b * batchSize, (b + 1) * batchSize);
    const padding = Array<number>(batchSize - present.length).fill(present.at(-1)!);
    return { indices: [...present, ...padding], count: present.length };
  });
}
