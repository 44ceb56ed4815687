/** Adds a move to what is known: places are told by an image's first path; one that came back is forgotten. Changes `places`. */
export function noteMove(places: Map<string, string>, from: string, to: string): void {
  const origin = [...places].find(([, now]) => now === from)?.[0] ?? from;
  if (origin === to) places.delete(origin);
  else places.set(origin, to);
}
