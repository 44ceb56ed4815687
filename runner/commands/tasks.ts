import type { TaskType } from '../../shared/contracts/task.ts';
import { classification } from '../classification/classification.ts';
import type { Task } from '../task.ts';

/** By the name that a recipe has for it. */
export const tasks: Readonly<Record<TaskType, Task>> = { classification };
