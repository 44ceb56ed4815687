// A TIFF file whose bands are stored one after the other, as a file of its first band alone: the picture of a gray file, whose other
// bands are ignored. libvips 8.18 reads such a gray file wrongly, and without an error (findings/libvips-planar-grey-tiff.sh).

import { entriesAt, firstFolderAt, openTiff } from '../tiffFolder.ts';
import { mostEntries, tag } from './tiff.ts';

/** A copy of the bytes with a changed first directory. The first band's strips or tiles come first, so libtiff reads only these. */
export function firstPlaneOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes); // not slice(), which shares the memory of a Buffer
  const view = new DataView(copy.buffer);
  const file = openTiff(view)!;
  const at = firstFolderAt(file);
  const entries = [...entriesAt(file, at, mostEntries)];
  for (const entry of entries)
    if (entry.tag === tag.samplesPerPixel || entry.tag === tag.planarConfiguration) entry.setShort(1);
  // From the end, so that the entries yet to come stay in place; the next directory's position moves up, too.
  let end = entries.at(-1)!.end + (file.isBig ? 8 : 4);
  for (const entry of entries.toReversed().filter(({ tag }) => ofEveryBand.includes(tag))) {
    copy.copyWithin(entry.at, entry.end, end);
    end -= entry.end - entry.at;
  }
  const left = entries.filter(({ tag }) => !ofEveryBand.includes(tag)).length;
  if (file.isBig) view.setBigUint64(at, BigInt(left), file.little);
  else view.setUint16(at, left, file.little);
  return copy;
}

/** libtiff insists on one value per band in these. */
const ofEveryBand: readonly number[] = [tag.extraSamples, tag.smallestValue, tag.largestValue];
