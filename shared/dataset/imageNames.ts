// Names in a dataset folder that do not denote images, and the reasons.
export const reasonDicom =
  'a DICOM file, which is not read: export it as PNG of 16 bits, with its rescale and its window applied';

/** Extensions of supported image files; the content decides the type. */
export const imageExtensions = [
  'jpg',
  'jpeg',
  'jpe',
  'jfif',
  'png',
  'webp',
  'avif',
  'gif',
  'bmp',
  'dib',
  'tif',
  'tiff',
  'pgm',
  'ppm',
  'pbm',
  'pnm',
] as const;

const imageExtension = new RegExp(`\\.(?:${imageExtensions.join('|')})$`, 'i');

/** Folders that storage systems create in users' folders, with copies of images in them; in lower case. */
const systemFolders: ReadonlyMap<string, string> = new Map([
  ['@eadir', 'a folder of thumbnails that a Synology NAS makes'],
  ['@__thumb', 'a folder of thumbnails that a QNAP NAS makes'],
  ['.@__thumb', 'a folder of thumbnails that a QNAP NAS makes'],
  ['.thumbnails', 'a folder of thumbnails'],
  ['#recycle', 'a recycle bin'],
  ['@recycle', 'a recycle bin'],
  ['$recycle.bin', 'a recycle bin'],
  ['network trash folder', 'a recycle bin'],
  ['#snapshot', 'a folder of snapshots'],
  ['@recently-snapshot', 'a folder of snapshots'],
  ['~snapshot', 'a folder of snapshots'],
  ['.snapshot', 'a folder of snapshots'],
  ['@tmp', 'a folder of the system'],
  ['system volume information', 'a folder of the system'],
  ['lost+found', 'a folder of the system'],
  ['temporary items', 'a folder of the system'],
  ['.appledouble', 'a macOS companion folder'],
  ['__macosx', 'a macOS archive folder'],
]);

/** Reason for skipping a file or folder of this name whatever it contains; undefined: not skipped. */
export function reasonToIgnore(name: string): string | undefined {
  const systemFolder = systemFolders.get(name.toLowerCase());
  if (systemFolder !== undefined) return systemFolder;
  if (name.startsWith('._')) return 'a macOS companion file';
  if (name.startsWith('.')) return 'hidden';
  if (/^(?:thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r)$/i.test(name)) return 'a file of the system';
  if (/^syno(?:photo|file|video)_thumb_/i.test(name)) return 'a thumbnail that a Synology NAS made';
  return undefined;
}

const heicExtensions = ['.heic', '.heif'];
const reasonHeic = (extension: string) => `${extension} is not read: convert it to JPEG or PNG`;
export const reasonsHeic: readonly string[] = heicExtensions.map(reasonHeic);

/** Reason why a file of this name cannot be an image; undefined: it may be one (its content decides). */
export function reasonNotAnImage(name: string): string | undefined {
  if (imageExtension.test(name)) return undefined;
  const extension = /\.[^.]{1,8}$/.exec(name)?.[0].toLowerCase();
  if (extension === undefined) return 'not an image by its name';
  if (heicExtensions.includes(extension)) return reasonHeic(extension);
  if (extension === '.dcm' || extension === '.dicom') return reasonDicom;
  return `${extension} is not an image type that is read`;
}

/** Names as written by scanners: without an extension, or a long number with dots (1.2.840.113619.2). Their content decides. */
export const tellsNoType = (name: string): boolean => !/\.[^.]{1,8}$/.test(name) || /\.\d+$/.test(name);
