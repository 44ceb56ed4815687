import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runsFor } from '../../../src/explanation/runsFor.ts';
import type { Run } from '../../../src/runs/runs.ts';
import { runOf } from '../support/runs.ts';

const trained = (day: number, dataset: string | null, over: Partial<Run> = {}): Run => {
  const run = runOf(`202611${day}-120000-x-resnet18-0001`, [], { epochCount: 3, ...over });
  return { ...run, state: { ...run.state, dataset } };
};

test('runsFor() sorts runs first whose dataset contains the images, the newest before the others', () => {
  const runs = [
    trained(10, '/w/pets'),
    trained(12, '/w/pets'),
    trained(20, '/w/xrays'),
    trained(21, null),
    trained(22, '/w/pets-2'),
    trained(23, '/w/pets', { epochCount: 0 }),
  ];
  const days = (images: readonly string[]) => runsFor(images, runs).map(({ id }) => Number(id.slice(6, 8)));
  assert.deepEqual(days(['/w/pets/test/cat/1.jpg']), [12, 10, 22, 21, 20]);
  assert.deepEqual(
    days(['/w/pets/test/cat/1.jpg', '/w/xrays/1.jpg']),
    [22, 21, 20, 12, 10],
    'one of them holds not all',
  );
  assert.deepEqual(days([]), [22, 21, 20, 12, 10]);
});
