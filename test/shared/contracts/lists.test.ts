import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { splitStratified } from '../../../runner/dataset/splitting/splits.ts';
import { appendAll, indexOfLargest, indexOfSmallest, largest, smallest } from '../../../shared/lists.ts';
import { stream } from '../../../shared/random.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** More values than a call accepts as arguments. */
const many = 300_000;

test('largest() and smallest() agree with Math.max() and Math.min()', () => {
  for (const values of [[], [3], [2, 7, -1, 7, -1], [1, Number.NaN, 2], [-0, 0]]) {
    assert.equal(largest(values), Math.max(...values), String(values));
    assert.equal(smallest(values), Math.min(...values), String(values));
  }
  assert.equal(indexOfLargest([2, 7, -1, 7, -1]), 1);
  assert.equal(indexOfSmallest(new Float32Array([2, 7, -1, 7, -1])), 2);
  assert.equal(indexOfLargest([]), -1);
});

test('lists of 300,000 values do not overflow the stack', () => {
  const values = Array.from({ length: many }, (_, i) => i);
  assert.equal(largest(values), many - 1);
  assert.equal(smallest(values), 0);
  const list = [-1];
  appendAll(list, values);
  assert.deepEqual([list.length, list.at(-1)], [many + 1, many - 1]);
});

test('splitStratified() divides a class of 300,000 images', () => {
  const labels = Array.from({ length: many + 100 }, (_, i) => (i < many ? 0 : 1));
  const parts = splitStratified(labels, [0.7, 0.15, 0.15], stream(1, 'split'));
  assert.deepEqual(
    parts.map(({ length }) => length),
    [210_070, 45_015, 45_015],
  );
});

test('the lint rule rejects lists of unbounded length as arguments, and accepts bounded ones', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lint-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(
    join(folder, 'biome.json'),
    JSON.stringify({
      plugins: [join(root, 'scripts/lint/noSpreadOfLists.grit')],
      linter: { rules: { preset: 'none' } },
    }),
  );
  const refused = [
    'Math.max(...values);',
    'list.push(0, ...values.slice(0, n));',
    'list.push(...(await below()));',
    'new Set(...values);',
    'before.concat(...lists);',
    'String.fromCharCode(...bytes);',
    'Math.max.apply(null, values);',
    'Reflect.apply(f, null, values);',
  ];
  const allowed = [
    '[...values];',
    'f({ ...options });',
    'list.push(...[a, b]);',
    'list.push(...values.slice(0, 50));',
    'String.fromCharCode(...bytes.subarray(i, i + 8192));',
    'const g = (...more) => f(...more);',
    "join(root, ...relativePath.split('/'));",
    'show(text, ...(resumable ? [resume] : []));',
    'vscode.Disposable.from(...parts);',
    '// biome-ignore lint/plugin: one number a class\nMath.hypot(...distances);',
  ];
  const problems = async (code: string) => {
    await writeFile(join(folder, 'code.ts'), `${code}\n`);
    return spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', 'code.ts'], { cwd: folder, encoding: 'utf8' });
  };
  const all = await problems(refused.join('\n'));
  const lines = [...all.stdout.concat(all.stderr).matchAll(/^code\.ts:(\d+):/gm)].map(([, line]) => Number(line));
  assert.deepEqual(
    lines.toSorted((a, b) => a - b),
    refused.map((_, i) => i + 1),
  );
  const none = await problems(allowed.join('\n'));
  assert.equal(none.status, 0, none.stdout + none.stderr);
});
