/** Exists in Node and in every browser, but no library of plain ECMAScript declares it; random.ts needs it. */
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
