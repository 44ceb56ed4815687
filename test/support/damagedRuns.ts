// Run folders after faults: killed, incomplete, bit-flipped, partly visible, of other versions and machines. Each kind is created by name,
// so that a test can compare all readers. Written an hour ago, unless the kind says otherwise, so nobody is still writing.
import { appendFile, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventLogReader, encodeRecord } from '../../shared/contracts/eventLog.ts';
import type { RunEvent } from '../../shared/contracts/events.ts';
import { type Machine, machineTag, outermostPids } from '../../shared/contracts/machine.ts';
import { files, type RunSummary } from '../../shared/contracts/run.ts';
import { applyRunEvent, headline, initialRunState } from '../../shared/contracts/runState.ts';
import { withoutLists } from '../../shared/contracts/tables.ts';
import { withChecksum } from '../../shared/runFolder/runSummary.ts';
import { hashOf } from '../../shared/runFolder/verified.ts';
import { epochEvent, runId, storyOfARun } from './storyOfARun.ts';

/** The reader's machine and another; only process `livingPid` on `here` is alive. */
export const here: Machine = { host: 'lab', id: 'a1', boot: 'boot-1', pids: outermostPids };
export const ward: Machine = { host: 'ward', id: 'b2', boot: 'boot-9', pids: outermostPids };
export const [gonePid, livingPid] = [4711, 9];

/** Result that every reader must show. */
export interface Expected {
  readonly status: 'queued' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed' | 'unreadable';
  /** The code of the problem. */
  readonly problem?: string;
  readonly headline?: string;
  readonly epochs?: number;
  readonly isLogDamaged?: true;
  readonly host?: string;
}

interface Kind extends Expected {
  readonly events?: readonly RunEvent[];
  readonly machine?: Machine | null;
  readonly make?: (folder: string) => Promise<unknown>;
  /** Time of the last write. */
  readonly minutesAgo?: number;
}

const hourMs = 3_600_000;

/** One second between events, the last of them an hour ago. */
const timesOf = (events: readonly RunEvent[], minutesAgo = 60) => {
  const last = Math.floor((Date.now() - minutesAgo * 60_000) / 1000) * 1000;
  return events.map((_, i) => new Date(last - (events.length - 1 - i) * 1000).toISOString());
};

export function summaryOf(events: readonly RunEvent[], updatedAt: string): RunSummary {
  const state = events.reduce(applyRunEvent, initialRunState(runId));
  const { epochs, progress: _, findings: __, ...rest } = state;
  return {
    ...rest,
    version: 1,
    createdAt: '2026-11-23T10:15:00.000Z',
    updatedAt,
    processStartedAt: 0,
    versions: { shoulders: '0.1.0' },
    epochCount: epochs.length,
    headline: headline(state) ?? null,
  };
}

const whole = (pid = gonePid, machine: Machine | null = here) => storyOfARun(pid, machine ?? undefined);
/** Up to the second epoch. */
const begun = (pid = gonePid, machine: Machine | null = here) => whole(pid, machine).slice(0, 8);
const ended = (reason: 'stopped' | 'failed', problem: string | null = null): RunEvent => ({
  type: 'ended',
  reason,
  problem: problem ? { code: problem, params: {} } : null,
  elapsedMs: 4000,
});
const resumedBy = (pid: number): RunEvent => ({
  type: 'resumed',
  afterEpoch: 1,
  device: { name: 'Test CPU', engine: 'onnxruntime-cpu', threads: 2 },
  pid,
  machine: here,
  versions: {},
});

type Lines = (lines: string[]) => string[];
const changeLog = (change: Lines) => async (folder: string) => {
  const file = join(folder, files.events);
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  await writeFile(file, change(lines).join(''));
};
const ofType = (line: string, type: string) => line.includes(`"type":"${type}"`);
const withEnds = (lines: readonly string[]) => lines.map((line) => `${line}\n`);
const lose =
  (type: string): Lines =>
  (lines) =>
    withEnds(lines.map((line) => (ofType(line, type) ? line.replace('"event":{', '"event":{ ') : line)));

