import type { RgbImage } from '../../runner/images/samples/raster.ts';
import { stream } from '../../shared/random.ts';

/** The photo-like picture behind the reference numbers: 12 plane waves a channel, from the seeded generator. */
export function picture(seed: number, name: string, width: number, height: number): RgbImage {
  const random = stream(seed, name);
  const waves = Array.from({ length: 3 }, () =>
    Array.from({ length: 12 }, () => [random() * 24, random() * 24, random()] as const),
  );
  const data = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (const channel of waves) {
        let sum = 0;
        for (const [fx, fy, phase] of channel)
          sum += Math.sin(2 * Math.PI * ((fx * x) / width + (fy * y) / height + phase));
        data[at++] = Math.min(255, Math.max(0, 128 + 30 * sum));
      }
  return { width, height, data };
}
