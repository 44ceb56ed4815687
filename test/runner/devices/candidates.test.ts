// Engines available on a machine, and the errors reported before a run where they are not.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { engines } from '../../../shared/contracts/job.ts';

// Ignores installations on the machine that runs the tests.
const data = mkdtempSync(join(tmpdir(), 'data-'));
after(() => rmSync(data, { recursive: true }));
process.env.XDG_DATA_HOME = data;
const { candidatesHere, requireEngine } = await import('../../../runner/devices/candidates.ts');

const linux = { platform: 'linux', arch: 'x64' };
const linuxArm = { platform: 'linux', arch: 'arm64' };
const windows = { platform: 'win32', arch: 'x64' };
const mac = { platform: 'darwin', arch: 'arm64' };

for (const [engine, places] of [
  ['auto', [linux, linuxArm, windows, mac]],
  ['cpu', [linux, linuxArm, windows, mac]],
  ['tensorflow', [linux, linuxArm, windows, mac]],
  ['webgpu', [linux, windows, mac]],
  ['directml', [windows]],
  ['coreml', [mac]],
] as const)
  test(`${engine} can be requested on ${places.map(({ platform, arch }) => `${platform}-${arch}`).join(', ')} only`, async () => {
    for (const place of [linux, linuxArm, windows, mac])
      if (places.some((one) => one === place)) await requireEngine(engine, place);
      else
        await assert.rejects(
          requireEngine(engine, place),
          /cannot be used here: ONNX Runtime supports it on .* only\./,
        );
  });

test('CUDA is offered only on Linux x64, and only where it is installed', async () => {
  await assert.rejects(requireEngine('cuda', windows), /ONNX Runtime supports it on Linux \(x64\) only/);
  await assert.rejects(
    requireEngine('cuda', linux),
    /not installed on this machine: install it \(`shoulders install cuda`/,
  );
});

test('auto tries WebGPU only where ONNX Runtime provides it', async () => {
  for (const place of [linux, windows, mac]) assert.deepEqual(await candidatesHere(place), ['webgpu']);
  assert.deepEqual(await candidatesHere(linuxArm), []);
});

test('these tests cover every engine', () =>
  assert.deepEqual([...engines].sort(), ['auto', 'coreml', 'cpu', 'cuda', 'directml', 'tensorflow', 'webgpu']));
