// The first principal component of a matrix, by power iteration.
import { stream } from '../../shared/random.ts';

const mostSteps = 500;
/** The iteration has converged when the unit vector changes by less than this. */
const arrived = 1e-9;

/**
 * Rows, centered by column, projected on their first principal component: u·σ of the singular value decomposition. The sign makes
 * the entry of largest magnitude positive (Chung and Ying 2025, https://doi.org/10.3390/app15137562, equation 13).
 *
 * @param data  [rows, columns], row-major
 * @returns [rows]; all 0 if all rows are equal
 */
export function firstProjection(data: Float32Array, rows: number, columns: number): Float64Array {
  const centred = centredColumns(data, rows, columns);
  const random = stream(0, 'firstProjection');
  // Random, not constant: the constant vector is orthogonal to every centered column.
  let direction = Float64Array.from({ length: rows }, () => random() - 0.5);
  for (let step = 0; step < mostSteps; step++) {
    const next = timesVector(centred, vectorTimes(direction, centred, rows, columns), rows, columns);
    const length = norm(next);
    if (length === 0) return new Float64Array(rows);
    const unit = next.map((value) => value / length);
    const change = direction.reduce((sum, value, i) => sum + (value - unit[i]!) ** 2, 0);
    direction = unit;
    if (change < arrived ** 2) break;
  }
  const sigma = norm(vectorTimes(direction, centred, rows, columns));
  const largest = direction.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return direction.map((value) => value * sigma * Math.sign(largest));
}

function centredColumns(data: Float32Array, rows: number, columns: number): Float64Array {
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns]! += data[at]! / rows;
  return Float64Array.from(data, (value, at) => value - mean[at % columns]!);
}

/** vᵀ·M, [columns]. */
function vectorTimes(v: Float64Array, matrix: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const [factor, from] = [v[row]!, row * columns];
    for (let column = 0; column < columns; column++) out[column]! += factor * matrix[from + column]!;
  }
  return out;
}

/** M·v, [rows]. */
function timesVector(matrix: Float64Array, v: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += matrix[from + column]! * v[column]!;
    out[row] = sum;
  }
  return out;
}

const norm = (v: Float64Array): number => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
