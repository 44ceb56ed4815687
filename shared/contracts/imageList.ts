// images.csv: the images that a run saw, by path and content. It shows later, without the dataset, whether an image was trained on, and
// lists the validation and test images. Pure: written by the runner at its check, read by `evaluate`.
import Papa from 'papaparse';
import { z } from 'zod';
import { guarded, unguarded } from './cells.ts';

const splits = ['train', 'val', 'test'] as const;

export interface ListedImage {
  /** /-separated, relative to the dataset. */
  readonly relativePath: string;
  readonly className: string;
  readonly split: (typeof splits)[number];
  /** Hex digits, of the file's bytes. */
  readonly sha256: string;
}

/** Sorted by code points of the paths, like the images of a dataset. */
export const encodeImageList = (images: readonly ListedImage[]): string =>
  `${Papa.unparse(
    [
      header,
      ...images.map((image) => [guarded(image.relativePath), guarded(image.className), image.split, image.sha256]),
    ],
    { newline: '\n' },
  )}\n`;

/** @throws Error that names the row, counted from 1 with the header */
export function parseImageList(text: string): ListedImage[] {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { delimiter: ',' });
  const problem = errors[0];
  if (problem) throw new Error(`Row ${(problem.row ?? 0) + 1} of the image list is malformed: ${problem.message}.`);
  const [head = [], ...rows] = data;
  if (rows.at(-1)?.length === 1 && rows.at(-1)?.[0] === '') rows.pop(); // the empty row after the final line end
  if (head.join() !== header.join()) throw new Error(`Row 1 of the image list is ${JSON.stringify(head)}.`);
  return rows.map((cells, i) => {
    const row = Row.safeParse(cells);
    if (!row.success) throw new Error(`Row ${i + 2} of the image list is ${JSON.stringify(cells).slice(0, 200)}.`);
    const [path, className, split, sha256] = row.data;
    return { relativePath: unguarded(path), className: unguarded(className), split, sha256 };
  });
}

const header = ['path', 'class', 'split', 'sha256'];
const Row = z.tuple([z.string(), z.string(), z.enum(splits), z.string().regex(/^[0-9a-f]{64}$/)]);
