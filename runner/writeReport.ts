// `shoulders report`: a run as one page, for people who were not there. Absent: words and layout, which reports/ has.
import { join, resolve } from 'node:path';
import { UserError } from './contracts/errors.ts';
import { type Predictions, parsePredictions } from './contracts/predictionsFile.ts';
import { files } from './contracts/run.ts';
import { contentsOf } from './reports/contents.ts';
import type { ReportInput } from './reports/document.ts';
import { renderHtml } from './reports/renderHtml.ts';
import { renderMarkdown } from './reports/renderMarkdown.ts';
import { replaceFile } from './store/atomicFile.ts';
import { nodeFileSystem } from './store/fileSystem.ts';
import { readRun } from './store/readRun.ts';
import { readTestLooks } from './store/testLooks.ts';
import { isSystemError } from './systemError.ts';

export const reportFormats = ['html', 'md'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/**
 * Writes what there is to say about the run, finished or not, into its folder or to `out`.
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
    state.evaluation ? readPredictions(folder, files.predictions(split), state.classNames) : null;
  return {
    run: state,
    log: health,
    createdAt: summary?.createdAt ?? null,
    versions: summary?.versions ?? {},
    val: await predictions('val'),
    test: await predictions('test'),
    testLooks: (await readTestLooks(folder)).length,
    pictures: await Promise.all(state.samples.map(({ file }) => readPicture(folder, file))),
  };
}

async function readPredictions(
  folder: string,
  file: string,
  classNames: readonly string[],
): Promise<Predictions | null> {
  const bytes = await readIfThere(join(folder, file));
  if (!bytes) return null;
  try {
    return parsePredictions(new TextDecoder().decode(bytes), classNames);
  } catch (cause) {
    const reason = cause instanceof UserError ? cause.message : String(cause);
    throw new UserError('runBroken', { run: folder, reason: `${file}: ${reason}` }, { cause });
  }
}

/** The name comes from the log, which may come from anywhere: only a picture of the run's own gets into the page. */
async function readPicture(folder: string, file: string): Promise<Uint8Array | null> {
  if (!/^samples\/\d{1,3}\.jpg$/.test(file)) return null;
  const bytes = await readIfThere(join(folder, file));
  return bytes?.[0] === 0xff && bytes[1] === 0xd8 ? bytes : null;
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await nodeFileSystem.readFile(file);
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}
