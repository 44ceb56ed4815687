// A file as the network sees it, and the position of that view in the original.
import { type Depth, whiteOf } from '../../shared/contracts/depth.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { Explanation } from '../../shared/contracts/explanation.ts';
import { isMissing, isSystemError } from '../../shared/files/systemError.ts';
import { decodeImage, UndecodableImage } from '../images/images.ts';
import { type Color, evaluationCrop, evaluationView } from '../views/evaluationView.ts';

export interface SeenImage {
  /** 8-bit RGB, [size, size, 3]. */
  readonly view: Uint8Array;
  readonly place: Explanation['view'];
  /** Largest 16-bit value if it exceeds the depth; null: nothing was clipped. */
  readonly clippedFrom: number | null;
}

/** @throws UserError imageMissing, imageUnusable */
export async function seenImage(file: string, imageSize: number, color: Color, depth: Depth): Promise<SeenImage> {
  const { image, width, height, sixteenBits } = await decodeImage(file, { depth }).catch((cause: unknown) => {
    throw problemOf(file, cause);
  });
  const { x: left, y: top, ...sides } = evaluationCrop(width, height, imageSize);
  return {
    view: evaluationView(image, imageSize, color),
    clippedFrom:
      sixteenBits && !sixteenBits.declaresWhite && sixteenBits.largest > whiteOf(depth) ? sixteenBits.largest : null,
    place: {
      imageSize,
      original: { width, height },
      crop: { left, top, ...sides },
    },
  };
}

function problemOf(file: string, cause: unknown): unknown {
  if (cause instanceof UndecodableImage)
    return new UserError('imageUnusable', { file, reason: cause.reason }, { cause });
  if (isMissing(cause)) return new UserError('imageMissing', { file }, { cause });
  if (!isSystemError(cause)) return cause;
  const reason = cause.code === 'EISDIR' ? 'it is a folder' : `it cannot be read (${cause.code})`;
  return new UserError('imageUnusable', { file, reason }, { cause });
}
