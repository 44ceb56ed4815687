import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '../../../../shared/contracts/events.ts';
import type { RunIndex } from '../../../../src/runs/index/runIndex.ts';
import type { Run } from '../../../../src/runs/runs.ts';
import { chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { withFakeVscode } from '../../support/fakeVscode.ts';
import { mementoOf } from '../../support/memento.ts';
import { runOf, temporaryFolder } from '../../support/runs.ts';

const fake = withFakeVscode();
const { notifyEndings } = await import('../../../../src/runs/watching/notifyEndings.ts');

const xray = chestXrayRun();

/** The run's events, with other initial weights. */
const startedFrom = (kind: 'starter' | 'random'): RunEvent[] =>
  xray.events.map((event) =>
    event.type === 'weightsLoaded' ? { ...event, weights: { ...event.weights, kind, name: kind } } : event,
  );

/** Notifications of a run that ends while the window is in front, once one is answered or `waitMs` are over. */
async function shownFor(
  logFolder: string,
  memory: ReturnType<typeof mementoOf>,
  events: readonly RunEvent[],
  waitMs = 20_000,
) {
  fake.shown.length = 0;
  fake.executed.length = 0;
  let runs: readonly Run[] = [runOf(xray.runId, upToEpoch([...events], 2))];
  let changed = () => {};
  const index = {
    get runs() {
      return runs;
    },
    onDidChange(listener: () => void) {
      changed = listener;
      return { dispose: () => {} };
    },
  } as unknown as RunIndex;
  const watching = notifyEndings({ index, logFolder, memory, onError: (error) => assert.fail(String(error)) });
  runs = [runOf(xray.runId, events)];
  changed();
  // The mark of the window that notifies is a file.
  for (const end = Date.now() + waitMs; fake.executed.length === 0 && Date.now() < end; ) await sleep(10);
  watching.dispose();
  return fake.shown;
}

for (const [kind, sentence] of [
  ['starter', /starter weights, learned from drawings: ImageNet weights are better for photographs \(45 MB/],
  ['random', /random weights, which learn little from so few images: ImageNet weights are far better \(45 MB/],
] as const)
  test(`the end of a first run from ${kind} weights shows its figure, better weights, and the next steps`, async (t) => {
    fake.answer = 'Open Evaluation…';
    const shown = await shownFor(await temporaryFolder(t), mementoOf({ firstRun: xray.runId }), startedFrom(kind));
    assert.equal(shown.length, 1);
    assert.match(shown[0]!, /^information: The first run has finished: test AUROC \d\.\d{3}\. /);
    assert.match(shown[0]!, sentence);
    assert.deepEqual(fake.executed, ['shoulders.openEvaluation']);
  });

test('the end of a first run from ImageNet weights recommends no others', async (t) => {
  fake.answer = 'Your Own Images…';
  const shown = await shownFor(await temporaryFolder(t), mementoOf({ firstRun: xray.runId }), xray.events);
  assert.match(shown[0]!, /test AUROC \d\.\d{3}\.$/);
  assert.deepEqual(fake.executed, ['shoulders.fineTune']);
});

test('any other run ends without a notification while the window is in front', async (t) => {
  fake.answer = undefined;
  assert.deepEqual(await shownFor(await temporaryFolder(t), mementoOf(), xray.events, 200), []);
});
