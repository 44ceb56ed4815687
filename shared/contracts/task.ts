// What a network can learn. Each is a row of runner/commands/tasks.ts and a room behind it.
import { z } from 'zod';

export const taskTypes = ['classification'] as const;
export const TaskType = z.enum(taskTypes);
export type TaskType = z.infer<typeof TaskType>;

/** Files from before there was a choice do not name their task. */
export const taskOfOlderVersions: TaskType = 'classification';
