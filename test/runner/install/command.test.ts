// `shoulders install` and `uninstall` as programs: their output, and that nothing happens without consent.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InstallOutput } from '../../../shared/contracts/install.ts';

const program = fileURLToPath(new URL('../../../runner/cli/main.ts', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'data-'));
after(() => rmSync(data, { recursive: true }));
const skip = process.platform !== 'linux' || process.arch !== 'x64' ? 'CUDA is installed on Linux x64 only' : false;

const shoulders = (...args: string[]) =>
  new Promise<{ code: unknown; output: string; errors: string }>((resolve) => {
    const env = { ...process.env, XDG_DATA_HOME: data };
    execFile(process.execPath, [program, ...args], { env }, (error, output, errors) =>
      resolve({ code: error?.code ?? 0, output, errors }),
    );
  });

const nothingIsThere = () => assert.ok(!readdirSync(data, { recursive: true }).some((path) => path.includes('cuda')));

test('install lists the engines with size, location, requirements and licences', { skip }, async () => {
  const { code, output } = await shoulders('install');
  assert.equal(code, 0);
  assert.match(output, /cuda: ONNX Runtime on NVIDIA.*\n.*1\.3 GB are downloaded from files\.pythonhosted\.org/);
  assert.match(output, /driver 580 or later\n/);
  assert.match(output, /NVIDIA CUDA Toolkit EULA, https:\/\/docs\.nvidia\.com/);
  assert.ok(output.includes(`${join(data, 'shoulders', 'cuda')} (2.0 GB)`));
  assert.match(output, /not installed: shoulders install cuda\n/);
});

test('install --json prints the same for the editor, with the host of a mirror', { skip }, async () => {
  const { output } = await shoulders('install', '--mirror', 'https://mirror.example/pypi', '--json');
  const told = InstallOutput.parse(JSON.parse(output));
  assert.ok(told.type === 'installables');
  const [cuda] = told.engines;
  assert.deepEqual([cuda?.name, cuda?.installed, cuda?.source], ['cuda', false, 'mirror.example']);
});

test('install refuses to download without consent when it cannot ask', { skip }, async () => {
  for (const more of [[], ['--json']]) {
    const { code, errors } = await shoulders('install', 'cuda', ...more);
    assert.equal(code, 2);
    assert.match(errors, /^Cannot ask here: read https.* and agree with --yes\.$/m);
  }
  nothingIsThere();
});

test('install --addresses lists every file for users who transfer them by other means', { skip }, async () => {
  const { output } = await shoulders('install', 'cuda', '--addresses');
  const lines = output.trim().split('\n');
  assert.equal(lines.length, 6);
  for (const line of lines) assert.match(line, /^https:\/\/files\.pythonhosted\.org\/packages\/[\w./-]+\.whl$/);
  nothingIsThere();
});

test('install --from names files missing from the folder; an unknown engine is reported with the available ones', {
  skip,
}, async () => {
  const lacking = await shoulders('install', 'cuda', '--yes', '--from', data);
  assert.deepEqual([lacking.code, /lacks onnxruntime_gpu.*nvidia_cudnn/.test(lacking.errors)], [2, true]);
  const unknown = await shoulders('uninstall', 'nonsense');
  assert.deepEqual([unknown.code, /available are cuda\b/.test(unknown.errors)], [2, true]);
});

test('a run with an engine that is not installed fails before it creates a run folder', { skip }, async () => {
  const runs = join(data, 'runs');
  const { code, errors } = await shoulders('fine-tune', data, '--engine', 'cuda', '--runs', runs);
  assert.equal(code, 1);
  assert.match(errors, /cuda is not installed on this machine: install it \(`shoulders install cuda`/);
  assert.ok(!readdirSync(data).includes('runs'));
});
