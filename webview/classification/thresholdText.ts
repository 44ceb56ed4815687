// Text of a threshold in the panels.
import { needsLogOdds, type Threshold } from '../../shared/contracts/scores.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatMetric } from '../page/format.ts';

const digits = 3;

/** 0.431; with the log-odds where the digits would read 0 or 1. */
export function formatThreshold(threshold: Threshold): string {
  const logOdds = logOddsText(threshold);
  const probability = formatMetric(threshold.probability, digits);
  return logOdds === null ? probability : `${probability} (${logOdds})`;
}

/** null: the probability is precise enough. */
export const logOddsText = (threshold: Threshold): string | null =>
  needsLogOdds(threshold, digits) ? t('atLogOdds', { logOdds: formatMetric(threshold.logOdds, 2) }) : null;
