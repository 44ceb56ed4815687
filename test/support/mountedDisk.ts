import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export interface MountedDisk {
  readonly folder: string;
  /** For a test's `skip`: false, or why there is no such disk. */
  readonly skip: false | string;
}

/** A small disk, unmounted after the file's tests. `options` as of mount: 'size=128k', 'ro'. Only where mounting is allowed. */
export function mountedDisk(options: string): MountedDisk {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  let skip: false | string = false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    skip = 'no disk may be mounted here'; // not Linux, not root, or a container that forbids it
  }
  after(() => {
    if (!skip) execFileSync('umount', [folder]);
    rmdirSync(folder);
  });
  return { folder, skip };
}
