// Decodes every file completely before the first epoch, so that unusable files are found early, and hash and size of the others are known.
import { type Depth, depthFor, depths } from '../../../shared/contracts/depth.ts';
import type { Finding } from '../../../shared/contracts/finding.ts';
import { isSystemError } from '../../../shared/files/systemError.ts';
import type { ImageType } from '../../images/formats/imageType.ts';
import { type Conversion, decodeRaster, readImageFile, UndecodableImage } from '../../images/images.ts';
import { metadataOf } from '../../images/metadata.ts';
import { release } from '../../images/samples/raster.ts';
import type { SampleRange } from '../../images/samples/sampleRange.ts';
import { sha256Of } from '../../images/sha256.ts';
import { type MetadataMark, marksInMetadata } from './identifyingMarks.ts';
import { type Look, lookOf } from './look.ts';
import { isFlat, type Oddity, odditiesOf } from './placeholder.ts';

export interface CheckedImage {
  /** Hex digits. */
  readonly sha256: string;
  /** Upright size. */
  readonly width: number;
  readonly height: number;
  readonly type: ImageType;
  readonly conversions: readonly Conversion[];
  /** Oddities that do not depend on the dataset's depth; odditiesAt() adds the others. */
  readonly oddities: readonly Oddity[];
  /** null: an 8-bit image. */
  readonly sampleRange: (SampleRange & { readonly flatAt: readonly Depth[] }) | null;
  readonly metadataMarks: readonly MetadataMark[];
  /** null: tiny or nearly flat. Absent if not requested. */
  readonly look?: Look | null;
  /** The decoder's complaints. */
  readonly findings: readonly Finding[];
}

/** Enough to judge an image; photographs from cameras then cost a fraction. Every byte is decoded all the same. */
const judgedShortSide = 256;

/** @returns the reason if the image cannot be used */
export async function checkImage(
  image: { readonly file: string; readonly relativePath: string },
  { looks = false }: { readonly looks?: boolean } = {},
): Promise<CheckedImage | Extract<Finding, { kind: 'corrupt' }>> {
  const { relativePath } = image;
  try {
    const bytes = await readImageFile(image.file);
    const [{ raster, type, width, height, conversions, findings, sixteenBits }, sha256] = await Promise.all([
      decodeRaster(bytes, { maxShortSide: judgedShortSide }),
      sha256Of(bytes),
    ]);
    const checked = {
      sha256,
      width,
      height,
      type,
      conversions,
      oddities: odditiesOf(sixteenBits?.declaresWhite === false ? undefined : raster, width, height),
      sampleRange: sixteenBits && {
        declaresWhite: sixteenBits.declaresWhite,
        largest: sixteenBits.largest,
        mostSample: sixteenBits.mostSample,
        flatAt: sixteenBits.declaresWhite ? [] : depths.filter((depth) => isFlat(sixteenBits.sketchAt(depth).raster)),
      },
      ...(looks && { look: lookOf(raster) }),
      metadataMarks: marksInMetadata(metadataOf(bytes)),
      findings: findings.map((finding) => ({ ...finding, relativePath })),
    };
    release(raster);
    return checked;
  } catch (error) {
    if (error instanceof UndecodableImage) return { kind: 'corrupt', relativePath, reason: error.reason };
    if (isSystemError(error))
      return { kind: 'corrupt', relativePath, reason: `the file cannot be read (${error.code})` };
    throw error;
  }
}

/** All oddities of an image at this depth: `flat` if the image itself shows nothing, or `dark` if the depth hides it. */
export function odditiesAt(depth: Depth, { oddities, sampleRange }: CheckedImage): readonly Oddity[] {
  if (!sampleRange?.flatAt.includes(depth)) return oddities;
  const { flatAt, largest, mostSample = 0 } = sampleRange;
  return [...oddities, flatAt.includes(depthFor(Math.max(largest, mostSample))) ? 'flat' : 'dark'];
}
