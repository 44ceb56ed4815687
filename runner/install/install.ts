// install/: engines that users add to this machine. This file: the story of an installation: one process at a time, room on the disk,
// then the engine's own steps. Absent: the choice of an engine for a run (devices/), its computing (engine/). Called by the command line
// after the user agreed.
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type FailureCode, UserError } from '../../shared/contracts/errors.ts';
import type { Found } from '../../shared/contracts/install.ts';
import { writeError } from '../../shared/files/writeError.ts';
import { claim } from '../../shared/processes/claim.ts';
import { abandonedMs } from '../../shared/processes/leftovers.ts';
import type { Installable, InstallIo } from './installable.ts';

/**
 * Returns null at once if it is already installed, else the result of Installable.install(). An abort rejects with the signal's reason;
 * files that have arrived are kept for the next attempt.
 * @throws UserError installBusy, installBusyElsewhere, installDownload, installHash, installFileMissing, installFileWrong,
 * installNoSpace, installCannotWrite, diskFull, badArgument
 */
export async function installEngine(engine: Installable, io: InstallIo): Promise<Found | null> {
  return alone(engine, async () => {
    if (await engine.isInstalled()) return null;
    io.signal.throwIfAborted();
    await mkdir(engine.folder, { recursive: true });
    try {
      return await engine.install(io);
    } catch (error) {
      io.signal.throwIfAborted();
      throw error;
    }
  });
}

/** Removes everything. @throws UserError installBusy, installBusyElsewhere, installCannotWrite */
export async function removeEngine(engine: Installable): Promise<void> {
  await alone(engine, () => rm(engine.folder, { recursive: true, force: true }));
}

async function alone<T>(engine: Installable, work: () => Promise<T>): Promise<T> {
  const { folder } = engine;
  try {
    await mkdir(dirname(folder), { recursive: true });
    const claimed = await claim(`${folder}.installing`, { forgottenMs: abandonedMs });
    if ('heldBy' in claimed) {
      const { pid, elsewhere } = claimed.heldBy;
      if (elsewhere) throw new UserError('installBusyElsewhere', { name: engine.name, host: elsewhere.host });
      throw new UserError('installBusy', { name: engine.name, pid });
    }
    try {
      return await work();
    } finally {
      await claimed.release();
    }
  } catch (error) {
    throw asInstall(writeError(folder, error));
  }
}

/** Codes reworded for installations, whose remedies differ from those for weights and runs. */
const ownCodes: Partial<Record<FailureCode, FailureCode>> = {
  downloadFailed: 'installDownload',
  downloadHash: 'installHash',
  cannotWrite: 'installCannotWrite',
};

function asInstall(error: unknown): unknown {
  const code = error instanceof UserError ? ownCodes[error.code] : undefined;
  return code ? new UserError(code, (error as UserError).params, { cause: error }) : error;
}
