// A run folder of a version without checksums: its log and run.json contain none.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventLogReader, encodeRecord } from '../../shared/contracts/eventLog.ts';
import type { RunEvent } from '../../shared/contracts/events.ts';
import { files } from '../../shared/contracts/run.ts';

export async function forgetHashes(folder: string): Promise<void> {
  const log = join(folder, files.events);
  const records = new EventLogReader().feed(await readFile(log));
  await writeFile(log, records.map(({ seq, at, event }) => encodeRecord(seq, at, withoutFiles(event))).join(''));
  const summary = join(folder, files.run);
  const told = JSON.parse(await readFile(summary, 'utf8').catch(() => 'null'));
  if (told === null) return;
  delete told.files;
  delete told.sha256;
  delete told.evaluation?.files;
  await writeFile(summary, JSON.stringify(told));
}

function withoutFiles(event: RunEvent): RunEvent {
  if (!('files' in event)) return event;
  const { files: _, ...rest } = event;
  return rest;
}
