// The classification report equals scikit-learn's, letter by letter, on every small confusion matrix (test/reference/make_report.py).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { classificationReport, reportText } from '../../../shared/metrics/classificationReport.ts';

interface Reference {
  readonly 'scikit-learn': string;
  readonly named: string;
  readonly small: readonly { readonly classes: number; readonly most: number; readonly hashes: readonly string[] }[];
  readonly large: readonly { readonly seed: number; readonly count: number; readonly hash: string }[];
}
const reference: Reference = JSON.parse(readFileSync(new URL('../../reference/report.json', import.meta.url), 'utf8'));
const version = reference['scikit-learn'];

type Matrix = readonly (readonly number[])[];

const textOf = (matrix: Matrix, names = matrix.map((_, k) => `class ${k}`)): string =>
  reportText(classificationReport(matrix, names));
const digest = (matrices: readonly Matrix[]): string =>
  createHash('sha256')
    .update(matrices.map((matrix) => textOf(matrix)).join(''))
    .digest('hex')
    .slice(0, 16);

/** All sequences of `length` of the given values, the last varying fastest. */
const product = <T>(values: readonly T[], length: number): T[][] =>
  length === 0 ? [[]] : values.flatMap((value) => product(values, length - 1).map((rest) => [value, ...rest]));

for (const { classes, most, hashes } of reference.small)
  test(`every report of ${classes} classes with counts up to ${most} equals scikit-learn ${version}'s`, () => {
    const counts = Array.from({ length: most + 1 }, (_, n) => n);
    const rows = product(counts, classes).filter((row) => row.some((count) => count > 0));
    const rests = product(rows, classes - 1);
    const firsts = rows.filter(([right]) => classes === 2 || right! > 0);
    const wrong = firsts.filter((first, i) => digest(rests.map((rest) => [first, ...rest])) !== hashes[i]);
    assert.deepEqual(wrong, [], 'first rows of the matrices with another report');
  });

/** Matrices drawn as in make_report.py. */
function large(seed: number, count: number): number[][][] {
  let state = seed;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from({ length: count }, () => {
    const classes = 2 + draw(11);
    const most = 1 + draw(12);
    const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => draw(most + 1)));
    matrix.forEach((row, k) => {
      row[k]!++;
    });
    return matrix;
  });
}

test(`reports of 2 to 12 classes equal scikit-learn ${version}'s`, () => {
  const wrong = reference.large.filter(({ seed, count, hash }) => digest(large(seed, count)) !== hash);
  assert.deepEqual(wrong, []);
});

test('a report aligns its columns by code points and rounds ties to even', () => {
  const text = textOf([[5, 3], [1, 7]], ['\u{1F408} that sleeps all day long', 'not']); // biome-ignore format: a matrix
  assert.equal(text, reference.named);
  assert.ok(text.includes('0.62') && !text.includes('0.63'), text);
});