const changeJson = (change: (json: Record<string, unknown>) => unknown) => async (folder: string) => {
  const file = join(folder, files.run);
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8'))), undefined, 2));
};
const without = (name: string) => (folder: string) => rm(join(folder, name));
const sealed = ({ sha256: _, ...json }: Record<string, unknown>, over: object) =>
  withChecksum({ ...json, ...over } as unknown as RunSummary);
/** Changes a digit of the headline, like a flipped bit. */
const flipHeadline = async (folder: string) => {
  const file = join(folder, files.run);
  const text = await readFile(file, 'utf8');
  const flipped = text.replace(/("headline":\s*\{[^}]*"value":\s*0\.)8/, '$19');
  if (flipped === text) throw new Error('there is no such figure');
  await writeFile(file, flipped);
};
const inTurn =
  (...works: readonly ((folder: string) => Promise<unknown>)[]) =>
  async (folder: string) => {
    for (const work of works) await work(folder);
  };
const append = (event: RunEvent, secondsLater: number) => async (folder: string) => {
  const file = join(folder, files.events);
  const records = new EventLogReader().feed(await readFile(file));
  const { seq, at } = records.at(-1)!;
  const later = new Date(Date.parse(at) + secondsLater * 1000).toISOString();
  await appendFile(file, encodeRecord(seq + 1, later, event));
};
const lockOf = (pid: number, machine: Machine) => async (folder: string) => {
  await mkdir(join(folder, files.lock));
  const file = join(folder, files.lock, `${machineTag(machine)}-${pid}-0-01234567`);
  await writeFile(file, JSON.stringify(machine));
};

/** Confusion matrices as files: of the log's last event but one, and of run.json. */
const intoTables = async (folder: string) => {
  await mkdir(join(folder, 'tables'));
  const path = 'evaluation.test.byThreshold.confusionMatrix';
  const file = join(folder, files.run);
  const { sha256: _, ...json } = JSON.parse(await readFile(file, 'utf8'));
  const text = `${JSON.stringify(json.evaluation.test.byThreshold.confusionMatrix)}\n`;
  const sha256 = hashOf(text);
  const table = { file: files.table('confusionMatrix', sha256), sha256 };
  await writeFile(join(folder, table.file), text);
  const lean = withoutLists(json, { [path]: table });
  await writeFile(file, JSON.stringify(withChecksum(lean as RunSummary)));
  const log = join(folder, files.events);
  const records = new EventLogReader().feed(await readFile(log));
  const lines = records.map(({ seq, at, event }) =>
    encodeRecord(
      seq,
      at,
      event.type === 'evaluated' ? withoutLists(event, { [path.slice('evaluation.'.length)]: table }) : event,
    ),
  );
  await writeFile(log, lines.join(''));
};
const loseTables = async (folder: string) => {
  for (const name of await readdir(join(folder, 'tables'))) await rm(join(folder, 'tables', name));
};

const finished = { status: 'finished', headline: 'test AUROC 0.875', epochs: 2 } as const;
const died = { status: 'failed', problem: 'runnerDied', headline: 'val AUROC 0.85', epochs: 2 } as const;
const unreadable = { status: 'unreadable', problem: 'runBroken' } as const;

