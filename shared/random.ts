// Seeded randomness with named streams: a draw depends only on (seed, purpose, epoch, index), so there is
// no generator state to save, and adding a draw in one place changes no other.
// FNV-1a of the stream's name seeds mulberry32 (Tommy Ettinger, public domain).

/** Draws in [0, 1). */
export type Random = () => number;

export function stream(seed: number, ...name: readonly (string | number)[]): Random {
  let a = fnv1a(`${seed}/${name.join('/')}`);
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** A number in [low, high). */
export const uniform = (random: Random, low: number, high: number): number => low + (high - low) * random();

/** A new array in random order (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** A standard normal draw (Box-Muller). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
