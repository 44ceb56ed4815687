// From a folder of classes to a checked dataset, without a run.
import { saysInnerFolders } from '../../../shared/dataset/groups.ts';
import { type CheckOptions, checkDataset, type Dataset, type DatasetIo } from '../../dataset/dataset.ts';
import type { IndexedFolder } from '../../dataset/indexed.ts';
import { indexFolder } from './classFolders.ts';
import { classTargets, type Labelled } from './classTargets.ts';

export type ClassDataset = Dataset<Labelled>;

/** @throws UserError as checkDataset does; the signal's reason when aborted */
export const checkClasses = (
  indexed: IndexedFolder<Labelled>,
  options: CheckOptions,
  io: DatasetIo = {},
): Promise<ClassDataset> => checkDataset(indexed, classTargets(indexed.index.classNames), options, io);

export interface DatasetOptions extends CheckOptions {
  readonly folder: string;
  /** Absolute paths of folders that symbolic links out of the dataset may lead into. */
  readonly linkFolders?: readonly string[] | undefined;
}

/**
 * Indexes the folder and makes its images a dataset.
 *
 * @throws UserError as indexFolder and checkDataset do; the signal's reason when aborted
 */
export async function prepareDataset(options: DatasetOptions, io: DatasetIo = {}): Promise<ClassDataset> {
  const { folder, groups = 'pattern', groupPattern, linkFolders } = options;
  const innerFolders = saysInnerFolders({ groups, groupPattern }) ? 'known' : 'unknown';
  return checkClasses(await indexFolder(folder, { signal: io.signal, linkFolders, innerFolders }), options, io);
}
