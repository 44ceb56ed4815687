// Remarks about a map from the two checks. Pure.

import type { Explanation, FaithfulnessCheck, Remark } from '../../../shared/contracts/explanation.ts';
import { fixed } from '../../../shared/fixed.ts';
import { remark } from '../remarks.ts';

/** Two maps are called similar from here on. Between 49 unrelated positions 0.5 is already rare. */
const similarFrom = 0.5;
/** The score must fall by at least this share of a probability, or of the logit's own range, for deletion to be informative. */
const leastFall = 0.05;

type Measured = Omit<FaithfulnessCheck, 'verdict'>;

export function verdictOf({ deletion, random, randomWeights }: Measured, of: Explanation['of']): Remark[] {
  return [deletionRemark(deletion, random, of), randomWeightsRemark(randomWeights), remark('checkLimits')];
}

function deletionRemark(
  { scores, area }: Measured['deletion'],
  random: Measured['random'],
  of: Explanation['of'],
): Remark {
  const [full, blurred] = [scores[0]!, scores.at(-1)!];
  const range = of === 'probability' ? 1 : Math.max(1, Math.abs(full));
  const ends = { of, full: rounded(full), blurred: rounded(blurred) };
  if (blurred - full >= leastFall * range) return remark('deletionRises', ends);
  if (full - blurred < leastFall * range) return remark('deletionFlat', ends);
  const count = random.repeats.filter((repeat) => repeat.area <= area).length;
  return remark(count === 0 ? 'deletionBetter' : 'deletionNotBetter', {
    of,
    area: rounded(area),
    randomArea: rounded(random.area.mean),
    count: String(count),
    repeats: String(random.repeats.length),
  });
}

function randomWeightsRemark({ spearman }: Measured['randomWeights']): Remark {
  if (spearman === null) return remark('randomWeightsUnknown');
  return remark(spearman >= similarFrom ? 'randomWeightsAlike' : 'randomWeightsDiffer', {
    spearman: rounded(spearman),
  });
}

const rounded = (value: number): string => fixed(value, 2);
