// From an open run folder to the run's end, whatever the device, the disk, and the people who watch do: waits for the run's turn,
// prepares it once, and trains in as many attempts as the device needs, each from the run's last checkpoint. Called by fineTune.ts and
// resume.ts.
import type { Device, Problem, RunEvent } from '../../shared/contracts/events.ts';
import type { FineTuneJob } from '../../shared/contracts/job.ts';
import { epochsMs, type RunState } from '../../shared/contracts/runState.ts';
import type { FsPort } from '../../shared/files/fileSystem.ts';
import { inRun } from '../../shared/files/writeError.ts';
import { thisMachine } from '../../shared/processes/machine.ts';
import { enginesOfAttempts } from '../devices/attempts.ts';
import { chooseEngine } from '../devices/devices.ts';
import type { Engine } from '../engine/engine.ts';
import { defaultThreads } from '../engine/threads.ts';
import { noFeatureCache, openFeatureCache } from '../features/featureCache.ts';
import { lostImages } from '../features/lostImages.ts';
import { queueFolder, waitForTurn } from '../queue/queue.ts';
import { isAbort, runControl } from '../run/control.ts';
import { diskPause } from '../run/disk/diskPause.ts';
import { plannedOf, roomBesideRun } from '../run/disk/room.ts';
import { withEpochFiles } from '../run/epochFiles.ts';
import { recordFailure } from '../run/failure.ts';
import { progressReporter } from '../run/progress.ts';
import { warning } from '../run/warnings.ts';
import type { RunFolder } from '../store/store.ts';
import { type Attempt, firstAttempt, nextAttempt, standingOf } from '../training/attempts.ts';
import { type PreparedRun, prepareRun } from '../training/prepareRun.ts';
import { type Resumption, resumptionOf } from '../training/resumption.ts';
import { type LiveRun, trainedRun } from '../training/trainer.ts';
import { trainRun } from '../training/training.ts';
import { tasks } from './tasks.ts';

export interface FineTuneIo {
  on(event: RunEvent): void;
  /** Aborted: stop after the current batch and keep the best weights. */
  readonly signal: AbortSignal;
  /** The engine to begin with, and made anew after it failed; when left out, chosen as the job says. */
  readonly createEngine?: (threads: number) => Engine;
  /** The disk that holds the run. */
  readonly fs?: FsPort;
  /** How often the files in the run folder are looked at; see ControlOptions. */
  readonly polling?: {
    readonly pollMs?: number;
    readonly attendedPolls?: number;
    /** Between two looks at a disk that refuses a write. */
    readonly diskMs?: number;
  };
}

/** Closes the folder. @throws UserError, as the run's last event says */
export async function carryOut(
  job: FineTuneJob,
  run: RunFolder,
  resumption: Resumption | undefined,
  io: FineTuneIo,
): Promise<{ runFolder: string; state: RunState }> {
  const task = tasks[job.recipe.task];
  const record = withEpochFiles(run, job, task, async (event: RunEvent) => {
    await run.record(event);
    io.on(event);
  });
  const { diskMs, ...polling } = io.polling ?? {};
  const control = runControl({ requests: run, caller: io.signal, attended: job.attended, tell: record, ...polling });
  let startMs = control.nowMs();
  const behindMs = resumption?.checkpoint ? epochsMs(run.state.epochs) : 0;
  const ended = (reason: 'finished' | 'stopped' | 'failed', problem: Problem | null) =>
    record({ type: 'ended', reason, problem, elapsedMs: behindMs + control.nowMs() - startMs });
  const ends = async (outcome: Outcome) => {
    if (outcome === 'finished') await run.dropOlderCheckpoint();
    if (outcome === 'stopped' && control.leftAlone) await record(warning('leftAlone', {}));
    await ended(outcome, null);
  };
  let release = async () => {};
  try {
    const { retryRequested } = run;
    await run.waitForDisk(diskPause({ control, retryRequested, on: io.on, pollMs: polling.pollMs, lookMs: diskMs }));
    if (job.attended) await run.beginAttended();
    const turn = await waitForTurn({
      folder: await queueFolder(job.cacheFolder),
      parallel: job.parallelRuns,
      signal: control.signal,
      onAhead: (ahead) => record({ type: 'queued', ahead }),
    });
    release = turn.release;
    startMs = control.nowMs();
    const live: LiveRun = { job, task, run, record, report: progressReporter(record), control };
    await ends(await attempts(live, resumption, io));
    return { runFolder: run.folder, state: run.state };
  } catch (error) {
    if (control.signal.aborted && isAbort(error)) {
      await ends('stopped').catch((unwritten: unknown) => {
        throw inRun(unwritten, run.folder);
      });
      return { runFolder: run.folder, state: run.state };
    }
    const told = inRun(error, run.folder);
    await recordFailure(told, run, ended);
    throw told;
  } finally {
    control.end();
    await release();
    await run.close();
  }
}

