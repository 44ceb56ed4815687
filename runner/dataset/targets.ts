// What the check of a folder asks a task about its targets: what is known of an image beside its file, such as a class, a mask, boxes, or
// nothing. Absent: files, pixels.
import type { UserError } from '../../shared/contracts/errors.ts';
import type { Finding } from '../../shared/contracts/finding.ts';
import type { GroupRule } from '../../shared/dataset/groups.ts';
import type { Dataset } from './dataset.ts';
import type { IndexedImage } from './indexed.ts';
import type { SplitProblem } from './splitting/assign.ts';

/** Images are divided by stratum, so that every split has all strata in about their shares. */
export interface Strata<Target extends object> {
  /** 1 where nothing is to be balanced. */
  readonly stratumCount: number;
  /** From 0 to below `stratumCount`. */
  stratumOf(target: Target): number;
  /** The sentence for images that cannot be divided. */
  refusal(problem: SplitProblem): UserError;
}

export interface Targets<Target extends object> extends Strata<Target> {
  /** Which images belong together, such as those of one patient. @throws UserError recipeInvalid */
  groupingBy(rule: GroupRule): Promise<(image: IndexedImage<Target>) => string>;
  /** Different things known of some images, by name, each once and in a fixed order: copies of one image that have several contradict each other. */
  namesIn(targets: readonly Target[]): string[];
  /** Where look-alikes are common, as in "another one of their class and split". */
  readonly whereAlike: string;
  /** Names of folders that say what is known of their images: no mark of a person. */
  readonly folderNames: readonly string[];
  /** One of `folderNames`; null: no folder says it. */
  folderNameOf(target: Target): string | null;
  /** What the fingerprint counts of a target, so that other targets make another dataset. */
  fingerprintOf(target: Target): number | string | null;
  /** What a person should know about the targets and groups of a dataset. */
  findings(dataset: Pick<Dataset<Target>, 'images' | 'splits'>, rule: GroupRule): Finding[];
}
