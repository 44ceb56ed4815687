// Runs for the extension host: folders on disk, and Run values.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { encodeRecord } from '../../../shared/contracts/eventLog.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { noLabels } from '../../../shared/contracts/labels.ts';
import { files, type RunSummary } from '../../../shared/contracts/run.ts';
import { applyRunEvent, headline, initialRunState, isOpenStatus } from '../../../shared/contracts/runState.ts';
import { metricsOf } from '../../../src/runs/metrics.ts';
import { createdAt, type Run } from '../../../src/runs/runs.ts';
import type { RowContext } from '../../../src/runs/tree/runTexts.ts';
import { english } from '../../../src/words/translate.ts';

export const at = '2026-11-23T09:15:00.000Z';

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoulders-host-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const atOf = (seq: number): string => new Date(Date.parse(at) + seq).toISOString();

export const logOf = (events: readonly RunEvent[], firstSeq = 0): string =>
  events.map((event, i) => encodeRecord(firstSeq + i, atOf(firstSeq + i), event)).join('');

export function summaryOf(runId: string, events: readonly RunEvent[]): RunSummary {
  const run = events.reduce(applyRunEvent, initialRunState(runId));
  const { epochs, progress: _, findings: __, ...rest } = run;
  return {
    ...rest,
    version: 1,
    createdAt: at,
    updatedAt: atOf(Math.max(0, events.length - 1)),
    processStartedAt: 0,
    versions: {},
    epochCount: epochs.length,
    headline: headline(run) ?? null,
  };
}

/** Writes a run folder in the runner's format. */
export async function writeRun(runsFolder: string, runId: string, events: readonly RunEvent[]): Promise<string> {
  const folder = join(runsFolder, runId);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, files.events), logOf(events));
  await writeFile(join(folder, files.run), JSON.stringify(summaryOf(runId, events)));
  return folder;
}

export function runOf(runId: string, events: readonly RunEvent[], over: Partial<Run> = {}): Run {
  const state = events.reduce(applyRunEvent, initialRunState(runId));
  return {
    id: runId,
    folder: `/w/.shoulders/runs/${runId}`,
    state,
    phase: isOpenStatus(state.status) ? 'open' : 'ended',
    headline: headline(state) ?? null,
    metrics: metricsOf(state, headline(state) ?? null),
    labels: noLabels,
    epochCount: state.epochs.length,
    createdAt: createdAt(runId),
    stopRequested: false,
    pauseRequested: false,
    resumable: false,
    lastLines: [],
    process: null,
    elsewhere: null,
    isLogDamaged: false,
    ...over,
  };
}

export const rowContext: RowContext = { now: new Date(2026, 10, 23, 12, 0), language: 'en-GB', t: english };
