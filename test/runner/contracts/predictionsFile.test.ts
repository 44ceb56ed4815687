import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  encodePredictions,
  parsePredictions,
  parseRecordedPredictions,
} from '../../../runner/contracts/predictionsFile.ts';

const classNames = ['cat', 'dog'];
const text = encodePredictions({
  relativePaths: ['cat/1.jpg', 'dog/a,"b".jpg'],
  labels: [0, 1],
  probabilities: [0.75, 0.25, 1e-9, 1],
  classNames,
});

test('encodePredictions() writes a header, class names and all digits', () => {
  assert.equal(text, 'path,label,cat,dog\ncat/1.jpg,cat,0.75,0.25\n"dog/a,""b"".jpg",dog,1e-9,1\n');
});

test('parsePredictions() gives back what encodePredictions() was given, whatever the names', () => {
  const name = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.stringMatching(/^['=+\-@\t\r\n", a]{1,5}$/));
  const rows = fc
    .record({
      classNames: fc.uniqueArray(name, { minLength: 2, maxLength: 4 }),
      relativePaths: fc.array(name, { maxLength: 5 }),
    })
    .chain(({ classNames, relativePaths }) => {
      const n = relativePaths.length;
      const k = classNames.length;
      return fc.record({
        classNames: fc.constant(classNames),
        relativePaths: fc.constant(relativePaths),
        labels: fc.array(fc.nat(k - 1), { minLength: n, maxLength: n }),
        probabilities: fc.float32Array({ min: 0, max: 1, noNaN: true, minLength: n * k, maxLength: n * k }),
      });
    });
  fc.assert(
    fc.property(rows, ({ classNames, relativePaths, labels, probabilities }) => {
      const parsed = parsePredictions(
        encodePredictions({ relativePaths, labels, probabilities, classNames }),
        classNames,
      );
      assert.deepEqual(parsed, {
        relativePaths,
        labels,
        probabilities: Array.from(probabilities, (p) => p + 0 || 0), // -0 is written as 0
        classCount: classNames.length,
      });
    }),
    { numRuns: 500 },
  );
});

test('encodePredictions() leaves no cell that a spreadsheet would run', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', "'=", "''+"]) {
    const csv = encodePredictions({
      relativePaths: [`${start}HYPERLINK(1)`],
      labels: [0],
      probabilities: [1, 0],
      classNames: [`${start}a`, 'b'],
    });
    for (const cell of csv.split(/[,\n]/)) assert.doesNotMatch(cell, /^"?[=+\-@\t\r]/);
  }
});

test('parsePredictions() reads a file saved by a spreadsheet on Windows', () => {
  assert.deepEqual(
    parsePredictions(`\uFEFF${text.replaceAll('\n', '\r\n')}`, classNames),
    parsePredictions(text, classNames),
  );
});

for (const [what, broken, message] of [
  ['a missing file body', '', /Row 1 /],
  ['other classes', text.replace('dog', 'fox'), /Row 1 .*fox/],
  ['classes in another order', text.replace('cat,dog', 'dog,cat'), /Row 1 /],
  ['a row too short', text.replace(',0.25', ''), /Row 2 .*3 cells/],
  ['a row too long', text.replace('0.25', '0.25,0'), /Row 2 .*5 cells/],
  ['an unknown label', text.replace('dog,1e-9', 'fox,1e-9'), /Row 3 .*fox/],
  ['a probability in words', text.replace('0.75', 'high'), /Row 2 .*high/],
  ['an empty probability', text.replace('0.75', ''), /Row 2 /],
  ['NaN', text.replace('0.75', 'NaN'), /Row 2 .*NaN/],
  ['an unfinished last row', text.slice(0, -6), /Row 3 /],
  ['an open quote', text.replace('.jpg"', '.jpg'), /Row \d/],
] as const)
  test(`parsePredictions() refuses ${what} and names the row`, () => {
    assert.throws(() => parsePredictions(broken, classNames), message);
  });

test('parsePredictions() gives whole rows or an error that names one, for any text', () => {
  const patch = fc.record({
    at: fc.nat(text.length),
    drop: fc.nat(20),
    add: fc.string({ unit: fc.constantFrom(...'",\n\r0.e-\'=cat') }),
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        patch.map(({ at, drop, add }) => text.slice(0, at) + add + text.slice(at + drop)),
      ),
      (broken) => {
        try {
          const { relativePaths, labels, probabilities } = parsePredictions(broken, classNames);
          assert.equal(labels.length, relativePaths.length);
          assert.equal(probabilities.length, 2 * labels.length);
          assert.ok(probabilities.every(Number.isFinite));
          assert.ok(labels.every((label) => label === 0 || label === 1));
        } catch (error) {
          assert.match((error as Error).message, /^Row \d+ of the predictions/);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('encodePredictions() leaves the label empty where there is none, and parseRecordedPredictions() gives it back', () => {
  const rows = { relativePaths: ['1.jpg', '2.jpg'], probabilities: [0.75, 0.25, 0.5, 0.5] };
  const csv = encodePredictions({ ...rows, labels: null, classNames });
  assert.equal(csv, 'path,label,cat,dog\n1.jpg,,0.75,0.25\n2.jpg,,0.5,0.5\n');
  assert.deepEqual(parseRecordedPredictions(csv, classNames), { ...rows, labels: null, classCount: 2 });
  assert.throws(() => parsePredictions(csv, classNames), /Row 2 of the predictions has no label/);
});

test('parseRecordedPredictions() reads labelled rows as parsePredictions() does, and refuses labels that are there in part', () => {
  assert.deepEqual(parseRecordedPredictions(text, classNames), parsePredictions(text, classNames));
  assert.throws(() => parseRecordedPredictions(text.replace('dog,1e-9', ',1e-9'), classNames), /Row 3 .*no label/);
});
