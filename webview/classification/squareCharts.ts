// The charts of the unit square, each with its axes and reference.
import { html, type TemplateResult } from 'lit';
import type { RocBand } from '../../shared/metrics/rocBand.ts';
import { t } from '../../shared/strings/strings.ts';
import type { RocPoint } from './decision.ts';
import type { SquareDot, SquareLine, SquarePoint } from './squareChart.ts';
import { stepped } from './stepped.ts';

export interface RocChartOptions {
  /** From (0, 0) to (1, 1). */
  readonly points: readonly RocPoint[];
  readonly at: RocPoint;
  readonly optimum: RocPoint | null;
  /** Confidence band of the true curve; absent: the area under the curve is shaded instead. */
  readonly band?: RocBand | null;
  readonly label: string;
}

const rocPoint = ({ falsePositiveRate: x, truePositiveRate: y, threshold }: RocPoint) => ({ x, y, threshold });

/** One class, with the point of the threshold. */
export const rocChart = ({ points, at, optimum, band, label }: RocChartOptions): TemplateResult => html`<sh-square-chart
  class="roc"
  .lines=${[{ points: points.map(rocPoint), color: '--sh-val', dash: [] } satisfies SquareLine]}
  .filled=${!band}
  .band=${band ? [...band.upper, ...band.lower.toReversed()].map(([x, y]) => ({ x, y })) : []}
  .reference=${{ from: { x: 0, y: 0 }, to: { x: 1, y: 1 }, label: t('chance') }}
  .at=${rocPoint(at)}
  .optimum=${optimum && rocPoint(optimum)}
  .optimumTitle=${t('isYoudenMark')}
  .xLabel=${t('falsePositiveRate')}
  .yLabel=${t('sensitivity')}
  .label=${label}
></sh-square-chart>`;

/** Several classes, each against the rest. */
export const rocOverlay = (lines: readonly SquareLine[], label: string): TemplateResult => html`<sh-square-chart
  class="roc"
  .lines=${lines}
  .reference=${{ from: { x: 0, y: 0 }, to: { x: 1, y: 1 }, label: t('chance') }}
  .xLabel=${t('falsePositiveRate')}
  .yLabel=${t('sensitivity')}
  .label=${label}
></sh-square-chart>`;

export interface PrecisionRecallOptions {
  readonly points: SquareLine['points'];
  /** null: nothing is predicted positive, so precision is undefined. */
  readonly at: SquarePoint | null;
  /** Proportion of positives: the precision of predicting everything positive. */
  readonly prevalence: number;
  readonly label: string;
}

export const precisionRecallChart = ({
  points,
  at,
  prevalence,
  label,
}: PrecisionRecallOptions): TemplateResult => html`<sh-square-chart
  class="precisionRecall"
  .lines=${[{ points: stepped(points), color: '--sh-val', dash: [] } satisfies SquareLine]}
  .reference=${{ from: { x: 0, y: prevalence }, to: { x: 1, y: prevalence }, label: t('prevalence') }}
  .at=${at}
  .xLabel=${t('recall')}
  .yLabel=${t('precision')}
  .label=${label}
></sh-square-chart>`;

/** `dots`: mean probability against the proportion of positives. */
export const reliabilityChart = (
  dots: readonly SquareDot[],
  axes: { readonly x: string; readonly y: string },
  label: string,
): TemplateResult => html`<sh-square-chart
  class="reliability"
  .lines=${[{ points: dots, color: '--sh-val', dash: [] } satisfies SquareLine]}
  .dots=${dots}
  .reference=${{ from: { x: 0, y: 0 }, to: { x: 1, y: 1 }, label: t('perfect') }}
  .xLabel=${axes.x}
  .yLabel=${axes.y}
  .label=${label}
></sh-square-chart>`;
