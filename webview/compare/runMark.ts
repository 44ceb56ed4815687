// Identification of a run in the compare panel: its line (colour and dash), its letter, its name.
import { css, html, type TemplateResult } from 'lit';
import type { ComparedRun } from '../../shared/messages/compare.ts';
import { dashes, letterOf, runColor } from '../charts/palette.ts';
import { cssVariables } from '../styles/cssVariables.ts';

export const letter = (run: ComparedRun): string => letterOf(run.index);

/** The line and the letter. */
export const runMark = (run: ComparedRun): TemplateResult => html`<span class="runMark"
  ><svg class="line" viewBox="0 0 28 8" aria-hidden="true" ${cssVariables({ '--color': `var(${runColor(run.index)})` })}>
    <path d="M0 4H28" stroke-dasharray=${dashes[run.index % dashes.length]!.join(' ')}></path></svg
  ><b>${letter(run)}</b></span
>`;

/** Text for select lists. */
export const runTitle = (run: ComparedRun): string => `${letter(run)} ${run.name}, ${run.when}`;

export const runMarkStyle = css`
  .runMark {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .runMark .line {
    flex: none;
    width: 28px;
    height: 8px;
    fill: none;
    stroke: var(--color);
    stroke-width: 2.5;
  }
`;
