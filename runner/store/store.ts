// store/: everything that a run leaves on disk, one folder per run. The log is the truth, run.json its latest summary, every other file
// is replaced as a whole. The folder is the only channel between editor and runner; a file named `stop` in it requests the end.
// Absent: computation, words for people, any central index.
// Called by commands/.
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Evaluation } from '../../shared/contracts/classification/evaluation.ts';
import { encodePredictions, type PredictionRows } from '../../shared/contracts/classification/predictionsFile.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import type { FileHashes, RunEvent } from '../../shared/contracts/events.ts';
import { encodeImageList, type ListedImage } from '../../shared/contracts/imageList.ts';
import type { Elsewhere, Machine } from '../../shared/contracts/machine.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { files, type RunSummary } from '../../shared/contracts/run.ts';
import {
  applyRunEvent,
  headline,
  initialRunState,
  isOpenStatus,
  type RunState,
} from '../../shared/contracts/runState.ts';
import { mostInLine, mostInSummary } from '../../shared/contracts/tables.ts';
import type { TestLooker } from '../../shared/contracts/testLooks.ts';
import { moveFile, replaceFile } from '../../shared/files/atomicFile.ts';
import { bytesOf, type FsPort, nodeFileSystem, writeFully } from '../../shared/files/fileSystem.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { atStart, inRun, writeError } from '../../shared/files/writeError.ts';
import { type Claim, type ClaimOptions, claim } from '../../shared/processes/claim.ts';
import { removeLeftovers } from '../../shared/processes/leftovers.ts';
import { thisMachine } from '../../shared/processes/machine.ts';
import { processStartedAt } from '../../shared/processes/processIdentity.ts';
import { storedEvent, storedState } from '../../shared/runFolder/places.ts';
import { exists, type RunRead, readRun } from '../../shared/runFolder/readRun.ts';
import { withChecksum } from '../../shared/runFolder/runSummary.ts';
import { tableWriter } from '../../shared/runFolder/tables.ts';
import { appendTestLook } from '../../shared/runFolder/testLooks.ts';
import { hashOf } from '../../shared/runFolder/verified.ts';
import { duration } from '../words/text.ts';
import { openEventLog } from './eventLog.ts';
import { neatJson } from './neatJson.ts';
import { createPatience, type DiskWait } from './patience.ts';

/**
 * Every write throws UserError diskFull or cannotWrite, or waits until the disk accepts it; earlier writes stay intact, and a
 * later one may succeed. Once another process has taken the run over, every write throws runTakenOver or logGrew and changes nothing.
 */
export interface RunFolder {
  /** Absolute. */
  readonly folder: string;
  readonly fs: FsPort;
  /** Versions that produced the run, as recorded with it. */
  readonly versions: NewRun['versions'];
  /** The fold over all recorded events; until `started` or `resumed`, the state of a queued run of this process. */
  readonly state: RunState;
  /** Calls may overlap: events are written in the order of the calls. Resolves when the event is on disk. */
  record(event: RunEvent): Promise<void>;
  /** @returns the file's path relative to the run folder, /-separated */
  writePredictions(which: 'val' | 'test' | { readonly epoch: number }, rows: PredictionRows): Promise<string>;
  writeEvaluation(evaluation: Evaluation): Promise<void>;
  /** Writes any other file as a whole and makes its folder. */
  writeFile(relativePath: string, content: Uint8Array | string): Promise<void>;
  appendTestLook(by: TestLooker): Promise<void>;
  /** Performs any other write that can be repeated from its start. */
  untilWritten(write: () => Promise<void>): Promise<void>;
  writeImageList(images: readonly ListedImage[]): Promise<void>;
  /** @param bytes  a safetensors file */
  writeModel(bytes: Uint8Array): Promise<void>;
  writeOnnx(bytes: Uint8Array): Promise<void>;
  /** @param bytes  a safetensors file. The last checkpoint replaces the older one and is kept until the next is written and verified. */
  saveCheckpoint(bytes: Uint8Array): Promise<void>;
  /** For a run that has ended: never throws. */
  dropOlderCheckpoint(): Promise<void>;
  /** SHA-256 of the last content that this process wrote under each path, for the event that announces the files. */
  hashesOf(...relativePaths: readonly string[]): FileHashes;
  /** Appends to runner.log verbatim. */
  appendLog(text: string): Promise<void>;
  stopRequested(): Promise<boolean>;
  pauseRequested(): Promise<boolean>;
  /** True if a retry was requested since the last call. */
  retryRequested(): Promise<boolean>;
  /** From now on, a write that the disk refuses for a while waits. */
  waitForDisk(wait: DiskWait): Promise<void>;
  /** Creates the file that editor windows then touch. */
  beginAttended(): Promise<void>;
  attendedMs(): Promise<number | undefined>;
  /** Removes the files of later epochs and of the end, which will be made again. The checkpoint to resume from becomes the newest. */
  forgetAfter(epoch: number, from?: 'newest' | 'older'): Promise<void>;
  /** Makes everything recorded so far survive a power cut. */
  flush(): Promise<void>;
  /** Waits for events being recorded. May be called twice. */
  close(): Promise<void>;
}

