// Sidebar and command line read a run folder with the same code: whatever a fault has left of it, row and line agree.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type ListedRun, listRuns } from '../../../../runner/store/listRuns.ts';
import { runsTable } from '../../../../runner/terminal/runReport.ts';
import { isWhole } from '../../../../shared/contracts/eventLog.ts';
import { type Elsewhere, silentElsewhereMs } from '../../../../shared/contracts/machine.ts';
import { files } from '../../../../shared/contracts/run.ts';
import { readSummary } from '../../../../shared/runFolder/runSummary.ts';
import { RunIndex } from '../../../../src/runs/index/runIndex.ts';
import { isOpen, type Run } from '../../../../src/runs/runs.ts';
import { toRow } from '../../../../src/runs/tree/runTree.ts';
import { bitFlips } from '../../../support/bitFlips.ts';
import { damagedRuns, type Expected, here, livingPid, makeDamagedRun } from '../../../support/damagedRuns.ts';
import { rowContext, temporaryFolder } from '../../support/runs.ts';

const isAlive = async (pid: number) => pid === livingPid;

/** State after the process was judged, if the run is active. */
async function inSidebar(t: TestContext, runsFolder: string, suits: (run: Run) => boolean): Promise<Run> {
  const errors: unknown[] = [];
  const index = new RunIndex({
    runsFolders: () => [runsFolder],
    logOf: (id) => join(runsFolder, '..', `${id}.log`),
    isAlive,
    machine: here,
    onError: (error) => errors.push(error),
  });
  t.after(() => index.dispose());
  await index.rescan();
  // An open run is read again after a quarter of a second, and its process judged.
  for (let left = 20; index.runs.some(isOpen) && left > 0; left--) {
    await new Promise((later) => setTimeout(later, 350));
    if (index.runs.every(suits)) break;
  }
  assert.deepEqual(errors, []);
  assert.equal(index.runs.length, 1);
  return index.runs[0]!;
}

const headlineText = (headline: Run['headline']) => headline && `${headline.name} ${headline.value}`;

function ofRow({ phase, state, headline, epochCount, isLogDamaged, elsewhere }: Run): Expected & { silent: boolean } {
  return said({
    status: phase === 'unreadable' ? phase : state.status,
    problem: state.problem?.code,
    headline: headlineText(headline),
    epochs: epochCount,
    isLogDamaged,
    host: elsewhere?.host,
    silent: elsewhere?.silentSinceMs != null,
  });
}

function ofLine(run: ListedRun): Expected & { silent: boolean } {
  if (run.problem)
    return said({ status: 'unreadable', problem: run.problem.code, headline: null, epochs: 0, silent: false });
  const { state, headline, epochCount, health, elsewhere } = run;
  return said({
    status: state.status,
    problem: state.problem?.code,
    headline: headlineText(headline),
    epochs: epochCount,
    isLogDamaged: !isWhole(health),
    host: elsewhere?.host,
    silent: elsewhere !== null && isSilent(elsewhere),
  });
}

const isSilent = ({ lastSignMs }: Elsewhere) => Date.now() - lastSignMs > silentElsewhereMs;

/** Omits false entries. */
const said = (all: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as unknown as Expected & { silent: boolean };

describe('sidebar and command line', { concurrency: true }, () => {
  for (const [kind, { events: _, machine: __, make: ___, minutesAgo, ...expected }] of Object.entries(damagedRuns))
    test(`Sidebar and command line report the same for ${kind}`, async (t) => {
      const runsFolder = await temporaryFolder(t);
      const folder = await makeDamagedRun(runsFolder, kind);
      const [listed] = await listRuns(runsFolder, undefined, { machine: here, isAlive });
      const line = ofLine(listed!);
      const run = await inSidebar(t, runsFolder, (one) => isDeepStrictEqual(ofRow(one), line));
      const row = ofRow(run);
      assert.deepEqual(row, line, folder);
      assert.deepEqual(line, said({ ...expected, silent: expected.host !== undefined && minutesAgo === undefined }));
      const texts = [toRow(run, rowContext).description, runsTable([listed!])];
      for (const text of texts) assert.equal(/log damaged/.test(text), expected.isLogDamaged === true, text);
    });
});

test('No flipped bit of run.json changes a figure in a row or a line', async (t) => {
  const runsFolder = await temporaryFolder(t);
  const file = join(await makeDamagedRun(runsFolder, 'a whole run'), files.run);
  const whole = await readFile(file);
  const seen = async () => {
    const index = new RunIndex({
      runsFolders: () => [runsFolder],
      logOf: () => '',
      onError: (error) => assert.fail(String(error)),
    });
    await index.rescan();
    index.dispose();
    const [listed] = await listRuns(runsFolder, undefined, { machine: here, isAlive });
    return [toRow(index.runs[0]!, rowContext), index.runs[0]!.metrics, runsTable([listed!])].map((one) =>
      JSON.stringify(one),
    );
  };
  const before = await seen();
  let unsealed = 0;
  for (const { at, bit, bytes } of bitFlips(whole)) {
    await writeFile(file, bytes);
    assert.deepEqual(await seen(), before, `bit ${bit} of byte ${at}`);
    if ((await readSummary(join(file, '..'))).problem) unsealed++;
  }
  t.diagnostic(`${unsealed} noticed, ${100 - unsealed} harmless`);
  assert.ok(unsealed > 50);
});

test('Sidebar and command line ignore a folder without a run', async (t) => {
  const runsFolder = await temporaryFolder(t);
  await makeDamagedRun(runsFolder, 'no log').then((folder) => rm(join(folder, files.run)));
  assert.deepEqual(await listRuns(runsFolder), []);
  const index = new RunIndex({
    runsFolders: () => [runsFolder],
    logOf: () => '',
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => index.dispose());
  await index.rescan();
  assert.deepEqual(index.runs, []);
});