type Outcome = 'finished' | 'stopped';

/** Parts that depend on the device are made for each attempt; all others once, by the first. */
async function attempts(live: LiveRun, resumption: Resumption | undefined, io: FineTuneIo): Promise<Outcome> {
  const { job, task, run, control } = live;
  const { recipe } = job;
  const threads = job.threads ?? defaultThreads();
  const { signal } = control;
  const engineFor = enginesOfAttempts(
    threads,
    () => chooseEngine({ wanted: job.engine, threads, recipe, signal }),
    io.createEngine,
  );
  let attempt = firstAttempt;
  let from = resumption;
  let prepared: PreparedRun | undefined;
  try {
    for (;;) {
      const engine = await engineFor(attempt.device);
      try {
        await recordStart(live, engine.device, from, attempt, prepared?.warnings ?? []);
        prepared ??= await prepareRun(live, from);
        return await train(prepared, engine, attempt, from);
      } catch (error) {
        attempt = nextAttempt(error, { ...attempt, device: engine.device }, standingOf(run.state, recipe, threads));
        control.signal.throwIfAborted();
        from = await resumptionOf(run.state, run.folder, task.parameters(recipe, run.state));
      } finally {
        await engine.dispose();
      }
    }
  } finally {
    await prepared?.pixels.dispose();
  }
}

/** @param repeated  warnings of the run itself: a run that goes on has forgotten those before */
async function recordStart(
  { job, run, record }: LiveRun,
  device: Device,
  resumption: Resumption | undefined,
  { failures }: Attempt,
  repeated: readonly Problem[],
): Promise<void> {
  const computing = { device, pid: process.pid, machine: await thisMachine(), versions: run.versions };
  const { runId, dataset, linkFolders, recipe } = job;
  await record(
    resumption
      ? { type: 'resumed', afterEpoch: resumption.checkpoint?.epoch ?? 0, ...computing }
      : { type: 'started', runId, dataset, linkFolders, recipe, ...computing },
  );
  const ofDevice = device.why?.code === 'gpuSoftwareAsked' ? [device.why] : [];
  for (const problem of [...(resumption?.warnings ?? []), ...ofDevice, ...failures, ...repeated])
    await record({ type: 'warning', problem });
}

async function train(
  prepared: PreparedRun,
  engine: Engine,
  { limits }: Attempt,
  resumption: Resumption | undefined,
): Promise<Outcome> {
  const { job, task, run, record, dataset } = prepared;
  // What a cache has given away stays in it, so a device does not begin with a cache that is full of another's features.
  const cache = job.useFeatureCache
    ? await openFeatureCache(
        `${job.cacheFolder}/features`,
        job.cacheLimitBytes,
        await roomBesideRun(job.cacheFolder, run.folder, plannedOf(job.recipe, dataset), run.fs),
      )
    : noFeatureCache;
  if (resumption) await run.forgetAfter(resumption.checkpoint?.epoch ?? 0, resumption.checkpoint?.from);
  const trainer = { ...prepared, engine, limits, cache, lost: lostImages(dataset) };
  const trained = await trainRun(trainer, resumption?.checkpoint);
  if (cache.stats.disabled !== undefined) await record(warning('featureCacheOff', { reason: cache.stats.disabled }));
  return trained.finished && (await task.finalEvaluation(trainedRun(trainer, trained))) ? 'finished' : 'stopped';
}
