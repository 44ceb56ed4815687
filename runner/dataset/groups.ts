// Which images belong together: those of one patient (by file name), and copies of one file.

/**
 * The group of a file: the first capture group of the pattern in its name, or the whole match; a file without a match is a group of
 * its own, named by its path.
 */
export function groupOf(relativePath: string, pattern: RegExp | null): string {
  if (pattern === null) return relativePath;
  const match = pattern.exec(relativePath.slice(relativePath.lastIndexOf('/') + 1));
  return match?.[1] ?? (match?.[0] || relativePath);
}

/**
 * Joins images that share a group or their bytes, directly or through others: what must stay in one split.
 *
 * @returns a number per image; equal numbers belong together
 */
export function unitsOf(images: readonly { readonly group: string; readonly sha256: string }[]): number[] {
  const parent = images.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = i; at !== root; ) [at, parent[at]] = [parent[at]!, root]; // shorten the way for the next one
    return root;
  };
  for (const keyOf of [(i: number) => images[i]!.group, (i: number) => images[i]!.sha256]) {
    const first = new Map<string, number>();
    images.forEach((_, i) => {
      const known = first.get(keyOf(i));
      if (known === undefined) first.set(keyOf(i), i);
      else parent[rootOf(i)] = rootOf(known);
    });
  }
  return images.map((_, i) => rootOf(i));
}
