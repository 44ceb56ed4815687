// Supervises runs that must end with the last window: while this window lists one as open, it touches the file `attended` in its folder.
// A runner started that way creates the file; a reloaded window finds it and continues. Closing a window does nothing, because a reload
// closes it, too: the runner ends by itself when nobody has touched the file for a while.
import { join } from 'node:path';
import { files } from '../../../shared/contracts/run.ts';
import { touch } from '../index/requests.ts';
import { isOpen, type Run } from '../runs.ts';

export interface AttendancePorts {
  readonly runs: () => readonly Run[];
  readonly onError: (error: unknown) => void;
  readonly now?: () => Date;
  /** Calls back until the returned function is called. */
  readonly every?: (work: () => void) => () => void;
}

const everyMs = 5000;

export function attendRuns({ runs, onError, now = () => new Date(), every = often }: AttendancePorts): {
  dispose(): void;
} {
  const look = (): void => {
    for (const { folder } of runs().filter(isOpen)) touch(join(folder, files.attended), now()).catch(onError);
  };
  return { dispose: every(look) };
}

function often(work: () => void): () => void {
  const timer = setInterval(work, everyMs);
  return () => clearInterval(timer);
}
