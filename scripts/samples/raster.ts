// SVG to pixels, and pixels to a JPEG without metadata, for scripts that draw whole training sets.
import sharp from 'sharp';

/** One thread for each picture: for programs that draw several pictures at a time. */
export const drawOnOneThread = (): unknown => sharp.concurrency(1);

/**
 * RGBA, [side, side, 4], fitted into the square within a transparent margin of 4 percent.
 * @param svg  without width and height
 */
export async function rasterize(svg: string, side: number): Promise<Uint8Array> {
  const inner = Math.round(side * 0.92);
  const before = Math.floor((side - inner) / 2);
  const after = side - inner - before;
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  return sharp(Buffer.from(svg.replace('<svg ', `<svg width="${inner}" height="${inner}" `)))
    .ensureAlpha()
    .resize(inner, inner, { fit: 'contain', background: clear })
    .extend({ left: before, top: before, right: after, bottom: after, background: clear })
    .raw()
    .toBuffer();
}

/** @param pixels  RGB, [side, side, 3] @param quality  of JPEG, 1 to 100 */
export const plainJpeg = (pixels: Uint8Array, side: number, quality: number): Promise<Uint8Array> =>
  sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
