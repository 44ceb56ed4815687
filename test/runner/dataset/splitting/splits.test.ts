import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classTargets } from '../../../../runner/classification/classes/classTargets.ts';
import { assignSplits } from '../../../../runner/dataset/splitting/assign.ts';
import { countsOf, splitByGroup, splitStratified } from '../../../../runner/dataset/splitting/splits.ts';
import { type ErrorCode, UserError } from '../../../../shared/contracts/errors.ts';
import type { SplitName } from '../../../../shared/contracts/splits.ts';
import { groupingBy, groupOf, refuseOuterPattern, unitsOf } from '../../../../shared/dataset/groups.ts';
import { namePattern } from '../../../../shared/dataset/namePattern.ts';
import { stream } from '../../../../shared/random.ts';
import { assertProperty } from '../../../support/property.ts';

const shares = [0.7, 0.15, 0.15];
const share = { train: 0.7, val: 0.15, test: 0.15 };
const randomOf = (seed: number) => stream(seed, 'split');

const labelsOf = (...counts: number[]) => counts.flatMap((count, label) => new Array<number>(count).fill(label));

const countPerClass = (parts: readonly number[][], labels: readonly number[]) =>
  parts.map((part) => [...new Set(labels)].map((label) => part.filter((item) => labels[item] === label).length));

test('countsOf() divides by largest remainders and leaves no split empty while there are enough images', () => {
  assert.deepEqual(countsOf(100, shares), [70, 15, 15]);
  assert.deepEqual(countsOf(10, shares), [7, 2, 1]);
  assert.deepEqual(countsOf(3, shares), [1, 1, 1]);
  assert.deepEqual(countsOf(4, shares), [2, 1, 1]);
  assert.deepEqual(countsOf(20, [0.25, 0.75]), [5, 15]);
});

test('splitStratified() gives every class its share and every item one split', () => {
  const labels = labelsOf(100, 40, 3);
  const parts = splitStratified(labels, shares, randomOf(42));
  assert.deepEqual(countPerClass(parts, labels), [
    [70, 28, 1],
    [15, 6, 1],
    [15, 6, 1],
  ]);
  assert.deepEqual(
    parts.flat().sort((a, b) => a - b),
    labels.map((_, i) => i),
  );
});

test('splitStratified() depends only on its seed', () => {
  const labels = labelsOf(50, 50);
  assert.deepEqual(splitStratified(labels, shares, randomOf(1)), splitStratified(labels, shares, randomOf(1)));
  assert.notDeepEqual(splitStratified(labels, shares, randomOf(1)), splitStratified(labels, shares, randomOf(2)));
});

test('splitByGroup() never puts one group into two splits, and loses no item', () => {
  const item = fc.record({ label: fc.nat(2), group: fc.nat(40) });
  assertProperty(
    fc.property(fc.array(item, { minLength: 1, maxLength: 200 }), fc.nat(), (items, seed) => {
      const groups = items.map(({ group }) => group);
      const parts = splitByGroup(
        items.map(({ label }) => label),
        groups,
        shares,
        randomOf(seed),
      );
      assert.deepEqual(
        parts.flat().sort((a, b) => a - b),
        items.map((_, i) => i),
      );
      const places = parts.map((part) => new Set(part.map((i) => groups[i]!)));
      assert.equal(
        places.reduce((sum, { size }) => sum + size, 0),
        new Set(groups).size,
      );
    }),
  );
});

test('splitByGroup() approximates the shares in every class, with patients of 1 to 12 images', () => {
  const random = stream(5, 'patients');
  const items = Array.from({ length: 300 }, (_, patient) =>
    Array.from({ length: 1 + Math.floor(random() * 12) }, () => ({ label: patient % 3 === 0 ? 0 : 1, patient })),
  ).flat();
  const labels = items.map(({ label }) => label);
  for (let seed = 0; seed < 20; seed++) {
    const parts = splitByGroup(
      labels,
      items.map(({ patient }) => patient),
      shares,
      randomOf(seed),
    );
    const totals = countPerClass([items.map((_, i) => i)], labels)[0]!;
    for (const [part, counts] of countPerClass(parts, labels).entries())
      for (const [i, count] of counts.entries())
        assert.ok(Math.abs(count / totals[i]! - shares[part]!) < 0.02, `part ${part}: ${count} of ${totals[i]}`);
  }
});

