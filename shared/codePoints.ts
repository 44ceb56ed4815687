/** Order by Unicode code points: the same on every machine and in every locale. (UTF-8 bytes have that order, UTF-16 units do not.) */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  return isAscii(a) && isAscii(b) ? (a < b ? -1 : 1) : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);
