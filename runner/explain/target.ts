// The class whose score is explained, from the text of `--class` and the classes of the run.
import { basename, dirname } from 'node:path';
import { UserError } from '../../shared/contracts/errors.ts';
import { predictedClass } from '../programs/gradCam.ts';

export type Target = 'predicted' | 'true' | { readonly label: number };

/** @throws UserError classUnknown */
export function targetOf(text: string, classNames: readonly string[]): Target {
  if (text === 'predicted' || text === 'true') return text;
  const className = text.replace(/^=/, '');
  const label = labelOf(className, classNames);
  if (label === null) throw new UserError('classUnknown', { className, classNames: listed(classNames) });
  return { label };
}

/** Class that the image's folder is named after. */
export const trueLabelOf = (file: string, classNames: readonly string[]): number | null =>
  labelOf(basename(dirname(file)), classNames);

/** The label to explain. @throws UserError trueClassUnknown */
export function askedLabel(
  target: Target,
  trueLabel: number | null,
  file: string,
  classNames: readonly string[],
): number {
  if (target === 'predicted') return predictedClass;
  if (target !== 'true') return target.label;
  if (trueLabel === null) throw new UserError('trueClassUnknown', { file, classNames: listed(classNames) });
  return trueLabel;
}

/** Accents have two encodings that look the same. */
function labelOf(className: string, classNames: readonly string[]): number | null {
  const label = classNames.findIndex((name) => name.normalize('NFC') === className.normalize('NFC'));
  return label < 0 ? null : label;
}

const listed = (classNames: readonly string[]): string => classNames.join(', ');
