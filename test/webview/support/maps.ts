/** A map of `side` x `side` with one hill, its top of 1 at the position nearest to these fractions of width and height. */
export function mapWith(side: number, [x, y]: readonly [number, number]): Float32Array {
  const [column, row] = [Math.floor(x * side), Math.floor(y * side)];
  return Float32Array.from({ length: side * side }, (_, i) =>
    Math.exp(-(((i % side) - column) ** 2 + (Math.floor(i / side) - row) ** 2) / (0.06 * side * side)),
  );
}
