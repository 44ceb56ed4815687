import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  endedAsByMemory,
  endReason,
  evaluateArguments,
  lastError,
  runnerEnvironment,
} from '../../../src/program/runnerArguments.ts';

test('runnerEnvironment() passes on what a program needs, but nothing that controls Node or the editor, and no secret', () => {
  const environment = runnerEnvironment(
    {
      PATH: '/bin',
      Path: 'C:\\Windows',
      HOME: '/home/ada',
      LC_ALL: 'de_DE.UTF-8',
      https_proxy: 'http://proxy:3128',
      NODE_OPTIONS: '--require ./evil.js',
      ELECTRON_NO_ASAR: '1',
      VSCODE_IPC_HOOK: '/tmp/hook',
      GITHUB_TOKEN: 'secret',
      LD_PRELOAD: '/tmp/evil.so',
      TMPDIR: undefined,
    },
    'http://editor-proxy:8080',
  );
  assert.deepEqual(environment, {
    PATH: '/bin',
    Path: 'C:\\Windows',
    HOME: '/home/ada',
    LC_ALL: 'de_DE.UTF-8',
    https_proxy: 'http://proxy:3128',
    ELECTRON_RUN_AS_NODE: '1',
    UV_THREADPOOL_SIZE: '4',
    VIPS_BLOCK_UNTRUSTED: '1',
  });
});

test("runnerEnvironment() uses the editor's proxy when the environment names none", () => {
  const environment = runnerEnvironment({}, 'http://editor-proxy:8080');
  assert.equal(environment.HTTPS_PROXY, 'http://editor-proxy:8080');
  assert.equal(environment.HTTP_PROXY, 'http://editor-proxy:8080');
});

test('lastError() finds the last error line among events, sentences and incomplete lines', () => {
  const log = [
    '{"type":"error","code":"folderMissing","params":{"folder":"/a"},"sentence":"..."}',
    '{"type":"progress","phase":"checking","done":1,"total":2}',
    '{"type":"error","code":"oneClass","params":{"folder":"/data","className":"cat"},"sentence":"..."}',
    '"/data" contains only one class',
    '{"type":"error","code":"cut',
  ].join('\n');
  assert.deepEqual(lastError(log), { code: 'oneClass', params: { folder: '/data', className: 'cat' } });
});

test('lastError() is undefined when there is no output', () => {
  assert.equal(lastError(''), undefined);
  assert.equal(lastError('Segmentation fault\n{"type":"error","code":7}'), undefined);
});

const ends: [code: number | null, signal: string | null, words: RegExp][] = [
  [3, null, /^exit code 3$/],
  [null, 'SIGSEGV', /^SIGSEGV$/],
  [null, 'SIGKILL', /memory/],
  [137, null, /memory/],
  [134, null, /^aborted.*memory/],
  [null, 'SIGABRT', /^aborted.*memory/],
  [0xc0000005, null, /^exit code 0xC0000005$/],
];
for (const [code, signal, words] of ends)
  test(`endReason() describes exit code ${code} with signal ${signal}`, () =>
    assert.match(endReason({ code, signal }), words));

test('endedAsByMemory() suspects out of memory after a kill by the system or an allocator, not after a plain failure', () => {
  const suspects = ends
    .filter(([code, signal]) => endedAsByMemory({ code, signal }))
    .map(([code, signal]) => signal ?? code);
  assert.deepEqual(suspects, ['SIGKILL', 137, 134, 'SIGABRT']);
});

test('evaluateArguments() state how to read folder names, and omit what the settings leave open', () => {
  const request = {
    model: '/runs/one',
    data: '/images',
    folders: 'labels',
    threads: null,
    cacheFolder: '/cache',
  } as const;
  assert.deepEqual(evaluateArguments(request), [
    'evaluate',
    '/runs/one',
    '--data=/images',
    '--cache-folder=/cache',
    '--json',
  ]);
  assert.deepEqual(evaluateArguments({ ...request, folders: 'knownLabels', threads: 2 }), [
    ...[
      'evaluate',
      '/runs/one',
      '--data=/images',
      '--ignore-unknown-classes',
      '--cache-folder=/cache',
      '--threads=2',
      '--json',
    ],
  ]);
  assert.ok(evaluateArguments({ ...request, folders: 'noLabels' }).includes('--unlabelled'));
});
