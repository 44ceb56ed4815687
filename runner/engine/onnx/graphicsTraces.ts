// ONNX Runtime does not report which GPU it found, but the GPU's driver leaves traces in the process.
import { readdirSync, readlinkSync } from 'node:fs';
import process from 'node:process';
import type { GraphicsTraces } from '../process/workerContract.ts';

/** Requires an open session. */
export function graphicsTraces(): GraphicsTraces {
  // Without this, the report looks up host names, which takes seconds.
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
        return ''; // the handle of readdirSync itself, closed by now
      }
    })
    .filter((file) => file.startsWith('/dev/'));
}
