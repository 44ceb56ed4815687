// A job as the command line passes it on: every choice is made, nothing needs to be looked up.
import { z } from 'zod';
import { Recipe } from './recipe.ts';

/** ONNX Runtime on a GPU, named after the interface to it. */
export const deviceEngineNames = ['webgpu', 'cuda', 'directml', 'coreml'] as const;
export type DeviceEngineName = (typeof deviceEngineNames)[number];

export const namedEngines = ['cpu', ...deviceEngineNames, 'tensorflow'] as const;
export type NamedEngine = (typeof namedEngines)[number];

export const engines = ['auto', ...namedEngines] as const;

export const FineTuneJob = z.strictObject({
  /** Absolute path. Never written to. */
  dataset: z.string(),
  /** Absolute paths of outside folders that the dataset's symbolic links may lead into. */
  linkFolders: z.array(z.string()).optional(),
  recipe: Recipe,
  /** Absolute path of the folder of run folders. */
  runsFolder: z.string(),
  runId: z.string(),
  engine: z.enum(engines),
  /** Download official weights that are not cached: the user agreed. */
  allowDownload: z.boolean(),
  /** Base URL instead of the official one. */
  weightsMirror: z.string().nullable(),
  /** Absolute path; for downloaded weights, decoded images and frozen features. */
  cacheFolder: z.string(),
  cacheLimitBytes: z.int().min(0),
  /** false: neither read nor write cached features. */
  useFeatureCache: z.boolean(),
  threads: z.int().min(1).nullable(),
  /** Runs that may train on this machine at the same time; others wait in order of arrival. */
  parallelRuns: z.int().min(1),
  /** Stop, keeping the best weights, when no editor window has touched the run's `attended` file for a while. */
  attended: z.boolean(),
  /** Write TensorBoard event files, too. */
  tensorboard: z.boolean(),
});
export type FineTuneJob = z.infer<typeof FineTuneJob>;

/** Settings that belong to the machine and not to the run, so that a resumed run gets them anew. */
export const MachineOptions = FineTuneJob.omit({ dataset: true, recipe: true, runsFolder: true, runId: true });
export type MachineOptions = z.infer<typeof MachineOptions>;
