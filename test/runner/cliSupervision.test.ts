import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RunEvent } from '../../shared/contracts/events.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';
import { figuresOf, tinySets, tinySetup } from '../support/tinyRun.ts';

const program = fileURLToPath(new URL('../../runner/cli/main.ts', import.meta.url));
/** watchdog.test.ts tests the grace period itself. */
const patientProgram = fileURLToPath(new URL('../support/patientMain.ts', import.meta.url));
const children = new Set<ChildProcess>();
let setup: Awaited<ReturnType<typeof tinySetup>>;
before(async () => {
  setup = await tinySetup({ train: 5, val: 3, test: 3 });
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(setup.root, { recursive: true, force: true });
});

const machine = () => ['--cache-folder', join(setup.root, 'cache'), '--threads', '1'];
const fineTune = (id: string, ...sets: string[]) => [
  ...['fine-tune', setup.dataset, '--run-id', id, '--runs', join(setup.root, 'runs'), ...machine(), '--json'],
  ...[...tinySets(setup.weights), 'imageSize=32', ...sets].flatMap((set) => ['--set', set]),
];
const idOf = (hex: string) => `20261123-101500-tiny-resnet18-${hex}`;
const folderOf = (hex: string) => join(setup.root, 'runs', idOf(hex));

function start(args: readonly string[], main = program) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let errors = '';
  child.stderr!.on('data', (chunk) => {
    errors += chunk;
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const exit = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return {
    child,
    exit,
    errors: () => errors,
    async until(matches: (event: RunEvent) => boolean): Promise<RunEvent> {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) assert.fail(`ended before: ${errors}`);
        const event = RunEvent.parse(JSON.parse(String(value)));
        if (matches(event)) return event;
      }
    },
    /** All remaining output. */
    async rest(): Promise<string> {
      let text = '';
      for (let next = await lines.next(); !next.done; next = await lines.next()) text += `${next.value}\n`;
      await exit;
      return text;
    },
  };
}
const is =
  (type: RunEvent['type'], epoch?: number) =>
  (event: RunEvent): boolean =>
    event.type === type && (epoch === undefined || (event.type === 'epoch' && event.epoch === epoch));

test('`resume` reproduces the unbroken run after a SIGKILL at any of four moments; meanwhile the run is listed as failed', async () => {
  const whole = start(fineTune(idOf('0000')));
  await whole.rest();
  const { state: unbroken } = await readRun(folderOf('0000'));
  assert.equal(unbroken.status, 'finished');

  const victim = folderOf('0001');
  let next = start(fineTune(idOf('0001')));
  const moments = [is('checked'), is('epoch', 1), is('epoch', 2), is('stageEnded')];
  for (const moment of moments) {
    await next.until(moment);
    next.child.kill('SIGKILL');
    await next.exit;
    assert.equal((await readRun(victim)).state.problem?.code, 'runnerDied');
    next = start(['resume', victim, ...machine(), '--json']);
  }
  await next.rest();
  const { state } = await readRun(victim);
  const figures = (of: typeof state) => figuresOf({ events: [], folder: '', state: of });
  assert.deepEqual(figures(state), figures(unbroken));
  assert.deepEqual(
    await readFile(join(victim, 'predictions/test.csv')),
    await readFile(join(folderOf('0000'), 'predictions/test.csv')),
  );
  assert.ok(!(await readdir(victim)).some((name) => name.startsWith('lock')), 'nobody holds the run any more');
});

test('SIGTERM stops a run in order, and `resume` prints where it continues', async () => {
  const run = start(fineTune(idOf('0002')), patientProgram);
  await run.until(is('epoch', 2));
  run.child.kill('SIGTERM');
  assert.deepEqual(await run.exit, { code: 0, signal: null });
  assert.equal((await readRun(folderOf('0002'))).state.status, 'stopped');

  const words = await start(['resume', folderOf('0002'), ...machine()]).rest();
  assert.match(words, /continuing after epoch 2[\s\S]*\n[\s\S]*test/i);
  assert.equal((await readRun(folderOf('0002'))).state.status, 'finished');

  const again = start(['resume', folderOf('0002'), ...machine()]);
  assert.equal((await again.exit).code, 2);
  assert.match(again.errors(), /is finished: there is nothing left to do/);
});

test('`pause`, `continue` and `stop` from another process control a training run and one queued behind it', async () => {
  const endless = 'stages.0.epochs=1000';
  const first = start(fineTune(idOf('0003'), endless));
  await first.until(is('epoch', 1));
  const second = start(fineTune(idOf('0004'), endless));
  assert.deepEqual(await second.until(() => true), { type: 'queued', ahead: 0 });
  const waiting = (await readRun(folderOf('0004'))).state;
  assert.deepEqual([waiting.status, waiting.dataset, waiting.recipe?.network], ['queued', setup.dataset, 'resnet18']);

  const ask = async (what: string, hex: string) => {
    const asked = start([what, folderOf(hex)]);
    const { code } = await asked.exit;
    return { code, errors: asked.errors() };
  };
  assert.equal((await ask('pause', '0003')).code, 0);
  await first.until(is('paused'));
  assert.equal((await readRun(folderOf('0003'))).state.status, 'paused');
  assert.match(await busy(), /Process \d+ is working on the run/);
  assert.equal((await ask('continue', '0003')).code, 0);
  await first.until(is('continued'));
  const notPaused = await ask('continue', '0003');
  assert.deepEqual([notPaused.code, /is not paused/.test(notPaused.errors)], [2, true]);

  assert.equal((await ask('stop', '0004')).code, 0);
  assert.equal((await second.exit).code, 0);
  assert.equal((await readRun(folderOf('0004'))).state.status, 'stopped');
  // It never got a turn, so resuming starts it.
  const third = start(['resume', folderOf('0004'), ...machine(), '--json']);
  assert.deepEqual(await third.until(() => true), { type: 'queued', ahead: 0 });
  assert.equal((await readRun(folderOf('0004'))).state.status, 'queued');
  assert.equal((await ask('stop', '0003')).code, 0);
  await third.until(is('started'));
  third.child.kill('SIGKILL');
  const over = await ask('stop', '0003');
  assert.deepEqual([over.code, /is not active \(it is stopped\)/.test(over.errors)], [2, true]);

  async function busy(): Promise<string> {
    const refused = start(['resume', folderOf('0003'), ...machine()]);
    assert.equal((await refused.exit).code, 2);
    return refused.errors();
  }
});
