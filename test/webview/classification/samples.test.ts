import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logitsFrom } from '../../../shared/contracts/scores.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { sampleAddress, sampleGuess } from '../../../webview/classification/samples.ts';

const image = (file: string, label = 1, row = 2) => ({ file, relativePath: 'val/dog/7.jpeg', label, row });
const predictions = {
  epoch: 3,
  labels: [0, 0, 1],
  logits: logitColumns(logitsFrom([0.9, 0.1, 0.6, 0.4, 0.3, 0.7])),
  classCount: 2,
};

test('sampleGuess() is the most probable class of its row', () => {
  assert.deepEqual(sampleGuess(predictions, image('samples/00.jpg')), {
    label: 1,
    probability: 0.7,
    trueProbability: 0.7,
    isRight: true,
  });
  assert.deepEqual(sampleGuess({ ...predictions, labels: [0, 1, 1] }, image('samples/00.jpg', 1, 1)), {
    label: 0,
    probability: 0.6,
    trueProbability: 0.4,
    isRight: false,
  });
});

test('sampleGuess() is null without predictions, or when the row belongs to another image', () => {
  assert.equal(sampleGuess(null, image('samples/00.jpg')), null);
  assert.equal(sampleGuess(predictions, image('samples/00.jpg', 0)), null);
  assert.equal(sampleGuess(predictions, image('samples/00.jpg', 1, 99)), null);
});

test('sampleAddress() covers only the thumbnails of a run', () => {
  assert.equal(sampleAddress('https://host/run', image('samples/07.jpg')), 'https://host/run/samples/07.jpg');
  for (const file of [
    'samples/../run.json',
    'run.json',
    'samples/7.jpg',
    'samples/00.jpg?x',
    'https://evil/00.jpg',
    '../samples/00.jpg',
  ])
    assert.equal(sampleAddress('https://host/run', image(file)), null, file);
});
