// Runs of an earlier day, on the images of a journey's workspace.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodePredictions } from '../../../shared/contracts/classification/predictionsFile.ts';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import { encodeMetrics } from '../../../shared/contracts/metricsTable.ts';
import { files } from '../../../shared/contracts/run.ts';
import { applyRunEvent, initialRunState } from '../../../shared/contracts/runState.ts';
import { logitsFrom } from '../../../shared/contracts/scores.ts';
import { writeRun } from '../../src/support/runs.ts';
import { chestXrayRun, upToEpoch } from '../../webview/support/transcripts.ts';

const classNames = ['cat', 'dog'];

/** `score`: the probability of the true class, wrong in the first or second half. Returns the run's folder. */
export async function writeTestedRun(
  workspace: string,
  id: string,
  seed: number,
  score: (right: boolean) => number,
): Promise<string> {
  const dataset = join(workspace, 'animals');
  const folder = await writeWithMetrics(workspace, id, onAnimals(chestXrayRun().events, dataset, id, seed));
  const names = await Promise.all(classNames.map((name) => readdir(join(dataset, 'test', name))));
  const rows = names.flatMap((list, label) =>
    list.sort().map((name, i) => ({
      path: `test/${classNames[label]}/${name}`,
      label,
      own: score(i % 2 === seed % 2) - i / 100,
    })),
  );
  const file = join(folder, files.predictions('test'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(
    file,
    encodePredictions({
      relativePaths: rows.map(({ path }) => path),
      labels: rows.map(({ label }) => label),
      logits: logitsFrom(rows.flatMap(({ label, own }) => (label === 0 ? [own, 1 - own] : [1 - own, own]))),
      classNames,
    }),
  );
  return folder;
}

/** A run that was stopped after its third epoch and can be resumed. Returns its folder. */
export async function writeStoppedRun(workspace: string, id: string): Promise<string> {
  const events = upToEpoch(chestXrayRun().events, 3);
  const ended: RunEvent = { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 4000 };
  const all = onAnimals([...events, ended], join(workspace, 'animals'), id, 9);
  const folder = await writeWithMetrics(workspace, id, all);
  await writeFile(join(folder, files.checkpoint), '');
  return folder;
}

async function writeWithMetrics(workspace: string, id: string, events: readonly RunEvent[]): Promise<string> {
  const folder = await writeRun(join(workspace, '.shoulders', 'runs'), id, events);
  await writeFile(join(folder, files.metrics), encodeMetrics(events.reduce(applyRunEvent, initialRunState(id))));
  return folder;
}

const onAnimals = (events: readonly RunEvent[], dataset: string, runId: string, seed: number): RunEvent[] =>
  events.map((event): RunEvent => {
    if (event.type === 'started') return { ...event, runId, dataset, recipe: { ...event.recipe, seed } };
    if (event.type === 'checked') return { ...event, classNames };
    if (event.type === 'evaluated') return { ...event, positiveClass: 'dog', threshold: 0.5 };
    return event;
  });
