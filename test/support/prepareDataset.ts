import type { ClassDataset } from '../../runner/classification/classes/classDataset.ts';
import { type CheckRequest, check } from '../../runner/commands/check.ts';
import type { DatasetIo } from '../../runner/dataset/dataset.ts';

/** A folder of classes as `check` sees it. */
export const prepareDataset = (
  { folder, ...options }: Omit<CheckRequest, 'task'> & { readonly folder: string },
  io?: DatasetIo,
): Promise<ClassDataset> => check(folder, { task: 'classification', ...options }, io) as Promise<ClassDataset>;
