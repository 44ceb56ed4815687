import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { EventLogReader, encodeRecord } from '../../../shared/contracts/eventLog.ts';
import { EventRecord, type RunEvent } from '../../../shared/contracts/events.ts';
import { applyRunEvent, headline, initialRunState, RunState } from '../../../shared/contracts/runState.ts';
import { assertProperty } from '../../support/property.ts';
import { runId, storyOfARun } from '../../support/storyOfARun.ts';

const at = '2026-11-23T10:15:00.000Z';
const events = storyOfARun(4711);
const utf8 = (text: string) => new TextEncoder().encode(text);
const lines = events.map((event, seq) => encodeRecord(seq, at, event));
const log = utf8(lines.join(''));
const healthy = { skipped: 0, gaps: 0, unknown: 0, tornTail: false };

function read(...chunks: readonly Uint8Array[]) {
  const reader = new EventLogReader();
  const records = chunks.flatMap((chunk) => reader.feed(chunk));
  return { seqs: records.map(({ seq }) => seq), events: records.map(({ event }) => event), health: reader.health };
}
const readText = (text: string) => read(utf8(text));
const warning = (text: string): RunEvent => ({ type: 'warning', problem: { code: 'x', params: { text } } });

test("encodeRecord() writes one line of the schema whose checksum equals zlib's", () => {
  assertProperty(
    fc.property(fc.nat(), fc.string({ unit: 'binary' }), (seq, text) => {
      const line = encodeRecord(seq, at, warning(text));
      assert.equal(line.indexOf('\n'), line.length - 1);
      const record = EventRecord.parse(JSON.parse(line));
      assert.equal(record.seq, seq);
      assert.deepEqual(record.event, warning(text));
      assert.equal(Number.parseInt(record.crc, 16), crc32(JSON.stringify(warning(text))));
    }),
  );
});

const transcripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.jsonl'));

test('Transcripts of every older version are read without loss', () => {
  assert.ok(transcripts.length > 0);
  for (const name of transcripts) {
    const bytes = readFileSync(`${import.meta.dirname}/${name}`);
    const { events, health } = read(bytes);
    assert.deepEqual(health, healthy, name);
    assert.equal(events.length, bytes.toString().trimEnd().split('\n').length);
    RunState.parse(events.reduce(applyRunEvent, initialRunState('')));
  }
});

test('The transcript of a finished run of version 1 folds to its known state', () => {
  const { events } = read(readFileSync(`${import.meta.dirname}/finished.v1.jsonl`));
  const state = events.reduce(applyRunEvent, initialRunState(''));
  assert.equal(state.runId, runId);
  assert.equal(state.status, 'finished');
  assert.deepEqual(state.classNames, ['cat', 'dog']);
  assert.equal(state.findings[0]?.kind === 'corrupt' && state.findings[0].relativePath, 'cat/böse 😀.jpg');
  assert.deepEqual(
    state.epochs.map((epoch) => [epoch.epoch, epoch.metrics.val.auroc]),
    [
      [1, 0.8],
      [2, 0.85],
    ],
  );
  assert.deepEqual(state.stages, [
    {
      name: 'head',
      epochs: 2,
      unfreeze: 'head',
      trainableParameters: 1026,
      batchNorm: 'frozen',
      keptEpoch: 2,
      endReason: 'completed',
    },
  ]);
  assert.equal(state.evaluation?.threshold, 0.4);
  assert.equal(state.progress, null);
  assert.deepEqual(headline(state), { name: 'test AUROC', value: 0.875 });
});

test('The headline of a stopped run is the AUROC of its kept weights, not the best of any epoch', () => {
  const rows = [
    { epoch: 1, stage: 0, best: true, auroc: 0.8 },
    { epoch: 2, stage: 0, best: false, auroc: 1 },
    { epoch: 3, stage: 1, best: true, auroc: 0.7 },
    { epoch: 4, stage: 1, best: false, auroc: 0.9 },
  ];
  const epochOf = events.find((event) => event.type === 'epoch');
  assert.ok(epochOf);
  const headlineAfter = (count: number) =>
    headline(
      rows
        .slice(0, count)
        .map(({ auroc, ...row }): RunEvent => {
          const metrics = { ...epochOf.metrics, val: { ...epochOf.metrics.val, auroc } };
          return { ...epochOf, ...row, metrics };
        })
        .reduce(applyRunEvent, initialRunState(runId)),
    )?.value;
  assert.deepEqual([0, 1, 2, 3, 4].map(headlineAfter), [undefined, 0.8, 0.8, 0.7, 0.7]);
});

