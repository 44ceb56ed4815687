// Try It on a Sample, with a program that only records its job.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { starterWeightsOf } from '../../../shared/contracts/architectures.ts';
import { FineTuneJobFile } from '../../../shared/contracts/jobFile.ts';
import { photos } from '../../../shared/contracts/recipes.ts';
import { firstRecipe, firstRuns } from '../../../shared/recipes/firstRun.ts';
import { resolveRecipe } from '../../../shared/recipes/recipes.ts';
import type { RunIndex } from '../../../src/runs/index/runIndex.ts';
import type { Run } from '../../../src/runs/runs.ts';
import { handOver } from '../../../src/training/sampleHandover.ts';
import { chestXrayRun, upToEpoch } from '../../webview/support/transcripts.ts';
import { withFakeVscode } from '../support/fakeVscode.ts';
import { mementoOf } from '../support/memento.ts';
import { runOf, temporaryFolder } from '../support/runs.ts';

const cacheHome = await mkdtemp(join(tmpdir(), 'shoulders-cache-'));
after(() => rm(cacheHome, { recursive: true, force: true }));
process.env.XDG_CACHE_HOME = cacheHome;
const fake = withFakeVscode();
const { continueTrial, trySample } = await import('../../../src/training/trySample.ts');
const { oneAtATime } = await import('../../../src/training/oneAtATime.ts');
const { machineCacheFolder } = await import('../../../src/program/machineCache.ts');

/** A first run on a machine without any weights of its own. */
const offline = firstRuns[starterWeightsOf('resnet18') ? 'starter' : 'random'];
const sampleFiles = ['train/cat/1.jpg', 'train/dog/1.jpg'];

const fail = (error: unknown) => assert.fail(String(error));

const writeAll = async (folder: string, names: readonly string[]): Promise<void> => {
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), name);
  }
};

/** An open, empty workspace folder, where `known` runs are listed once their folders are scanned, and all parts of the editor that the command needs. */
async function desk(t: TestContext, known: readonly Run[] = []) {
  const root = await temporaryFolder(t);
  const workspace = join(root, 'workspace');
  await mkdir(workspace);
  await writeAll(join(root, 'samples', 'animals'), sampleFiles);
  const program = join(root, 'program.mjs');
  const jobFile = join(root, 'job.json');
  await writeFile(
    program,
    `process.stdin.pipe((await import('node:fs')).createWriteStream(${JSON.stringify(jobFile)}))`,
  );
  const added: { readonly id: string }[] = [];
  const listed = new Map<string, Run>();
  const memory = mementoOf(known[0] && { firstRun: known[0].id });
  const firstWhenAdded: unknown[] = [];
  let end = () => {};
  const ended = new Promise<void>((settle) => {
    end = settle;
  });
  const opened: string[] = [];
  Object.assign(fake, { folders: [workspace], picked: undefined, answer: undefined, isTrusted: true });
  fake.settings.clear();
  fake.shown.length = 0;
  fake.executed.length = 0;
  const parts = {
    index: {
      rescan: async () => {
        for (const run of known) listed.set(run.id, run);
      },
      get: (id: string) => listed.get(id),
      add(started: { readonly id: string }) {
        added.push(started);
        firstWhenAdded.push(memory.get('firstRun'));
      },
      processEnded: async () => end(),
    } as unknown as RunIndex,
    program,
    logFolder: join(root, 'logs'),
    memory,
    handoverFile: join(root, 'storage', 'sampleToTry.json'),
    oneTrial: oneAtATime(),
    samples: join(root, 'samples'),
    datasets: async () => [],
    openPanel: async (runId: string) => void opened.push(runId),
  };
  return {
    workspace,
    parts,
    added,
    opened,
    /** Id of the workspace's first run at each start of a process. */
    firstWhenAdded,
    /** The job that the program received, once it has ended. */
    job: async () => {
      await ended;
      return FineTuneJobFile.parse(JSON.parse(await readFile(jobFile, 'utf8')));
    },
  };
}

test('Try It on a Sample copies the sample into the open folder, trains on it without a download and opens the panel, with no question', async (t) => {
  const { workspace, parts, added, opened, job } = await desk(t);
  await trySample(parts);
  const { dataset, recipe, allowDownload, runsFolder, runId } = await job();
  assert.equal(dataset, join(workspace, 'animals'));
  for (const name of sampleFiles) assert.equal(await readFile(join(dataset!, name), 'utf8'), name);
  const sets = [...offline.sets, `weights=${offline.weights}`];
  assert.deepEqual(recipe, await resolveRecipe({ recipe: firstRecipe, sets }));
  assert.equal(allowDownload, false);
  assert.equal(runsFolder, join(workspace, '.shoulders', 'runs'));
  assert.deepEqual(opened, [runId]);
  assert.deepEqual(
    added.map(({ id }) => id),
    [runId],
  );
  assert.deepEqual(fake.shown, []);
});

test('Try It on a Sample starts from ImageNet weights that are on this machine, at full size', async (t) => {
  const { parts, job } = await desk(t);
  const file = join(machineCacheFolder, 'weights', 'resnet18-f37072fd.pth');
  await writeAll(join(file, '..'), ['resnet18-f37072fd.pth']);
  t.after(() => rm(file));
  await trySample(parts);
  assert.deepEqual((await job()).recipe, photos);
});

