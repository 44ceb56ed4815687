// Coloring of coarse maps, the same for the command line's overlays and the panel. Pure.

export const heatColors = ['jet', 'viridis', 'inferno'] as const;
export type HeatColors = (typeof heatColors)[number];

/** One sentence each, for choosing; in English, translated by the editor. */
export const heatColorWords: Readonly<Record<HeatColors, string>> = {
  jet: 'Blue to red, as in most papers; its bright bands suggest edges that are not in the map.',
  viridis: 'Violet to yellow in even steps of brightness; readable with colour blindness.',
  inferno: 'Black to pale yellow in even steps of brightness; readable with colour blindness.',
};

/** 256 colors, [256, 3], 8-bit RGB. */
export const heatTable = (colors: HeatColors): Uint8Array => tables[colors];

/** Index of the color in a table: uint8(255 * value) as in NumPy, which truncates. */
export const heatLevel = (value: number): number => Math.min(255, Math.max(0, Math.trunc(255 * value)));

/**
 * Bilinear, pixel centers at half steps, edges continued: cv2.resize(INTER_LINEAR) and
 * torch.nn.functional.interpolate(mode='bilinear', align_corners=False) when enlarging.
 *
 * @param values  row-major, [height, width]
 * @returns row-major, [outHeight, outWidth]
 */
export function upsampledMap(
  values: ArrayLike<number>,
  height: number,
  width: number,
  outHeight: number,
  outWidth = outHeight,
): Float32Array {
  const columns = placesOf(width, outWidth);
  const out = new Float32Array(outHeight * outWidth);
  placesOf(height, outHeight).forEach(({ low, high, share }, y) => {
    columns.forEach((column, x) => {
      const at = (row: number) => {
        const left = values[row * width + column.low]!;
        return left + column.share * (values[row * width + column.high]! - left);
      };
      const above = at(low);
      out[y * outWidth + x] = above + share * (at(high) - above);
    });
  });
  return out;
}

/** For each position of the longer row: its two neighbors in the shorter one, and the share of the second. */
function placesOf(length: number, outLength: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: outLength }, (_, i) => {
    const at = Math.min(length - 1, Math.max(0, ((i + 0.5) * length) / outLength - 0.5));
    const low = Math.floor(at);
    return { low, high: Math.min(length - 1, low + 1), share: at - low };
  });
}

/**
 * Blends the map's colors over an image of the same size.
 *
 * @param image    8-bit RGB, [N, 3]
 * @param values   in [0, 1], [N]
 * @param opacity  opacity of the colors; 0.5 is the usual half and half
 */
export function overlaid(image: Uint8Array, values: Float32Array, colors: HeatColors, opacity = 0.5): Uint8Array {
  const table = tables[colors];
  const out = new Uint8Array(image.length);
  for (let i = 0; i < values.length; i++) {
    const color = 3 * heatLevel(values[i]!);
    for (let c = 0; c < 3; c++)
      out[3 * i + c] = Math.round(opacity * table[color + c]! + (1 - opacity) * image[3 * i + c]!);
  }
  return out;
}

const clamped = (value: number) => Math.min(255, Math.max(0, value));

/** OpenCV's COLORMAP_JET: three trapezoids. (Entry 159 is one step of blue off.) */
const jet = (i: number): readonly number[] => [
  clamped(Math.min(4 * i - 382, 1148 - 4 * i)),
  clamped(Math.min(4 * i - 128, 892 - 4 * i)),
  clamped(Math.min(4 * i + 128, 638 - 4 * i)),
];

/** Every 17th color of matplotlib's tables (CC0), with straight lines between them: nowhere off by more than 7 of 255. */
const knots = {
  viridis:
    '440154 481a6c 472f7d 414487 39568c 31688e 2a788e 23888e 1f988b 22a884 35b779 54c568 7ad151 a5db36 d2e21b fde725',
  inferno:
    '000004 0c0826 240c4f 420a68 5d126e 781c6d 932667 ae305c c73e4c dd513a ed6925 f8850f fca50a fac62d f2e661 fcffa4',
} as const;

function between(knotColors: string): (i: number) => readonly number[] {
  const colors = knotColors.split(' ').map((hex) => [0, 2, 4].map((c) => Number.parseInt(hex.slice(c, c + 2), 16)));
  return (i) => {
    const low = Math.floor(i / 17);
    const next = colors[low + 1] ?? colors[low]!;
    return colors[low]!.map((value, c) => Math.round(value + ((i % 17) / 17) * (next[c]! - value)));
  };
}

const tableOf = (color: (i: number) => readonly number[]): Uint8Array =>
  Uint8Array.from(Array.from({ length: 256 }, (_, i) => color(i)).flat());

const tables: Readonly<Record<HeatColors, Uint8Array>> = {
  jet: tableOf(jet),
  viridis: tableOf(between(knots.viridis)),
  inferno: tableOf(between(knots.inferno)),
};
