// Runs whose weights could explain these images, the likeliest first. Pure.
import { isAbsolute, relative, sep } from 'node:path';
import { hasEpochs, type Run } from '../runs/runs.ts';

/** Runs whose dataset contains the images come first; newest first among equals. */
export function runsFor(images: readonly string[], runs: readonly Run[]): Run[] {
  const holds = ({ state }: Run) => images.length > 0 && images.every((image) => isInside(state.dataset, image));
  const newest = runs.filter(hasEpochs).toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  return [...newest.filter(holds), ...newest.filter((run) => !holds(run))];
}

function isInside(folder: string | null, file: string): boolean {
  if (folder === null || !isAbsolute(folder)) return false;
  const way = relative(folder, file);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
