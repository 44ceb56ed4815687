import { UserError } from '../../shared/contracts/errors.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Sample } from './features.ts';

/** Images that vanished or changed between the check and their use: skipped and counted, until they are too many to be an accident. */
export interface LostImages {
  add(samples: readonly Sample[]): void;
  readonly relativePaths: readonly string[];
}

const tolerableShare = 0.05;

/** @throws UserError tooManyVanished when more than one image in twenty is lost */
export function lostImages(dataset: Pick<Dataset, 'images'>): LostImages {
  const lost = new Set<number>();
  const pathOf = (image: number) => dataset.images[image]!.relativePath;
  return {
    add(samples) {
      for (const { image } of samples) lost.add(image);
      if (lost.size > Math.max(1, tolerableShare * dataset.images.length))
        throw new UserError('tooManyVanished', { count: lost.size, relativePath: pathOf([...lost][0]!) });
    },
    get relativePaths() {
      return [...lost].map(pathOf);
    },
  };
}
