// <sh-export-menu>: export formats of a card. A native disclosure: Enter opens it, Escape and leaving it close it.
import { css, html, LitElement } from 'lit';
import { t } from '../../shared/strings/strings.ts';
import { icon } from '../components/icons.ts';
import { base } from '../styles/base.ts';

export interface ExportItem {
  readonly label: string;
  readonly run: () => void;
}

export class ExportMenu extends LitElement {
  static override properties = { items: { attribute: false }, of: { attribute: false } };
  declare items: readonly ExportItem[];
  /** Name of the exported content, for screen readers. */
  declare of: string;

  override render() {
    return html`<details @keydown=${this.#keyed} @focusout=${this.#left}>
      <summary aria-label=${t('exportOf', { what: this.of })}>${icon('save')}<span aria-hidden="true">${t('export')}</span></summary>
      <ul>
        ${this.items.map(
          ({ label, run }) => html`<li>
            <button
              type="button"
              @click=${() => {
                this.#close();
                run();
              }}
            >
              ${label}
            </button>
          </li>`,
        )}
      </ul>
    </details>`;
  }

  #details(): HTMLDetailsElement | null {
    return this.renderRoot.querySelector('details');
  }

  #close(): void {
    const details = this.#details();
    if (details) details.open = false;
  }

  #keyed = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    this.#close();
    this.renderRoot.querySelector('summary')?.focus();
  };

  #left = (event: FocusEvent): void => {
    if (!this.#details()?.contains(event.relatedTarget as Node | null)) this.#close();
  };

  static override styles = [
    base,
    css`
      :host {
        margin-inline-start: auto;
      }
      details {
        position: relative;
      }
      summary {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        padding: 1px 6px;
        border: 1px solid transparent;
        border-radius: 3px;
        font-size: 12px;
        list-style: none;
        cursor: pointer;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary:hover,
      details[open] summary {
        border-color: var(--vscode-contrastBorder, var(--vscode-input-border, var(--sh-border)));
      }
      ul {
        position: absolute;
        inset-inline-end: 0;
        z-index: 3;
        display: grid;
        min-width: max-content;
        padding: 4px;
        border: 1px solid var(--vscode-contrastBorder, var(--vscode-dropdown-border, var(--sh-border)));
        border-radius: 4px;
        background: var(--vscode-dropdown-background, var(--vscode-editor-background));
        color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
        list-style: none;
      }
      button {
        width: 100%;
        padding: 4px 10px;
        border: 0;
        border-radius: 3px;
        background: none;
        color: inherit;
        font: inherit;
        font-size: 12px;
        text-align: start;
        cursor: pointer;
      }
      button:hover {
        background: var(--vscode-list-activeSelectionBackground, transparent);
        color: var(--vscode-list-activeSelectionForeground, inherit);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
      }
    `,
  ];
}
