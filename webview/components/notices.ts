// <sh-notices>: what the user must not miss: the sentence of the problem, then the warnings.
import { css, html, LitElement, nothing } from 'lit';
import { t } from '../strings.ts';
import { base } from '../styles/base.ts';
import { icon } from './icons.ts';

export class Notices extends LitElement {
  static override properties = {
    problem: { attribute: false },
    warnings: { attribute: false },
  };
  declare problem: string | null;
  declare warnings: readonly string[];

  override render() {
    return html`
      ${
        this.problem === null
          ? nothing
          : html`<div class="notice problem" role="alert">${icon('failed')}<p><strong class="visuallyHidden">${t('problem')}: </strong>${this.problem}</p></div>`
      }
      ${
        this.warnings.length === 0
          ? nothing
          : html`<ul aria-label=${t('warnings')}>
            ${this.warnings.map((text) => html`<li class="notice warning">${icon('warning')}<p>${text}</p></li>`)}
          </ul>`
      }`;
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
      .problem svg {
        color: var(--vscode-errorForeground);
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
