/**
 * Starts preparing up to `depth` items ahead of the one being consumed, in order, so that reading and pixels overlap with the
 * engine. A rejection surfaces at its item; leaving the loop early starts nothing new.
 */
export async function* lookahead<T, P>(
  items: Iterable<T>,
  depth: number,
  prepare: (item: T) => Promise<P>,
): AsyncGenerator<{ item: T; prepared: P }> {
  const iterator = items[Symbol.iterator]();
  const waiting: { item: T; prepared: Promise<P> }[] = [];
  const startNext = () => {
    const next = iterator.next();
    if (next.done) return;
    const prepared = prepare(next.value);
    prepared.catch(() => {}); // rejections surface below, in order; this keeps them from counting as unhandled until then
    waiting.push({ item: next.value, prepared });
  };
  for (let i = 0; i <= depth; i++) startNext();
  for (let first = waiting.shift(); first; first = waiting.shift()) {
    const prepared = await first.prepared;
    startNext();
    yield { item: first.item, prepared };
  }
}
