// <sh-samples>: a dozen validation images with their predictions after each epoch; the slider selects the epoch, here and in the ROC
// curve. Words and signs mark right and wrong. Dispatches `sh-epoch`.

import { css, html, LitElement, nothing } from 'lit';
import type { SampleImage } from '../../shared/contracts/events.ts';
import type { RunState } from '../../shared/contracts/runState.ts';
import { fixed } from '../../shared/fixed.ts';
import type { Predictions } from '../../shared/messages/run.ts';
import { t } from '../../shared/strings/strings.ts';
import { checkbox, checkboxStyle } from '../components/controls.ts';
import { icon } from '../components/icons.ts';
import { rangeInput } from '../components/rangeInput.ts';
import { rangeStyle } from '../components/rangeStyle.ts';
import { baseName } from '../page/format.ts';
import { base, card } from '../styles/base.ts';
import { cssVariables } from '../styles/cssVariables.ts';
import { type SampleGuess, sampleAddress, sampleGuess } from './samples.ts';

export class SamplesView extends LitElement {
  static override properties = {
    run: { attribute: false },
    imageRoot: { attribute: false },
    epoch: { attribute: false },
    predictions: { attribute: false },
    isGone: { attribute: false },
  };
  declare run: RunState;
  declare imageRoot: string;
  /** Picked epoch; null: the newest. */
  declare epoch: number | null;
  /** Predictions of that epoch, or of another one while they load. */
  declare predictions: Predictions | null;
  /** The predictions of the picked epoch are unreadable. */
  declare isGone: boolean;

  override render() {
    const { run } = this;
    const last = run.epochs.at(-1)?.epoch;
    return html`<section class="card" aria-labelledby="title">
      <div class="cardHead">
        <h2 id="title">${t('sampleImages')}</h2>
        ${last === undefined ? nothing : this.#lead(run.epochs[0]!.epoch, last)}
      </div>
      ${last === undefined ? html`<p class="muted empty">${t('samplesEmpty')}</p>` : nothing}
      <ul>
        ${run.samples.map((image) => this.#image(image))}
      </ul>
    </section>`;
  }

  #lead(first: number, last: number) {
    // The kept weights belong to their own epoch.
    const newest = this.run.evaluation?.keptEpoch ?? last;
    const at = this.epoch ?? newest;
    const shown = this.predictions?.epoch ?? null;
    const word =
      this.epoch === null && shown === null && this.run.evaluation ? t('whichKept') : t('whichEpoch', { epoch: at });
    return html`<span class="lead">
        ${rangeInput({
          id: 'epoch',
          label: t('epochShown'),
          min: first,
          max: Math.max(last, first),
          step: 1,
          value: at,
          valueText: word,
          onMove: (epoch) => this.#tell(epoch),
        })}
        <output for="epoch" class="number">${at}</output>
      </span>
      ${checkbox({ label: t('followNewest'), checked: this.epoch === null, onChange: (on) => this.#tell(on ? null : at) })}
      <span class="muted state" role="status">${this.#state(at, shown)}</span>`;
  }

  #state(at: number, shown: number | null): string {
    if (this.isGone) return t('predictionsGone', { epoch: at });
    if (this.epoch !== null && shown !== this.epoch) return t('predictionsPending', { epoch: at });
    if (this.predictions === null) return '';
    return shown === null ? t('whichKept') : t('whichEpoch', { epoch: shown });
  }

  #image(image: SampleImage) {
    const { classNames } = this.run;
    const className = classNames[image.label] ?? String(image.label);
    const guess = sampleGuess(this.isGone ? null : this.predictions, image);
    const file = baseName(image.relativePath);
    return html`<li>
      <img src=${sampleAddress(this.imageRoot, image) ?? nothing} alt=${t('sampleAlt', { className, file })} title=${image.relativePath} width="112" height="112" />
      <span class="class truncate" title=${className}>${className}</span>
      ${guess === null ? html`<span class="muted">–</span>` : this.#guess(guess)}
    </li>`;
  }

  #guess({ label, probability, trueProbability, isRight }: SampleGuess) {
    const className = this.run.classNames[label] ?? String(label);
    const percent = (share: number): string => fixed(share * 100, 0);
    return html`
      <span class="bar" aria-hidden="true" title=${t('sampleTrueShare', { percent: percent(trueProbability) })} ${cssVariables({ '--share': `${probability * 100}%`, '--true': `${trueProbability * 100}%` })}><span class="fill ${isRight ? 'isRight' : 'isWrong'}"></span></span>
      <span class="guess" title=${t('samplePredicted', { className, percent: percent(probability) })}
        ><span class="truncate">${className}</span><span class="number">${percent(probability)} %</span></span
      >
      <span class="verdict ${isRight ? 'isRight' : 'isWrong'}">${icon(isRight ? 'check' : 'failed')}${t(isRight ? 'sampleRight' : 'sampleWrong')}</span>`;
  }

  #tell(detail: number | null): void {
    this.dispatchEvent(new CustomEvent('sh-epoch', { detail, bubbles: true, composed: true }));
  }

  static override styles = [
    base,
    card,
    rangeStyle,
    checkboxStyle,
    css`
      .cardHead {
        font-size: 12px;
        gap: 4px 16px;
      }
      .lead {
        display: inline-flex;
        align-items: center;
        gap: 8px;
      }
      .lead input {
        width: 180px;
        max-width: 40vw;
      }
      .lead output {
        min-width: 24px;
        font-weight: 600;
      }
      .empty {
        margin-bottom: 8px;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
        gap: 14px 12px;
        list-style: none;
      }
      li {
        display: grid;
        align-content: start;
        gap: 2px;
        min-width: 0;
        font-size: 12px;
      }
      img {
        width: 100%;
        height: auto;
        aspect-ratio: 1;
        object-fit: cover;
        border: 1px solid var(--sh-border);
        border-radius: 3px;
        background: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
        font-size: 11px;
        color: var(--sh-muted);
      }
      .class {
        font-weight: 600;
      }
      .bar {
        display: block;
        height: 6px;
        background: color-mix(in srgb, var(--vscode-foreground) 14%, transparent);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .fill {
        display: block;
        width: var(--share);
        height: 100%;
        background: var(--vscode-charts-blue);
      }
      .fill.isWrong {
        background: repeating-linear-gradient(
          -45deg,
          var(--sh-val) 0 3px,
          transparent 3px 6px
        );
      }
      .guess {
        display: flex;
        justify-content: space-between;
        gap: 6px;
        min-width: 0;
      }
      .guess .number {
        flex: none;
      }
      .verdict {
        display: inline-flex;
        align-items: center;
        gap: 4px;
      }
      .verdict svg {
        width: 14px;
        height: 14px;
      }
      .verdict.isRight svg {
        color: var(--sh-good);
      }
      .verdict.isWrong {
        font-weight: 600;
      }
      .verdict.isWrong svg {
        color: var(--sh-bad);
      }
    `,
  ];
}
