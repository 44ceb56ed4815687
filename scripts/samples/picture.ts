// From an SVG to the bytes of a sample file: drawn, grained like a photograph, compressed, and marked as synthetic in its metadata.
import sharp from 'sharp';
import { normal, type Random } from '../../shared/random.ts';

interface PictureOptions {
  /** Standard deviation of the grain, in grey levels of 255. */
  readonly grain: number;
  /** Standard deviation of the blur, in pixels; 0: none. */
  readonly blur: number;
  readonly quality: number;
  readonly grayscale: boolean;
}

/** Deterministic for the same versions of sharp and of its drawing library. */
export async function jpegOf(
  svg: string,
  random: Random,
  { grain, blur, quality, grayscale }: PictureOptions,
): Promise<Buffer> {
  let drawing = sharp(Buffer.from(svg)).removeAlpha();
  if (blur > 0.3) drawing = drawing.blur(blur);
  drawing = grayscale ? drawing.grayscale() : drawing.toColourspace('srgb');
  const { data, info } = await drawing.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  for (let i = 0; i < data.length; i += channels) {
    const noise = grain * normal(random);
    for (let c = 0; c < channels; c++) data[i + c] = Math.min(255, Math.max(0, Math.round(data[i + c]! + noise)));
  }
  const image = sharp(data, { raw: { width, height, channels } });
  return image
    .toColourspace(grayscale ? 'b-w' : 'srgb')
    .withExif({ IFD0: { ImageDescription: 'Synthetic picture, drawn by the Shoulders sample generator' } })
    .jpeg({ quality, mozjpeg: true })
    .toBuffer();
}
