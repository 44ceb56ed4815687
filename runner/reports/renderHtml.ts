// A document as one HTML file: no script, nothing loaded from elsewhere, pictures embedded.

import { html, type Markup, trusted } from './markup.ts';
import type { Block, Chart, Document, Picture, Table } from './reports.ts';
import { lineChart, seriesColors } from './sections/lineChart.ts';
import { style } from './style.ts';

export function renderHtml({ title, notices, blocks }: Document): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${notices.map((notice) => html`<p class="notice">${notice}</p>\n`)}
${blocks.map((block) => html`${renderBlock(block)}\n`)}
</main>
</body>
</html>
`.text;
}

function renderBlock(block: Block): Markup {
  switch (block.kind) {
    case 'heading':
      return html`<h2>${block.text}</h2>`;
    case 'text':
      return html`<p>${block.text}</p>`;
    case 'list':
      return html`<ul${block.warning ? trusted(' class="warning"') : ''}>${block.items.map((item) => html`<li>${item}</li>`)}</ul>`;
    case 'facts':
      return html`<div class="scroll"><table class="facts"><tbody>${block.rows.map(
        ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
      )}</tbody></table></div>`;
    case 'table':
      return renderTable(block);
    case 'charts':
      return html`<div class="charts">${block.charts.map(renderChart)}</div>`;
    case 'pictures':
      return html`<div class="pictures">${block.pictures.map(renderPicture)}</div>`;
  }
}

function renderTable({ caption, head, rows, tints }: Table): Markup {
  const cell = (text: string, tint: number | undefined) =>
    tint === undefined
      ? html`<td>${text}</td>`
      : html`<td style="background: rgba(var(--tint), ${(0.6 * tint).toFixed(3)})">${text}</td>`;
  return html`<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([name = '', ...figures], row) =>
      html`<tr><th scope="row">${name}</th>${figures.map((text, column) => cell(text, tints?.[row]?.[column]))}</tr>\n`,
  )}</tbody></table></div>`;
}

function renderChart(chart: Chart): Markup {
  return html`<figure${chart.square ? trusted(' class="square"') : ''}><div class="chart-title">${chart.title}</div>
${lineChart(chart)}
<ul class="legend">${chart.series.map(
    ({ name }, i) =>
      html`<li><svg viewBox="0 0 26 10" aria-hidden="true"><line class="line s${i % seriesColors}" x1="0" x2="26" y1="5" y2="5"/></svg>${name}</li>`,
  )}</ul></figure>`;
}

function renderPicture({ jpeg, relativePath, lines, wrong }: Picture): Markup {
  const image = jpeg
    ? html`<img alt="${relativePath}" src="data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}">`
    : html`<p>(the picture is missing)</p>`;
  return html`<figure${wrong ? trusted(' class="wrong"') : ''}>${image}<figcaption>${lines.map(
    (line) => html`<div>${line}</div>`,
  )}${wrong ? [html`<div><strong>wrong</strong></div>`] : []}<div class="path">${relativePath}</div></figcaption></figure>`;
}
