// A few fixed validation images, small, in the run folder: the panel shows how their predictions change.

import type { SampleImage } from '../../shared/contracts/events.ts';
import { files } from '../../shared/contracts/run.ts';
import { largest } from '../../shared/lists.ts';
import { shuffled, stream } from '../../shared/random.ts';
import { encodeJpeg } from '../images/encode.ts';
import type { SampleOptions, Samples } from '../task.ts';
import type { ClassDataset } from './classes/classDataset.ts';

export const sampleCount = 12;
const sidePx = 160;

/** Writes and records the pictures as the network sees them, unless the run has done so already. @throws UserError cannotWrite, diskFull */
export async function keepSamples(options: SampleOptions<ClassDataset>): Promise<Samples> {
  const { run, dataset, pixels, imageSize, seed, record } = options;
  const kept: { image: number; file: string }[] = [];
  for (const image of chooseSamples(dataset, seed)) {
    const view = await pixels.view(image, 'eval');
    if (typeof view === 'string') continue; // lost since the check: reported when training misses it
    const file = files.sample(kept.length + 1);
    await run.writeFile(file, await encodeJpeg({ width: imageSize, height: imageSize, data: view }, sidePx));
    kept.push({ image, file });
  }
  let recorded = JSON.stringify(run.state.samples);
  const follow = async (predictedImages: readonly number[]) => {
    const images = kept.flatMap(({ image, file }): SampleImage[] => {
      const row = predictedImages.indexOf(image);
      const { relativePath, label } = dataset.images[image]!;
      return row < 0 ? [] : [{ file, relativePath, label, row }];
    });
    if (JSON.stringify(images) === recorded) return;
    recorded = JSON.stringify(images);
    await record({ type: 'samples', images });
  };
  await follow(dataset.splits.val);
  return { follow };
}

/** Images of the validation split, in its order: each class in turn contributes one, chosen by the seed, until there are twelve. */
export function chooseSamples(
  { images, splits, classNames }: Pick<ClassDataset, 'images' | 'splits' | 'classNames'>,
  seed: number,
): number[] {
  const byClass = classNames.map((className, label) =>
    shuffled(
      splits.val.filter((image) => images[image]!.label === label),
      stream(seed, 'samples', className),
    ),
  );
  const inTurn = shuffled(byClass, stream(seed, 'samples')); // with many classes the seed also chooses which are shown
  const rounds = Math.max(0, largest(byClass.map((own) => own.length)));
  const chosen = Array.from({ length: rounds }, (_, round) => inTurn.flatMap((own) => own.slice(round, round + 1)));
  const kept = new Set(chosen.flat().slice(0, sampleCount));
  return splits.val.filter((image) => kept.has(image));
}