export interface NewRun {
  /** Absolute; created if missing. */
  readonly runsFolder: string;
  readonly runId: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Written to run.json while the run waits for its turn. */
  readonly dataset?: string;
  readonly recipe?: Recipe;
  /** Absolute paths. */
  readonly linkFolders?: readonly string[];
}

export interface StoreOptions {
  readonly fs?: FsPort | undefined;
  readonly now?: () => Date;
  /** Defaults to this machine; tests replace it. */
  readonly machine?: Machine;
}

/** @throws UserError cannotWrite, also when the run exists already: of two processes that try, one gets it */
export async function createRun(
  { runsFolder, runId, versions, dataset, recipe, linkFolders = [] }: NewRun,
  options: StoreOptions = {},
): Promise<RunFolder> {
  const { fs = nodeFileSystem, now = () => new Date(), machine = await thisMachine() } = options;
  if (!/^[\w-][\w.-]*$/.test(runId)) throw new Error(`Not a run id: ${JSON.stringify(runId)}`);
  const folder = join(runsFolder, runId);
  try {
    await fs.mkdir(runsFolder, { recursive: true });
    await fs.mkdir(folder, { recursive: false });
  } catch (error) {
    throw atStart(writeError(folder, error));
  }
  try {
    return await begin();
  } catch (error) {
    // A run that could not record anything leaves no unexplained folder.
    for (const name of [files.events, files.run]) await fs.unlink(join(folder, name)).catch(() => {});
    await fs.rmdir(folder).catch(() => {});
    throw atStart(error);
  }

  async function begin(): Promise<RunFolder> {
    // Leftovers may fill the disk. The new run's own folder has none yet.
    await removeLeftovers(runsFolder, fs, now().getTime(), { machine });

    const lock = await claimRun(folder, { machine });
    // The run belongs to this process even before `started` is recorded.
    const state: RunState = {
      ...initialRunState(runId),
      pid: process.pid,
      machine,
      dataset: dataset ?? null,
      recipe: recipe ?? null,
      linkFolders: [...linkFolders],
    };
    return opened({ folder, state, createdAt: now().toISOString(), versions, lock, fs, now });
  }
}

export interface ReopenOptions extends StoreOptions {
  /** Also opens a run that a process on another machine, or in another container, may still work on. */
  readonly takeOver?: boolean;
}

/**
 * Reopens a run that has ended, to resume it. `check` inspects it while no other process can, and throws when it cannot be resumed;
 * before a take-over it runs twice.
 * @throws UserError runNotFound, runBroken, runNewer; runBusy: of two processes that try, one gets it; runElsewhere: it belongs to a
 * process that cannot be judged from here
 */
