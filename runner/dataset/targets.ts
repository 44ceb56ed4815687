// Questions of a folder's check to the task about targets: the facts about an image beside its file, such as a class, a mask, boxes, or
// none. Absent: files, pixels.
import type { UserError } from '../../shared/contracts/errors.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import type { GroupRule } from '../../shared/dataset/groups.ts';
import type { Dataset } from './dataset.ts';
import type { IndexedImage } from './indexed.ts';
import type { SplitProblem } from './splitting/assign.ts';

/** Images are divided by stratum, so that every split has all strata in about their shares. */
export interface Strata<Target extends object> {
  /** 1 if nothing needs to be balanced. */
  readonly stratumCount: number;
  /** From 0 to below `stratumCount`. */
  stratumOf(target: Target): number;
  /** Error for images that cannot be divided. */
  refusal(problem: SplitProblem): UserError;
}

export interface Targets<Target extends object> extends Strata<Target> {
  /**
   * Groups of images that belong together, such as those of one patient. A rule that suits none of `images` may be refused: they are
   * those to split, and none where a run has recorded their splits.
   * @throws UserError recipeInvalid, groupPatternTooFar
   */
  groupingBy(
    rule: GroupRule,
    images: readonly IndexedImage<Target>[],
  ): Promise<(image: IndexedImage<Target>) => string>;
  /** Names of different targets of some images, each once and in a fixed order: copies of one image with several contradict each other. */
  namesIn(targets: readonly Target[]): string[];
  /** Words for where look-alikes are common, as in "another one of their class and split". */
  readonly whereAlike: string;
  /** Names of folders that define targets: they do not identify a person. */
  readonly folderNames: readonly string[];
  /** One of `folderNames`; null: no folder defines it. */
  folderNameOf(target: Target): string | null;
  /** The target's part in the fingerprint, so that other targets make another dataset. */
  fingerprintOf(target: Target): number | string | null;
  /** Findings about the targets and groups of a dataset. */
  findings(dataset: Pick<Dataset<Target>, 'images' | 'splits'>, rule: GroupRule): Finding[];
}
