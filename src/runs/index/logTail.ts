// The last output of a run's process, for the row, the panel and the notification of a run that died. Bounded, because logs can be long.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Problem, RunEvent } from '../../../shared/contracts/events.ts';
import { files } from '../../../shared/contracts/run.ts';

const tailBytes = 64 * 1024;
const lineCount = 8;
const lineLength = 300;

/**
 * Up to eight printable lines of at most 300 characters, oldest first: from the process's output (`logFile`), else from the runner's own
 * log in the run folder; empty if neither has any. Skips events, which the output contains as JSON.
 */
export async function logTail(run: { readonly folder: string }, logFile: string): Promise<string[]> {
  for (const file of [logFile, join(run.folder, files.log)]) {
    const lines = lastLines(await endOf(file));
    if (lines.length > 0) return lines;
  }
  return [];
}

/**
 * Reason of a wait for the disk, if that is the last line of the runner's output, which contains its events as JSON. null: the last line
 * is something else, or there is none.
 */
export async function lastWait(logFile: string): Promise<Problem | null> {
  const line = (await endOf(logFile)).trimEnd().split('\n').at(-1) ?? '';
  try {
    const event = RunEvent.safeParse(JSON.parse(line)).data;
    return event?.type === 'paused' ? (event.problem ?? null) : null;
  } catch {
    return null; // not an event
  }
}

/** `text` may start in the middle of a line. */
export const lastLines = (text: string): string[] =>
  text
    .split(/\r\n|[\n\r]/)
    .map(printable)
    .filter((line) => line !== '' && !/^\{"(type|v)":/.test(line))
    .slice(-lineCount)
    .map((line) => (line.length > lineLength ? `${line.slice(0, lineLength - 1)}…` : line));

/** Removes terminal sequences and characters that move or hide their neighbours. */
const printable = (line: string): string =>
  stripVTControlCharacters(line)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trimEnd();

async function endOf(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined); // without a log there is no output
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await handle.read(new Uint8Array(size - from), 0, size - from, from);
    const text = new TextDecoder().decode(buffer.subarray(0, bytesRead));
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}
