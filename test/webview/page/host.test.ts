import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atProbability } from '../../../shared/contracts/scores.ts';
import { plainLook, runProtocol, type ToPanel } from '../../../shared/messages/run.ts';
import { memoryHost } from '../../../webview/page/host.ts';
import { chestXrayRun, snapshotOf } from '../support/transcripts.ts';

const run = chestXrayRun();

function listening() {
  const host = memoryHost(runProtocol);
  const received: ToPanel[] = [];
  const refused: string[] = [];
  host.listen(
    (message) => received.push(message),
    (reason) => refused.push(reason),
  );
  return { host, received, refused };
}

test('listen() passes on messages that follow the contract', () => {
  const { host, received, refused } = listening();
  const snapshot = snapshotOf(run, run.events, run.predictions.get(null)!);
  host.post(snapshot);
  assert.deepEqual(received, [snapshot]);
  assert.deepEqual(refused, []);
});

test('listen() refuses a message with a wrong field and names the field', () => {
  const { host, received, refused } = listening();
  host.post({ ...snapshotOf(run, run.events, null), nextSeq: 'three' });
  host.post({ type: 'unheardOf' });
  host.post(null);
  assert.deepEqual(received, []);
  assert.equal(refused.length, 3);
  assert.match(refused[0]!, /^nextSeq: /);
});

test('restore() validates what the page stored', () => {
  assert.deepEqual(memoryHost(runProtocol, { runId: run.runId, threshold: 0.3 }).restore(), {
    runId: run.runId,
    threshold: atProbability(0.3),
    pickedClass: 0,
    pickedEpoch: null,
    look: plainLook,
  });
  for (const odd of [undefined, null, 7, {}, { runId: 1, threshold: 0.3 }, { runId: 'x', threshold: 'high' }])
    assert.equal(memoryHost(runProtocol, odd).restore(), undefined);
});
