// Which names in a dataset folder are not images, and why.

const imageExtension = /\.(?:jpe?g|jpe|jfif|png|webp|gif|bmp|dib|tiff?)$/i;

/** Why a file or folder of this name is passed over whatever it holds; undefined: it is not. */
export function reasonToIgnore(name: string): string | undefined {
  if (name.startsWith('._')) return 'a macOS companion file';
  if (name.startsWith('.')) return 'hidden';
  if (/^__MACOSX$/i.test(name)) return 'a macOS archive folder';
  if (/^(?:thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r)$/i.test(name)) return 'a file of the system';
  return undefined;
}

/** Why a file of this name is not looked at; undefined: it may be an image (its content decides). */
export function reasonNotAnImage(name: string): string | undefined {
  if (imageExtension.test(name)) return undefined;
  const extension = /\.[^.]{1,8}$/.exec(name)?.[0].toLowerCase();
  if (extension === undefined) return 'not an image by its name';
  if (['.heic', '.heif', '.avif'].includes(extension)) return `${extension} is not read: convert it to JPEG or PNG`;
  if (extension === '.dcm') return '.dcm (DICOM) is not read: convert it to PNG';
  return `${extension} is not an image type that is read`;
}
