// A sample that one window copied and the next one trains on: opening a folder replaces the window, and with it the extension host.
import type { Memento } from 'vscode';
import { z } from 'zod';

const key = 'sampleToTry';

/** Opening a folder takes seconds; one that was never opened must not start a run days later. */
const validForMs = 10 * 60_000;

/** `dataset`: absolute path. */
const Handover = z.object({ dataset: z.string(), atMs: z.number() });

/** @param memory  shared by all windows of this machine */
export const handOver = (memory: Memento, dataset: string, nowMs: number): Thenable<void> =>
  memory.update(key, { dataset, atMs: nowMs } satisfies z.infer<typeof Handover>);

/**
 * Dataset handed over to this window, once; undefined: none, or it is too old.
 *
 * @param isHere  whether this window has the folder of a dataset open
 */
export async function takeOver(
  memory: Memento,
  isHere: (dataset: string) => boolean,
  nowMs: number,
): Promise<string | undefined> {
  const { data } = Handover.safeParse(memory.get(key));
  if (data === undefined || !isHere(data.dataset)) return undefined;
  await memory.update(key, undefined);
  return nowMs - data.atMs <= validForMs ? data.dataset : undefined;
}
