// A job as a file, or on the runner's standard input: what the editor hands over, and what a person hands to another machine. What it leaves
// out has the value that the command line's option has by default.
import { z } from 'zod';
import { MachineOptions } from './job.ts';

/** Raised when an older program would read a job wrongly. */
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
  /** The run folder. */
  run: z.string(),
  /** Where its dataset is now; null: where it was. */
  data: z.string().nullable().optional(),
  /** Where its weights file is now; null: where it was. */
  weights: z.string().nullable().optional(),
  /** A person has decided that a process elsewhere is to work on it no more. */
  takeOver: z.boolean().optional(),
});
export type ResumeJobFile = z.infer<typeof ResumeJobFile>;
