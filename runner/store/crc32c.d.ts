declare module 'crc-32/crc32c.js' {
  /** Signed 32-bit integer. */
  export function buf(data: Uint8Array, seed?: number): number;
}
