import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../../shared/contracts/events.ts';
import type { Run } from '../../../../src/runs/runs.ts';
import { type RunRow, rowMaker, runTree } from '../../../../src/runs/tree/runTree.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../../../webview/support/transcripts.ts';
import { rowContext, runOf } from '../../support/runs.ts';

const xray = chestXrayRun();
const animals = animalsRun();
const finished = runOf(xray.runId, xray.events);
const third = upToEpoch(xray.events, 3);

const rowOf = (run: Run): RunRow => runTree([run], rowContext)[0]!;

test('runTree() describes a finished run by its dataset, its test AUROC and its time of day', () => {
  const row = rowOf(finished);
  assert.equal(row.label, 'chest_xray');
  assert.match(row.description, /^test AUROC 0\.\d{3} · 09:15$/);
  assert.deepEqual(row.icon, { id: 'pass', color: 'testing.iconPassed' });
  assert.equal(row.contextValue, 'run.ended.epochs');
  assert.match(row.accessibilityLabel, /^chest_xray, Finished, test AUROC/);
});

test('runTree() describes a running run by its state, best validation AUROC and epoch', () => {
  const row = rowOf(runOf(xray.runId, third));
  assert.match(row.description, /^Running · val AUROC 0\.\d{3} · epoch 3 of 15 · 09:15$/);
  assert.deepEqual(row.icon, { id: 'sync~spin', color: null });
  assert.equal(row.contextValue, 'run.running.epochs');
});

test('runTree() names the machine of a remote run, and how long it has been silent', () => {
  const row = (elsewhere: Run['elsewhere']) => rowOf(runOf(xray.runId, third, { elsewhere }));
  const there = row({ host: 'ward [1]', silentSinceMs: null });
  assert.match(there.description, /^Running on ward \[1\] · val AUROC/);
  assert.match(there.tooltip, /Running on ward \\\[1\\\]/);
  assert.equal(there.contextValue, 'run.running.epochs');
  const silent = row({ host: 'ward', silentSinceMs: new Date(2026, 10, 23, 8, 5).getTime() });
  assert.match(silent.description, /^No sign of life from ward since 2026-11-23 08:05 · /);
  assert.match(silent.accessibilityLabel, /No sign of life from ward/);
  assert.deepEqual([silent.icon.id, silent.contextValue], ['question', 'run.silent.epochs']);
});

test('runTree() marks a number that comes from random weights', () => {
  const row = rowOf(runOf(animals.runId, animals.events));
  assert.match(row.description, /AUROC 0\.\d{3} · random weights/);
  assert.match(row.accessibilityLabel, /random weights/);
});

test('runTree() marks a number that comes from starter weights, and says what they are', () => {
  const weights = { kind: 'starter', name: 'starter', sha256: 'ab'.repeat(32), verified: true } as const;
  const events = animals.events.map((event) => (event.type === 'weightsLoaded' ? { ...event, weights } : event));
  const row = rowOf(runOf(animals.runId, events));
  assert.match(row.description, /AUROC 0\.\d{3} · starter weights/);
  assert.match(row.tooltip, /Weights: starter weights \\\(learned from drawings\\\)/);
});

test('runTree() keeps the given order and shows the last name of a Windows path', () => {
  const rows = runTree([finished, runOf(animals.runId, animals.events)], rowContext);
  assert.deepEqual(
    rows.map(({ label }) => label),
    ['chest_xray', 'animals'],
  );
});

const statusCases: [name: string, over: Partial<Run>, description: RegExp, icon: string][] = [
  ['a run whose folder is not there yet', { phase: 'starting' }, /^Starting · /, 'sync~spin'],
  ['a run that was asked to stop', { stopRequested: true }, /^Stopping · /, 'sync~spin'],
  ['a run that cannot be read', { phase: 'unreadable' }, /^Cannot be read · /, 'warning'],
];
for (const [name, over, description, icon] of statusCases)
  test(`runTree() shows ${name}`, () => {
    const row = rowOf({ ...runOf(xray.runId, []), ...over });
    assert.match(row.description, description);
    assert.equal(row.icon.id, icon);
    assert.equal(row.label, 'chest-xray-resnet50');
  });

test('runTree() writes the sentence of a failure into the tooltip', () => {
  const problem = { code: 'tooFewImages', params: { className: 'owl', count: 2, needed: 3 } };
  const row = rowOf(runOf(xray.runId, [...third, { type: 'ended', reason: 'failed', problem, elapsedMs: 5 }]));
  assert.equal(row.icon.id, 'error');
  assert.match(row.tooltip, /Class \\"owl\\" has 2 usable images/);
});

test('runTree() puts the recipe and "not for diagnostic use" into the tooltip', () => {
  const { tooltip } = rowOf(finished);
  assert.match(tooltip, /Recipe: chest\\-xray \\\(resnet50\\\)/);
  assert.match(tooltip, /Images: 5216 train, 16 val, 624 test/);
  assert.match(tooltip, /head\\: 5 epochs, adamw 0\\\.002; layer4\\: 10 epochs, sgd 0\\\.0001 \/ 0\\\.0005/);
  assert.match(tooltip, /_Not for diagnostic use\\\._/);
});

