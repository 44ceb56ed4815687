// Similarity of two maps. Pure.

/**
 * Spearman's rank correlation, ties with their mean rank. null: one of the maps is constant.
 * scipy.stats.spearmanr
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  return pearson(ranksOf(a), ranksOf(b));
}

function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}

function pearson(a: Float64Array, b: Float64Array): number | null {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [products, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    products += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA === 0 || squaresB === 0 ? null : products / Math.sqrt(squaresA * squaresB);
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const window = 7;

/**
 * Structural similarity of two square maps in [0, 1]: the mean over all windows of 7 x 7 positions.
 * Wang et al. 2004; skimage.metrics.structural_similarity(data_range=1). Requires a side of at least 7.
 */
export function ssim(a: ArrayLike<number>, b: ArrayLike<number>, side: number): number {
  const count = window * window;
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
  const sumsOf = (entry: (i: number) => number) => windowSums(entry, side);
  const sumA = sumsOf((i) => a[i]!);
  const sumB = sumsOf((i) => b[i]!);
  const squaresA = sumsOf((i) => a[i]! * a[i]!);
  const squaresB = sumsOf((i) => b[i]! * b[i]!);
  const products = sumsOf((i) => a[i]! * b[i]!);
  let total = 0;
  for (let i = 0; i < sumA.length; i++) {
    const [meanA, meanB] = [sumA[i]! / count, sumB[i]! / count];
    const unbiased = count / (count - 1);
    const varianceA = unbiased * (squaresA[i]! / count - meanA * meanA);
    const varianceB = unbiased * (squaresB[i]! / count - meanB * meanB);
    const covariance = unbiased * (products[i]! / count - meanA * meanB);
    total +=
      ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
      ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
  }
  return total / sumA.length;
}

/** Sums over every window inside the map: along rows, then along columns. */
function windowSums(entry: (i: number) => number, side: number): Float64Array {
  const inner = side - window + 1;
  const along = new Float64Array(side * inner);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < inner; x++) for (let k = 0; k < window; k++) along[y * inner + x]! += entry(y * side + x + k);
  const out = new Float64Array(inner * inner);
  for (let y = 0; y < inner; y++)
    for (let x = 0; x < inner; x++) for (let k = 0; k < window; k++) out[y * inner + x]! += along[(y + k) * inner + x]!;
  return out;
}
