import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isImage } from '../../../src/datasets/index/datasetFolders.ts';
import { askedImages } from '../../../src/explanation/askedImages.ts';

const file = (fsPath: string, scheme = 'file') => ({ scheme, fsPath });
const asked = (argument: unknown, selected?: unknown) => askedImages(argument, selected, isImage);
const runId = '20261124-120000-animals-resnet18-00ab';

test('askedImages() returns a file of the explorer, and all selected ones when several are selected', () => {
  assert.deepEqual(asked(file('/a/1.jpg')), { runId: undefined, images: ['/a/1.jpg'], leftOut: [] });
  assert.deepEqual(asked(file('/a/1.jpg'), [file('/a/2.PNG'), file('/a/1.jpg'), file('/a/2.PNG')]).images, [
    '/a/2.PNG',
    '/a/1.jpg',
  ]);
  assert.deepEqual(asked(file('/a/1.jpg'), []).images, ['/a/1.jpg']);
});

test('askedImages() returns a run with one image or several', () => {
  assert.deepEqual(asked({ runId, image: file('/a/1.tif') }), { runId, images: ['/a/1.tif'], leftOut: [] });
  assert.deepEqual(asked({ runId, images: [file('/a/1.bmp'), file('/a/2.webp')] }), {
    runId,
    images: ['/a/1.bmp', '/a/2.webp'],
    leftOut: [],
  });
});

test('askedImages() lists selected files that are no images, but none that come from a panel or the palette', () => {
  const { images, leftOut } = asked(file('/a/1.jpg'), [file('/a/cats'), file('/a/1.jpg'), file('/b/notes.txt')]);
  assert.deepEqual([images, leftOut], [['/a/1.jpg'], ['cats', 'notes.txt']]);
  assert.deepEqual(asked(file('/a/1.jpg'), [file('/a/1.jpg'), file('/a/2.jpg', 'git')]).leftOut, ['2.jpg']);
  assert.deepEqual(asked({ runId, images: [file('/b/notes.txt')] }).leftOut, []);
  assert.deepEqual(asked({ image: file('/b/notes.txt') }).leftOut, []);
});

test('askedImages() ignores files that are no images on this disk, and does not trust the name of a run', () => {
  const strange = [
    null,
    7,
    'x',
    undefined,
    file('/a/notes.txt'),
    file('a.jpg'),
    file('/a/1.jpg', 'https'),
    {},
    [file('/b')],
  ];
  for (const argument of strange) assert.deepEqual(asked(argument).images, [], JSON.stringify(argument));
  assert.deepEqual(asked({ runId: '../../etc', image: file('/a/1.jpg') }).runId, undefined);
  assert.deepEqual(asked({ runId, images: 'no list' }), { runId, images: [], leftOut: [] });
  assert.deepEqual(asked(file('/a/1.jpg'), [file('/a'), file('/a/.hidden.jpg')]).images, []);
});
