// --job FILE: the same job as the options yield, or one sentence about the error in the file.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Command } from 'commander';
import {
  type FineTuneOptions,
  fineTuneJobOf,
  type ResumeOptions,
  resumeJobOf,
} from '../../../../runner/cli/jobs/jobs.ts';
import { createProgram } from '../../../../runner/cli/program.ts';
import { UserError } from '../../../../shared/contracts/errors.ts';
import { FineTuneJob } from '../../../../shared/contracts/job.ts';
import { photos } from '../../../../shared/contracts/recipes.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoulders-job-'));
  await mkdir(join(folder, 'links'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** The job of the arguments, without carrying it out. */
async function jobOf<Job, Options>(
  args: readonly string[],
  read: (argument: string | undefined, options: Options, command: Command) => Promise<Job>,
): Promise<Job> {
  const program = createProgram({ json: true });
  const command = program.commands.find((one) => one.name() === args[0])!;
  const job: Job[] = [];
  command.action(async (argument: string | undefined, options: Options) => {
    job.push(await read(argument, options, command));
  });
  await program.parseAsync(args, { from: 'user' });
  return job[0]!;
}
const fineTune = (...args: string[]) => jobOf<FineTuneJob, FineTuneOptions>(['fine-tune', ...args], fineTuneJobOf);
const resume = (...args: string[]) =>
  jobOf(['resume', ...args], (run, options: ResumeOptions, command) => resumeJobOf(run, options, command));

async function fileOf(content: unknown): Promise<string> {
  const file = join(folder, 'a.job.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const runId = '20261123-101500-tiny-resnet18-00aa';
const flags = () => [
  ...['pets', '--recipe', 'chest-xray', '--set', 'seed=7', '--weights', 'my.pth', '--runs', 'kept', '--run-id', runId],
  ...['--download', '--weights-mirror', 'https://mirror.example', '--follow-links', join(folder, 'links')],
  ...['--engine', 'cpu', '--threads', '3', '--cache-folder', 'cache', '--cache-limit', '1.5', '--no-cache'],
  ...['--parallel', '2', '--attended', '--tensorboard'],
];

test('a job file yields the same job as the equivalent options, field by field', async () => {
  const typed = await fineTune(...flags());
  assert.equal(typed.cacheLimitBytes, 1.5e9);
  assert.deepEqual(Object.keys(typed).sort(), Object.keys(FineTuneJob.shape).sort());
  assert.deepEqual(await fineTune('--job', await fileOf({ version: 1, ...typed })), typed);
});

test('fields missing from a job file take the defaults of their options', async () => {
  const typed = await fineTune('pets', '--run-id', runId, '--threads', '4');
  const file = await fileOf({ version: 1, dataset: 'pets', recipe: 'photos', runId, threads: 4 });
  assert.deepEqual(await fineTune('--job', file), typed);
  const { runId: made } = await fineTune(
    '--job',
    await fileOf({ version: 1, dataset: '/data/pets', recipe: 'photos' }),
  );
  assert.match(made, /^\d{8}-\d{6}-pets-resnet18-[0-9a-f]{4}$/);
});

test('a job file resumes a run exactly as options do', async () => {
  const options = ['a/run', '--data', 'moved', '--take-over', '--engine', 'cpu', '--attended', '--cache-folder', '/c'];
  const job = { version: 1, run: 'a/run', data: 'moved', takeOver: true, engine: 'cpu', attended: true };
  assert.deepEqual(await resume('--job', await fileOf({ ...job, cacheFolder: '/c' })), await resume(...options));
  assert.deepEqual(await resume('--job', await fileOf({ version: 1, run: 'r', data: null })), await resume('r'));
});

const whole = { version: 1, dataset: 'pets', recipe: 'photos' };
const refused: [what: string, content: unknown, code: string, params: Record<string, unknown>][] = [
  ['no JSON', '{"version": 1,', 'jobUnreadable', {}],
  ['a list', [], 'jobUnreadable', { reason: 'it must be a JSON object { … }' }],
  ['another version', { ...whole, version: 2, later: true }, 'jobOfOtherVersion', { version: '2', known: 1 }],
  ['no version', { dataset: 'pets' }, 'jobInvalid', { field: 'version', reason: 'it is missing; use 1' }],
  ['no dataset', { version: 1, recipe: 'photos' }, 'jobInvalid', { field: 'dataset' }],
  [
    'an unknown field',
    { ...whole, tensorbord: true },
    'jobUnknownField',
    { field: 'tensorbord', nearest: 'tensorboard' },
  ],
  [
    'a wrong value',
    { ...whole, threads: 0 },
    'jobInvalid',
    { field: 'threads', reason: 'it is 0; it must be at least 1' },
  ],
  ['an unknown engine', { ...whole, engine: 'tpu' }, 'jobInvalid', { field: 'engine' }],
  ['a run id that is a path', { ...whole, runId: '../x' }, 'badArgument', {}],
  ['an unknown recipe', { ...whole, recipe: 'nope' }, 'recipeNotFound', {}],
  [
    'a recipe with an unknown field',
    { ...whole, recipe: { ...photos, sed: 7 } },
    'recipeUnknownField',
    { nearest: 'seed' },
  ],
  ['a folder for links that is not there', { ...whole, linkFolders: ['nowhere'] }, 'folderMissing', {}],
];
for (const [what, content, code, params] of refused)
  test(`a job file with ${what} is refused: ${code}`, async () => {
    const file = await fileOf(content);
    await assert.rejects(fineTune('--job', file), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.code, code);
      assert.deepEqual({ ...error.params, ...params }, error.params);
      return true;
    });
  });

test('an unreadable job file is reported with its name and the reason', async () => {
  const belowAFile = join(await fileOf(''), 'job.json');
  for (const missing of [join(folder, 'missing.json'), belowAFile])
    await assert.rejects(fineTune('--job', missing), {
      message: `Cannot read the job "${missing}": there is no such file.`,
    });
  await assert.rejects(resume('--job', folder), { message: `Cannot read the job "${folder}": it is a folder.` });
});

for (const [what, args, message] of [
  ['neither dataset nor job', ['--threads', '2'], "error: missing required argument 'dataset'"],
  [
    'a dataset beside it',
    ['pets', '--job', 'a'],
    "error: option '--job <file>' cannot be used with the argument 'dataset'",
  ],
  [
    'an option beside it',
    ['--job', 'a', '--threads', '2'],
    /'--job <file>' cannot be used with option '--threads <n>'/,
  ],
] as const)
  test(`fine-tune with ${what} is refused`, () => assert.rejects(fineTune(...args), { message }));
