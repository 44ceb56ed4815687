// The content of one map as a table for export: settings, probabilities, the map at its layer's size. Pure.

import { mapValues } from '../../shared/contracts/explanation.ts';
import { largest } from '../../shared/lists.ts';
import type { CamChoices, Explained } from '../../shared/messages/explanation.ts';
import { t } from '../../shared/strings/strings.ts';
import type { TextCell } from '../page/tableText.ts';

export interface CamTable {
  readonly header: readonly string[];
  /** The first rows have a label and one value; rows of the map have its width. */
  readonly rows: readonly (readonly TextCell[])[];
}

export function explanationTable(
  { explanation, remarkTexts, verdictTexts }: Explained,
  { runName, choices }: { readonly runName: string; readonly choices: CamChoices },
): CamTable {
  const { classNames, probabilities, targetLabel, predictedLabel, trueLabel, map, check } = explanation;
  const values = mapValues(map);
  const nameOf = (kind: keyof CamChoices, id: string) => choices[kind].find((one) => one.id === id)?.name ?? id;
  const rows: TextCell[][] = [
    [t('camColumnImage'), explanation.image],
    [t('run'), runName],
    [t('camTarget'), classNames[targetLabel]!],
    [t('camIsPredicted'), classNames[predictedLabel]!],
    [t('camIsTrue'), trueLabel === null ? null : classNames[trueLabel]!],
    [t('camScore'), nameOf('scores', explanation.of)],
    [t('camLayer'), nameOf('layers', explanation.layer)],
    [t('camMethod'), nameOf('methods', explanation.method)],
    ...classNames.map((name, label) => [`${t('camProbability')}: ${name}`, probabilities[label]!]),
    ...remarkTexts.map((text) => [t('camRemarks'), text]),
    ...(check === null
      ? []
      : [
          [`${t('camDeletion')}: ${t('camByMap')}`, check.deletion.area],
          [`${t('camDeletion')}: ${t('camByChance')}`, check.random.area.mean],
        ]),
    ...verdictTexts.map((text) => [t('camCheck'), text]),
    ...Array.from({ length: map.height }, (_, row) => [
      t('camRow', { row: row + 1 }),
      ...Array.from(values.subarray(row * map.width, (row + 1) * map.width), (value) => Number(value.toPrecision(6))),
    ]),
  ];
  const width = largest(rows.map((row) => row.length));
  return {
    header: [t('camColumnField'), t('camColumnValue'), ...Array.from({ length: width - 2 }, () => '')],
    rows: rows.map((row) => [...row, ...Array.from({ length: width - row.length }, () => '')]),
  };
}
