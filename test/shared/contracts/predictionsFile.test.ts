import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  encodePredictions,
  parsePredictions,
  parseRecordedPredictions,
  problemsOf,
} from '../../../shared/contracts/classification/predictionsFile.ts';
import { sentenceOf, UserError } from '../../../shared/contracts/errors.ts';
import { atLogOdds } from '../../../shared/contracts/scores.ts';
import { assertProperty } from '../../support/property.ts';

const classNames = ['cat', 'dog'];
const text = encodePredictions({
  relativePaths: ['cat/1.jpg', 'dog/a,"b".jpg'],
  labels: [0, 1],
  logits: [1.5, -0.125, -30, 20.25],
  classNames,
});
const header = 'path,label,cat,dog,logit cat,logit dog\n';

test('encodePredictions() writes a header, class names, probabilities and logits with all digits', () => {
  // NumPy 2.4: 1 / (1 + exp(-x)) in float64
  const [first, second] = [
    'cat/1.jpg,cat,0.8354835371034369,0.16451646289656316,1.5,-0.125',
    '"dog/a,""b"".jpg",dog,1.5021118919431522e-22,1,-30,20.25',
  ];
  assert.equal(text, `${header}${first}\n${second}\n`);
});

test("comparing a column with an image's threshold in another program reproduces the run's decision", () => {
  const count = 300;
  const logits = Float32Array.from({ length: 2 * count }, (_, i) => 3 * Math.sin(i * 1.7) + 1e-5 * i);
  const relativePaths = Array.from({ length: count }, (_, i) => `${i}.png`);
  const csv = encodePredictions({ relativePaths, labels: null, logits, classNames });
  const rows = csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').slice(2).map(Number) as [number, number, number, number]);
  const scores = rows.map((_, i) => logits[2 * i + 1]! - logits[2 * i]!);
  for (const score of scores) {
    const { probability, logOdds } = atLogOdds(score);
    for (const [i, [, dog, catLogit, dogLogit]] of rows.entries()) {
      assert.equal(dogLogit - catLogit >= logOdds, scores[i]! >= score);
      assert.equal(dog >= probability, scores[i]! >= score);
    }
  }
});

/** File as version 0.1 wrote it. */
const old = 'path,label,cat,dog\ncat/1.jpg,cat,0.75,0.25\n"dog/a,""b"".jpg",dog,1e-9,1\n';

test('log-odds of an older file without logits come from its probabilities', () => {
  const { logits, tied } = parsePredictions(old, classNames);
  assert.ok(Math.abs(logits[1]! - logits[0]! + Math.log(3)) < 1e-15);
  assert.ok(Math.abs(logits[3]! - logits[2]! - 9 * Math.LN10) < 1e-12);
  assert.equal(tied, null);
});

test('rows of an older file with equal certainty for different classes are counted and reported', () => {
  const rows = ['1.jpg,cat,0,1', '2.jpg,dog,0,1', '3.jpg,dog,1e-300,1', '4.jpg,cat,1,0', '5.jpg,cat,1,0'];
  const read = parsePredictions(`path,label,cat,dog\n${rows.join('\n')}\n`, classNames);
  assert.deepEqual(read.tied, { count: 2, total: 5 });
  const [problem] = problemsOf(read, 'predictions/val.csv');
  assert.match(
    sentenceOf(problem!.code, problem!.params),
    /^2 of the 5 images in predictions\/val\.csv have a probability of/,
  );
  const [third, first] = [read.logits[5]! - read.logits[4]!, read.logits[1]! - read.logits[0]!];
  assert.ok(third > 690 && first > third);
});

test('two images with probabilities of 1 still differ when read back from a file', () => {
  const logits = [-20, 21, -20, Math.fround(21.1)];
  const rows = { relativePaths: ['1.jpg', '2.jpg'], labels: [0, 1], logits, classNames };
  const read = parsePredictions(encodePredictions(rows), classNames);
  assert.deepEqual([read.logits, read.tied], [logits, null]);
});

