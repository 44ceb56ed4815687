// A network's answers for N images as a typed array: they reach a page as bytes, not as text with a million numbers
// (docs/benchmarks.md). Labels stay a list: there is one for each image, which has as many answers as there are classes.
// Imported by src and webview.
import { z } from 'zod';

/** Logits, [N, K] row-major, finite; float64 where float32 would round them (files of older versions: log p). */
export const LogitColumns = z
  .union([z.instanceof(Float32Array), z.instanceof(Float64Array)])
  .refine(areFinite, 'a logit is not finite');
export type LogitColumns = z.infer<typeof LogitColumns>;

/** A loop: a function called for each of a million numbers takes ten times as long. */
function areFinite(logits: Float32Array | Float64Array): boolean {
  for (let i = 0; i < logits.length; i++) if (!Number.isFinite(logits[i])) return false;
  return true;
}

/** Without losing a digit. */
export function logitColumns(logits: readonly number[]): LogitColumns {
  const single = Float32Array.from(logits);
  return logits.every((logit, i) => logit === single[i]) ? single : Float64Array.from(logits);
}

/** A row of logits for each image, and labels of these classes. @param labels  null: not known */
export const areColumnsOf = (
  imageCount: number,
  { labels, logits, classCount }: { labels: readonly number[] | null; logits: LogitColumns; classCount: number },
): boolean =>
  logits.length === imageCount * classCount &&
  (labels === null || (labels.length === imageCount && labels.every((label) => label >= 0 && label < classCount)));

export const misfit = 'the columns do not fit each other';
