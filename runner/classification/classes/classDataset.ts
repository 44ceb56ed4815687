// Images with their classes.
import { type CheckOptions, checkDataset, type Dataset, type DatasetIo } from '../../dataset/dataset.ts';
import type { IndexedFolder } from '../../dataset/indexed.ts';
import { classTargets, type Labelled } from './classTargets.ts';

export type ClassDataset = Dataset<Labelled>;

/** @throws UserError as checkDataset does; the signal's reason when aborted */
export const checkClasses = (
  indexed: IndexedFolder<Labelled>,
  options: CheckOptions,
  io: DatasetIo = {},
): Promise<ClassDataset> => checkDataset(indexed, classTargets(indexed.index.classNames), options, io);
