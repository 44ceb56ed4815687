// The tasks that a network can learn, each a row of runner/commands/tasks.ts with a room behind it.
import { z } from 'zod';

export const taskTypes = ['classification'] as const;
export const TaskType = z.enum(taskTypes);
export type TaskType = z.infer<typeof TaskType>;

/** Task of files from versions that had no choice and do not record it. */
export const taskOfOlderVersions: TaskType = 'classification';
