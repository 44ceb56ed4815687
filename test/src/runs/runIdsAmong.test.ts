import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runIdsAmong } from '../../../src/runs/runIdsAmong.ts';

const a = '20261123-091500-pets-resnet18-1a2b';
const b = '20261123-091600-pets-resnet18-3c4d';

test('runIdsAmong() returns all selected rows before the clicked one, each once', () => {
  assert.deepEqual(runIdsAmong(a, [a, b, a]), [a, b]);
  assert.deepEqual(runIdsAmong(a, undefined), [a]);
  assert.deepEqual(runIdsAmong(a, []), [a]);
  assert.deepEqual(runIdsAmong({ id: a }, [{ id: b }, { id: a }]), [b, a]);
});

test('runIdsAmong() accepts a list as the one argument of a keybinding or another extension', () => {
  assert.deepEqual(runIdsAmong([a, b], undefined), [a, b]);
});

test('runIdsAmong() drops everything that is not the id of a run', () => {
  for (const odd of [undefined, null, 7, '../../etc', {}, { id: 3 }, ['group:pets'], { path: a }])
    assert.deepEqual(runIdsAmong(odd, undefined), []);
});
