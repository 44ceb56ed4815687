// The panel's icons, 16 x 16, stroked in the text colour. Decorative: the word is always beside them.
import { svg, type TemplateResult } from 'lit';

const paths = {
  check: 'M8 1.7a6.3 6.3 0 1 1 0 12.6a6.3 6.3 0 0 1 0-12.6 M5 8.2 7.2 10.4 11.2 5.8',
  failed: 'M8 1.7a6.3 6.3 0 1 1 0 12.6a6.3 6.3 0 0 1 0-12.6 M5.7 5.7 10.3 10.3 M10.3 5.7 5.7 10.3',
  stopped: 'M8 1.7a6.3 6.3 0 1 1 0 12.6a6.3 6.3 0 0 1 0-12.6 M6 6h4v4H6Z',
  queued: 'M8 1.7a6.3 6.3 0 1 1 0 12.6a6.3 6.3 0 0 1 0-12.6 M8 4.6V8l2.4 1.6',
  running: 'M13.6 5.2A6.2 6.2 0 1 0 14.2 8.6 M14.2 2.2V5.4H11',
  warning: 'M8 2.2 14.4 13.4H1.6Z M8 6.4V9.6 M8 11.4V11.5',
  info: 'M8 1.7a6.3 6.3 0 1 1 0 12.6a6.3 6.3 0 0 1 0-12.6 M8 7.4V11 M8 5V5.1',
  stop: 'M4.2 4.2h7.6v7.6H4.2Z',
  pause: 'M5.5 3.5v9 M10.5 3.5v9',
  play: 'M5 3.2 12.6 8 5 12.8Z',
  copy: 'M5.5 5.5h8v8h-8Z M10.5 5.5v-3h-8v8h3',
  save: 'M8 2.2v7.6 M4.8 6.8 8 10l3.2-3.2 M2.8 13.2h10.4',
  log: 'M3 3.5h10 M3 6.5h10 M3 9.5h6.5 M3 12.5h8',
  images: 'M2 2h5v5H2Z M9 2h5v5H9Z M2 9h5v5H2Z M9 9h5v5H9Z',
  folder: 'M1.8 4.2h4.4l1.5 1.6h6.5v7H1.8Z',
  target: 'M8 3a5 5 0 1 1 0 10a5 5 0 0 1 0-10 M8 .8V4.4 M8 11.6V15.2 M.8 8H4.4 M11.6 8H15.2',
  star: 'M8 2 9.8 6 14.1 6.4 10.9 9.3 11.8 13.6 8 11.3 4.2 13.6 5.1 9.3 1.9 6.4 6.2 6Z',
} as const;

export type IconName = keyof typeof paths;

export const icon = (name: IconName): TemplateResult => svg`
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${paths[name]}></path></svg>`;
