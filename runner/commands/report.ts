// `shoulders report`: a run as one page, for people who were not there. Absent: words and layout (reports/).
import { join, resolve } from 'node:path';
import { type Predictions, parsePredictions } from '../../shared/contracts/classification/predictionsFile.ts';
import { UserError } from '../../shared/contracts/errors.ts';
import { loggedHash } from '../../shared/contracts/fileHashes.ts';
import { files } from '../../shared/contracts/run.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { replaceFile } from '../../shared/files/atomicFile.ts';
import { nodeFileSystem } from '../../shared/files/fileSystem.ts';
import { isMissing } from '../../shared/files/systemError.ts';
import { readRun } from '../../shared/runFolder/readRun.ts';
import { readTestLooks } from '../../shared/runFolder/testLooks.ts';
import { damagedFiles, readVerified } from '../../shared/runFolder/verified.ts';
import { contentsOf } from '../reports/contents.ts';
import { renderHtml } from '../reports/renderHtml.ts';
import { renderMarkdown } from '../reports/renderMarkdown.ts';
import type { ReportInput } from '../reports/reports.ts';

export const reportFormats = ['html', 'md'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/**
 * Writes the report of a run, finished or not, into its folder or to `out`.
 *
 * @returns the file written, absolute
 * @throws UserError runNotFound, runBroken, runNewer, cannotWrite
 */
export async function writeReport(runFolder: string, format: ReportFormat, out: string | undefined): Promise<string> {
  const folder = resolve(runFolder);
  const contents = contentsOf(await readReportInput(folder));
  const file =
    out === undefined ? join(folder, format === 'html' ? files.reportHtml : files.reportMarkdown) : resolve(out);
  await replaceFile(file, format === 'html' ? renderHtml(contents) : renderMarkdown(contents));
  return file;
}

export async function readReportInput(folder: string): Promise<ReportInput> {
  const { state, summary, health } = await readRun(folder);
  const predictions = (split: 'val' | 'test') =>
    state.evaluation ? readPredictions(folder, files.predictions(split), state) : null;
  return {
    run: state,
    log: health,
    createdAt: summary?.createdAt ?? null,
    versions: summary?.versions ?? {},
    val: await predictions('val'),
    test: await predictions('test'),
    damaged: await damagedFiles(folder, state),
    testLooks: (await readTestLooks(folder)).length,
    pictures: await Promise.all(state.samples.map(({ file }) => readPicture(folder, file))),
  };
}

async function readPredictions(folder: string, file: string, state: RunState): Promise<Predictions | null> {
  try {
    return parsePredictions(await readVerified(folder, file, loggedHash(state, file)), state.classNames);
  } catch (cause) {
    if (isMissing(cause)) return null;
    if (cause instanceof UserError && cause.code === 'fileDamaged') return null; // reported by damagedFiles()
    const reason = cause instanceof UserError ? cause.message : String(cause);
    throw new UserError('runBroken', { run: folder, reason: `${file}: ${reason}` }, { cause });
  }
}

/** The name comes from the log, which may come from anywhere: only the run's own pictures get into the page. */
async function readPicture(folder: string, file: string): Promise<Uint8Array | null> {
  if (!/^samples\/\d{1,3}\.jpg$/.test(file)) return null;
  const bytes = await readIfThere(join(folder, file));
  return bytes?.[0] === 0xff && bytes[1] === 0xd8 ? bytes : null;
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await nodeFileSystem.readFile(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