const heldBy = (code: string): RunEvent[] => [...third, { type: 'paused', problem: { code, params: { file: 'a' } } }];
const paused = [...third, { type: 'paused' } as const];
const stopped = [...third, { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 5 } as const];
const contexts: [name: string, run: Run, context: RunRow['contextValue'], description: RegExp, icon: string][] = [
  ['waits', runOf(xray.runId, [{ type: 'queued', ahead: 2 }]), 'run.queued', /^Queued, 2 ahead/, 'watch'],
  ['starts', runOf(xray.runId, [], { phase: 'starting' }), 'run.queued', /^Starting/, 'sync~spin'],
  ['trains', runOf(xray.runId, third), 'run.running.epochs', /^Running/, 'sync~spin'],
  [
    'is asked to pause',
    runOf(xray.runId, third, { pauseRequested: true }),
    'run.paused.epochs',
    /^Pausing/,
    'sync~spin',
  ],
  ['is paused', runOf(xray.runId, paused), 'run.paused.epochs', /^Paused ·/, 'debug-pause'],
  [
    'waits for room',
    runOf(xray.runId, heldBy('waitsForRoom')),
    'run.waiting.epochs',
    /^Paused: disk full ·/,
    'warning',
  ],
  [
    'waits for its disk',
    runOf(xray.runId, heldBy('waitsForDisk')),
    'run.waiting.epochs',
    /^Paused: cannot write ·/,
    'warning',
  ],
  [
    'goes on after that',
    runOf(xray.runId, [...heldBy('waitsForRoom'), { type: 'continued' }]),
    'run.running.epochs',
    /^Running ·/,
    'sync~spin',
  ],
  [
    'can be resumed',
    runOf(xray.runId, stopped, { resumable: true }),
    'run.resumable.epochs',
    /^Stopped/,
    'circle-slash',
  ],
  ['cannot be resumed', runOf(xray.runId, stopped), 'run.ended.epochs', /^Stopped/, 'circle-slash'],
];
for (const [name, run, context, description, icon] of contexts)
  test(`runTree() offers suitable actions for a run that ${name}`, () => {
    const row = rowOf(run);
    assert.equal(row.contextValue, context);
    assert.match(row.description, description);
    assert.equal(row.icon.id, icon);
  });

test('runTree() shows the last lines of a process that died, as text', () => {
  const problem = { code: 'runnerDied', params: { reason: 'SIGSEGV', log: '/l' } };
  const events = [...third, { type: 'ended', reason: 'failed', problem, elapsedMs: 5 } as const];
  const { tooltip } = rowOf(runOf(xray.runId, events, { lastLines: ['[click](command:evil)', 'malloc failed'] }));
  assert.match(tooltip, /\\\[click\\\]\\\(command\\:evil\\\)/);
  assert.match(tooltip, /malloc failed/);
});

test('runTree() shows the name that a user gave, its star and its tags, and the dataset beside them', () => {
  const labels = {
    starred: true,
    name: 'Warm start',
    tags: ['pilot', 'to show'],
    note: 'Half the rate\n[x](command:y)',
  };
  const row = rowOf({ ...finished, labels });
  assert.equal(row.label, '★ Warm start');
  assert.match(row.description, /^chest_xray · test AUROC 0\.\d{3} · #pilot #to show · 09:15$/);
  assert.match(
    row.accessibilityLabel,
    /^Warm start, starred, Finished, chest_xray, test AUROC 0\.\d{3}, #pilot #to show, /,
  );
  assert.equal(row.contextValue, 'run.ended.epochs.starred');
  assert.match(row.tooltip, /^\*\*★ Warm start\*\*\n\nHalf the rate {2}\n\\\[x\\\]\\\(command\\:y\\\)/);
});

test('runTree() shows the metric that the rows are sorted by, once', () => {
  const [loss] = runTree([finished], { ...rowContext, sortBy: 'test loss' });
  assert.match(loss!.description, /^test loss \d\.\d{3} · test AUROC 0\.\d{3} · 09:15$/);
  const [auroc] = runTree([finished], { ...rowContext, sortBy: 'test AUROC' });
  assert.equal(auroc!.description.match(/AUROC/g)?.length, 1);
  const [duration] = runTree([finished], { ...rowContext, sortBy: 'duration' });
  assert.match(duration!.description, /^33 min · test AUROC /);
});

test('rowMaker() builds the row of a run once, and again when the run, the day or the order changes', () => {
  const rowOf = rowMaker();
  const row = rowOf(finished, rowContext);
  assert.equal(rowOf(finished, { ...rowContext }), row);
  assert.notEqual(rowOf({ ...finished }, rowContext), row);
  const tomorrow = rowOf(finished, { ...rowContext, now: new Date(2026, 10, 24, 12, 0) });
  assert.notEqual(tomorrow.description, row.description);
});
