// <sh-sheet-filters>: filters by split and class and by flags of the check, and a button for another random sample.
import { css, html, LitElement, nothing } from 'lit';
import type { SplitName } from '../../shared/contracts/splits.ts';
import type { DatasetCard } from '../../shared/messages/sheet.ts';
import { t } from '../../shared/strings/strings.ts';
import { button, checkbox, checkboxStyle, picker, segments } from '../components/controls.ts';
import { segmentsStyle } from '../components/segmentsStyle.ts';
import { formatCount } from '../page/format.ts';
import { base } from '../styles/base.ts';
import { act, send } from './act.ts';

export class SheetFilters extends LitElement {
  static override properties = {
    card: { attribute: false },
    split: { attribute: false },
    pickedClass: { attribute: false },
    markedOnly: { attribute: false },
    markedCount: { attribute: false },
  };
  declare card: DatasetCard;
  /** null: all. */
  declare split: SplitName | null;
  declare pickedClass: string | null;
  declare markedOnly: boolean;
  declare markedCount: number;

  override render() {
    const { classNames } = this.card;
    const splits = this.card.splits.flatMap(({ split }) => split ?? []);
    return html`<div class="filters" role="group" aria-label=${t('sheetFilters')}>
      ${
        splits.length < 2
          ? nothing
          : segments({
              name: 'split',
              label: t('sheetSplit'),
              options: [t('sheetAllSplits'), ...splits],
              selected: this.split === null ? 0 : splits.indexOf(this.split) + 1,
              onPick: (i) => act(this, { type: 'splitPicked', split: splits[i - 1] ?? null }),
            })
      }
      ${
        classNames.length < 2
          ? nothing
          : picker({
              label: t('sheetClass'),
              options: [t('sheetAllClasses'), ...classNames],
              selected: this.pickedClass === null ? 0 : classNames.indexOf(this.pickedClass) + 1,
              onPick: (i) => act(this, { type: 'classPicked', className: classNames[i - 1] ?? null }),
            })
      }
      ${
        this.markedCount === 0 && !this.markedOnly
          ? nothing
          : checkbox({
              label: t('sheetMarkedOnly', { count: formatCount(this.markedCount) }),
              checked: this.markedOnly,
              onChange: (on) => act(this, { type: 'markedOnlySet', on }),
            })
      }
      ${button({
        label: t('sheetAnew'),
        icon: 'running',
        hint: t('sheetAnewHint'),
        disabled: this.markedOnly,
        onClick: () => send(this, { type: 'sampleAnew' }),
      })}
    </div>`;
  }

  static override styles = [
    base,
    segmentsStyle,
    checkboxStyle,
    css`
      .filters {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 14px;
      }
      vscode-dropdown {
        min-width: 140px;
        max-width: 100%;
      }
    `,
  ];
}
