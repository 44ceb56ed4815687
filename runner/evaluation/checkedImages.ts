// Images to evaluate, decoded and hashed before they reach the model.
import { checkAll } from '../dataset/dataset.ts';
import { depthOfModel } from '../dataset/depth.ts';
import { changedSince } from '../images/pixelsVersion.ts';
import type { Checked, CheckedImages, Chosen, EvaluateIo, EvaluationModel, Skipped } from './evaluation.ts';

/** @throws UserError readingHangs; the signal's reason when aborted */
export async function checkedImages<Target extends object>(
  { images: chosen, listed, skipped: skippedBefore }: Chosen<Target>,
  model: Pick<EvaluationModel, 'depth' | 'pixelsVersion'>,
  { on, signal }: EvaluateIo,
): Promise<CheckedImages<Target>> {
  const { usable, corrupt } = await checkAll(chosen, {
    signal,
    onProgress: (done, total) =>
      on({ type: 'progress', phase: 'checking', done, total, imagesPerSecond: null, etaMs: null }),
  });
  const skipped: Skipped[] = [
    ...skippedBefore,
    ...corrupt.map(({ relativePath, reason }) => ({ relativePath, reason })),
  ];
  const changed = model.pixelsVersion === null ? [] : changedSince(model.pixelsVersion);
  const readOtherwise = new Set<string>();
  const images: Checked<Target>[] = [];
  for (const { image, checked } of usable) {
    const { relativePath } = image;
    const before = listed?.get(relativePath);
    if (before !== undefined && before !== checked.sha256)
      skipped.push({ relativePath, reason: 'its content has changed since the run' });
    else {
      images.push({ ...image, sha256: checked.sha256 });
      if (checked.conversions.some((each) => changed.includes(each))) readOtherwise.add(relativePath);
    }
  }
  const ranges = usable.map(({ image: { relativePath }, checked: { sampleRange } }) => ({ relativePath, sampleRange }));
  return { images, skipped, depth: depthOfModel(model.depth, ranges), readOtherwise };
}
