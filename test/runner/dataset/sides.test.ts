import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sidesIn } from '../../../runner/dataset/checks/sides.ts';

const dataset = (classNames: readonly string[], paths: readonly string[]) =>
  ({ classNames, images: paths.map((relativePath) => ({ relativePath })) }) as unknown as Parameters<typeof sidesIn>[0];

for (const { what, classNames = ['sick', 'well'], paths, expected } of [
  { what: 'classes', classNames: ['left', 'right'], paths: ['left/1.png'], expected: ['left', 'right'] },
  { what: 'classes of one letter', classNames: ['L', 'R'], paths: ['L/1.png'], expected: ['L', 'R'] },
  {
    what: 'a part of the classes',
    classNames: ['kneeLeft', 'kneeRight'],
    paths: [],
    expected: ['kneeLeft', 'kneeRight'],
  },
  {
    what: 'folders in German',
    paths: ['sick/links/1.png', 'well/rechts/2.png'],
    expected: ['links', 'rechts'],
  },
  { what: 'many file names', paths: ['sick/Anna_L.png', 'sick/Berta_R.png', 'well/3.png'], expected: ['l', 'r'] },
  {
    what: 'file names without the rest of them',
    paths: ['sick/Smith-left.png', 'well/Doe-right.png'],
    expected: ['left', 'right'],
  },
])
  test(`sidesIn() finds left and right in ${what}`, () => {
    assert.deepEqual(sidesIn(dataset(classNames, paths)), expected);
  });

for (const { what, classNames = ['sick', 'well'], paths } of [
  { what: 'one side alone', classNames: ['upright', 'right'], paths: ['right/1.png'] },
  { what: 'words that hold one', classNames: ['bright', 'cleft'], paths: ['bright/1.png'] },
  {
    what: 'a few file names',
    paths: ['sick/left.png', 'sick/right.png', ...Array.from({ length: 20 }, (_, i) => `well/${i}.png`)],
  },
  { what: 'ordinary names', paths: ['sick/person12_virus_45.jpeg', 'well/IM-0115-0001.jpeg'] },
])
  test(`sidesIn() ignores ${what}`, () => assert.deepEqual(sidesIn(dataset(classNames, paths)), []));
