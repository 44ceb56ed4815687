// Shared styles of all elements: the panel's names for the editor's tokens, headings, tables, figures.
// Only --vscode-* colours; mixes of two of them where the editor has no token.
import { css } from 'lit';

/** On the root element; custom properties inherit into every shadow tree below it. */
export const tokens = css`
  :host {
    --sh-border: var(--vscode-contrastBorder, var(--vscode-panel-border, var(--vscode-widget-border)));
    --sh-hairline: color-mix(in srgb, var(--vscode-foreground) 12%, transparent);
    --sh-muted: var(--vscode-descriptionForeground);
    /* charts.orange is translucent in some themes, but a line must be opaque. */
    --sh-train: color-mix(in srgb, rgb(from var(--vscode-charts-blue) r g b / 1) 88%, var(--vscode-foreground));
    --sh-val: color-mix(in srgb, rgb(from var(--vscode-charts-orange) r g b / 1) 88%, var(--vscode-foreground));
    --sh-good: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
    --sh-bad: var(--vscode-errorForeground);
    --sh-surface: color-mix(in srgb, var(--vscode-foreground) 3%, var(--vscode-editor-background));
    --sh-radius: 6px;
    --sh-mono: var(--vscode-editor-font-family, monospace);
  }
  :host-context(.vscode-high-contrast),
  :host-context(.vscode-high-contrast-light) {
    --sh-val: var(--vscode-foreground);
    --sh-hairline: color-mix(in srgb, var(--vscode-foreground) 35%, transparent);
    --sh-surface: var(--vscode-editor-background);
    --sh-radius: 0;
  }
`;

export const base = css`
  :host {
    display: block;
    min-width: 0;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  figure {
    margin: 0;
    padding: 0;
  }
  h1 {
    min-width: 0;
    font-size: 18px;
    font-weight: 600;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 11px;
    font-weight: 700;
    letter-spacing: 0.04em;
    text-transform: uppercase;
  }
  h3 {
    font-size: 12px;
    font-weight: 600;
  }
  .muted {
    color: var(--sh-muted);
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .truncate {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .visuallyHidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  svg.icon {
    width: 16px;
    height: 16px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.3;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 1px;
  }
`;

/** Every panel's root element: the whole page. */
export const page = css`
  :host {
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
    line-height: 1.4;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    max-width: 1680px;
    margin: auto;
    padding: 14px 20px 24px;
  }
  .waiting {
    justify-items: center;
    padding-top: 15vh;
  }
  @media (max-width: 560px) {
    main {
      padding: 10px 10px 16px;
    }
  }
`;

/** Cards: the panel's sections. */
export const card = css`
  .card {
    border: 1px solid var(--sh-border);
    border-radius: var(--sh-radius);
    background: var(--sh-surface);
    padding: 10px 12px 12px;
  }
  .cardHead {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 12px;
    min-height: 20px;
    margin-bottom: 8px;
  }
  .cardHead .muted {
    font-size: 12px;
  }
`;

export const table = css`
  table {
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
    font-size: 12px;
  }
  caption {
    text-align: start;
    font-weight: 600;
    padding-bottom: 4px;
  }
  th,
  td {
    padding: 3px 8px;
    text-align: end;
    white-space: nowrap;
    border-bottom: 1px solid var(--sh-hairline);
  }
  th {
    font-weight: 600;
  }
  thead th {
    color: var(--sh-muted);
    font-weight: 400;
  }
  th[scope='row'] {
    text-align: start;
  }
`;

/** A page's <header>: its subject and its actions. */
export const titleBar = css`
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: start;
    justify-content: space-between;
    gap: 8px 24px;
  }
  .title {
    min-width: 0;
  }
`;

/** An image in a list of predictions, or a note that it is missing, with its file name. */
export const imageTile = css`
  .picture {
    width: 100%;
    height: 120px;
    object-fit: contain;
    background: var(--sh-hairline);
  }
  .missing {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 4px;
    padding: 6px;
    font-size: 11px;
    text-align: center;
  }
  .file {
    margin-top: 4px;
  }
`;