test('parsePredictions() returns what encodePredictions() was given, whatever the names', () => {
  const name = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.stringMatching(/^['=+\-@\t\r\n", a1.]{1,5}$/));
  const rows = fc
    .record({
      classNames: fc.uniqueArray(name, { minLength: 2, maxLength: 4 }),
      relativePaths: fc.array(name, { minLength: 1, maxLength: 5 }),
    })
    .chain(({ classNames, relativePaths }) => {
      const n = relativePaths.length;
      const k = classNames.length;
      return fc.record({
        classNames: fc.constant(classNames),
        relativePaths: fc.constant(relativePaths),
        labels: fc.array(fc.nat(k - 1), { minLength: n, maxLength: n }),
        logits: fc.float32Array({ noDefaultInfinity: true, noNaN: true, minLength: n * k, maxLength: n * k }),
      });
    });
  assertProperty(
    fc.property(rows, ({ classNames, relativePaths, labels, logits }) => {
      const parsed = parsePredictions(encodePredictions({ relativePaths, labels, logits, classNames }), classNames);
      assert.deepEqual(parsed, {
        relativePaths,
        labels,
        logits: Array.from(logits, (logit) => logit + 0 || 0), // -0 is written as 0
        classCount: classNames.length,
        leftOut: null,
        tied: null,
      });
    }),
    { numRuns: 500 },
  );
});

test('encodePredictions() writes no cell that a spreadsheet would run as a formula', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', "'=", "''+"]) {
    const csv = encodePredictions({
      relativePaths: [`${start}HYPERLINK(1)`],
      labels: [0],
      logits: [1, 0],
      classNames: [`${start}a`, 'b'],
    });
    for (const cell of csv.split(/[,\n]/)) assert.doesNotMatch(cell, /^"?[=+\-@\t\r]/);
  }
});

test('class names that are signed numbers are written unchanged, and read back from files of older versions, too', () => {
  const names = ['-1', '0', '+1', '-.5', '+1e-3'];
  const rows = { relativePaths: ['-1', '+1/a.png'], labels: [0, 2] };
  const csv = encodePredictions({ ...rows, logits: Array<number>(10).fill(-2), classNames: names });
  const [header, first, second] = csv.split('\n');
  assert.equal(header, 'path,label,-1,0,+1,-.5,+1e-3,logit -1,logit 0,logit +1,logit -.5,logit +1e-3');
  assert.equal(first, '-1,-1,0.2,0.2,0.2,0.2,0.2,-2,-2,-2,-2,-2');
  assert.equal(second, '+1/a.png,+1,0.2,0.2,0.2,0.2,0.2,-2,-2,-2,-2,-2');
  const older = "path,label,'-1,0,'+1,'-.5,'+1e-3\n'-1,'-1,0.2,0.2,0.2,0.2,0.2\n'+1/a.png,'+1,0.2,0.2,0.2,0.2,0.2\n";
  for (const text of [csv, older]) {
    const { relativePaths, labels, classCount, leftOut } = parsePredictions(text, names);
    assert.deepEqual({ relativePaths, labels, classCount, leftOut }, { ...rows, classCount: 5, leftOut: null });
  }
});

test('cells that only start like a signed number are escaped', () => {
  for (const name of [
    '-1+cmd',
    '+1-2',
    '-',
    '+',
    '-1 ',
    '-1\n',
    '--1',
    '+1e',
    '=1',
    '-1,5',
    "'-1",
    '-1/(a)',
    '-1/cmd|a',
    "-1/'a'!A0",
  ]) {
    const csv = encodePredictions({
      relativePaths: ['a'],
      labels: [0],
      logits: [1, 0],
      classNames: [name, 'b'],
    });
    assert.match(csv, /^path,label,"?'/);
    assert.deepEqual(parsePredictions(csv, [name, 'b']).labels, [0]);
  }
});

test('parsePredictions() reads a file saved by a spreadsheet on Windows', () => {
  assert.deepEqual(
    parsePredictions(`\uFEFF${text.replaceAll('\n', '\r\n')}`, classNames),
    parsePredictions(text, classNames),
  );
});

for (const [what, broken, message] of [
  ['an empty file', '', /begin with \[/],
  ['other classes', text.replace('dog', 'fox'), /begin with .*fox.* instead of .*dog/],
  ['classes in another order', text.replace('cat,dog', 'dog,cat'), /begin with/],
  ['logits of other classes', text.replace('logit dog', 'logit fox'), /begin with/],
  ['an open quote', text.replace('.jpg"', '.jpg'), /cannot be read from row \d/],
  ['a header alone', header, /have no rows/],
  [
    'a file without one usable row',
    text.replace('0.8354835371034369', 'NaN').replace('1.5021118919431522e-22', ''),
    /^None of the rows of the predictions \(2\) .*\(row 2 \(cat\/1\.jpg: cat "NaN"\), 3 \(dog\/a,"b"\.jpg: cat ""\)\): restore/,
  ],
] as const)
  test(`parsePredictions() refuses ${what} in one sentence`, () => {
    assert.throws(
      () => parsePredictions(broken, classNames),
      (error) => error instanceof UserError && message.test(error.message),
    );
  });

for (const [what, broken, first] of [
  ['NaN', text.replace('0.8354835371034369', 'NaN'), { column: 'cat', cell: 'NaN' }],
  ['a logit that is none', text.replace('-0.125', '1e39'), { column: 'logit dog', cell: '1e39' }],
  ['a logit of another probability', text.replace('-0.125', '1.5'), { column: 'cat', cell: '0.8354835371034369' }],
  ['an infinite probability', text.replace('0.16451646289656316', 'Infinity'), { column: 'dog', cell: 'Infinity' }],
  ['one too large for a number', text.replace('0.16451646289656316', '1e999'), { column: 'dog', cell: '1e999' }],
  ['a probability above 1', text.replace('0.8354835371034369', '1.5'), { column: 'cat', cell: '1.5' }],
  ['one below 0', text.replace('0.16451646289656316', '-0.25'), { column: 'dog', cell: '-0.25' }],
  ['an empty one', text.replace('0.8354835371034369', ''), { column: 'cat', cell: '' }],
  ['words', text.replace('0.8354835371034369', 'high'), { column: 'cat', cell: 'high' }],
  ['an unknown label', text.replace('1.jpg,cat', '1.jpg,fox'), { column: 'label', cell: 'fox' }],
  ['no label among labels', text.replace('1.jpg,cat', '1.jpg,'), { column: 'label', cell: '' }],
  ['too few cells', text.replace(',-0.125', ''), { column: 'logit dog', cell: '' }],
  ['too many cells', text.replace('-0.125', '-0.125,0'), { column: '', cell: '0' }],
] as const)
  test(`parsePredictions() skips and reports a row with ${what}, and reads the others`, () => {
    const { relativePaths, labels, logits, leftOut } = parsePredictions(broken, classNames);
    assert.deepEqual({ relativePaths, labels, logits }, { relativePaths: ['dog/a,"b".jpg'], labels: [1], logits: [-30, 20.25] }); // biome-ignore format: a row
    assert.deepEqual(leftOut, { count: 1, total: 2, first: [{ row: 2, path: 'cat/1.jpg', ...first }] });
    const { labels: recorded } = parseRecordedPredictions(broken, classNames);
    assert.deepEqual(recorded, [1]);
  });

test('an incomplete last row is skipped', () => {
  assert.deepEqual(parsePredictions(text.slice(0, -7), classNames).relativePaths, ['cat/1.jpg']);
});

test('leftOutProblem() counts all skipped rows and names the first five', () => {
  const rows = Array.from({ length: 9 }, (_, i) => `${i}.jpg,cat,${i < 7 ? 'NaN' : 0.5},0.5\n`);
  const { leftOut } = parsePredictions(`path,label,cat,dog\n${rows.join('')}`, classNames);
  const { code, params } = problemsOf({ leftOut, tied: null }, 'predictions/test.csv')[0]!;
  const sentence = sentenceOf(code, params);
  assert.match(sentence, /^7 of the 9 rows of predictions\/test\.csv are left out, .* covers the other 2\.$/);
  assert.match(sentence, /row 2 \(0\.jpg: cat "NaN"\), 3 .* 6 \(4\.jpg: cat "NaN"\), …\./);
});

test('parsePredictions() returns complete rows and counts all others, or fails with a sentence, for any text', () => {
  const patch = fc.record({
    at: fc.nat(text.length),
    drop: fc.nat(20),
    add: fc.string({ unit: fc.constantFrom(...'",\n\r0.e-\'=cat') }),
  });
  assertProperty(
    fc.property(
      fc.oneof(
        fc.string(),
        patch.map(({ at, drop, add }) => text.slice(0, at) + add + text.slice(at + drop)),
      ),
      (broken) => {
        try {
          const { relativePaths, labels, logits, leftOut } = parsePredictions(broken, classNames);
          assert.ok(relativePaths.length > 0);
          assert.equal(labels.length, relativePaths.length);
          assert.equal(logits.length, 2 * labels.length);
          assert.ok(logits.every(Number.isFinite));
          assert.ok(labels.every((label) => label === 0 || label === 1));
          if (leftOut) assert.equal(leftOut.total, leftOut.count + relativePaths.length);
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('encodePredictions() writes an empty label for an unlabelled image, and parseRecordedPredictions() returns it', () => {
  const rows = { relativePaths: ['1.jpg', '2.jpg'], logits: [2, -1, 0.5, 0.5] };
  const csv = encodePredictions({ ...rows, labels: null, classNames });
  assert.equal(csv, `${header}1.jpg,,0.9525741268224334,0.04742587317756678,2,-1\n2.jpg,,0.5,0.5,0.5,0.5\n`);
  assert.deepEqual(parseRecordedPredictions(csv, classNames), {
    ...rows,
    labels: null,
    classCount: 2,
    leftOut: null,
    tied: null,
  });
  assert.throws(
    () => parsePredictions(csv, classNames),
    /None of the rows of the predictions \(2\) .*1\.jpg: label ""/,
  );
});

test('parseRecordedPredictions() agrees with parsePredictions() on labelled rows, and skips unlabelled ones', () => {
  assert.deepEqual(parseRecordedPredictions(text, classNames), parsePredictions(text, classNames));
  const { labels, leftOut } = parseRecordedPredictions(
    text.replace('dog,1.5021118919431522e-22', ',1.5021118919431522e-22'),
    classNames,
  );
  assert.deepEqual([labels, leftOut?.count], [[0], 1]);
});

test('parsePredictions() skips a row whose probabilities do not sum to 1, or differ from its logits in a significant digit', () => {
  const head = 'path,label,cat,dog';
  const old = parsePredictions(`${head}\na.jpg,cat,0.25,0.75\nb.jpg,dog,0.25,0.76\n`, ['cat', 'dog']);
  assert.deepEqual([old.relativePaths, old.leftOut?.count], [['a.jpg'], 1]);
  const rows = { relativePaths: ['a', 'b'], labels: [0, 1], logits: [0.5, 1.5, 1, -1], classNames: ['cat', 'dog'] };
  const text = encodePredictions(rows);
  const digits = [...text.matchAll(/0\.\d{5}/g)].map(({ index }) => index + 2);
  assert.equal(digits.length, 4);
  for (const at of digits) {
    const changed = `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`;
    assert.equal(parsePredictions(changed, ['cat', 'dog']).leftOut?.count, 1, changed);
  }
});
