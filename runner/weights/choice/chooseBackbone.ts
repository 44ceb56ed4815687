// Choice among the networks in a file. Automatic only where tools agree; otherwise the user chooses by path.

import type { Architecture } from '../../../shared/contracts/architectures.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { quoted } from '../formats/refusals.ts';
import { type Backbone, backboneOf, isNetwork, pathOf, tensorIn } from './backbones.ts';
import { withoutWrappers } from './wrappers.ts';

export interface Choice {
  readonly backbone: Backbone;
  /** Paths of the others that fit as well; empty if the user chose. */
  readonly others: readonly string[];
}

/**
 * Among those that fit `network` by their names: the one under `path`, the only one, or the one that rank() puts first. Two paths to
 * the same tensors count as one.
 * @param path  as in pathOf(), or its end without the keys of dictionaries, with or without the last dot
 * @returns undefined: none fits
 * @throws UserError weightsSeveral, weightsNoPrefix
 */
export function chooseBackbone(
  file: string,
  network: Architecture,
  all: readonly Backbone[],
  path: string | undefined,
): Choice | undefined {
  if (path !== undefined) {
    const named = underPath(all, path);
    if (named.length === 0)
      throw new UserError('weightsNoPrefix', { file, prefix: path, known: listed(all.map(pathOf)) || 'none' });
    const fitting = named.filter((backbone) => isNetwork(backbone, network));
    if (fitting.length > 1) throw several(file, network, fitting);
    return { backbone: fitting[0] ?? named[0]!, others: [] };
  }
  const fitting = distinct(
    all.filter((backbone) => isNetwork(backbone, network)),
    network,
  );
  if (fitting.length === 0) return undefined;
  const best = fitting.reduce((least, each) => Math.min(least, rank(each)), 2);
  const [backbone, second] = fitting.filter((each) => rank(each) === best);
  if (second !== undefined) throw several(file, network, fitting);
  return { backbone: backbone!, others: fitting.filter((each) => each !== backbone).map(pathOf) };
}

/**
 * 0: averages of weights, which timm and torchvision's references evaluate, and the teacher, which DINO evaluates. 1: plain weights.
 * 2: networks that only serve training: MoCo's keys, BYOL's target, a student, and the copy of Lightning's WeightAveraging.
 */
function rank(backbone: Backbone): 0 | 1 | 2 {
  const path = pathOf(backbone).toLowerCase();
  if (/(^|[._])current_model_state\./.test(path)) return 2;
  const words = path.split(/[._]/);
  if (words.some((word) => asideWords.has(word))) return 2;
  return words.some((word) => averageWords.has(word)) ? 0 : 1;
}

const averageWords = new Set(['ema', 'swa', 'avg', 'average', 'averaged', 'teacher']);
const asideWords = new Set(['k', 'key', 'momentum', 'target', 'student']);

function underPath(all: readonly Backbone[], path: string): Backbone[] {
  const wanted = withoutWrappers(withDot(path));
  const whole = all.filter((backbone) => pathOf(backbone) === wanted);
  return whole.length > 0 ? whole : all.filter(({ prefix }) => (prefix || '.') === wanted);
}

const withDot = (path: string): string => (path.endsWith('.') ? path : `${path}.`);

/** Drops duplicates: tools keep one network under two names, `model.` and again in the module of a metric or a loss. */
function distinct(backbones: readonly Backbone[], network: Architecture): Backbone[] {
  const names = backboneOf(network);
  const isSame = (a: Backbone, b: Backbone): boolean =>
    names.every(({ name }) => tensorIn(a, name)?.identity() === tensorIn(b, name)?.identity());
  const found: Backbone[] = [];
  for (const backbone of backbones.slice(0, mostCompared))
    if (!found.some((earlier) => isSame(earlier, backbone))) found.push(backbone);
  return found;
}

/** A file with more networks than this is ambiguous anyway. */
const mostCompared = 20;

const several = (file: string, network: Architecture, found: readonly Backbone[]): UserError =>
  new UserError('weightsSeveral', {
    file,
    network,
    paths: listed(found.map(pathOf)),
    example: pathOf(found[0]!),
  });

/** At most five paths, quoted. */
function listed(paths: readonly string[]): string {
  const rest = paths.length - 5;
  return paths.slice(0, 5).map(quoted).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
