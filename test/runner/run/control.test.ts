import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runControl } from '../../../runner/run/control.ts';

const requests = {
  stopRequested: async () => false,
  pauseRequested: async () => false,
  attendedMs: async (): Promise<number | undefined> => undefined,
};
const of = (more: Partial<Parameters<typeof runControl>[0]>) =>
  runControl({
    requests,
    caller: new AbortController().signal,
    attended: false,
    tell: async () => {},
    pollMs: 1,
    ...more,
  });
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

test("runControl() stops for the caller's signal and the stop request, and survives an unreadable folder", async () => {
  const caller = new AbortController();
  const byCaller = of({ caller: caller.signal });
  caller.abort();
  assert.ok(byCaller.signal.aborted);
  byCaller.end();

  let looks = 0;
  const stopRequested = async () => {
    looks++;
    if (looks < 3) throw new Error('EIO');
    return true;
  };
  const byFile = of({ requests: { ...requests, stopRequested } });
  await aborted(byFile.signal);
  assert.equal(looks, 3);
  assert.equal(byFile.leftAlone, false);
  byFile.end();
});

test('runControl().turn() blocks all callers while paused; its clock stops meanwhile', async () => {
  let paused = true;
  const told: string[] = [];
  const control = of({
    requests: { ...requests, pauseRequested: async () => paused },
    tell: async ({ type }) => {
      told.push(type);
      if (type === 'paused') setTimeout(() => (paused = false), 60);
    },
  });
  while (told.length === 0) {
    void control.turn();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const startMs = performance.now();
  const clockMs = control.nowMs();
  await Promise.all([control.turn(), control.turn()]);
  assert.deepEqual(told, ['paused', 'continued']);
  const realMs = performance.now() - startMs;
  assert.ok(control.nowMs() - clockMs < realMs / 2, `${control.nowMs() - clockMs} of ${realMs} ms`);
  control.end();
});

test('runControl() counts its own checks without a change of `attended`, not the time', async () => {
  let looks = 0;
  const control = of({
    requests: { ...requests, attendedMs: async () => Math.min(++looks, 5) },
    attended: true,
    attendedPolls: 7,
  });
  await aborted(control.signal);
  assert.ok(control.leftAlone);
  assert.equal(looks, 12);
  control.end();
});

test('runControl().hold() blocks computation, stops the clock, and counts no window as gone; a stop ends it', async () => {
  let looks = 0;
  const caller = new AbortController();
  const attendedMs = async () => {
    looks++;
    return undefined;
  };
  const control = of({
    requests: { ...requests, attendedMs },
    caller: caller.signal,
    attended: true,
    attendedPolls: 1e6,
  });
  const letGo = control.hold();
  const [startMs, clockMs] = [performance.now(), control.nowMs()];
  let goesOn = false;
  const turn = control.turn().then(() => {
    goesOn = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(goesOn, false);
  assert.equal(looks, 0);
  letGo();
  await turn;
  const realMs = performance.now() - startMs;
  assert.ok(control.nowMs() - clockMs < realMs / 2, `${control.nowMs() - clockMs} of ${realMs} ms`);
  control.hold();
  const held = control.turn();
  caller.abort();
  await held;
  control.end();
});
