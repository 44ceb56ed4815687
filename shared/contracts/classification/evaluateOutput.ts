// Output of `shoulders evaluate --json`, one object per line: progress, and at the end the place of the record. Errors
// look like those of every command: {"type":"error"}.
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
    /** Looks at the run's test images, including this one; null: the run is not here. */
    testLooks: z.int().nullable(),
    /** Plain text, as on a terminal. */
    report: z.string(),
  }),
]);
export type EvaluateOutput = z.infer<typeof EvaluateOutput>;
export type EvaluateProgress = Extract<EvaluateOutput, { type: 'progress' }>;
