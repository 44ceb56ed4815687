import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  baseName,
  formatCount,
  formatDuration,
  formatLearningRate,
  formatMetric,
  formatRate,
} from '../../../webview/page/format.ts';

const cases: [name: string, seen: string, wanted: string][] = [
  ['formatMetric() keeps its digits', formatMetric(0.9), '0.900'],
  ['formatMetric() writes a dash for a missing metric', formatMetric(null), '–'],
  ['formatMetric() writes a dash for a number that is none', formatMetric(Number.NaN), '–'],
  ['formatDuration() counts seconds up', formatDuration(44_100), '45 s'],
  ['formatDuration() counts minutes up', formatDuration(61_000), '2 min'],
  ['formatDuration() carries a full hour', formatDuration(3_599_500), '1 h 00 min'],
  ['formatDuration() pads minutes', formatDuration(3_900_000), '1 h 05 min'],
  ['formatDuration() takes no time', formatDuration(0), '0 s'],
  ['formatLearningRate() writes 0.002 plainly', formatLearningRate(0.002), '0.002'],
  ['formatLearningRate() writes small rates with an exponent', formatLearningRate(4.775e-5), '4.78e-5'],
  ['formatLearningRate() writes zero as 0', formatLearningRate(0), '0'],
  ['formatRate() is whole from 10 on', formatRate(41.7), '42'],
  ['formatRate() keeps a digit below 10', formatRate(6.52), '6.5'],
  ['formatCount() groups thousands', formatCount(5216), '5,216'],
  ['baseName() takes either separator and trailing ones', baseName('C:\\data\\chest_xray\\'), 'chest_xray'],
];
for (const [name, seen, wanted] of cases) test(name, () => assert.equal(seen, wanted));
