/** In Node and in every browser, though no library of ECMAScript alone declares it; random.ts needs it. */
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
