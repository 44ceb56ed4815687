// Current paths of the images of a set of predictions, some of which were deleted or moved to another class since. Reads only names in
// folders, so that ten thousand images take a few reads.
import { readdir } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import type { ImagePlaces } from '../../../shared/messages/evaluation.ts';
import { insideOf } from '../../datasets/relabelling/relabelPlan.ts';

/** `dataset`: absolute; `relativePaths`: with /; `moves`: absolute path -> current path of that image. */
export async function imagePlaces(
  dataset: string,
  relativePaths: readonly string[],
  moves: ReadonlyMap<string, string>,
): Promise<ImagePlaces> {
  const listings = new Map<string, Promise<ReadonlySet<string>>>();
  const isThere = async (path: string): Promise<boolean> => {
    const folder = dirname(path);
    const known = listings.get(folder) ?? listing(folder);
    listings.set(folder, known);
    return (await known).has(basename(path));
  };
  const places: { gone: string[]; moved: { from: string; to: string }[] } = { gone: [], moved: [] };
  for (const from of relativePaths) {
    const path = insideOf(dataset, from);
    // Another image may have taken its place meanwhile, so a recorded move comes first.
    const now = path === undefined ? undefined : moves.get(path);
    const to = now === undefined ? undefined : relative(dataset, now).split(sep).join('/');
    if (now !== undefined && to !== undefined && insideOf(dataset, to) === now && (await isThere(now)))
      places.moved.push({ from, to });
    else if (path === undefined || !(await isThere(path))) places.gone.push(from);
  }
  return places;
}

/** Empty for a missing folder or a file. */
const listing = (folder: string): Promise<ReadonlySet<string>> =>
  readdir(folder).then(
    (names) => new Set(names),
    () => new Set<string>(),
  );