export async function reopenRun(
  folder: string,
  versionsOf: (read: RunRead) => NewRun['versions'],
  check: (read: RunRead) => void | Promise<void>,
  options: ReopenOptions = {},
): Promise<RunFolder> {
  const { fs = nodeFileSystem, now = () => new Date(), machine = await thisMachine(), takeOver = false } = options;
  // Refuses before a lock is made: none may remain in a folder without a run, or be taken from a run that continues elsewhere.
  const refuseElsewhere = ({ elsewhere, state }: RunRead) => {
    if (elsewhere && !takeOver) throw runElsewhere(folder, state.pid ?? 0, elsewhere, now());
  };
  const first = await readRun(folder, fs, { machine });
  refuseElsewhere(first);
  if (first.elsewhere) await check(first); // a take-over that cannot succeed must not end the runner elsewhere
  const lock = await claimRun(folder, { machine, takeOver }, now);
  try {
    const read = await readRun(folder, fs, { machine });
    const { state, summary } = read;
    refuseElsewhere(read);
    if (isOpenStatus(state.status) && !read.elsewhere)
      throw new UserError('runBusy', { run: basename(folder), pid: state.pid ?? 0 });
    await check(read);
    for (const name of [files.stopRequest, files.pauseRequest, files.retryRequest, files.attended])
      await removed(join(folder, name), fs);
    await removeLeftovers(dirname(folder), fs, now().getTime(), { machine });
    const createdAt = summary?.createdAt ?? now().toISOString();
    const next: RunState = { ...state, status: 'queued', ahead: null, pid: process.pid, machine };
    return await opened({ folder, state: next, createdAt, versions: versionsOf(read), lock, fs, now });
  } catch (error) {
    await lock.release();
    throw inRun(error, folder);
  }
}

/**
 * Adds an event to a run that has ended and keeps the recorded versions. `check` inspects it undisturbed and returns the event.
 * @throws UserError runNotFound, runBroken, runNewer, runBusy, runElsewhere, what check() throws
 */
export async function amendRun(
  folder: string,
  check: (read: RunRead) => Promise<RunEvent>,
  { fs = nodeFileSystem, now = () => new Date(), machine }: StoreOptions = {},
): Promise<RunState> {
  const judge = { machine: machine ?? (await thisMachine()) };
  const first = await readRun(folder, fs, judge); // before a lock is made: none may remain in a folder without a run
  if (first.elsewhere) throw runElsewhere(folder, first.state.pid ?? 0, first.elsewhere, now());
  const lock = await claimRun(folder, judge, now);
  try {
    const read = await readRun(folder, fs, judge);
    const { state, summary } = read;
    if (isOpenStatus(state.status)) throw new UserError('runBusy', { run: basename(folder), pid: state.pid ?? 0 });
    if (!summary) {
      const reason = `${files.run} is missing or damaged`;
      throw new UserError('runBroken', { run: basename(folder), reason });
    }
    const event = await check(read);
    const { createdAt, versions } = summary;
    const run = await writer({ folder, state, createdAt, versions, lock, fs, now });
    await run.record(event);
    await run.close();
    return run.state;
  } finally {
    await lock.release();
  }
}

const runElsewhere = (folder: string, pid: number, { host, lastSignMs }: Elsewhere, now: Date): UserError =>
  new UserError('runElsewhere', {
    run: basename(folder),
    pid,
    host,
    ago: duration(Math.max(0, now.getTime() - lastSignMs)),
  });

async function claimRun(folder: string, options: ClaimOptions, now = () => new Date()): Promise<Claim> {
  try {
    const claimed = await claim(join(folder, files.lock), options);
    if ('release' in claimed) return claimed;
    const { pid, elsewhere } = claimed.heldBy;
    if (elsewhere) throw runElsewhere(folder, pid, elsewhere, now());
    throw new UserError('runBusy', { run: basename(folder), pid });
  } catch (error) {
    throw writeError(join(folder, files.lock), error);
  }
}

interface Opening {
  readonly folder: string;
  readonly state: RunState;
  readonly createdAt: string;
  readonly versions: NewRun['versions'];
  readonly lock: Claim;
  readonly fs: FsPort;
  readonly now: () => Date;
}

async function opened(opening: Opening): Promise<RunFolder> {
  try {
    return await writer(opening);
  } catch (error) {
    await opening.lock.release();
    throw error;
  }
}

