// Exports of the evaluation panel's cards: a table as text, a chart as a file.
import { fixed } from '../../shared/fixed.ts';
import { t } from '../../shared/strings/strings.ts';
import { csvText, escapeMarkdown, markdownText, type TextCell } from '../page/tableText.ts';
import { send } from './act.ts';
import { chartPng, chartSvg } from './exportChart.ts';
import type { ExportItem } from './exportMenu.ts';

export interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly TextCell[])[];
}

/** `table` is lazy, because a list of ten thousand images is large. */
export const tableExports = (from: HTMLElement, table: () => TextTable, name?: string): ExportItem[] => {
  const named = (label: string) => (name === undefined ? label : `${label}: ${name}`);
  return [
    {
      label: named(t('copyCsv')),
      run: () => {
        const { header, rows } = table();
        send(from, { type: 'copy', text: csvText([header, ...rows]) });
      },
    },
    {
      label: named(t('copyMarkdown')),
      run: () => {
        const { header, rows } = table();
        const cell = (value: TextCell) =>
          value === null ? '' : escapeMarkdown(typeof value === 'number' ? numberText(value) : value);
        send(from, {
          type: 'copy',
          text: markdownText(
            header.map(escapeMarkdown),
            rows.map((row) => row.map(cell)),
          ),
        });
      },
    },
  ];
};

/** `chart`: the current drawing; `name` is the proposed file name and distinguishes the charts of a card. */
export const chartExports = (
  from: HTMLElement,
  chart: () => SVGSVGElement | null | undefined,
  title: string,
  name: string,
): ExportItem[] =>
  (['svg', 'png'] as const).map((format) => ({
    label: `${t(format === 'svg' ? 'saveSvg' : 'savePng')}: ${title}`,
    run: () => void saveChart(from, chart(), title, name, format),
  }));

async function saveChart(
  from: HTMLElement,
  chart: SVGSVGElement | null | undefined,
  title: string,
  name: string,
  format: 'svg' | 'png',
): Promise<void> {
  if (!chart) return;
  const svg = chartSvg(chart, title);
  const { width, height } = chart.viewBox.baseVal;
  const data = format === 'svg' ? svg : await chartPng(svg, width, height);
  send(from, { type: 'savePicture', name, format, data });
}

/** SVG inside a chart element. */
export const drawingIn = (root: ParentNode, selector: string): SVGSVGElement | null | undefined =>
  root.querySelector(selector)?.shadowRoot?.querySelector('svg');

const numberText = (value: number): string => String(Number.isInteger(value) ? value : Number(fixed(value, 4)));
