// What `shoulders evaluate --json` prints, one object a line: progress while it works, and at the end where the record is. A problem
// comes as every command's: {"type":"error"}.
import { z } from 'zod';
import { EvaluationRecord } from './evaluationRecord.ts';

export const EvaluateOutput = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: z.enum(['checking', 'testing']),
    done: z.int(),
    total: z.int(),
    imagesPerSecond: z.number().nullable(),
    etaMs: z.number().nullable(),
  }),
  z.object({
    type: z.literal('recorded'),
    folder: z.string().describe('Absolute path of the record.'),
    record: EvaluationRecord,
    /** How often the run's test images have been looked at, this time included; null: the run is not here. */
    testLooks: z.int().nullable(),
    /** The same as text, as a terminal shows it. */
    report: z.string(),
  }),
]);
export type EvaluateOutput = z.infer<typeof EvaluateOutput>;
export type EvaluateProgress = Extract<EvaluateOutput, { type: 'progress' }>;
