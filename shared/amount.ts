// Disk sizes in words. A need is rounded up and free space down, so that a sentence never contradicts itself.

/** @example neededAmount(44_700_001) // '45 MB' */
export const neededAmount = (bytes: number): string => amount(bytes, Math.ceil);

/** @example freeAmount(44_999_999) // '44 MB' */
export const freeAmount = (bytes: number): string => amount(bytes, Math.floor);

function amount(bytes: number, whole: (value: number) => number): string {
  const [unit, name] = bytes >= 1e9 ? [1e8, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
  const count = whole(bytes / unit);
  return `${name === 'GB' ? (count / 10).toFixed(1) : count} ${name}`;
}
