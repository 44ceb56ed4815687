// run.json with other values, in the runner's format.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { files, RunSummary } from '../../shared/contracts/run.ts';
import { withChecksum } from '../../shared/runFolder/runSummary.ts';

/** For a run.json whose lists are small enough to be inline. */
export async function changeSummary(
  folder: string,
  change: (summary: RunSummary) => Partial<RunSummary>,
): Promise<void> {
  const file = join(folder, files.run);
  const { sha256: _, ...summary } = RunSummary.parse(JSON.parse(await readFile(file, 'utf8')));
  await writeFile(file, JSON.stringify(withChecksum({ ...summary, ...change(summary) })));
}
