// A hash that shows whether two runs saw the same data.
import { createHash } from 'node:crypto';
import { compareCodePoints } from '../../shared/codePoints.ts';
import type { SplitName } from '../../shared/contracts/splits.ts';

/**
 * SHA-256 (hex) over the images in code-point order of their paths: path, content hash, target, split. Dates, the folder's path
 * and left-out files do not count.
 */
export function fingerprintOf(
  images: readonly {
    readonly relativePath: string;
    readonly sha256: string;
    /** Target of the image: its label; for images to evaluate, the class's name; null if unknown. */
    readonly target: number | string | null;
    readonly split: SplitName | null;
  }[],
): string {
  const hash = createHash('sha256');
  for (const { relativePath, sha256, target, split } of images.toSorted((a, b) =>
    compareCodePoints(a.relativePath, b.relativePath),
  ))
    hash.update(JSON.stringify([relativePath, sha256, target, split])).update('\n');
  return hash.digest('hex');
}
