// The overlay as a file: the original at its own size under the map's colours, with a caption line below.
import type { Explanation } from '../../shared/contracts/explanation.ts';
import type { CamLook } from '../../shared/messages/explanation.ts';
import { heatPixels } from './heatDrawing.ts';

/** Longest side of the picture; larger originals are scaled down. */
const longestPx = 4096;
const leastPx = 320;

/** base64. `image` null: there is no picture below the map. @throws Error when the browser cannot write it */
export async function overlayPng(
  image: HTMLImageElement | null,
  { map, view }: Explanation,
  { colors, opacity }: CamLook,
  captions: readonly string[],
): Promise<string> {
  const { original, crop, imageSize } = view;
  const longest = Math.max(original.width, original.height);
  const scale = Math.min(longestPx / longest, Math.max(1, leastPx / longest));
  const width = Math.round(original.width * scale);
  const height = Math.round(original.height * scale);
  const font = Math.max(11, Math.round(width / 48));
  const canvas = new OffscreenCanvas(width, height + Math.round(captions.length * 1.5 * font + 0.5 * font));
  const context = canvas.getContext('2d')!;
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = 'gray';
  context.fillRect(0, 0, width, height);
  if (image) context.drawImage(image, 0, 0, width, height);
  const colours = new OffscreenCanvas(imageSize, imageSize);
  colours.getContext('2d')!.putImageData(new ImageData(heatPixels(map, imageSize, colors), imageSize, imageSize), 0, 0);
  context.globalAlpha = opacity;
  context.drawImage(colours, crop.left * scale, crop.top * scale, crop.width * scale, crop.height * scale);
  context.globalAlpha = 1;
  context.fillStyle = 'black';
  context.font = `${font}px sans-serif`;
  for (const [i, caption] of captions.entries())
    context.fillText(caption, font / 2, height + (1.5 * i + 1.25) * font, width - font);
  return base64Of(new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer()));
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
