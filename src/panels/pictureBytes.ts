// What a panel sends as a picture, checked before it becomes a file.

export interface Picture {
  /** Proposed, without its ending. */
  readonly name: string;
  readonly format: 'svg' | 'png';
  /** Text, or base64. */
  readonly data: string;
}

const pngStart = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** undefined: not what its format says. */
export function pictureBytes({ format, data }: Picture): Uint8Array | undefined {
  if (format === 'svg') return /^<svg[\s>]/.test(data) ? new TextEncoder().encode(data) : undefined;
  const bytes = Buffer.from(data, 'base64');
  return pngStart.every((byte, i) => bytes[i] === byte) ? bytes : undefined;
}
