// A dataset of many images in many classes, for a benchmark: seeded pictures with shading, shapes and grain, most of them JPEGs of
// the sizes in public datasets, some PNGs, a few copies, smaller copies and damaged files.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { type Random, stream, uniform } from '../../shared/random.ts';

const sizes = [
  [224, 224],
  [256, 256],
  [320, 240],
  [375, 500],
] as const;

/** Class folders without splits; `imageCount` is spread over them evenly. */
export async function writeManyClasses(folder: string, imageCount: number, classCount: number): Promise<void> {
  for (let label = 0; label < classCount; label++) await mkdir(join(folder, classNameOf(label)), { recursive: true });
  const atATime = 4;
  for (let start = 0; start < imageCount; start += atATime)
    await Promise.all(
      Array.from({ length: Math.min(atATime, imageCount - start) }, (_, i) =>
        writePicture(folder, start + i, classCount),
      ),
    );
}

const classNameOf = (label: number): string => `species_${String(label).padStart(3, '0')}`;

async function writePicture(folder: string, i: number, classCount: number): Promise<void> {
  const random = stream(1, 'picture', i);
  const fileOf = (ending: string) => join(folder, classNameOf(i % classCount), `photo_${i}.${ending}`);
  const [width, height] = sizes[i % sizes.length]!;
  const whole = await pictureOf(random, width, height, i % 10 === 7);
  if (i % 20 === 9) return writeFile(fileOf('png'), await whole.png({ compressionLevel: 3 }).toBuffer());
  const jpeg = await whole.jpeg({ quality: 85 }).toBuffer();
  await writeFile(fileOf('jpg'), i % 2000 === 1001 ? jpeg.subarray(0, jpeg.length >> 1) : jpeg);
  if (i % 500 === 250) await copyFile(fileOf('jpg'), fileOf('copy.jpg'));
  if (i % 500 === 300)
    await writeFile(
      fileOf('small.jpg'),
      await sharp(jpeg)
        .resize(width >> 1)
        .jpeg({ quality: 75 })
        .toBuffer(),
    );
}

/** Coarse colours under finer ones, then grain. */
async function pictureOf(random: Random, width: number, height: number, isGrey: boolean): Promise<Sharp> {
  const channels = isGrey ? 1 : 3;
  const field = (side: number, low: number, high: number) =>
    sharp(Buffer.from(Array.from({ length: side * side * channels }, () => Math.round(uniform(random, low, high)))), {
      raw: { width: side, height: side, channels },
    })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .raw()
      .toBuffer();
  const [coarse, fine] = await Promise.all([field(5, 20, 235), field(28, 0, 60)]);
  const pixels = Buffer.alloc(width * height * channels);
  for (let at = 0; at < pixels.length; at++) {
    const grain = ((Math.imul(at, 2654435761) >>> 24) & 15) - 8;
    pixels[at] = Math.max(0, Math.min(255, coarse[at]! + fine[at]! - 30 + grain));
  }
  return sharp(pixels, { raw: { width, height, channels } }).toColourspace(isGrey ? 'b-w' : 'srgb');
}
