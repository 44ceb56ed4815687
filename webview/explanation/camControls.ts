// <sh-cam-controls>: choices of the map (layer, method, class, score) and of its drawing, each with a sentence that explains it.
import { css, html, LitElement } from 'lit';
import { type HeatColors, heatTable } from '../../shared/contracts/heatMap.ts';
import type { CamChoice, CamLook, CamQuestion } from '../../shared/messages/explanation.ts';
import { t } from '../../shared/strings/strings.ts';
import { checkbox, checkboxStyle, picker, segments } from '../components/controls.ts';
import { rangeInput } from '../components/rangeInput.ts';
import { rangeStyle } from '../components/rangeStyle.ts';
import { segmentsStyle } from '../components/segmentsStyle.ts';
import { base, card } from '../styles/base.ts';
import { act } from './act.ts';
import type { CamSnapshot } from './state.ts';

export class CamControls extends LitElement {
  static override properties = {
    snapshot: { attribute: false },
    question: { attribute: false },
    look: { attribute: false },
    single: { attribute: false },
  };
  declare snapshot: CamSnapshot;
  declare question: CamQuestion;
  declare look: CamLook;
  /** A single image is shown, so it can be beside its overlay. */
  declare single: boolean;

  override render() {
    const { choices } = this.snapshot;
    const { question, look } = this;
    const targets = this.#targets();
    const percent = Math.round(100 * look.opacity);
    return html`<section class="card" aria-label=${t('camQuestion')}>
        <div class="choices">
          ${this.#choice(t('camTarget'), targets, question.target, (target) => ({ target }))}
          ${this.#choice(t('camLayer'), choices.layers, question.layer, (layer) => ({ layer }) as Partial<CamQuestion>)}
          ${this.#choice(t('camMethod'), choices.methods, question.method, (method) => ({ method }) as Partial<CamQuestion>)}
          <div class="choice">
            <span class="label" aria-hidden="true">${t('camScore')}</span>
            ${segments({
              name: 'score',
              label: t('camScore'),
              options: choices.scores.map(({ name }) => name),
              selected: choices.scores.findIndex(({ id }) => id === question.of),
              onPick: (i) =>
                act(this, { type: 'questionSet', question: { of: choices.scores[i]!.id as CamQuestion['of'] } }),
            })}
            <p class="muted">${choices.scores.find(({ id }) => id === question.of)?.meaning}</p>
          </div>
        </div>
      </section>
      <section class="card" aria-label=${t('camLook')}>
        <div class="choices">
          <div class="choice opacity">
            ${rangeInput({
              id: 'opacity',
              label: t('camOpacity'),
              min: 0,
              max: 1,
              step: 0.05,
              value: look.opacity,
              valueText: t('camOpacityText', { percent }),
              onMove: (opacity) => act(this, { type: 'lookSet', look: { opacity } }),
            })}
            <output for="opacity" class="number muted">${t('camOpacityText', { percent })}</output>
          </div>
          <div class="choice">
            <span class="label" aria-hidden="true">${t('camColors')}</span>
            ${picker({
              label: t('camColors'),
              options: choices.colors.map(({ name }) => name),
              selected: choices.colors.findIndex(({ id }) => id === look.colors),
              onPick: (i) =>
                act(this, { type: 'lookSet', look: { colors: choices.colors[i]!.id as CamLook['colors'] } }),
            })}
            <p class="muted">${choices.colors.find(({ id }) => id === look.colors)?.meaning}</p>
          </div>
          <div class="choice">
            <span class="label" aria-hidden="true">${t('camScale')}</span>
            <div class="scale"><span class="number">0</span><canvas width="256" height="1" aria-hidden="true"></canvas><span class="number">1</span></div>
            ${
              this.single
                ? checkbox({
                    label: t('camSideBySide'),
                    checked: look.sideBySide,
                    onChange: (sideBySide) => act(this, { type: 'lookSet', look: { sideBySide } }),
                  })
                : ''
            }
          </div>
        </div>
      </section>`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas')!;
    if (canvas.dataset.colors === this.look.colors) return;
    canvas.dataset.colors = this.look.colors;
    canvas.getContext('2d')!.putImageData(new ImageData(scalePixels(this.look.colors), 256, 1), 0, 0);
  }

  #targets(): CamChoice[] {
    return [
      { id: 'predicted', name: t('camPredicted'), meaning: t('camPredictedHint') },
      { id: 'true', name: t('camTrue'), meaning: t('camTrueHint') },
      ...this.snapshot.classNames.map((className) => ({
        id: `=${className}`,
        name: className,
        meaning: t('camClassHint', { className }),
      })),
    ];
  }

  #choice(
    label: string,
    options: readonly CamChoice[],
    selected: string,
    question: (id: string) => Partial<CamQuestion>,
  ) {
    const at = options.findIndex(({ id }) => id === selected);
    return html`<div class="choice">
      <span class="label" aria-hidden="true">${label}</span>
      ${picker({
        label,
        options: options.map(({ name }) => name),
        selected: at,
        onPick: (i) => act(this, { type: 'questionSet', question: question(options[i]!.id) }),
      })}
      <p class="muted">${options[at]?.meaning}</p>
    </div>`;
  }

  static override styles = [
    base,
    card,
    segmentsStyle,
    rangeStyle,
    checkboxStyle,
    css`
      :host {
        display: grid;
        gap: 10px;
      }
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(190px, 1fr));
        gap: 10px 18px;
      }
      .choice {
        display: grid;
        align-content: start;
        justify-items: start;
        gap: 4px;
        min-width: 0;
      }
      .label,
      .opacity label {
        font-size: 12px;
        font-weight: 600;
      }
      p {
        font-size: 12px;
      }
      vscode-dropdown {
        width: 100%;
        min-width: 0;
        max-width: 300px;
      }
      .scale {
        display: grid;
        grid-template-columns: auto 1fr auto;
        align-items: center;
        gap: 6px;
        width: 100%;
        max-width: 300px;
        font-size: 12px;
      }
      canvas {
        width: 100%;
        height: 12px;
        border: 1px solid var(--sh-border, transparent);
      }
    `,
  ];
}

function scalePixels(colors: HeatColors): Uint8ClampedArray<ArrayBuffer> {
  const table = heatTable(colors);
  const pixels = new Uint8ClampedArray(4 * 256);
  for (let i = 0; i < 256; i++) pixels.set([table[3 * i]!, table[3 * i + 1]!, table[3 * i + 2]!, 255], 4 * i);
  return pixels;
}
