import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchesOf, explainArguments } from '../../../src/explanation/explainArguments.ts';
import { usualQuestion } from '../../../webview/explanationContract.ts';

test('explainArguments() asks for lines of JSON, and no image can be taken for an option', () => {
  const question = { ...usualQuestion, target: '=--json' };
  assert.deepEqual(
    explainArguments({ runFolder: '/runs/one', images: ['/a/1.jpg'], question, check: true, threads: 2 }),
    [
      ...['explain', '/runs/one', '--class==--json', '--of=probability', '--layer=layer4', '--method=grad-cam'],
      ...['--check', '--threads=2', '--json', '--', '/a/1.jpg'],
    ],
  );
});

test('batchesOf() keeps order and all paths, and no batch of several is longer than a command line', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 40 })),
      fc.integer({ min: 1, max: 120 }),
      (paths, limit) => {
        const batches = batchesOf(paths, limit);
        assert.deepEqual(batches.flat(), paths);
        for (const batch of batches) {
          assert.ok(batch.length > 0);
          const length = batch.reduce((sum, path) => sum + path.length + 3, 0);
          assert.ok(batch.length === 1 || length <= limit);
        }
      },
    ),
  );
});