test('splitByGroup() puts every class into every split when each class has three groups', () => {
  // A large group and two small ones: by the proportions alone, both small ones might join one split.
  assertProperty(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 3, maxLength: 6 }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.nat(),
      (classes, seed) => {
        const items = classes.flatMap((sizes, label) =>
          sizes.flatMap((size, i) => new Array(size).fill({ label, group: `${label}-${i}` })),
        );
        const labels = items.map(({ label }) => label);
        const parts = splitByGroup(
          labels,
          items.map(({ group }) => group),
          shares,
          randomOf(seed),
        );
        for (const counts of countPerClass(parts, labels)) assert.ok(counts.every((count) => count > 0));
      },
    ),
  );
});

test('groupOf() is the first capture group in the file name, or the whole match, or the image alone', async () => {
  const pattern = await namePattern('^(person\\d+|(?:NORMAL2-)?IM-\\d+)');
  assert.equal(groupOf('train/PNEUMONIA/person123_bacteria_4.jpeg', pattern), 'person123');
  assert.equal(groupOf('train/NORMAL/NORMAL2-IM-0115-0001.jpeg', pattern), 'NORMAL2-IM-0115');
  assert.equal(groupOf('a/p7_x.png', await namePattern('p\\d+')), 'p7');
  assert.equal(groupOf('person1/other.png', pattern), 'person1/other.png');
  assert.equal(groupOf('a/b.png', null), 'a/b.png');
  assert.equal(groupOf('a/b.png', await namePattern('x*')), 'a/b.png');
});

test('groupingBy() reads file names, folders below the class folder, or both', async () => {
  const image = (relativePath: string, split: SplitName | null = null) => ({ relativePath, split });
  const by = (groups: 'pattern' | 'folder' | 'image', groupPattern: string | null = null) =>
    groupingBy({ groups, groupPattern });
  assert.equal((await by('folder'))(image('benign/P01/slice_1.png')), 'P01');
  assert.equal((await by('folder'))(image('train/benign/P01/a/slice_1.png', 'train')), 'P01');
  assert.equal((await by('folder'))(image('benign/slice_1.png')), 'benign/slice_1.png');
  assert.equal((await by('folder', '^(slice)'))(image('benign/P01/slice_1.png')), 'P01');
  assert.equal((await by('image', '^(slice)'))(image('benign/P01/slice_1.png')), 'benign/P01/slice_1.png');
  assert.equal((await by('pattern'))(image('benign/P01/slice_1.png')), 'benign/P01/slice_1.png');
  // A pattern with a / matches the path within the class folder, one without it the file name, as ever.
  assert.equal((await by('pattern', '^([^/]+)/'))(image('test/benign/P01/slice_1.png', 'test')), 'P01');
  assert.equal((await by('pattern', '^site\\d/(P\\d+)\\/'))(image('benign/site2/P07/1.png')), 'P07');
  assert.equal((await by('pattern', '^([^/_]+)_'))(image('benign/P01/slice_1.png')), 'slice');
  assert.equal((await by('pattern', '^(P\\d+)'))(image('benign/P01/slice_1.png')), 'benign/P01/slice_1.png');
});

