// <sh-evaluation-matrix>: the confusion matrix as counts or as percentages of rows or columns; a cell shows its images in the grid.
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { type ImagePick, matrixShares } from '../../shared/messages/evaluation.ts';
import { confusionMatrix } from '../../shared/metrics/confusion.ts';
import { normalizedMatrix } from '../../shared/metrics/multiclass.ts';
import type { ImageOutcome } from '../../shared/metrics/perImage.ts';
import { t } from '../../shared/strings/strings.ts';
import { mostClasses } from '../classification/readableClasses.ts';
import { segments } from '../components/controls.ts';
import { segmentsStyle } from '../components/segmentsStyle.ts';
import { base, card } from '../styles/base.ts';
import { act } from './act.ts';
import { type TextTable, tableExports } from './exports.ts';
import type { EvaluationModel } from './model.ts';
import type { MatrixShare } from './state.ts';

export class EvaluationMatrix extends LitElement {
  static override properties = {
    model: { attribute: false },
    outcomes: { attribute: false },
    share: { attribute: false },
    pick: { attribute: false },
    how: { attribute: false },
  };
  /** Requires labels. */
  declare model: EvaluationModel;
  declare outcomes: readonly ImageOutcome[];
  declare share: MatrixShare;
  declare pick: ImagePick;
  /** Decision rule in words. */
  declare how: string;

  #order: readonly number[] = [];
  #matrix: readonly (readonly number[])[] = [];

  /** Recounts only when decisions change: picking a cell or another percentage draws the same matrix. */
  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('model') && !changed.has('outcomes')) return;
    this.#order = orderOf(this.model);
    this.#matrix = matrixOf(this.model, this.outcomes, this.#order);
  }

  override render() {
    const { model, pick } = this;
    const order = this.#order;
    const matrix = this.#matrix;
    const names = order.map((label) => model.classNames[label]!);
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('confusionMatrix')}</h2>
        <span class="muted">${this.how}</span>
        ${segments({
          name: 'share',
          label: t('matrixShare'),
          options: [t('counts'), t('byRow'), t('byColumn')],
          selected: matrixShares.indexOf(this.share),
          onPick: (index) => act(this, { type: 'matrixShareSet', share: matrixShares[index]! }),
        })}
        <sh-export-menu .of=${t('confusionMatrix')} .items=${tableExports(this, () => this.#table(names, matrix))}></sh-export-menu>
      </div>
      <sh-confusion-table
        .caption=${t(shareWords[this.share])}
        .classNames=${names}
        .matrix=${matrix}
        .cellNames=${
          model.positive === null
            ? null
            : [
                [t('truePositive'), t('falseNegative')],
                [t('falsePositive'), t('trueNegative')],
              ]
        }
        .share=${this.share}
        .choosable=${true}
        .chosen=${pick.type === 'cell' ? [order.indexOf(pick.actual), order.indexOf(pick.predicted)] : null}
        @sh-cell=${(event: CustomEvent<[number, number]>) => {
          const [actual, predicted] = event.detail.map((index) => order[index]!);
          act(this, { type: 'imagesPicked', pick: { type: 'cell', actual: actual!, predicted: predicted! } });
        }}
      ></sh-confusion-table>
      <p class="muted">${t('matrixHint')} ${names.length > mostClasses ? t('matrixCopied') : nothing}</p>
    </section>`;
  }

  #table(names: readonly string[], matrix: readonly (readonly number[])[]): TextTable {
    const shares = normalizedMatrix(matrix, this.share === 'column' ? 'predicted' : 'true');
    const shown = this.share === 'counts' ? matrix : shares;
    return {
      header: [t('actualByPredicted'), ...names],
      rows: names.map((name, i) => [name, ...shown[i]!]),
    };
  }

  static override styles = [
    base,
    card,
    segmentsStyle,
    css`
      p {
        margin-top: 6px;
        font-size: 12px;
      }
    `,
  ];
}

/** The positive class first, as sensitivity is read. */
const orderOf = ({ positive, classNames }: EvaluationModel): readonly number[] =>
  positive === null ? classNames.map((_, label) => label) : [positive, 1 - positive];

function matrixOf(
  { labels, classNames }: EvaluationModel,
  outcomes: readonly ImageOutcome[],
  order: readonly number[],
): number[][] {
  const matrix = confusionMatrix(
    labels!,
    outcomes.map(({ predicted }) => predicted!),
    classNames.length,
  );
  return order.map((actual) => order.map((predicted) => matrix[actual]![predicted]!));
}

const shareWords = { counts: 'matrixCounts', row: 'matrixRows', column: 'matrixColumns' } as const;
