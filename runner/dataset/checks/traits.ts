// What many images share is a trait of the set and said once; what a few have is listed one by one.
import type { Finding } from '../../contracts/finding.ts';
import type { Conversion } from '../../images/decode.ts';
import type { Oddity } from './placeholder.ts';

interface Described {
  readonly relativePath: string;
  readonly conversions: readonly Conversion[];
  readonly oddities: readonly Oddity[];
}

const listedAtMost = 20;

/** Suspect images with their reasons, and notes that count what was converted. */
export function traitsOf(images: readonly Described[]): Finding[] {
  return traits.flatMap(({ trait, reason, always }) => {
    const own = images.filter(({ conversions, oddities }) =>
      ([...conversions, ...oddities] as string[]).includes(trait),
    );
    if (own.length === 0) return [];
    if (!always && own.length <= listedAtMost)
      return own.map(({ relativePath }): Finding => ({ kind: 'suspect', relativePath, reason }));
    const whose = own.length === 1 ? '1 image' : `${own.length} of ${images.length} images`;
    return [{ kind: 'note', text: `${whose}: ${reason} (for example ${own[0]!.relativePath})` } as const];
  });
}

/** `always`: a note from the first image on, for what is no reason to look twice. */
const traits: readonly { readonly trait: Conversion | Oddity; readonly reason: string; readonly always?: true }[] = [
  { trait: 'tiny', reason: 'tiny: less than 32 pixels along a side' },
  { trait: 'flat', reason: 'nearly all of one colour: a placeholder?' },
  { trait: 'animated', reason: 'several frames or pages: only the first is used' },
  { trait: 'sixteenBit', reason: '16 bits a channel: scaled to 8' },
  { trait: 'cmyk', reason: 'CMYK: converted to sRGB' },
  { trait: 'transparent', reason: 'has transparency: laid on white', always: true },
  { trait: 'rotated', reason: 'turned upright by its EXIF orientation', always: true },
];