test('refuseOuterPattern() refuses a pattern for more than the path within the class folder, and says what to write', async () => {
  const flat = { relativePath: 'benign/patient7/a_1.png', split: null };
  const given = { relativePath: 'test/benign/patient7/a_1.png', split: 'test' } as const;
  const direct = { relativePath: 'benign/patient7_1.png', split: null };
  const cases = [
    [flat, '^[^/]+/(patient\\d+)/', '^(patient\\d+)/'],
    [flat, '/(patient\\d+)/', '^(patient\\d+)/'],
    [flat, '^(?:benign|malignant)\\/(patient\\d+)\\/', '^(patient\\d+)\\/'],
    [flat, '^([^/]+)/(patient\\d+)/', '^(patient\\d+)/'],
    [flat, '(benign/patient\\d+)', '^([^/]+)/'],
    [given, '^[^/]+/(patient\\d+)/', '^(patient\\d+)/'],
    [given, '^[^/]+/[^/]+/(patient\\d+)/', '^(patient\\d+)/'],
    // Without a / it would apply to the file name.
    [given, '^(train|val|test)/\\w+/(patient\\d+)', '^([^/]+)/'],
    [direct, '^\\w+/(patient\\d+)_', '^(patient\\d+)_'],
    [direct, '(benign/patient\\d+)', '^([^_]+)_'],
  ] as const;
  for (const [image, groupPattern, suggestion] of cases) {
    const rule = { groups: 'pattern', groupPattern } as const;
    await assert.rejects(
      refuseOuterPattern(rule, [{ ...image, relativePath: `${image.relativePath.split('/')[0]}/other/x.png` }, image]),
      (error: UserError) => error.code === 'groupPatternTooFar' && error.params.suggestion === suggestion,
      groupPattern,
    );
    const group = (await groupingBy({ groups: 'pattern', groupPattern: suggestion }))(image);
    assert.match(group, /^patient7/);
    await refuseOuterPattern({ groups: 'folder', groupPattern }, [image]);
  }
  for (const groupPattern of ['^(patient\\d+)/', '^([^/]+)/', '^(nobody\\d+)/', '^[^/]+/(a)_', null])
    await refuseOuterPattern({ groups: 'pattern', groupPattern }, [flat, given]);
  // One image is enough: others may be elsewhere.
  await refuseOuterPattern({ groups: 'pattern', groupPattern: '^[^/]+/(patient\\d+)/' }, [
    flat,
    { relativePath: 'benign/site/patient1/a.png', split: null },
  ]);
});

test('refuseOuterPattern() accepts a pattern for folders that the images do not have, and one without a better pattern', async () => {
  for (const name of ['001.png', 'img_1.png'])
    for (const groupPattern of ['([^/]+)/[^/]+$', '^[^/]+/([^/]+)$', '(\\w+)/\\w+\\.png$'])
      await refuseOuterPattern({ groups: 'pattern', groupPattern }, [{ relativePath: `cat/${name}`, split: null }]);
  const groupPattern = '(cat/\\d+)';
  await refuseOuterPattern({ groups: 'pattern', groupPattern }, [{ relativePath: 'cat/001.png', split: null }]);
});

test('unitsOf() joins images that share a group or their bytes, also through other images', () => {
  const image = (group: string, sha256: string) => ({ group, sha256 });
  const units = unitsOf([
    image('a', '1'),
    image('a', '2'),
    image('b', '2'),
    image('c', '3'),
    image('d', '3'),
    image('e', '5'),
  ]);
  assert.equal(new Set(units).size, 3);
  assert.equal(units[0], units[2]);
  assert.equal(units[3], units[4]);
});

const item = (i: number, label: number, givenSplit: SplitName | null = null, group = `g${i}`) => ({
  label,
  givenSplit,
  group,
  sha256: `${i}`,
});

const failsWith = (code: ErrorCode) => (error: unknown) => error instanceof UserError && error.code === code;

