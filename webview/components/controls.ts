// The panel's buttons, progress ring and tags: the only importer of @vscode/webview-ui-toolkit. The toolkit is archived upstream;
// replace it here, because the rest of the panel uses only these functions.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTag,
} from '@vscode/webview-ui-toolkit';
import { css, html, nothing, type TemplateResult } from 'lit';
import { type IconName, icon } from './icons.ts';

/** Call once per page, before anything is drawn. */
export function defineControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTag(),
  );
}

export interface ButtonOptions {
  readonly label: string;
  readonly onClick: () => void;
  readonly icon?: IconName;
  readonly primary?: boolean;
  readonly disabled?: boolean;
  readonly hint?: string;
}

export const button = (options: ButtonOptions): TemplateResult => html`
  <vscode-button
    appearance=${options.primary ? 'primary' : 'secondary'}
    ?disabled=${options.disabled ?? false}
    title=${options.hint ?? nothing}
    @click=${options.onClick}
    >${options.icon ? html`<span slot="start" class="buttonIcon">${icon(options.icon)}</span>` : nothing}${options.label}</vscode-button
  >`;

/** Spins for ever, so it stops where the user prefers reduced motion. */
export const progressRing = (label: string): TemplateResult =>
  lessMotion() ? icon('queued') : html`<vscode-progress-ring class="ring" aria-label=${label}></vscode-progress-ring>`;

export const tag = (text: string): TemplateResult => html`<vscode-tag>${text}</vscode-tag>`;

export interface PickerOptions {
  readonly label: string;
  readonly options: readonly string[];
  readonly selected: number;
  readonly onPick: (index: number) => void;
}

export const picker = ({ label, options, selected, onPick }: PickerOptions): TemplateResult => html`
  <vscode-dropdown
    aria-label=${label}
    .value=${String(selected)}
    @change=${(event: Event) => onPick(Number((event.target as HTMLInputElement).value))}
  >
    ${options.map((option, i) => html`<vscode-option value=${i} ?selected=${i === selected}>${option}</vscode-option>`)}
  </vscode-dropdown>`;

/** Native list, which may open beyond a small panel. Styles: selectStyle. */
export const select = ({ label, options, selected, onPick }: PickerOptions): TemplateResult => html`
  <label class="select"
    ><span>${label}</span>
    <select @change=${(event: Event) => onPick((event.target as HTMLSelectElement).selectedIndex)}>
      ${options.map((option, i) => html`<option ?selected=${i === selected}>${option}</option>`)}
    </select></label
  >`;

export const selectStyle = css`
  .select {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
    max-width: 100%;
  }
  .select select {
    min-width: 0;
    max-width: 260px;
    height: 26px;
    padding: 2px 4px;
    font: inherit;
    color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
    background: var(--vscode-dropdown-background, transparent);
    border: 1px solid var(--vscode-dropdown-border, var(--sh-border));
    border-radius: var(--sh-radius);
    cursor: pointer;
  }
`;

export interface SegmentsOptions extends PickerOptions {
  /** Unique in its shadow tree. */
  readonly name: string;
}

/** Choice of a few visible options: radio buttons drawn as one bar. Styles: segmentsStyle. */
export const segments = ({ name, label, options, selected, onPick }: SegmentsOptions): TemplateResult => html`
  <fieldset class="segments">
    <legend class="visuallyHidden">${label}</legend>
    ${options.map(
      (option, i) => html`<label
        ><input type="radio" name=${name} .checked=${i === selected} @change=${() => onPick(i)} /><span>${option}</span></label
      >`,
    )}
  </fieldset>`;

export interface CheckboxOptions {
  readonly label: string | TemplateResult;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Styles: checkboxStyle. */
export const checkbox = ({ label, checked, onChange }: CheckboxOptions): TemplateResult => html`
  <label class="checkbox"
    ><input
      type="checkbox"
      .checked=${checked}
      @change=${(event: Event) => onChange((event.target as HTMLInputElement).checked)}
    />${label}</label
  >`;

export const checkboxStyle = css`
  .checkbox {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    cursor: pointer;
  }
  .checkbox input {
    appearance: none;
    display: grid;
    place-items: center;
    flex: none;
    width: 16px;
    height: 16px;
    margin: 0;
    border: 1px solid var(--vscode-checkbox-border, var(--vscode-foreground));
    border-radius: 3px;
    background: var(--vscode-checkbox-background, transparent);
    color: var(--vscode-checkbox-foreground, var(--vscode-foreground));
    cursor: pointer;
  }
  .checkbox input:checked::before {
    content: '';
    width: 4px;
    height: 8px;
    margin-top: -2px;
    border: solid currentColor;
    border-width: 0 2px 2px 0;
    rotate: 45deg;
  }
`;

const lessMotion = (): boolean =>
  document.body.classList.contains('vscode-reduce-motion') || matchMedia('(prefers-reduced-motion: reduce)').matches;