export const damagedRuns: Readonly<Record<string, Kind>> = {
  'a whole run': finished,
  'a log whose last line is torn': {
    ...finished,
    make: changeLog((lines) => [...withEnds(lines.slice(0, -1)), lines.at(-1)!.slice(0, 50)]),
  },
  'a log without its end': { ...finished, make: changeLog((lines) => withEnds(lines.slice(0, -1))) },
  'a log without its second half': { ...finished, make: changeLog((lines) => withEnds(lines.slice(0, 7))) },
  'an empty log': { ...finished, make: (folder) => writeFile(join(folder, files.events), '') },
  'no log': { ...finished, make: without(files.events) },
  'a log of which no line can be read': {
    ...finished,
    isLogDamaged: true,
    make: (folder) => writeFile(join(folder, files.events), 'zzz\n'.repeat(9)),
  },
  'a damaged line in the middle': { ...finished, isLogDamaged: true, make: changeLog(lose('epoch')) },
  'a damaged evaluation in the log': { ...finished, isLogDamaged: true, make: changeLog(lose('evaluated')) },
  'a lost line': {
    ...finished,
    isLogDamaged: true,
    make: changeLog((lines) => withEnds(lines.filter((line) => !ofType(line, 'checked')))),
  },
  'a line told twice': {
    ...finished,
    isLogDamaged: true,
    make: changeLog((lines) => withEnds([...lines.slice(0, 4), ...lines.slice(3)])),
  },
  'a damaged epoch of a stopped run': {
    status: 'stopped',
    headline: 'val AUROC 0.85',
    epochs: 2,
    isLogDamaged: true,
    events: [...begun(), ended('stopped')],
    make: changeLog((lines) =>
      withEnds(lines.map((line) => (line.includes('"epoch":2,') ? line.replace('0.85', '0.35') : line))),
    ),
  },
  'no run.json': { ...finished, make: without(files.run) },
  'run.json cut off': { ...finished, make: (folder) => writeFile(join(folder, files.run), '{"version":1,') },
  'an empty run.json': { ...finished, make: (folder) => writeFile(join(folder, files.run), '') },
  'a flipped digit in run.json': { ...finished, make: flipHeadline },
  'a flipped digit in run.json, a damaged line in the log': {
    ...finished,
    isLogDamaged: true,
    make: inTurn(flipHeadline, changeLog(lose('weightsLoaded'))),
  },
  'a flipped digit in run.json of a stopped run, its last epoch damaged': {
    status: 'stopped',
    headline: 'val AUROC 0.8',
    epochs: 1,
    isLogDamaged: true,
    events: [...begun(), ended('stopped')],
    make: inTurn(
      flipHeadline,
      changeLog((lines) =>
        withEnds(lines.map((line) => (line.includes('"epoch":2,') ? line.replace('0.85', '0.35') : line))),
      ),
    ),
  },
  'run.json of an older version': { ...finished, make: changeJson(({ sha256: _, ...json }) => json) },
  'run.json written anew by a formatter': { ...finished, make: changeJson((json) => json) },
  'run.json of an older version, a log without its end': {
    ...finished,
    make: inTurn(
      changeJson(({ sha256: _, ...json }) => json),
      changeLog((lines) => withEnds(lines.slice(0, -1))),
    ),
  },
  'run.json of a newer version': {
    status: 'unreadable',
    problem: 'runNewer',
    make: changeJson((json) => sealed(json, { version: 2 })),
  },
  'run.json of a task that came later': {
    status: 'unreadable',
    problem: 'runNewer',
    make: changeJson(({ recipe, ...json }) =>
      sealed(json, { recipe: { ...(recipe as object), task: 'segmentation' } }),
    ),
  },
  'run.json of a newer version, no log': {
    status: 'unreadable',
    problem: 'runNewer',
    make: inTurn(
      changeJson(() => ({ version: 2 })),
      without(files.events),
    ),
  },
  'run.json and log both damaged': {
    ...unreadable,
    make: inTurn(
      (folder) => writeFile(join(folder, files.run), 'zzz'),
      (folder) => writeFile(join(folder, files.events), 'zzz\n'),
    ),
  },
  'a damaged run.json, no log': { ...unreadable, make: inTurn(flipHeadline, without(files.events)) },
  'a folder in the place of the log': {
    ...unreadable,
    make: inTurn(without(files.events), (folder) => mkdir(join(folder, files.events))),
  },
  'a run.json that was seen before the run was resumed': {
    status: 'running',
    headline: 'val AUROC 0.9',
    epochs: 2,
    events: [...begun(), ended('stopped')],
    make: inTurn(append(resumedBy(livingPid), 1), append(epochEvent(2, 0.9), 2)),
  },
  tables: { ...finished, make: intoTables },
  'tables missing': { ...finished, isLogDamaged: true, make: inTurn(intoTables, loseTables) },
  'a run that died': { ...died, events: begun() },
  'a run that died after it was asked to stop': {
    status: 'stopped',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: begun(),
    make: (folder) => writeFile(join(folder, files.stopRequest), ''),
  },
  'a run that died, without run.json': { ...died, events: begun(), make: without(files.run) },
  'a run that died, its line torn': {
    ...died,
    epochs: 2,
    events: begun(),
    make: (folder) => appendFile(join(folder, files.events), '{"v":1,"seq":8,'),
  },
  'a run that died before its log': {
    status: 'failed',
    problem: 'runnerDied',
    events: begun().slice(0, 1),
    make: without(files.events),
  },
  'a run that lives': { status: 'running', headline: 'val AUROC 0.85', epochs: 2, events: begun(livingPid) },
  'a run that lives, without run.json': {
    status: 'running',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: begun(livingPid),
    make: without(files.run),
  },
  'a run that waits for its disk': {
    status: 'paused',
    problem: 'diskFull',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: [...begun(livingPid), { type: 'paused', problem: { code: 'diskFull', params: {} } }],
  },
  'a run whose start is damaged, without run.json, its lock held': {
    status: 'queued',
    headline: 'val AUROC 0.85',
    epochs: 2,
    isLogDamaged: true,
    events: begun(livingPid),
    make: inTurn(changeLog(lose('started')), without(files.run), lockOf(livingPid, here)),
  },
  'a run whose start is damaged, without run.json and lock': {
    ...died,
    isLogDamaged: true,
    events: begun(livingPid),
    make: inTurn(changeLog(lose('started')), without(files.run)),
  },
  'a run of an older version that died': { ...died, events: begun(gonePid, null), machine: null },
  'a run elsewhere': {
    status: 'running',
    host: 'ward',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: begun(livingPid, ward),
    machine: ward,
  },
  'a run elsewhere, without run.json': {
    status: 'running',
    host: 'ward',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: begun(livingPid, ward),
    make: without(files.run),
  },
  'a run elsewhere that wrote a moment ago': {
    status: 'running',
    host: 'ward',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: begun(livingPid, ward),
    minutesAgo: 1,
  },
  'a clone of this machine from before its restart that wrote since': {
    status: 'running',
    host: 'lab (ID 7dd7)',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: begun(livingPid, { ...here, boot: 'boot-0' }),
  },
  'a run of another container of this machine': {
    status: 'running',
    host: 'lab (container)',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: begun(livingPid, { ...here, pids: '4026532999' }),
  },
  'a failed run': {
    status: 'failed',
    problem: 'notFinite',
    headline: 'val AUROC 0.85',
    epochs: 2,
    events: [...begun(), ended('failed', 'notFinite')],
  },
};