test('Try It on a Sample starts from the weights file of the settings', async (t) => {
  const { parts, job } = await desk(t);
  fake.settings.set('weights.file', '/weights/mine.safetensors');
  await trySample(parts);
  assert.deepEqual((await job()).recipe, { ...photos, weights: '/weights/mine.safetensors' });
});

test('Try It on a Sample takes a copy of the sample that is already in the folder', async (t) => {
  const { workspace, parts, job } = await desk(t);
  await writeAll(join(workspace, 'animals'), [...sampleFiles, 'train/cat/mine.jpg']);
  await trySample(parts);
  assert.equal((await job()).dataset, join(workspace, 'animals'));
  assert.deepEqual(fake.shown, []);
});

test('Try It on a Sample asks for a name beside another folder of that name, and starts nothing when cancelled', async (t) => {
  const { workspace, parts, added } = await desk(t);
  await writeAll(join(workspace, 'animals'), ['zebra.jpg']);
  await trySample(parts);
  assert.deepEqual(fake.shown, ['input: "animals" already exists: enter a name for the new folder']);
  assert.deepEqual(await readdir(workspace), ['animals']);
  assert.deepEqual(added, []);
});

test('Try It on a Sample shows its run while that is active, although not listed yet, and starts no other', async (t) => {
  const { runId, events } = chestXrayRun();
  const { workspace, parts, added, opened } = await desk(t, [runOf(runId, upToEpoch(events, 2))]);
  await trySample(parts);
  assert.deepEqual(opened, [runId]);
  assert.deepEqual(added, []);
  assert.deepEqual(await readdir(workspace), []);
});

test('Try It on a Sample starts one run when it is clicked twice', async (t) => {
  const { workspace, parts, added, opened, job } = await desk(t);
  await Promise.all([trySample(parts), trySample(parts)]);
  const { runId } = await job();
  assert.deepEqual(
    added.map(({ id }) => id),
    [runId],
  );
  assert.deepEqual(opened, [runId]);
  assert.deepEqual((await readdir(workspace)).sort(), ['.shoulders', 'animals']);
  assert.deepEqual(fake.shown, []);
});

test('the first run is known as such before its process starts, however soon that ends', async (t) => {
  const { parts, firstWhenAdded, job } = await desk(t);
  await trySample(parts);
  assert.deepEqual(firstWhenAdded, [(await job()).runId]);
});

test('without an open folder, Try It on a Sample copies the sample into a chosen one, and the window that opens it starts the run, once', async (t) => {
  const { workspace, parts, added, opened, job } = await desk(t);
  Object.assign(fake, { folders: [], picked: workspace });
  await trySample(parts);
  assert.deepEqual(fake.executed, ['vscode.openFolder']);
  assert.deepEqual(added, []);
  // The manifest activates the extension in a folder that has this one.
  assert.ok((await stat(join(workspace, '.shoulders', 'runs'))).isDirectory());

  fake.folders = [workspace];
  const trials = [continueTrial(parts, fail), continueTrial(parts, fail)];
  assert.equal((await job()).dataset, join(workspace, 'animals'));
  trials.push(continueTrial(parts, fail));
  await setTimeout(100);
  assert.equal(added.length, 1);
  assert.equal(opened.length, 1);
  for (const trial of trials) trial.dispose();
});

test('a window that has the chosen folder open already starts the run when it comes to the front, once', async (t) => {
  const { workspace, parts, added, job } = await desk(t);
  fake.folders = [workspace];
  const trial = continueTrial(parts, fail);
  await setTimeout(100); // it finds nothing yet
  Object.assign(fake, { folders: [], picked: workspace });
  await trySample({ ...parts, oneTrial: oneAtATime() });
  fake.folders = [workspace];
  assert.deepEqual(added, []);
  fake.focus();
  assert.equal((await job()).dataset, join(workspace, 'animals'));
  fake.focus();
  await setTimeout(100);
  assert.equal(added.length, 1);
  trial.dispose();
});

test('a window that has its first run active shows it instead of the handed over one', async (t) => {
  const { runId, events } = chestXrayRun();
  const { workspace, parts, added, opened } = await desk(t, [runOf(runId, upToEpoch(events, 2))]);
  await handOver(parts.handoverFile, join(workspace, 'animals'), Date.now());
  const trial = continueTrial(parts, fail);
  while (opened.length === 0) await setTimeout(5);
  assert.deepEqual(opened, [runId]);
  assert.deepEqual(added, []);
  trial.dispose();
});

test('in an untrusted folder the handed over run starts when the user trusts it', async (t) => {
  const { workspace, parts, added, job } = await desk(t);
  Object.assign(fake, { folders: [], picked: workspace });
  await trySample(parts);
  Object.assign(fake, { folders: [workspace], isTrusted: false });
  const trial = continueTrial(parts, fail);
  await setTimeout(100);
  assert.deepEqual(added, []);
  fake.grantTrust();
  assert.equal((await job()).dataset, join(workspace, 'animals'));
  trial.dispose();
});
