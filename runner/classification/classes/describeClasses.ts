// What a report of a dataset says of its classes.
import { splitNames } from '../../../shared/contracts/splits.ts';
import { fixed } from '../../../shared/fixed.ts';
import type { DatasetWords } from '../../task.ts';
import { plural, printable, shortened } from '../../words/text.ts';
import type { ClassDataset } from './classDataset.ts';

export const describeClasses = (dataset: ClassDataset): DatasetWords => ({
  extent: `in ${plural(dataset.classNames.length, 'class', 'classes')}`,
  counts: countTable(dataset),
  contradicting: 'in more than one class',
  alike: 'in its class and split',
});

function countTable({ classNames, counts }: ClassDataset): string[][] {
  const rows = classNames.map((className, label) => {
    const own = splitNames.map((split) => counts[split][label]!);
    return [shortened(printable(className), 40), ...own, sum(own)].map(String);
  });
  const totals = splitNames.map((split) => sum(counts[split]));
  const all = sum(totals);
  const share = (n: number) => `${fixed((100 * n) / all, 0)} %`;
  return [
    ['class', ...splitNames, 'all'],
    ...rows,
    ['all', ...totals, all].map(String),
    ['', ...totals.map(share), ''],
  ];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
