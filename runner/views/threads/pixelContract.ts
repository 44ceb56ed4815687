// Messages between pixels.ts and pixelWorker.ts. Both are parts of this program, so types suffice.
import type { NetworkInput } from '../../../shared/contracts/architectures.ts';
import type { Depth } from '../../../shared/contracts/depth.ts';
import type { TrainViews } from '../../../shared/contracts/recipe.ts';
import type { Color } from '../evaluationView.ts';

/** The part of an image record that threads need. */
export interface PixelImage {
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface PixelSetup {
  readonly images: readonly PixelImage[];
  readonly size: number;
  readonly color: Color;
  /** Values of a pixel that the network expects. */
  readonly input: NetworkInput;
  /** Bits of 16-bit images that are used. */
  readonly depth: Depth;
  readonly trainViews: TrainViews;
  readonly seed: number;
  readonly memoryBytes: number;
}

export interface PixelRequest {
  readonly id: number;
  readonly image: number;
  readonly view: number | 'eval';
}

/** [size, size, 3], or the reason for its absence: the file is gone, or differs from the one that was checked. */
export type View = Uint8Array | 'vanished' | 'changed';

export type PixelAnswer = { readonly id: number; readonly view: View } | { readonly id: number; readonly bug: string };
