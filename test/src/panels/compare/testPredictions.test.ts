import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageOf } from '../../../../src/panels/compare/testPredictions.ts';

const named = (...relativePaths: string[]) => ({ relativePaths, labels: [], probabilities: [], classCount: 2 });

test('imageOf() returns the path of an image named in the predictions', () => {
  assert.equal(imageOf('/data/pets', named('test/cat/1.png'), 'test/cat/1.png'), '/data/pets/test/cat/1.png');
});

test('imageOf() refuses an image not named in the predictions, even if it is in the folder', () => {
  assert.equal(imageOf('/data/pets', named('test/cat/1.png'), 'test/cat/2.png'), undefined);
});

test('imageOf() refuses paths out of the dataset folder, whatever the predictions contain', () => {
  for (const path of ['../secret.png', 'test/../../secret.png', '/etc/passwd', '..', '', '.'])
    assert.equal(imageOf('/data/pets', named(path), path), undefined, path);
});

test('imageOf() refuses a dataset that is unknown or not absolute', () => {
  for (const dataset of [null, 'pets', '']) assert.equal(imageOf(dataset, named('1.png'), '1.png'), undefined);
});
