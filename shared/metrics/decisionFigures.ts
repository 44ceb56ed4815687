import type { DecisionFigures, Decisions } from '../contracts/classification/evaluation.ts';
import { figureOf, missing, shareOf } from './figure.ts';
import { figuresOf } from './figuresAt.ts';
import type { Share } from './intervals.ts';
import { meanOfSharesInterval } from './meanIntervals.ts';

/**
 * All figures of a confusion matrix, with intervals: the one source for evaluation.json, reports and panel.
 *
 * @param matrix         `confusionMatrix[true][predicted]`
 * @param positiveLabel  for two classes; null with more
 * @example decisionFigures([[3, 1], [1, 3]], 1).sensitivity?.value // 0.75
 */
export function decisionFigures(matrix: Decisions['confusionMatrix'], positiveLabel: number | null): DecisionFigures {
  if (positiveLabel !== null) {
    const [positive, negative] = [positiveLabel, 1 - positiveLabel];
    const { counts: _, ...figures } = figuresOf({
      truePositives: matrix[positive]![positive]!,
      falsePositives: matrix[negative]![positive]!,
      falseNegatives: matrix[positive]![negative]!,
      trueNegatives: matrix[negative]![negative]!,
    });
    return figures;
  }
  const right = matrix.reduce((sum, row, label) => sum + row[label]!, 0);
  const recalls = matrix.map((row, label): Share => [row[label]!, row.reduce((sum, count) => sum + count, 0)]);
  const total = recalls.reduce((sum, [, count]) => sum + count, 0);
  return {
    accuracy: shareOf(right, total, 'noImages'),
    balancedAccuracy: balanced(
      recalls.filter(([, count]) => count > 0),
      total,
    ),
    sensitivity: null,
    specificity: null,
    ppv: null,
    npv: null,
    f1: null,
  };
}

/** @see sklearn.metrics.balanced_accuracy_score, which also excludes classes without images */
const balanced = (recalls: readonly Share[], total: number) =>
  recalls.length < 2
    ? missing(total === 0 ? 'noImages' : 'oneClassOnly', total)
    : figureOf(
        recalls.reduce((sum, [right, count]) => sum + right / count, 0) / recalls.length,
        total,
        meanOfSharesInterval(recalls),
        'adjustedWald',
      );