async function writer({ folder, state: first, createdAt, versions, lock, fs, now }: Opening): Promise<RunFolder> {
  const startedAt = (await processStartedAt(process.pid)) ?? Math.round(performance.timeOrigin);
  let state = first;
  const tables = tableWriter(folder, fs);
  const writeSummary = async () => {
    const summary = summaryOf(storedState(state, folder), {
      createdAt,
      updatedAt: now().toISOString(),
      processStartedAt: startedAt,
      versions,
    });
    await replaceFile(join(folder, files.run), neatJson(withChecksum(await tables.lean(summary, mostInSummary))), fs);
  };
  // The summary first: a folder with a log then always names a process to look up.
  await writeSummary();
  const log = await openEventLog(join(folder, files.events), fs);

  let closed: Promise<void> | undefined;
  const inTurn = queue(); // events in the order of their calls
  const alone = queue(); // one write to log or run.json at a time; an event that waits for the disk lets others pass
  let isLost = false;
  const refuseIfLost = async () => {
    isLost ||= !(await lock.isHeld()) && (await exists(folder, fs));
    if (isLost) throw new UserError('runTakenOver', { run: basename(folder) });
  };
  const append = async (event: RunEvent) => {
    await refuseIfLost();
    // The lists first: readers of the event must find them.
    const lean = await tables.lean(storedEvent(event, folder), mostInLine);
    await log.append(now().toISOString(), lean).catch((error: unknown) => {
      isLost ||= error instanceof UserError && error.code === 'logGrew';
      throw error;
    });
    state = applyRunEvent(state, event);
  };
  const reserve = roomInReserve(join(folder, files.reserve), fs);
  /** Appends even on a full disk: without this event nobody could see that the run ended, or that it waits for the disk. */
  const appendInAnyCase = async (event: RunEvent) => {
    try {
      await append(event);
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'diskFull' || !(await reserve.giveBack())) throw error;
      await append(event);
    }
  };
  const patience = createPatience(async (event) => {
    await appendInAnyCase(event);
    await log.sync().catch(() => {});
    await writeSummary().catch(() => {}); // the log contains it, too
    if (event.type === 'continued') await reserve.take();
  }, alone);

  const replace = (relativePath: string, content: Uint8Array | string) =>
    patience.until(async () => {
      await refuseIfLost();
      await replaceFile(join(folder, relativePath), content, fs);
    });

  const hashes = new Map<string, string>();
  const hashed = async (relativePath: string, content: Uint8Array | string, write = replace) => {
    hashes.set(relativePath, hashOf(content));
    await write(relativePath, content);
  };
  const [newest, older] = [join(folder, files.checkpoint), join(folder, files.olderCheckpoint)];

  const replaceInFolder = async (relativePath: string, content: Uint8Array | string) => {
    const file = join(folder, relativePath);
    await patience.until(async () => {
      await refuseIfLost();
      try {
        await fs.mkdir(dirname(file), { recursive: true });
      } catch (error) {
        throw writeError(file, error);
      }
      await replaceFile(file, content, fs);
    });
  };

  return {
    folder,
    fs,
    versions,
    get state() {
      return state;
    },
    record: (event) =>
      inTurn(async () => {
        await patience.untilLogged(() => (event.type === 'ended' ? appendInAnyCase(event) : append(event)));
        if (event.type === 'progress') return;
        await patience.until(() => alone(() => log.sync()));
        await patience
          .until(() => alone(writeSummary))
          .catch((error: unknown) => {
            // The run was stopped while the disk is full: the log has recorded the end, and that is what counts.
            if (event.type !== 'ended' || !(error instanceof UserError) || error.code !== 'diskFull') throw error;
          });
      }),
    async writePredictions(which, rows) {
      const relativePath = typeof which === 'string' ? files.predictions(which) : files.epochPredictions(which.epoch);
      await hashed(relativePath, encodePredictions(rows), replaceInFolder);
      return relativePath;
    },
    writeFile: replaceInFolder,
    appendTestLook: (by) =>
      patience.until(async () => {
        await refuseIfLost();
        await appendTestLook(folder, by, { fs, now });
      }),
    untilWritten: (write) => patience.until(write),
    writeEvaluation: (evaluation) => hashed(files.evaluation, neatJson(evaluation)),
    writeImageList: (images) => hashed(files.images, encodeImageList(images)),
    writeModel: (bytes) => hashed(files.model, bytes),
    writeOnnx: (bytes) => hashed(files.onnx, bytes),
    async saveCheckpoint(bytes) {
      await refuseIfLost();
      await patience.until(() => moveFile(newest, older, fs));
      try {
        await hashed(files.checkpoint, bytes);
        if ((await patience.until(() => hashThere(newest, fs))) === hashes.get(files.checkpoint)) return;
        throw new UserError('cannotWrite', { file: newest, reason: 'the disk does not return what was written' });
      } catch (error) {
        await moveFile(older, newest, fs).catch(() => {}); // resume finds it under either name
        throw error;
      }
    },
    dropOlderCheckpoint: () => fs.unlink(older).catch(() => {}),
    hashesOf: (...relativePaths) =>
      Object.fromEntries(
        relativePaths.flatMap((path) => {
          const sha256 = hashes.get(path);
          return sha256 === undefined ? [] : [[path, sha256]];
        }),
      ),
    async appendLog(text) {
      const file = join(folder, files.log);
      await refuseIfLost();
      try {
        const handle = await fs.open(file, 'a');
        try {
          await writeFully(handle, bytesOf(text), 0);
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw writeError(file, error);
      }
    },
    stopRequested: async () => (await modifiedMs(join(folder, files.stopRequest), fs)) !== undefined,
    pauseRequested: async () => (await modifiedMs(join(folder, files.pauseRequest), fs)) !== undefined,
    async retryRequested() {
      const file = join(folder, files.retryRequest);
      if ((await modifiedMs(file, fs)) === undefined) return false;
      await fs.unlink(file).catch(() => {}); // if it cannot be removed, every call returns true and tries to remove it
      return true;
    },
    async waitForDisk(wait) {
      patience.begin(wait);
      await reserve.take();
    },
    beginAttended: () => replace(files.attended, ''),
    attendedMs: () => modifiedMs(join(folder, files.attended), fs),
    async forgetAfter(epoch, from = 'newest') {
      await refuseIfLost();
      if (from === 'older') await patience.until(() => moveFile(older, newest, fs));
      const checkpoints = epoch === 0 ? [files.checkpoint, files.olderCheckpoint] : [];
      const ends = [files.evaluation, files.onnx, files.predictions('val'), files.predictions('test')];
      const ofEpochs = dirname(files.epochPredictions(1));
      const later = (await fs.readdir(join(folder, ofEpochs)).catch(() => []))
        .filter((name) => Number.parseInt(name, 10) > epoch)
        .map((name) => join(ofEpochs, name));
      for (const name of [...ends, ...later, ...checkpoints, ...(epoch === 0 ? [files.model] : [])])
        await patience.until(() => removed(join(folder, name), fs));
    },
    flush: () => inTurn(() => alone(() => log.sync())),
    close: () =>
      (closed ??= inTurn(() =>
        alone(async () => {
          // Everything has been synced, so an error while closing does not matter.
          await log.close().catch(() => {});
          // After a take-over the file is the other process's reserve.
          await refuseIfLost().then(reserve.giveBack, () => {});
        }),
      ).finally(() => lock.release())),
  };
}

