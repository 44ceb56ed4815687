// Validates pictures sent by a panel before they become files.

export interface Picture {
  /** Proposed name, without extension. */
  readonly name: string;
  readonly format: 'svg' | 'png';
  /** Text for SVG, base64 for PNG. */
  readonly data: string;
}

const pngStart = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** undefined: the data do not match the format. */
export function pictureBytes({ format, data }: Picture): Uint8Array | undefined {
  if (format === 'svg') return /^<svg[\s>]/.test(data) ? new TextEncoder().encode(data) : undefined;
  const bytes = Buffer.from(data, 'base64');
  return pngStart.every((byte, i) => bytes[i] === byte) ? bytes : undefined;
}
