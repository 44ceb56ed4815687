import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphicsDevice } from '../../../runner/devices/graphicsDevice.ts';

const everyDriverOfMesa = ['/usr/lib/libvulkan_lvp.so', '/usr/lib/libvulkan_radeon.so', '/usr/lib/libvulkan_intel.so'];
const traces = { platform: 'linux', libraries: everyDriverOfMesa, deviceFiles: ['/dev/null'] } as const;

test('on Linux a device is software when no device file is open, whatever libraries were loaded', () => {
  assert.deepEqual(graphicsDevice(traces), { name: 'llvmpipe', software: true });
  const chromium = { ...traces, libraries: ['/usr/lib/chromium/libvk_swiftshader.so'] };
  assert.deepEqual(graphicsDevice(chromium), { name: 'SwiftShader', software: true });
  assert.equal(graphicsDevice({ ...traces, libraries: [] }).software, true);
});

test('on Linux an open device file reveals a real device and its vendor', () => {
  const deviceFiles = ['/dev/null', '/dev/dri/renderD128'];
  assert.deepEqual(
    graphicsDevice({ ...traces, deviceFiles }, () => '0x1002'),
    { name: 'AMD GPU', software: false },
  );
  assert.deepEqual(
    graphicsDevice({ ...traces, deviceFiles }, () => undefined),
    { name: 'GPU', software: false },
  );
  assert.equal(graphicsDevice({ ...traces, deviceFiles: ['/dev/nvidiactl', '/dev/nvidia0'] }).software, false);
});

test('on Windows the loaded library reveals a software driver', () => {
  const windows = { platform: 'win32', libraries: ['C:\\Windows\\System32\\d3d10warp.dll'], deviceFiles: [] } as const;
  assert.deepEqual(graphicsDevice(windows), { name: 'WARP', software: true });
  assert.deepEqual(graphicsDevice({ ...windows, libraries: ['C:\\nvwgf2umx.dll'] }), { name: 'GPU', software: false });
});