/** Runs tasks one after another, in the order of the calls. An error goes to its own caller; the next task still runs. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
}

/**
 * A few kilobytes that a run occupies from its start: on a full disk it frees them, so that the log has room for the line that reports
 * it. Overwriting a file in place would not need this, but it allocates new blocks on copy-on-write disks (btrfs, ZFS, APFS), and
 * readers would have two sources. Never throws: a run works without a reserve, too.
 */
function roomInReserve(file: string, fs: FsPort): { take(): Promise<void>; giveBack(): Promise<boolean> } {
  let isHeld = false;
  return {
    async take() {
      // Random bytes: a disk that compresses would store zeros in no space.
      isHeld ||= await replaceFile(file, randomBytes(reserveBytes), fs).then(
        () => true,
        () => false,
      );
    },
    async giveBack() {
      if (!isHeld) return false;
      isHeld = !(await fs.unlink(file).then(
        () => true,
        () => false,
      ));
      return !isHeld;
    },
  };
}

/** Enough for the log's line and for a typical run.json. */
const reserveBytes = 65_536;

/** undefined: no such file. */
async function modifiedMs(file: string, fs: FsPort): Promise<number | undefined> {
  try {
    return await fs.modifiedMs(file);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function hashThere(file: string, fs: FsPort): Promise<string> {
  try {
    return await fs.sha256(file);
  } catch (error) {
    throw writeError(file, error);
  }
}

async function removed(file: string, fs: FsPort): Promise<void> {
  try {
    await fs.unlink(file);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw writeError(file, error);
  }
}

function summaryOf(
  state: RunState,
  about: Pick<RunSummary, 'createdAt' | 'updatedAt' | 'processStartedAt'> & Pick<NewRun, 'versions'>,
): RunSummary {
  const { epochs, progress: _, findings: __, ...rest } = state;
  return {
    version: 1,
    ...about,
    versions: { ...about.versions },
    ...rest,
    epochCount: epochs.length,
    headline: headline(state) ?? null,
  };
}
