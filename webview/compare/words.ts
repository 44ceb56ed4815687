// Interpretation of the paired tests in plain sentences. Pure.
import { fixed } from '../../shared/fixed.ts';
import type { DeLong } from '../../shared/metrics/delong.ts';
import type { McNemar } from '../../shared/metrics/mcnemar.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatMetric } from '../page/format.ts';

/** The usual 5 %: above it, a test set does not distinguish two runs. */
const level = 0.05;

/** p = 0.14; p < 0.001 */
export const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p >= 0.1 ? fixed(p, 2) : fixed(p, 3)}`);

/** `first` and `second`: the runs' letters. */
export function delongSentence(result: DeLong, first: string, second: string): string {
  const { areas, difference, interval, pValue } = result;
  const given = { first, second, firstArea: formatMetric(areas[0]), secondArea: formatMetric(areas[1]) };
  if (interval === null || pValue === null) return t(difference === 0 ? 'delongAlike' : 'delongNoSpread', given);
  const size = {
    ...given,
    difference: signed(Math.abs(difference)),
    low: signed(difference < 0 ? -interval[1] : interval[0]),
    high: signed(difference < 0 ? -interval[0] : interval[1]),
    p: pText(pValue),
    better: difference < 0 ? second : first,
    worse: difference < 0 ? first : second,
  };
  return t(pValue < level ? 'delongDiffers' : 'delongOpen', size);
}

export function mcnemarSentence(result: McNemar, onlyFirst: number, onlySecond: number, first: string, second: string) {
  if (result.discordant === 0) return t('mcnemarNone', { first, second });
  const given = {
    discordant: result.discordant,
    onlyFirst,
    onlySecond,
    first,
    second,
    p: pText(result.pValue),
    method: t(result.method === 'exact' ? 'mcnemarExact' : 'mcnemarCorrected'),
    better: onlyFirst > onlySecond ? first : second,
  };
  return t(result.pValue < level ? 'mcnemarDiffers' : 'mcnemarOpen', given);
}

const signed = (value: number): string => formatMetric(value === 0 ? 0 : value).replace('-', '−');
