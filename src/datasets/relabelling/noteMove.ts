/** Records a move in `places`, which maps an image's original path to its current one; an image moved back is removed. Changes `places`. */
export function noteMove(places: Map<string, string>, from: string, to: string): void {
  const origin = [...places].find(([, now]) => now === from)?.[0] ?? from;
  if (origin === to) places.delete(origin);
  else places.set(origin, to);
}
