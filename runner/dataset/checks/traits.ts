// A trait of many images is reported once for the set; a trait of a few is listed image by image.
import type { Finding } from '../../../shared/contracts/finding.ts';
import type { ImageType } from '../../images/formats/imageType.ts';
import type { Conversion } from '../../images/images.ts';
import type { Oddity } from './placeholder.ts';

interface Described {
  readonly relativePath: string;
  readonly type: ImageType;
  readonly conversions: readonly Conversion[];
  readonly oddities: readonly Oddity[];
}

const listedAtMost = 20;

/** Suspect images with their reasons, notes that count conversions, and where ImageFolder produces other pixels. */
export function traitsOf(images: readonly Described[]): Finding[] {
  return traits.flatMap(({ trait, reason, always, imageFolder, sameIn = [] }) => {
    const own = images.filter(({ conversions, oddities }) =>
      ([...conversions, ...oddities] as string[]).includes(trait),
    );
    if (own.length === 0) return [];
    const note = (whose: readonly Described[], text: string): Finding => {
      const count = whose.length === 1 ? '1 image' : `${whose.length} of ${images.length} images`;
      return { kind: 'note', text: `${count}: ${text} (for example ${whose[0]!.relativePath})` };
    };
    const isListed = !always && own.length <= listedAtMost;
    const other = own.filter(({ type }) => imageFolder && !sameIn.includes(type));
    const same = own.filter((image) => !other.includes(image));
    return [
      ...(isListed ? own.map(({ relativePath }): Finding => ({ kind: 'suspect', relativePath, reason })) : []),
      ...(other.length > 0 ? [note(other, `${reason}; torchvision's ImageFolder ${imageFolder}`)] : []),
      ...(same.length > 0 && !isListed ? [note(same, reason)] : []),
    ];
  });
}

interface Trait {
  readonly trait: Conversion | Oddity;
  readonly reason: string;
  /** Reported as a note from the first image on, because it is no reason to check the image. */
  readonly always?: true;
  /** Different behavior of torchvision's ImageFolder (Pillow's convert('RGB')), for people who compare. Absent if it behaves the same. */
  readonly imageFolder?: string;
  /** Types for which Pillow still does the same. */
  readonly sameIn?: readonly ImageType[];
}

// ImageFolder's behavior was observed with Pillow 13.0.0 and torchvision's default loader; docs/pixels.md lists it.
const traits: readonly Trait[] = [
  { trait: 'tiny', reason: 'tiny: less than 32 pixels along a side' },
  { trait: 'flat', reason: 'nearly all of one colour: a placeholder?' },
  { trait: 'dark', reason: 'nearly one colour at the depth at which 16-bit images are read: too dark, or clipped' },
  { trait: 'animated', reason: 'several frames or pages: only the first is used' },
  {
    trait: 'sixteenBit',
    reason: '16 bits per channel: scaled to 8',
    imageFolder: 'drops the lower 8, at most 1 of 255 apart at a depth of 16, and far darker at a smaller depth',
    sameIn: ['pnm'],
  },
  { trait: 'sixteenBitGrey', reason: '16 bits of grey: scaled to 8', imageFolder: 'clips values at 255' },
  { trait: 'moreThanEightBits', reason: '10 or 12 bits per channel: scaled to 8' },
  { trait: 'inverted16', reason: '16 bits with 0 as white: inverted', always: true, imageFolder: 'does not invert' },
  { trait: 'extraBands', reason: 'more bands than colours: only red, green and blue, its first three, are used' },
  {
    trait: 'extraBandsOfGrey',
    reason:
      'several bands, declared as grey by the file: only the first is used; if three are colours, save them as RGB',
  },
  {
    trait: 'smallerFrame',
    reason: 'the first frame is smaller than its canvas: the rest shows the background',
    imageFolder: "fills the rest with the first colour of the file's palette",
  },
  {
    trait: 'cmyk',
    reason: 'CMYK: converted to sRGB',
    imageFolder: 'mixes the inks without colour management',
  },
  {
    trait: 'profile',
    reason: 'an embedded colour profile: converted to sRGB',
    always: true,
    imageFolder: 'leaves the values as stored',
  },
  {
    trait: 'greyProfile',
    reason:
      'an embedded grey profile: converted to sRGB, which may change grey values a lot (128 to 188 where they are linear)',
    always: true,
    imageFolder: 'leaves the values as stored',
  },
  {
    trait: 'transparent',
    reason: 'has transparency: composited on white',
    always: true,
    imageFolder: 'shows the hidden colours',
  },
  {
    trait: 'greyTransparent',
    reason: 'grey with transparency: the grey values are used as stored, transparency is ignored',
    always: true,
  },
  {
    trait: 'rotated',
    reason: 'rotated upright by its EXIF orientation',
    always: true,
    imageFolder: 'leaves it as stored',
    sameIn: ['tiff'],
  },
];
