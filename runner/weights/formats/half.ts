// IEEE 754 binary16 as bits, and back: 1 sign, 5 exponent (bias 15), 10 fraction bits.

/** From here on a value rounds to infinity. */
export const overflowsHalf = 65520;

/** Rounds to nearest, ties to even, as hardware does. */
export function toHalf(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const word = words[i]!;
    const sign = (word >>> 16) & 0x8000;
    const size = word & 0x7fffffff;
    halves[i] =
      size < 0x47800000 && size >= 0x38800000
        ? // Half of the last kept bit, less one for an even bit; a carry goes up into the exponent, to infinity at the top.
          sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13)
        : sign | (size === 0 ? 0 : beyondNormal(size, values[i]!));
  }
  return halves;
}

function beyondNormal(size: number, value: number): number {
  if (size > 0x7f800000) return 0x7e00; // NaN
  if (size >= 0x47800000) return 0x7c00; // 2^16 and more
  return roundHalfToEven(Math.abs(value) * 2 ** 24); // below 2^-14: multiples of 2^-24
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

/** @param values  filled and returned; as long as `bits` */
export function fromHalf(bits: Uint16Array, values: Float32Array = new Float32Array(bits.length)): Float32Array {
  halfValues ??= Float32Array.from({ length: 65536 }, (_, i) => halfValue(i));
  for (let i = 0; i < bits.length; i++) values[i] = halfValues[bits[i]!]!;
  return values;
}

// A table of all values: 25 million elements in a tenth of a second, where arithmetic per element takes a second.
let halfValues: Float32Array | undefined;

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
