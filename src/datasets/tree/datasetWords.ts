// Texts about a dataset, in the editor's language. Pure.
import { fixed } from '../../../shared/fixed.ts';
import type { Translate } from '../../words/translate.ts';
import { type CheckSummary, troubleCount } from '../checks/checkRecord.ts';
import {
  type ClassCount,
  type DatasetCounts,
  type DatasetWarning,
  fewImages,
  type Imbalance,
} from '../index/datasetCounts.ts';

const namedAtMost = 3;

export function warningText(warning: DatasetWarning, t: Translate): string {
  switch (warning.kind) {
    case 'oneClass':
      return t('One class only ("{className}"): a classifier needs at least two.', { className: warning.className });
    case 'sameFolders':
      return t(
        'Each of the class folders {classes} contains the same folders ({inner}): are they splits, or patients?',
        {
          classes: namesText(warning.classNames, t),
          inner: namesText(warning.inner, t),
        },
      );
    case 'namedLikeSplits':
      return t('The class folders {names} are named like splits, but cannot be read as such.', {
        names: namesText(warning.names, t),
      });
    case 'innerFolders':
      return t(
        '{count} {count|folder|folders} within the class folders (for example {example}): if {count|it is a patient or another group|they are patients or other groups}, set groups to "folder" in the recipe; otherwise images of one folder can be in both training and test.',
        { count: warning.folderCount, example: warning.example },
      );
    case 'missing':
      return t('Class "{className}" is missing from {split}.', {
        className: warning.className,
        split: warning.split ?? '',
      });
    case 'empty':
      return warning.split === null
        ? t('Class "{className}" has no images.', { className: warning.className })
        : t('Class "{className}" has no images in {split}.', { className: warning.className, split: warning.split });
    case 'unbalanced':
      return t('Very unbalanced: {text}', { text: imbalanceText(warning, t) });
    case 'fewImages':
      return warning.split === null
        ? t(
            'Too few images: {classes}. Validation and test get about 15 % of each: fewer than {few}, which say little.',
            {
              few: fewImages,
              classes: classesText(warning.classes, t),
            },
          )
        : t('Too few images in {split}: {classes}. Results for a class with fewer than {few} say little.', {
            few: fewImages,
            split: warning.split,
            classes: classesText(warning.classes, t),
          });
    case 'notAllCounted':
      return t('The folder is too large to count completely: the numbers are lower bounds.');
  }
}

/** Imbalance of `train` or of all images; mentioned from 1.5 on. */
export function imbalanceText({ most, least, ratio, share }: Imbalance, t: Translate): string {
  return t(
    '{most} has {ratio} times as many images as {least}; always predicting {most} would be right for {percent} %.',
    {
      most,
      least,
      ratio: fixed(ratio, 1),
      percent: fixed(100 * share, 0),
    },
  );
}

export const notableRatio = 1.5;

function namesText(names: readonly string[], t: Translate): string {
  const more = names.length - namedAtMost;
  return [...names.slice(0, namedAtMost), ...(more > 0 ? [t('{count} more', { count: more })] : [])].join(', ');
}

function classesText(classes: readonly ClassCount[], t: Translate): string {
  return namesText(
    classes.map(({ className, count }) => `${className} (${count})`),
    t,
  );
}

/** Short findings of a check, the most serious first. */
export function checkText(check: CheckSummary, t: Translate): string {
  const { corrupt, leak, folders, duplicate, alike, suspect, identity } = check.found;
  const parts = [
    corrupt > 0 && t('{count} unusable', { count: corrupt }),
    leak > 0 && t('{count} in several splits', { count: leak }),
    folders > 0 && t('{count} {count|folder (patient?)|folders (patients?)} in several splits', { count: folders }),
    identity > 0 && t('may identify a person'),
    duplicate > 0 && t('{count} {count|duplicate|duplicates}', { count: duplicate }),
    alike > 0 && t('{count} {count|group|groups} of images that look alike', { count: alike }),
    suspect > 0 && t('{count} to check', { count: suspect }),
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(', ') : t('no problems found');
}

/** Short form for a row. */
export function shortCheckText(check: CheckSummary, isOld: boolean, t: Translate): string {
  if (isOld) return t('changed since the check');
  const count = troubleCount(check);
  return count === 0 ? t('checked') : t('check found {count}', { count });
}

/** "340 images" or "more than 200,000 images"; `language`: a BCP 47 tag. */
export function imagesText(
  count: number,
  { complete }: Pick<DatasetCounts, 'complete'>,
  language: string,
  t: Translate,
) {
  const text = new Intl.NumberFormat(language).format(count);
  if (!complete) return t('more than {count} images', { count: text });
  return t('{count} {count|image|images}', { count: text });
}
