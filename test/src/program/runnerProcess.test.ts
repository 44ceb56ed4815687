import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isSameProcessAlive } from '../../../shared/processes/processIdentity.ts';
import { killRunner, type RunnerStart, runToEnd, startRunner } from '../../../src/program/runnerProcess.ts';
import { temporaryFolder } from '../support/runs.ts';

async function program(folder: string, source: string): Promise<RunnerStart> {
  await writeFile(join(folder, 'program.mjs'), source);
  return {
    program: join(folder, 'program.mjs'),
    arguments: ['a b', '$HOME', '"'],
    environment: { ELECTRON_RUN_AS_NODE: '1' },
    folder,
    logFile: join(folder, 'run.log'),
    input: '{"version":1}',
  };
}

test('startRunner() passes arguments and input unchanged, logs the output and reports how the process ended', async (t) => {
  const folder = await temporaryFolder(t);
  const start = await program(
    folder,
    `import { text } from 'node:stream/consumers';
     const input = await text(process.stdin);
     console.log(JSON.stringify([process.argv.slice(2), process.env.PATH, input])); process.exit(3)`,
  );
  const end = await startRunner(start).ended;
  assert.deepEqual(end, { reason: 'exit code 3', problem: null, outOfMemory: false });
  const [args, path, input] = JSON.parse(await readFile(start.logFile, 'utf8'));
  assert.deepEqual(args, start.arguments);
  assert.equal(path, null);
  assert.equal(input, start.input);
});

test('startRunner() returns the last error that the program printed', async (t) => {
  const folder = await temporaryFolder(t);
  const line = { type: 'error', code: 'oneClass', params: { folder: '/d', className: 'cat' }, sentence: '...' };
  const start = await program(
    folder,
    `console.log(${JSON.stringify(JSON.stringify(line))}); console.error('said in words'); process.exit(2)`,
  );
  const { problem } = await startRunner(start).ended;
  assert.deepEqual(problem, { code: 'oneClass', params: { folder: '/d', className: 'cat' } });
});

test('startRunner() ignores the error of an earlier process in the same log', async (t) => {
  const folder = await temporaryFolder(t);
  const start = await program(folder, 'process.exit(1)');
  await writeFile(start.logFile, '{"type":"error","code":"oneClass","params":{}}\n');
  assert.equal((await startRunner(start).ended).problem, null);
});

test('startRunner() recognises an abort, as V8 causes when out of memory', {
  skip: process.platform === 'win32',
}, async (t) => {
  const folder = await temporaryFolder(t);
  const start = await program(folder, 'process.abort()');
  const end = await startRunner(start).ended;
  assert.match(end.reason, /memory/);
  assert.equal(end.outOfMemory, true);
});

test('startRunner() settles when its working folder is missing', async (t) => {
  const folder = await temporaryFolder(t);
  const start = await program(folder, '');
  const end = await startRunner({ ...start, folder: join(folder, 'gone') }).ended;
  assert.match(end.reason, /ENOENT/);
});

test('killRunner() ends the program and its child processes', { skip: process.platform === 'win32' }, async (t) => {
  const folder = await temporaryFolder(t);
  const start = await program(
    folder,
    `import { spawn } from 'node:child_process';
     const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
     console.log(child.pid);
     setInterval(() => {}, 1000);`,
  );
  const runner = startRunner(start);
  let grandchild = 0;
  while (!(grandchild > 0)) grandchild = Number((await readFile(start.logFile, 'utf8')).trim());
  await killRunner(runner.pid!);
  assert.match((await runner.ended).reason, /^killed/);
  while (await isSameProcessAlive(grandchild, undefined)) await new Promise((later) => setTimeout(later, 20));
});

test('runToEnd() requests the end of a program and waits for it', { skip: process.platform === 'win32' }, async (t) => {
  const folder = await temporaryFolder(t);
  const source = (code: number) =>
    `import { writeFileSync } from 'node:fs';
     process.once('SIGTERM', () => { writeFileSync('tidied', ''); console.log('done'); process.exit(${code}); });
     console.log('ready');
     setInterval(() => {}, 1000);`;
  for (const [code, ends] of [
    [130, false],
    [0, true],
  ] as const) {
    const controller = new AbortController();
    const ran = runToEnd(await program(folder, source(code)), controller.signal, () => controller.abort());
    if (ends) assert.equal((await ran).output, 'ready\ndone\n');
    else await assert.rejects(ran, { name: 'AbortError' });
    await rm(join(folder, 'tidied'));
  }
  await assert.rejects(runToEnd(await program(folder, source(0)), AbortSignal.abort()), { name: 'AbortError' });
});

test('runToEnd() collects the output of a short command', async (t) => {
  const folder = await temporaryFolder(t);
  const start = await program(folder, `console.log('12 images'); console.error('1 %')`);
  assert.deepEqual(await runToEnd(start, AbortSignal.timeout(60_000)), {
    code: 0,
    output: '12 images\n',
    errors: '1 %\n',
  });
});
