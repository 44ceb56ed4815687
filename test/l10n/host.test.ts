// All texts of the sidebar, its tooltips and the status bar are translated.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorSentences } from '../../shared/contracts/editorSentences.ts';
import type { RunEvent } from '../../shared/contracts/events.ts';
import { isOpen, type Run } from '../../src/runs/runs.ts';
import { problemText } from '../../src/runs/tree/runTexts.ts';
import { runTree } from '../../src/runs/tree/runTree.ts';
import { statusItem } from '../../src/runs/watching/statusText.ts';
import { runOf } from '../src/support/runs.ts';
import { escaped, pseudoTranslate } from '../support/pseudo.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../webview/support/transcripts.ts';

const chest = chestXrayRun();
const animals = animalsRun();
const failed: RunEvent = {
  type: 'ended',
  reason: 'failed',
  problem: { code: 'runnerDied', params: { reason: '9', log: 'x.log' } },
  elapsedMs: 9e6,
};
const at8 = upToEpoch(chest.events, 8);

const runs: Record<string, Run> = {
  starting: runOf(chest.runId, [], { phase: 'starting' }),
  queued: runOf(chest.runId, [chest.events[0]!, { type: 'queued', ahead: 2 }]),
  training: runOf(chest.runId, at8),
  stopping: runOf(chest.runId, at8, { stopRequested: true }),
  pausing: runOf(chest.runId, at8, { pauseRequested: true }),
  paused: runOf(chest.runId, [...at8, { type: 'paused' } as RunEvent]),
  finished: runOf(chest.runId, chest.events),
  random: runOf(animals.runId, animals.events),
  failed: runOf(animals.runId, [...upToEpoch(animals.events, 4), failed], { resumable: true }),
  unreadable: runOf(chest.runId, [], { phase: 'unreadable' }),
};

/** Data of the runs themselves. */
const data = [
  ...[chest, animals].flatMap(({ runId, events }) => [runId, ...namesIn(events[0])]),
  ...['CPU ONNX Runtime cpu IMAGENET1K_V2 onnxruntime x.log min GB amp nbsp', 'GMT AM PM UTC'],
];
/** Values only: the fields' names are English words. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : [];
}

const context = { now: new Date(2026, 10, 23, 12, 0), language: 'ja', t: pseudoTranslate };

for (const [name, run] of Object.entries(runs))
  test(`every word about a run that is ${name} is translated: row, tooltip, status bar`, () => {
    const [row] = runTree([run], context);
    const status = statusItem(isOpen(run) ? [run] : [], pseudoTranslate);
    const texts = [row!.label, row!.description, row!.accessibilityLabel, row!.tooltip, status?.text, status?.tooltip];
    const lines = texts.flatMap((text) => (text ?? '').split('\n'));
    assert.deepEqual(escaped(lines, data), []);
  });

test("every word of every problem's sentence is translated", () => {
  const texts = Object.keys(editorSentences).map((code) => problemText({ code, params: {} }, pseudoTranslate));
  const withoutPlaceholders = texts.map((text) => text.replace(/\{\w+(?=[}|])/g, ''));
  assert.deepEqual(escaped(withoutPlaceholders, []), []);
});
