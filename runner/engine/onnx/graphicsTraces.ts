// ONNX Runtime does not say which graphics device it found; its driver leaves traces in the process.
import { readdirSync, readlinkSync } from 'node:fs';
import process from 'node:process';
import type { GraphicsTraces } from '../process/workerContract.ts';

/** Once a session is open. */
export function graphicsTraces(): GraphicsTraces {
  // Looking up the names of hosts takes seconds.
  const report = Object.assign(process.report, { excludeNetwork: true }).getReport();
  const { sharedObjects = [] } = report as { sharedObjects?: string[] };
  return { platform: process.platform, libraries: sharedObjects, deviceFiles: openDeviceFiles() };
}

function openDeviceFiles(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return ''; // the folder's own, closed by now
      }
    })
    .filter((file) => file.startsWith('/dev/'));
}