/** Makes a run folder of that kind. @returns its path */
export async function makeDamagedRun(runsFolder: string, kind: string): Promise<string> {
  const { events = whole(), make, minutesAgo } = damagedRuns[kind]!;
  const folder = join(runsFolder, runId);
  await mkdir(folder, { recursive: true });
  const times = timesOf(events, minutesAgo);
  await writeFile(join(folder, files.events), events.map((event, i) => encodeRecord(i, times[i]!, event)).join(''));
  const updatedAt = new Date(Date.parse(times.at(-1)!) + 4).toISOString();
  await writeFile(join(folder, files.run), JSON.stringify(withChecksum(summaryOf(events, updatedAt)), undefined, 2));
  const then = new Date(Date.parse(updatedAt));
  for (const name of [files.events, files.run]) await utimes(join(folder, name), then, then);
  await make?.(folder);
  // The damage happened after run.json was written, and long ago.
  const damagedAt = new Date(then.getTime() + Math.min(hourMs, Date.now() - then.getTime()) / 2);
  for (const name of await readdir(folder))
    if (name !== files.run && (await changedSince(join(folder, name), Date.now() - 30_000)))
      await utimes(join(folder, name), damagedAt, damagedAt);
  return folder;
}

const changedSince = async (file: string, ms: number): Promise<boolean> => (await stat(file)).mtimeMs > ms;
