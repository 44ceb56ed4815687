import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CheckFailed, type ChecksPorts, DatasetChecks } from '../../../../src/datasets/checks/datasetChecks.ts';
import { runToEnd } from '../../../../src/program/runnerProcess.ts';
import { folderWith, images } from '../../../support/imageFolder.ts';
import { temporaryFolder } from '../../support/runs.ts';

const program = fileURLToPath(new URL('../../../../runner/cli/main.ts', import.meta.url));
const environment = { PATH: process.env.PATH ?? '' };

async function checksOf(
  t: TestContext,
  ports: Partial<ChecksPorts> = {},
): Promise<{ checks: DatasetChecks; folder: string }> {
  const folder = join(await temporaryFolder(t), 'checks');
  const run: ChecksPorts['program'] = (args, cwd) =>
    runToEnd({ program, arguments: args, environment, folder: cwd }, AbortSignal.timeout(60_000));
  const now = () => new Date('2026-11-23T09:15:00.000Z');
  return { checks: new DatasetChecks({ folder, program: run, now, ...ports }), folder };
}

test('run() stores what the real runner finds, for this window and the next', async (t) => {
  const twin = images('train/cat', 1, () => 'x.bmp')['train/cat/x.bmp']!;
  const dataset = await folderWith(t, {
    ...images('train/cat', 4),
    ...images('train/dog', 4),
    ...images('val/cat', 2),
    ...images('val/dog', 2),
    ...images('test/cat', 2),
    ...images('test/dog', 2),
    'train/cat/x.bmp': twin,
    'test/cat/x.bmp': twin,
    'val/dog/broken.jpg': 'not an image',
  });
  const { checks, folder } = await checksOf(t);
  const told: boolean[] = [];
  checks.onDidChange((one) => told.push(one === dataset && checks.isRunning(dataset)));
  assert.equal(await checks.summary(dataset), null);
  const [record, same] = await Promise.all([checks.run(dataset), checks.run(dataset)]);
  assert.equal(record, same, 'a check that goes on is joined');
  assert.deepEqual(told, [true, false]);
  const expected = { corrupt: 1, leak: 1, duplicate: 0 };
  const { found, checkedAt, recipe } = (await checks.summary(dataset))!;
  assert.deepEqual({ corrupt: found.corrupt, leak: found.leak, duplicate: found.duplicate }, expected);
  assert.equal(recipe, 'photos');
  assert.equal(checkedAt.toISOString(), '2026-11-23T09:15:00.000Z');
  const next = new DatasetChecks({ folder, program: () => assert.fail('not run again') });
  assert.deepEqual(await next.record(dataset), record);
  assert.match(record.result.report, /LEAK: the same image in more than one split \(1\)/);
  assert.deepEqual((await readdir(folder)).length, 1);
});

test('a folder that the runner refuses yields its sentence, and keeps the previous check', async (t) => {
  const dataset = await folderWith(t, images('cat', 3));
  const { checks, folder } = await checksOf(t);
  await assert.rejects(checks.run(dataset), (error) => {
    assert.ok(error instanceof CheckFailed);
    assert.deepEqual([error.problem?.code, error.problem?.params.className], ['oneClass', 'cat']);
    return true;
  });
  assert.equal(checks.isRunning(dataset), false);
  assert.equal(await checks.record(dataset), null);
  assert.deepEqual(await readdir(folder).catch(() => []), []);
});

test('a stored check that is incomplete, of another format or of another folder is ignored', async (t) => {
  const dataset = await folderWith(t, { ...images('cat', 8), ...images('dog', 8) });
  const { checks, folder } = await checksOf(t);
  const record = await checks.run(dataset);
  const [name] = await readdir(folder);
  const file = join(folder, name!);
  await mkdir(folder, { recursive: true });
  for (const text of [
    '',
    '{"version":1',
    JSON.stringify({ ...record, version: 2 }),
    JSON.stringify({ ...record, dataset: '/other' }),
  ]) {
    await writeFile(file, text);
    assert.equal(await checks.record(dataset), null, text.slice(0, 40));
  }
});

test('an answer that does not follow the contract is a failed check', async (t) => {
  const { checks } = await checksOf(t, { program: async () => ({ code: 0, output: '{"folder": 1}', errors: '' }) });
  await assert.rejects(checks.run('/nowhere'), CheckFailed);
});
