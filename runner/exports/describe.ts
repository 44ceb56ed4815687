// The text of an export on a terminal: the file first, then the result of the check.
import { basename } from 'node:path';
import type { ExportAnswer, Parity } from '../../shared/contracts/exports.ts';
import { plural, printable } from '../words/text.ts';

export function describeExport({ file, beside, sizeBytes, parity, changed }: ExportAnswer): string {
  const lines = [printable(file)];
  if (parity) {
    lines.push(`${(sizeBytes / 1e6).toFixed(1)} MB. ${parityText(parity)}`);
    if (changed.length > 0) lines.push(`Changed decisions: ${changed.map(printable).join(', ')}`);
    lines.push(`Beside it: ${beside.map((name) => printable(basename(name))).join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}

export function parityText(parity: Parity): string {
  const { comparedOn, count, maxLogitDifference, maxProbabilityDifference, changedDecisions } = parity;
  const on =
    comparedOn === 'images'
      ? `Checked against the run on ${plural(count, 'image')}`
      : `None of the run’s validation or test images exists any more, so it was checked on ${plural(count, 'generated pattern')}`;
  const differences = `logits differ by at most ${figure(maxLogitDifference)}, probabilities by at most ${figure(maxProbabilityDifference)}`;
  const decisions = changedDecisions === 0 ? 'no decision changed' : `${plural(changedDecisions, 'decision')} changed`;
  return `${on}: ${differences}; ${decisions}.`;
}

const figure = (value: number): string => (value === 0 ? '0' : value.toPrecision(2));
