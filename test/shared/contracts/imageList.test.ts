import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeImageList, parseImageList } from '../../../shared/contracts/imageList.ts';
import { assertProperty } from '../../support/property.ts';

const sha256 = 'ab'.repeat(32);
const text = encodeImageList([
  { relativePath: 'train/=cat/1.jpg', className: '=cat', split: 'train', sha256 },
  { relativePath: 'a,"b".png', className: 'dog', split: 'test', sha256 },
]);

test('encodeImageList() writes path, class, split and hash, and no cell that a spreadsheet would run as a formula', () => {
  assert.equal(
    text,
    `path,class,split,sha256\ntrain/=cat/1.jpg,'=cat,train,${sha256}\n"a,""b"".png",dog,test,${sha256}\n`,
  );
});

test('parseImageList() returns what encodeImageList() was given, whatever the names', () => {
  const name = fc.string({ unit: 'binary', minLength: 1 });
  const image = fc.record(
    {
      relativePath: name,
      className: name,
      split: fc.constantFrom('train', 'val', 'test'),
      sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
    },
    { noNullPrototype: true },
  );
  assertProperty(
    fc.property(fc.array(image, { minLength: 1, maxLength: 5 }), (images) =>
      assert.deepEqual(parseImageList(encodeImageList(images)), images),
    ),
  );
});

for (const [what, broken, message] of [
  ['an empty file', '', /Row 1 /],
  ['other columns', text.replace('sha256', 'md5'), /Row 1 .*md5/],
  ['an unknown split', text.replace('test', 'exam'), /Row 3 .*exam/],
  ['a hash that is cut off', text.slice(0, -9), /Row 3 /],
  ['a missing cell', text.replace(',train', ''), /Row 2 /],
] as const)
  test(`parseImageList() refuses ${what} and names the row`, () =>
    assert.throws(() => parseImageList(broken), message));
