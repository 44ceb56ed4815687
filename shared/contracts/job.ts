// What the command line hands to the work: every choice made, nothing left to look up.
import { z } from 'zod';
import { Recipe } from './recipe.ts';

/** ONNX Runtime on a graphics device, by the interface that reaches it. */
export const deviceEngineNames = ['webgpu', 'cuda', 'directml', 'coreml'] as const;
export type DeviceEngineName = (typeof deviceEngineNames)[number];

export const namedEngines = ['cpu', ...deviceEngineNames, 'tensorflow'] as const;
export type NamedEngine = (typeof namedEngines)[number];

export const engines = ['auto', ...namedEngines] as const;

export const FineTuneJob = z.strictObject({
  /** Absolute path. Never written to. */
  dataset: z.string(),
  /** Absolute paths of folders outside of it that its symbolic links may lead into. */
  linkFolders: z.array(z.string()).optional(),
  recipe: Recipe,
  /** Absolute path of the folder that holds run folders. */
  runsFolder: z.string(),
  runId: z.string(),
  engine: z.enum(engines),
  /** Download official weights when they are not cached: the person agreed. */
  allowDownload: z.boolean(),
  /** Base URL instead of the official one. */
  weightsMirror: z.string().nullable(),
  /** Absolute path; downloaded weights, decoded images and frozen features live here. */
  cacheFolder: z.string(),
  cacheLimitBytes: z.int().min(0),
  /** false: neither read nor write cached features. */
  useFeatureCache: z.boolean(),
  threads: z.int().min(1).nullable(),
  /** Runs of this machine that may train at the same time; the others wait in the order in which they came. */
  parallelRuns: z.int().min(1),
  /** Stop, keeping the best weights, when no editor window has touched the run's `attended` file for a while. */
  attended: z.boolean(),
  /** Write TensorBoard event files beside the run. */
  tensorboard: z.boolean(),
});
export type FineTuneJob = z.infer<typeof FineTuneJob>;

/** Where and how a run may compute: what is not the run's own, so that a resumed run is given it anew. */
export const MachineOptions = FineTuneJob.omit({ dataset: true, recipe: true, runsFolder: true, runId: true });
export type MachineOptions = z.infer<typeof MachineOptions>;
