// From a folder of classes to a checked dataset, without a run.
import { saysInnerFolders } from '../../../shared/dataset/groups.ts';
import { type CheckOptions, checkDataset, type Dataset, type DatasetIo } from '../../dataset/dataset.ts';
import { indexFolder } from './classFolders.ts';

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
export async function prepareDataset(options: DatasetOptions, io: DatasetIo = {}): Promise<Dataset> {
  const { folder, groups = 'pattern', groupPattern, linkFolders } = options;
  const innerFolders = saysInnerFolders({ groups, groupPattern }) ? 'known' : 'unknown';
  return checkDataset(await indexFolder(folder, { signal: io.signal, linkFolders, innerFolders }), options, io);
}
