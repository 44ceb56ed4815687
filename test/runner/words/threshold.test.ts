import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thresholdText } from '../../../runner/words/threshold.ts';

test('thresholdText() rounds ties to even, and adds log-odds where the probability would read 0 or 1', () => {
  assert.equal(thresholdText({ probability: 0.03125, logOdds: -3.43 }), '0.0312');
  assert.equal(thresholdText({ probability: 1, logOdds: 40.125 }), '1.0000 (log-odds 40.12)');
});
