// <sh-notices>: messages that the user must not miss: the sentence of the problem with the last lines of the log, the warnings, and alarms
// about the curves.
import { css, html, LitElement, nothing } from 'lit';
import { t } from '../../shared/strings/strings.ts';
import { base } from '../styles/base.ts';
import { button } from './controls.ts';
import { icon } from './icons.ts';

export class Notices extends LitElement {
  static override properties = {
    problem: { attribute: false },
    warnings: { attribute: false },
    alarms: { attribute: false },
    lastLines: { attribute: false },
  };
  declare problem: string | null;
  declare warnings: readonly string[];
  declare alarms: readonly { readonly epoch: number; readonly text: string }[];
  /** Last lines of a failed run's log; empty: none. */
  declare lastLines: readonly string[];

  constructor() {
    super();
    this.alarms = [];
    this.lastLines = [];
  }

  override render() {
    return html`
      ${
        this.problem === null
          ? nothing
          : html`<div class="notice problem" role="alert">${icon('failed')}<div class="words"><p><strong class="visuallyHidden">${t('problem')}: </strong>${this.problem}</p>${this.#log()}</div></div>`
      }
      ${
        this.warnings.length === 0
          ? nothing
          : html`<ul aria-label=${t('warnings')}>
            ${this.warnings.map((text) => html`<li class="notice warning">${icon('warning')}<p>${text}</p></li>`)}
          </ul>`
      }
      ${
        this.alarms.length === 0
          ? nothing
          : html`<ul aria-label=${t('alarms')}>
            ${this.alarms.map(({ epoch, text }) => html`<li class="notice alarm">${icon('info')}<p><b class="number">${t('alarmAt', { epoch })}</b> ${text}</p></li>`)}
          </ul>`
      }`;
  }

  #log() {
    if (this.lastLines.length === 0) return nothing;
    return html`<p id="log"><strong>${t('lastLines')}</strong></p>
      <pre tabindex="0" role="region" aria-labelledby="log">${this.lastLines.join('\n')}</pre>
      ${button({ label: t('openLog'), icon: 'log', onClick: () => this.#openLog() })}`;
  }

  #openLog(): void {
    this.dispatchEvent(new CustomEvent('sh-ask', { detail: { type: 'openLog' }, bubbles: true, composed: true }));
  }

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 6px;
      }
      ul {
        display: grid;
        gap: 6px;
        list-style: none;
      }
      .notice {
        display: flex;
        gap: 8px;
        padding: 7px 10px;
        border: 1px solid;
        border-radius: var(--sh-radius);
        overflow-wrap: anywhere;
      }
      .notice svg {
        margin-top: 1px;
      }
      .problem {
        background: var(--vscode-inputValidation-errorBackground);
        border-color: var(--vscode-inputValidation-errorBorder);
        color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
      }
      .problem > svg {
        color: var(--vscode-errorForeground);
      }
      .words {
        display: grid;
        gap: 6px;
        justify-items: start;
        min-width: 0;
        flex: 1;
      }
      pre {
        margin: 0;
        width: 100%;
        overflow-x: auto;
        padding: 6px 8px;
        font-family: var(--sh-mono);
        font-size: 12px;
        line-height: 1.45;
        color: var(--vscode-foreground);
        background: var(--vscode-editor-background);
        border: 1px solid var(--sh-border);
      }
      .buttonIcon {
        display: inline-flex;
      }
      .alarm {
        border-color: var(--sh-border);
        border-inline-start: 3px solid var(--vscode-editorInfo-foreground, var(--vscode-foreground));
        background: var(--sh-surface);
      }
      .alarm svg {
        color: var(--vscode-editorInfo-foreground, var(--vscode-foreground));
      }
      .alarm b {
        margin-inline-end: 4px;
      }
      .warning {
        background: var(--vscode-inputValidation-warningBackground);
        border-color: var(--vscode-inputValidation-warningBorder);
        color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
      }
      .warning svg {
        color: var(--vscode-editorWarning-foreground);
      }
    `,
  ];
}
