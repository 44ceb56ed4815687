import { classification } from '../classification/classification.ts';
import type { Task, TaskType } from '../task.ts';

/** Every task that a run can have. A recipe has no choice yet: there is one. */
export const tasks = { classification } satisfies Record<TaskType, Task>;