test('assignSplits() divides a flat dataset in three and keeps given splits', () => {
  const flat = labelsOf(20, 20).map((label, i) => item(i, label));
  const { splits, origin } = assignSplits(flat, classTargets(['a', 'b']), [], share, 1);
  assert.deepEqual([splits.train.length, splits.val.length, splits.test.length, origin], [28, 6, 6, 'made']);
  const given = (['train', 'val', 'test'] as const).flatMap((split, s) => [
    item(2 * s, 0, split),
    item(2 * s + 1, 1, split),
  ]);
  assert.deepEqual(assignSplits(given, classTargets(['a', 'b']), ['train', 'val', 'test'], share, 1), {
    splits: { train: [0, 1], val: [2, 3], test: [4, 5] },
    origin: 'given',
  });
});

test('assignSplits() takes validation from train when only validation is missing, and leaves test alone', () => {
  const images = [
    ...labelsOf(34, 34).map((label, i) => item(i, label, 'train')),
    item(90, 0, 'test'),
    item(91, 1, 'test'),
  ];
  const { splits, origin } = assignSplits(images, classTargets(['a', 'b']), ['train', 'test'], share, 1);
  assert.deepEqual([splits.train.length, splits.val.length, splits.test, origin], [56, 12, [68, 69], 'validationMade']);
});

test('assignSplits() takes a missing test split from train, never from validation', () => {
  const images = [
    ...labelsOf(34, 34).map((label, i) => item(i, label, 'train')),
    item(90, 0, 'val'),
    item(91, 1, 'val'),
  ];
  const { splits, origin } = assignSplits(images, classTargets(['a', 'b']), ['train', 'val'], share, 1);
  assert.deepEqual([splits.train.length, splits.val, splits.test.length, origin], [56, [68, 69], 12, 'testMade']);
});

test('assignSplits() keeps patients, and copies of one file, in one split', () => {
  const images = labelsOf(60, 60).map((label, i) => ({
    ...item(i, label, null, `patient${Math.floor(i / 4)}`),
    sha256: `${i >= 118 ? i - 100 : i}`,
  }));
  for (let seed = 0; seed < 20; seed++) {
    const { splits } = assignSplits(images, classTargets(['a', 'b']), [], share, seed);
    const placeOf = new Map(Object.entries(splits).flatMap(([name, items]) => items.map((i) => [i, name] as const)));
    for (const [i, one] of images.entries())
      for (const [j, other] of images.entries())
        if (one.group === other.group || one.sha256 === other.sha256) assert.equal(placeOf.get(i), placeOf.get(j));
    assert.equal(placeOf.size, images.length);
  }
});

test('assignSplits() refuses one or two images of a class, or of one patient, with the numbers', () => {
  const two = labelsOf(20, 2).map((label, i) => item(i, label));
  assert.throws(() => assignSplits(two, classTargets(['a', 'b']), [], share, 1), failsWith('tooFewImages'));
  const onePatient = labelsOf(20, 20).map((label, i) => item(i, label, null, label === 1 ? 'same' : `g${i}`));
  assert.throws(() => assignSplits(onePatient, classTargets(['a', 'b']), [], share, 1), failsWith('tooFewGroups'));
  assert.doesNotThrow(() =>
    assignSplits(
      labelsOf(3, 3).map((label, i) => item(i, label)),
      classTargets(['a', 'b']),
      [],
      share,
      1,
    ),
  );
});

test('assignSplits() refuses given splits in which a class has no usable image', () => {
  const images = [item(0, 0, 'train'), item(1, 1, 'train'), item(2, 0, 'val'), item(3, 1, 'val'), item(4, 0, 'test')];
  assert.throws(
    () => assignSplits(images, classTargets(['a', 'b']), ['train', 'val', 'test'], share, 1),
    failsWith('classMissingInSplit'),
  );
});

test('assignSplits() and splitByGroup() work with 10,000 classes', () => {
  const images = Array.from({ length: 40_000 }, (_, i) => item(i, i >> 2, null, `patient${i % 39_000}`));
  const classNames = Array.from({ length: 10_000 }, (_, label) => `${label}`);
  const { splits } = assignSplits(images, classTargets(classNames), [], share, 1);
  assert.equal(splits.train.length + splits.val.length + splits.test.length, 40_000);
});
