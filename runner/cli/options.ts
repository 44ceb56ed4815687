// Options that several commands share, each written once: its flags, its words, and its field of a job. Absent: commands.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import envPaths from 'env-paths';
import { UserError } from '../../shared/contracts/errors.ts';
import { engines, MachineOptions, namedEngines } from '../../shared/contracts/job.ts';

type MachineField = keyof MachineOptions;

interface Row {
  readonly flags: string;
  readonly description: string;
  /** Value of the field when neither the option nor a default is given. */
  readonly absent?: unknown;
  readonly shape?: (option: Option) => Option;
}

/** Settings of a run on this machine: each field of the job, and the option that sets it. */
const machineRows: Readonly<Record<MachineField, Row>> = {
  // Links out of a dataset are followed only into folders that the user names.
  linkFolders: {
    flags: '--follow-links <folder>',
    description: 'also follow symbolic links out of the dataset that point into this folder (repeatable)',
    absent: [],
    shape: (option) => option.argParser((folder, before: string[] = []) => [...before, existingFolder(folder)]),
  },
  engine: {
    flags: '--engine <name>',
    description: 'engine to compute with',
    shape: (option) => option.choices(engines).default('auto'),
  },
  allowDownload: { flags: '--download', description: 'allow the download of official weights', absent: false },
  weightsMirror: {
    flags: '--weights-mirror <url>',
    description: 'download official weights from here instead',
    absent: null,
  },
  cacheFolder: {
    flags: '--cache-folder <folder>',
    description: 'cache for downloaded weights and frozen features',
    shape: (option) =>
      option.argParser((folder) => resolve(folder)).default(envPaths('shoulders', { suffix: '' }).cache),
  },
  cacheLimitBytes: {
    flags: '--cache-limit <GB>',
    description: 'maximum disk space for cached features',
    shape: (option) => option.argParser((text) => Math.round(positiveNumber(text) * 1e9)).default(20e9, '20'),
  },
  useFeatureCache: { flags: '--no-cache', description: 'recompute frozen features in every epoch' },
  threads: {
    flags: '--threads <n>',
    description: 'threads of the engine',
    absent: null,
    shape: (option) => option.argParser(positiveInteger),
  },
  parallelRuns: {
    flags: '--parallel <n>',
    description: 'number of runs that may train at the same time on this machine; others wait',
    shape: (option) => option.argParser(positiveInteger).default(1),
  },
  attended: {
    flags: '--attended',
    description: 'stop when no editor window is open for the run any more',
    absent: false,
  },
  tensorboard: {
    flags: '--tensorboard',
    description: 'write TensorBoard event files beside the run',
    absent: false,
  },
};

const machineFields = Object.keys(machineRows) as MachineField[];

/** @param description  for this command, where its meaning differs */
export function machineOption(field: MachineField, description = machineRows[field].description): Option {
  const { flags, shape } = machineRows[field];
  const option = new Option(flags, description);
  return shape ? shape(option) : option;
}

export const addMachineOptions = (command: Command, fields: readonly MachineField[]): Command =>
  fields.reduce((before, field) => before.addOption(machineOption(field)), command);

type Values<Field extends MachineField> = { readonly [F in Field]-?: Exclude<MachineOptions[F], undefined> };

/** Values of some fields, as typed or by default. The command must have their options. */
export function machineValues<Field extends MachineField>(command: Command, fields: readonly Field[]): Values<Field> {
  const typed: Record<string, unknown> = command.opts();
  const values = fields.map((field) => [
    field,
    typed[machineOption(field).attributeName()] ?? machineRows[field].absent,
  ]);
  return MachineOptions.partial().parse(Object.fromEntries(values)) as Values<Field>;
}

/** @param job  its fields take precedence over the options */
export function machineOf(command: Command, job: object = {}): MachineOptions {
  const given = Object.entries(job).filter(([field]) => Object.hasOwn(machineRows, field));
  const {
    linkFolders = [],
    cacheFolder,
    ...rest
  } = MachineOptions.parse({
    ...machineValues(command, machineFields),
    ...Object.fromEntries(given),
  });
  return { ...rest, linkFolders: linkFolders.map(existingFolder), cacheFolder: resolve(cacheFolder) };
}

/** The CPU by default, because it reproduces the figures of the run's own report. */
export const evaluatingEngine = (): Option =>
  new Option('--engine <name>', 'engine to compute with').choices(namedEngines).default('cpu');

export const recipeOption = (description: string): Option =>
  new Option('-r, --recipe <name|file>', description).default('photos');

export const setOption = (): Option =>
  new Option('-s, --set <key=value>', 'override a field of the recipe (repeatable)').argParser(
    (setting: string, before: string[] = []) => [...before, setting],
  );

/** --job replaces the argument and every option except those about output. Add it last. */
export const addJobOption = (command: Command): Command =>
  command.addOption(
    new Option('--job <file>', 'all of it as a JSON file instead (- for standard input)').conflicts(
      command.options.map((option) => option.attributeName()).filter((name) => !['json', 'quiet'].includes(name)),
    ),
  );

function existingFolder(folder: string): string {
  const path = resolve(folder);
  if (!existsSync(path)) throw new UserError('folderMissing', { folder: path });
  return path;
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('A whole number of at least 1 is expected.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('A positive number is expected.');
  return value;
}

export function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('A probability from 0 to 1 is expected.');
  return value;
}