test('The transcript of a failed run of version 1, of three classes and without figures, folds to its known state', () => {
  const { events } = read(readFileSync(`${import.meta.dirname}/failed.v1.jsonl`));
  const state = events.reduce(applyRunEvent, initialRunState(''));
  assert.equal(state.status, 'failed');
  assert.deepEqual(state.problem, { code: 'notFinite', params: { stage: 2, epoch: 2, step: 2, what: 'loss' } });
  assert.equal(state.dataset, 'D:\\Bilder\\Thorax "neu"');
  assert.deepEqual(state.counts?.val, [2, 2, 2]);
  assert.deepEqual(
    state.findings.map(({ kind }) => kind),
    ['duplicate', 'groupOverlap', 'suspect', 'ignored', 'note'],
  );
  assert.deepEqual(state.epochs[0]?.metrics.val.recallPerClass, [0.5, null, 1]);
  assert.deepEqual(
    state.stages.map(({ name, endReason, keptEpoch }) => [name, endReason, keptEpoch]),
    [
      ['head', 'earlyStopping', 1],
      ['layer4', null, null],
    ],
  );
  assert.equal(state.evaluation, null);
  assert.equal(state.progress, null);
  assert.equal(headline(state), undefined);
});

test('EventLogReader reads the same from chunks of any size, even cut inside a character', () => {
  assert.deepEqual(read(...Array.from(log, (byte) => Uint8Array.of(byte))), {
    seqs: events.map((_, i) => i),
    events,
    health: healthy,
  });
  assertProperty(
    fc.property(fc.array(fc.nat(log.length)), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), log.length];
      assert.deepEqual(read(...at.slice(1).map((end, i) => log.subarray(at[i], end))), read(log));
    }),
    { numRuns: 50 },
  );
});

test('EventLogReader waits for the rest of an incomplete last line', () => {
  const reader = new EventLogReader();
  const cut = log.length - 30;
  const chunk = log.slice(0, cut);
  assert.equal(reader.feed(chunk).length, events.length - 1);
  chunk.fill(0); // the caller may reuse the memory
  assert.deepEqual(reader.health, { ...healthy, tornTail: true });
  assert.deepEqual(
    reader.feed(log.subarray(cut)).map(({ event }) => event),
    [events.at(-1)],
  );
  assert.deepEqual(reader.health, healthy);
});

test('EventLogReader skips and counts one damaged line, whichever byte of it is flipped', () => {
  const start = utf8(lines[0]!).length;
  const end = start + utf8(lines[1]!).length;
  for (let i = start; i < end - 1; i++) {
    const damaged = log.slice();
    damaged[i]! ^= 0x04;
    const { events: seen, health } = read(damaged);
    const others = events.filter((_, seq) => seq !== 1);
    if (seen.length === events.length) assert.deepEqual(seen, events, `byte ${i - start}`);
    else assert.deepEqual(seen, others, `byte ${i - start}`);
    const field = lines[1]!.slice(0, i - start).match(/"(\w+)":[^,]*$/)?.[1];
    // The time has no checksum: it is displayed, but nothing is computed from it.
    if (field !== 'at') assert.equal(health.skipped + health.unknown + health.gaps, 1, `byte ${i - start} (${field})`);
  }
});

test('EventLogReader distinguishes a gap, a damaged line, a repeated line and another version', () => {
  const [a, b, c, d] = lines as [string, string, string, string];
  assert.deepEqual(readText(a + c + d).health, { ...healthy, gaps: 1 });
  assert.deepEqual(readText(a + '{}\n' + c + d).health, { ...healthy, skipped: 1 });
  assert.deepEqual(readText(a + '\uFFFD\n' + d).health, { ...healthy, skipped: 1, gaps: 1 });
  assert.deepEqual(readText(a + b + b + c).health, { ...healthy, skipped: 1 });
  assert.deepEqual(readText(a + c + c + d).health, { ...healthy, skipped: 1, gaps: 1 });
  const newer = encodeRecord(1, at, { type: 'teleported', why: 'lunch' } as unknown as RunEvent);
  assert.deepEqual(readText(a + newer + c), {
    seqs: [0, 2],
    events: [events[0], events[2]],
    health: { ...healthy, unknown: 1 },
  });
  assert.deepEqual(readText(a + b.replace('"v":1', '"v":2') + c).health, { ...healthy, unknown: 1 });
  const latin1 = Uint8Array.from(Buffer.from(b, 'latin1'));
  assert.deepEqual(read(utf8(a), latin1, utf8(c)).health, { ...healthy, skipped: 1 });
});

test('EventLogReader reads a log whose line endings a checkout has changed', () => {
  assert.deepEqual(readText(lines.join('').replaceAll('\n', '\r\n')), read(log));
});

test('EventLogReader never throws and never yields an unwritten event, whatever happens to the bytes', () => {
  const patch = fc.record({ at: fc.nat(log.length), drop: fc.nat(400), add: fc.uint8Array({ maxLength: 40 }) });
  assertProperty(
    fc.property(fc.array(patch, { minLength: 1, maxLength: 5 }), (patches) => {
      let bytes: Uint8Array = log;
      for (const { at, drop, add } of patches)
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...add, ...bytes.subarray(at + drop)]);
      const written = events.map((event) => JSON.stringify(event));
      let next = 0;
      for (const event of read(bytes).events) {
        const place = written.indexOf(JSON.stringify(event), next);
        assert.ok(place >= 0, `${JSON.stringify(event)} was not written, or not in this place`);
        next = place + 1;
      }
    }),
    { numRuns: 300 },
  );
  assertProperty(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => assert.deepEqual(read(bytes).events, [])));
});
