import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Finding } from '../../../../shared/contracts/finding.ts';
import { ToSheetPanel } from '../../../../shared/messages/sheet.ts';
import type { ImageGroup } from '../../../../src/datasets/index/listImages.ts';
import { cardOf, groupsOf, marksOf, sampleOf, sampleSize } from '../../../../src/panels/sheet/sheetSnapshot.ts';
import { assertProperty } from '../../../support/property.ts';
import { rowContext } from '../../support/runs.ts';

const group = (count: number, className = 'cat'): ImageGroup => ({
  split: 'train',
  className,
  relativePaths: Array.from({ length: count }, (_, i) => `train/${className}/${i}.jpg`),
});
const pathsOf = (images: readonly { relativePath: string }[]) => images.map(({ relativePath }) => relativePath);

test('sampleOf() draws without repeating, the same for the same seed, and a longer sample extends the shorter', () => {
  assertProperty(
    fc.property(fc.nat(200), fc.nat(50), fc.nat(50), fc.nat(9), (size, short, more, seed) => {
      const draw = (count: number) => pathsOf(sampleOf(group(size), { seed, count, marks: new Map() }));
      const long = draw(short + more);
      assert.equal(long.length, Math.min(size, short + more));
      assert.equal(new Set(long).size, long.length);
      assert.deepEqual(draw(short), long.slice(0, short));
    }),
  );
  const [one, other] = [1, 2].map((seed) => pathsOf(sampleOf(group(100), { seed, count: 24, marks: new Map() })));
  assert.notDeepEqual(one, other);
});

test('sampleSize() is 24, and less when hundreds of groups would make the page slow', () => {
  assert.deepEqual([1, 6, 62, 100, 1000].map(sampleSize), [24, 24, 24, 15, 4]);
});

test('marksOf() marks each copy of a leak, a twin in two classes, a duplicate, the worst first; notes mark nothing', () => {
  const duplicate = (relativePaths: string[], splits: string[], classNames: string[]): Finding => ({
    kind: 'duplicate',
    relativePaths,
    splits,
    classNames,
  });
  const marks = marksOf([
    { kind: 'suspect', relativePath: 'a', reason: 'its end marker is missing' },
    { kind: 'corrupt', relativePath: 'x', reason: 'the file is empty' },
    duplicate(['a', 'b'], ['train', 'test'], ['cat']),
    duplicate(['c', 'd'], ['train'], ['cat', 'dog']),
    duplicate(['e', 'f'], ['train'], ['cat']),
    { kind: 'note', text: 'Unbalanced' },
    { kind: 'ignored', relativePath: 'y', reason: 'hidden' },
    { kind: 'groupOverlap', group: 'p', splits: ['train', 'val'], imageCount: 2 },
  ]);
  const kinds = Object.fromEntries([...marks].map(([path, own]) => [path, own.map(({ kind }) => kind)]));
  assert.deepEqual(kinds, {
    a: ['leak', 'suspect'],
    b: ['leak'],
    c: ['twoClasses'],
    d: ['twoClasses'],
    e: ['duplicate'],
    f: ['duplicate'],
    x: ['corrupt'],
  });
  assert.equal(marks.get('a')![0]!.detail, 'b');
});

test('a snapshot follows its contract, with all flagged images in addition to the sample', () => {
  const list = { groups: [group(5000), group(3, 'dog')], complete: true };
  const marks = marksOf([{ kind: 'corrupt', relativePath: 'train/cat/4321.jpg', reason: 'the file is empty' }]);
  const groups = groupsOf(list, 1, marks);
  const parts = { name: 'pets', folder: '/data/pets', list, record: null, isChecking: false, runCount: 0 };
  const card = cardOf(parts, rowContext);
  ToSheetPanel.parse({ type: 'snapshot', dataset: '/data/pets', seed: 1, card, groups, strings: {} });
  assert.deepEqual(
    groups.map(({ imageCount, sample, markedCount }) => [imageCount, sample.length, markedCount]),
    [
      [5000, 24, 1],
      [3, 3, 0],
    ],
  );
  assert.deepEqual(pathsOf(groups[0]!.marked), ['train/cat/4321.jpg']);
  assert.match(card.imbalanceText!, /^cat has 1666\.7 times as many images as dog/);
});
