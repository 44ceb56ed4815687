import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartKey } from '../../../webview/charts/chartKeys.ts';

const cases = [
  { key: 'ArrowLeft', plain: { type: 'move', by: -1 }, shifted: { type: 'shift', share: -0.1 } },
  { key: 'ArrowRight', plain: { type: 'move', by: 1 }, shifted: { type: 'shift', share: 0.1 } },
  { key: 'ArrowUp', plain: { type: 'move', by: 1 }, shifted: { type: 'zoomValues', factor: 1 / 1.5 } },
  { key: 'ArrowDown', plain: { type: 'move', by: -1 }, shifted: { type: 'zoomValues', factor: 1.5 } },
  { key: '+', plain: { type: 'zoomEpochs', factor: 0.5 }, shifted: { type: 'zoomEpochs', factor: 0.5 } },
  { key: '-', plain: { type: 'zoomEpochs', factor: 2 }, shifted: { type: 'zoomEpochs', factor: 2 } },
  { key: '0', plain: { type: 'reset' }, shifted: { type: 'reset' } },
  { key: 'Tab', plain: null, shifted: null },
  { key: 'a', plain: null, shifted: null },
] as const;

for (const { key, plain, shifted } of cases)
  test(`chartKey() handles ${key} with and without Shift`, () => {
    assert.deepEqual(chartKey({ key, shiftKey: false }), plain);
    assert.deepEqual(chartKey({ key, shiftKey: true }), shifted);
  });
