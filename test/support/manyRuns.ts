// Any number of run folders, each with the files that the sidebar reads, copied from two real runs with seeded figures,
// states and labels, so that they can be sorted, grouped and filtered.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../../shared/contracts/events.ts';
import type { RunLabels } from '../../shared/contracts/labels.ts';
import { files } from '../../shared/contracts/run.ts';
import { stream, uniform } from '../../shared/random.ts';
import { logOf, summaryOf } from '../src/support/runs.ts';
import { animalsRun, chestXrayRun, upToEpoch } from '../webview/support/transcripts.ts';

const day = Date.UTC(2026, 0, 1, 12);

/** Oldest first. Every seventh was stopped, every eleventh failed, every fifth has labels. Returns their ids. */
export async function writeManyRuns(runsFolder: string, count: number): Promise<string[]> {
  const transcripts = [chestXrayRun(), animalsRun()];
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { runId, events } = transcripts[i % 2]!;
    const random = stream(3, 'run', i);
    const id = idOf(i, runId);
    const shift = uniform(random, -0.05, 0.05);
    const told = ended(events, i).map((event) => withFigures(event, id, i, shift));
    const folder = join(runsFolder, id);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, files.events), logOf(told));
    await writeFile(join(folder, files.run), `${JSON.stringify(summaryOf(id, told), undefined, 2)}\n`);
    if (i % 5 === 0) await writeFile(join(folder, files.labels), JSON.stringify(labelsOf(i)));
    ids.push(id);
  }
  return ids;
}

function idOf(i: number, runId: string): string {
  const at = new Date(day + i * 3_600_000).toISOString();
  const when = `${at.slice(0, 10).replaceAll('-', '')}-${at.slice(11, 19).replaceAll(':', '')}`;
  return `${when}-${runId.slice(16, -5)}-${i.toString(16).padStart(4, '0')}`;
}

function ended(events: readonly RunEvent[], i: number): readonly RunEvent[] {
  if (i % 7 === 3)
    return [...upToEpoch(events, 3), { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 4e5 }];
  const problem = { code: 'runnerDied', params: { reason: 'SIGKILL', log: '/log' } };
  if (i % 11 === 5) return [...upToEpoch(events, 2), { type: 'ended', reason: 'failed', problem, elapsedMs: 2e5 }];
  return events;
}

function withFigures(event: RunEvent, id: string, i: number, shift: number): RunEvent {
  if (event.type === 'started') return { ...event, runId: id, recipe: { ...event.recipe, seed: i } };
  if (event.type === 'ended') return { ...event, elapsedMs: event.elapsedMs + 1000 * (i % 600) };
  if (event.type !== 'evaluated') return event;
  const { test } = event;
  return {
    ...event,
    test: { ...test, auroc: Math.min(1, (test.auroc ?? 0.5) + shift), loss: (test.loss ?? 1) - shift },
  };
}

const labelsOf = (i: number): RunLabels => ({
  starred: i % 25 === 0,
  name: i % 10 === 0 ? `Try ${i}` : null,
  tags: i % 15 === 0 ? ['pilot'] : ['later', `week ${1 + (i % 4)}`],
  note: i % 20 === 0 ? 'Half the learning rate of the one before.' : '',
});
