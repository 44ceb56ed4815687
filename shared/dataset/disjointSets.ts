export interface DisjointSets {
  /** Representative of the set of `i`. */
  rootOf(i: number): number;
  /** Merges the set of `i` into that of `other`, whose root becomes the root of both. */
  join(i: number, other: number): void;
}

/** The numbers 0 to count - 1, each in its own set at first. */
export function disjointSets(count: number): DisjointSets {
  const parent = Array.from({ length: count }, (_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = i; at !== root; ) [at, parent[at]] = [parent[at]!, root]; // shortens the path for the next call
    return root;
  };
  return {
    rootOf,
    join(i, other) {
      parent[rootOf(i)] = rootOf(other);
    },
  };
}
