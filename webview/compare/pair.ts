// Two runs on the same test images: which was right where, and whether the difference exceeds chance. Pure; shared/metrics does the
// tests.
import { evaluatedThreshold } from '../../shared/contracts/runState.ts';
import { logOddsRows, softmaxRows } from '../../shared/contracts/scores.ts';
import type { ComparedRun, TestPredictions } from '../../shared/messages/compare.ts';
import { mostProbable } from '../../shared/metrics/confusion.ts';
import { type DeLong, delong } from '../../shared/metrics/delong.ts';
import { type McNemar, mcnemar } from '../../shared/metrics/mcnemar.ts';
import { positiveLabel } from '../classification/decision.ts';

/** One run's prediction of an image. */
export interface Verdict {
  readonly predicted: string;
  readonly right: boolean;
  /** Probability of `Pairing.positiveClass` with two classes, of the predicted class with more. */
  readonly probability: number;
  /** Log-odds of the same class, which rank the images. */
  readonly logOdds: number;
}

export interface PairedImage {
  readonly relativePath: string;
  /** The true class. */
  readonly className: string;
  readonly first: Verdict;
  readonly second: Verdict;
}

/** Why the tests are skipped. */
export type Obstacle = 'otherClasses' | 'otherDataset' | 'otherImages' | 'otherLabels' | 'noImages';

export interface Pairing {
  /** Images tested by both with the same label, in the order of the first run. */
  readonly images: readonly PairedImage[];
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly bothWrong: number;
  /** Class of the probabilities with two classes, by the first run; null with more. */
  readonly positiveClass: string | null;
  /** null: both runs were tested on the same images. */
  readonly obstacle: Obstacle | null;
  readonly mcnemar: McNemar | null;
  /** null: an obstacle, more than two classes, or fewer than two images of a class. */
  readonly delong: DeLong | null;
}

export interface Side {
  readonly run: ComparedRun;
  readonly predictions: TestPredictions;
}

/** Matches classes by name, images by relative path and label. */
export function pairingOf(first: Side, second: Side): Pairing {
  const classNames = first.run.state.classNames;
  const positiveClass = classNames.length === 2 ? classNames[positiveLabel(first.run.state, 1)]! : null;
  const [a, b] = [verdictsOf(first, positiveClass), verdictsOf(second, positiveClass)];
  const images: PairedImage[] = [];
  for (const [relativePath, one] of a) {
    const other = b.get(relativePath);
    if (other === undefined || other.className !== one.className) continue;
    images.push({ relativePath, className: one.className, first: one.verdict, second: other.verdict });
  }
  const count = (one: boolean, other: boolean) =>
    images.filter(({ first, second }) => first.right === one && second.right === other).length;
  const obstacle = obstacleOf(first, second, a, b);
  const [onlyFirst, onlySecond] = [count(true, false), count(false, true)];
  return {
    images,
    bothRight: count(true, true),
    onlyFirst,
    onlySecond,
    bothWrong: count(false, false),
    positiveClass,
    obstacle,
    mcnemar: obstacle === null ? mcnemar(onlyFirst, onlySecond) : null,
    delong: obstacle === null && positiveClass !== null ? delongOf(images, positiveClass) : null,
  };
}

const delongOf = (images: readonly PairedImage[], positiveClass: string): DeLong | null =>
  delong(
    images.map(({ className }) => (className === positiveClass ? 1 : 0)),
    images.map(({ first }) => first.logOdds),
    images.map(({ second }) => second.logOdds),
  ) ?? null;

type Verdicts = ReadonlyMap<string, { readonly className: string; readonly verdict: Verdict }>;

/** Applies the run's own rule: its threshold with two classes, else the most probable class. */
function verdictsOf({ run, predictions }: Side, positiveClass: string | null): Verdicts {
  const { classNames, evaluation } = run.state;
  const { relativePaths, labels, logits, classCount } = predictions;
  const threshold = classCount === 2 ? evaluatedThreshold(evaluation) : null;
  const [logOdds, probabilities] = [logOddsRows(logits, classCount), softmaxRows(logits, classCount)];
  const positive = positiveLabel(run.state, 1);
  const argmax = mostProbable(logits, classCount);
  const shown = positiveClass === null ? -1 : classNames.indexOf(positiveClass);
  return new Map(
    relativePaths.map((path, i) => {
      const at = (rows: Float64Array, label: number) => rows[i * classCount + label]!;
      const isPositive = threshold !== null && at(logOdds, positive) >= threshold.logOdds;
      const predicted = threshold === null ? argmax[i]! : isPositive ? positive : 1 - positive;
      const told = shown >= 0 ? shown : predicted;
      const verdict: Verdict = {
        predicted: classNames[predicted] ?? '',
        right: predicted === labels[i],
        probability: at(probabilities, told),
        logOdds: at(logOdds, told),
      };
      return [path, { className: classNames[labels[i]!] ?? '', verdict }];
    }),
  );
}

function obstacleOf(first: Side, second: Side, a: Verdicts, b: Verdicts): Obstacle | null {
  const [one, other] = [first.run.state, second.run.state];
  if (one.classNames.toSorted().join('\n') !== other.classNames.toSorted().join('\n')) return 'otherClasses';
  if (one.fingerprint === null || one.fingerprint !== other.fingerprint) return 'otherDataset';
  if (a.size !== b.size || [...a.keys()].some((path) => !b.has(path))) return 'otherImages';
  if ([...a].some(([path, { className }]) => b.get(path)!.className !== className)) return 'otherLabels';
  return a.size === 0 ? 'noImages' : null;
}
