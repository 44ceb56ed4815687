// Overlays as files: the view blended half and half with the map's colors.
import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { UserError } from '../../shared/contracts/errors.ts';
import { type HeatColors, overlaid, upsampledMap } from '../../shared/contracts/heatMap.ts';
import { replaceFile } from '../../shared/files/atomicFile.ts';
import { writeError } from '../../shared/files/writeError.ts';
import { encodePng } from '../images/encode.ts';

export interface OverlayWriter {
  /** @param values  [side, side] in [0, 1] @returns the file @throws UserError cannotSave, diskFull */
  write(image: string, view: Uint8Array, values: Float32Array, side: number, className: string): Promise<string>;
}

export interface OverlayOptions {
  readonly folder: string;
  readonly imageSize: number;
  readonly colors: HeatColors;
  /** Images below this folder are named by their path within it. */
  readonly dataset: string | null;
  /** Suffix that keeps maps of different kinds apart. */
  readonly kind: string;
}

export function overlayWriter({ folder, imageSize, colors, dataset, kind }: OverlayOptions): OverlayWriter {
  const taken = new Map<string, string>();
  /** A second overlay of the same image replaces the first; another image of the same name gets a number. */
  const nameOf = (image: string, className: string): string => {
    const stem = `${imageName(image, dataset)}.${safe(className)}.${kind}`;
    for (let number = 1; ; number++) {
      const name = number === 1 ? stem : `${stem}-${number}`;
      const owner = taken.get(name.toLowerCase());
      if (owner !== undefined && owner !== image) continue;
      taken.set(name.toLowerCase(), image);
      return `${name}.png`;
    }
  };
  return {
    async write(image, view, values, side, className) {
      const file = join(folder, nameOf(image, className));
      const data = overlaid(view, upsampledMap(values, side, side, imageSize), colors);
      const png = await encodePng({ width: imageSize, height: imageSize, data });
      try {
        await mkdir(folder, { recursive: true });
        await replaceFile(file, png);
      } catch (error) {
        throw saveError(folder, error);
      }
      return file;
    },
  };
}

/** test-cat-12 for test/cat/12.jpg of the dataset; elsewhere the names of folder and file. */
function imageName(image: string, dataset: string | null): string {
  const below = dataset === null ? '..' : relative(dataset, image);
  const way = below.startsWith('..') ? join(basename(dirname(image)), basename(image)) : below;
  return safe(way.slice(0, way.length - extname(way).length));
}

const longest = 100;

/** Characters that every file system accepts; a long name keeps its end. */
const safe = (text: string): string => text.replace(/[^\p{L}\p{N}_-]+/gu, '-').slice(-longest);

/** The user chose this folder, so the sentence advises another place. */
function saveError(file: string, error: unknown): unknown {
  const failure = writeError(file, error);
  return failure instanceof UserError && failure.code === 'cannotWrite'
    ? new UserError('cannotSave', failure.params, { cause: error })
    : failure;
}
