// A job as a file, or on the runner's standard input: passed by the editor, or copied to another machine by a person. Absent fields
// have the default of the command line's option.
import { z } from 'zod';
import { MachineOptions } from './job.ts';

/** Raised when an older program would misread a job. */
export const jobVersion = 1;

const machine = MachineOptions.partial();

/** Paths are absolute, or relative to the working folder. */
export const FineTuneJobFile = machine.extend({
  version: z.literal(jobVersion),
  dataset: z.string(),
  /** A whole recipe, the name of a bundled one, or the path of a recipe file. */
  recipe: z.union([z.string(), z.record(z.string(), z.unknown())]),
  runsFolder: z.string().optional(),
  runId: z.string().optional(),
});
export type FineTuneJobFile = z.infer<typeof FineTuneJobFile>;

export const ResumeJobFile = machine.extend({
  version: z.literal(jobVersion),
  /** Path of the run folder. */
  run: z.string(),
  /** Present place of its dataset; null: unchanged. */
  data: z.string().nullable().optional(),
  /** Present place of its weights file; null: unchanged. */
  weights: z.string().nullable().optional(),
  /** The user decided that a process on another machine must no longer work on it. */
  takeOver: z.boolean().optional(),
});
export type ResumeJobFile = z.infer<typeof ResumeJobFile>;
