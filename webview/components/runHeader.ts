// <sh-run-header>: which run, how it stands, on what, how far, and the way to stop it.
import { css, html, LitElement, nothing } from 'lit';
import type { RunState } from '../../runner/contracts/runState.ts';
import { plannedEpochs } from '../curves.ts';
import { baseName, formatCount, formatDuration, formatRate } from '../format.ts';
import { isOpen } from '../state.ts';
import { type StringKey, t } from '../strings.ts';
import { base } from '../styles/base.ts';
import { button, progressRing } from './controls.ts';
import { type IconName, icon } from './icons.ts';

export class RunHeader extends LitElement {
  static override properties = {
    run: { attribute: false },
    stopRequested: { attribute: false },
  };
  declare run: RunState;
  declare stopRequested: boolean;

  override render() {
    const { run } = this;
    const status = statusOf(run, this.stopRequested);
    return html`
      <div class="top">
        <h1 class="truncate" title=${run.runId}>
          ${run.dataset === null ? t('run') : baseName(run.dataset)}
          ${run.recipe === null ? nothing : html`<span class="muted">${run.recipe.network}</span>`}
        </h1>
        <span class="status ${status.tone}" role="status">
          ${status.icon === 'running' ? progressRing(t(status.word)) : icon(status.icon)}<span>${t(status.word)}</span>
        </span>
        <span class="actions">
          ${button({ label: t('openLog'), icon: 'log', onClick: () => this.#ask('openLog') })}
          ${button({ label: t('revealFolder'), icon: 'folder', onClick: () => this.#ask('revealFolder') })}
          ${
            isOpen(run)
              ? button({
                  label: this.stopRequested ? t('stopping') : t('stop'),
                  icon: 'stop',
                  primary: true,
                  disabled: this.stopRequested,
                  hint: t('stopHint'),
                  onClick: () => this.#ask('stop'),
                })
              : nothing
          }
        </span>
      </div>
      ${this.#progress()}
      <dl>
        ${facts(run).map(([name, value, detail]) => html`<div><dt>${t(name)}</dt><dd class="truncate" title=${detail ?? value}>${value}</dd></div>`)}
      </dl>`;
  }

  #progress() {
    const { run } = this;
    if (!isOpen(run)) return nothing;
    const { progress } = run;
    if (progress === null) return html`<p class="muted line">${t('waitingForRunner')}</p>`;
    const counted = progress.total > 0;
    const inEpoch = progress.epoch !== null;
    const stage = progress.stage === null ? undefined : run.stages[progress.stage];
    const stageCount = Math.max(run.recipe?.stages.length ?? 0, run.stages.length);
    const parts = [
      stage ? t('stageOf', { stage: progress.stage! + 1, count: stageCount, name: stage.name }) : t(progress.phase),
      inEpoch && t('epochOf', { epoch: progress.epoch!, count: plannedEpochs(run) }),
      counted &&
        t(inEpoch ? 'batchOf' : 'doneOf', { done: formatCount(progress.done), total: formatCount(progress.total) }),
    ].filter((part) => typeof part === 'string');
    const pace = [
      progress.imagesPerSecond !== null && t('rate', { rate: formatRate(progress.imagesPerSecond) }),
      progress.etaMs !== null && t('timeLeft', { time: formatDuration(progress.etaMs) }),
    ].filter((part) => typeof part === 'string');
    return html`
      <div class="line number">
        <span>${parts.join(' · ')}</span>
        <span class="pace">${pace.join(' · ')}</span>
      </div>
      <progress
        aria-label=${`${t('progress')}: ${t(progress.phase)}`}
        max=${counted ? progress.total : nothing}
        value=${counted ? progress.done : nothing}
      ></progress>`;
  }

  #ask(type: 'stop' | 'openLog' | 'revealFolder'): void {
    this.dispatchEvent(new CustomEvent('sh-ask', { detail: { type }, bubbles: true, composed: true }));
  }

  static override styles = [
    base,
    css`
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
      }
      h1 {
        font-size: 18px;
        font-weight: 600;
        line-height: 1.3;
        min-width: 0;
      }
      h1 .muted {
        font-weight: 400;
        font-size: 14px;
        margin-inline-start: 4px;
      }
      .status {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-weight: 600;
      }
      .status.good svg {
        color: var(--sh-good);
      }
      .status.bad {
        color: var(--sh-bad);
      }
      .ring {
        width: 16px;
        height: 16px;
      }
      .buttonIcon {
        display: inline-flex;
      }
      .actions {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-inline-start: auto;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 16px;
        margin-top: 8px;
        font-size: 12px;
      }
      .pace {
        color: var(--sh-muted);
      }
      progress {
        appearance: none;
        display: block;
        width: 100%;
        height: 4px;
        margin-top: 4px;
        border: 0;
        background: color-mix(in srgb, var(--vscode-foreground) 14%, transparent);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
      }
      progress::-webkit-progress-bar {
        background: transparent;
      }
      progress::-webkit-progress-value {
        background: var(--vscode-progressBar-background);
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 28px;
        margin-top: 10px;
        font-size: 12px;
      }
      dl > div {
        min-width: 0;
        max-width: 100%;
      }
      dt {
        color: var(--sh-muted);
        font-size: 11px;
      }
      @media (max-width: 560px) {
        .actions {
          margin-inline-start: 0;
        }
        dl {
          display: grid;
          gap: 2px;
        }
        dl > div {
          display: grid;
          grid-template-columns: 72px minmax(0, 1fr);
          gap: 8px;
          align-items: baseline;
        }
      }
    `,
  ];
}

interface Status {
  readonly word: StringKey;
  readonly icon: IconName;
  readonly tone: 'plain' | 'good' | 'bad';
}

function statusOf(run: RunState, stopRequested: boolean): Status {
  switch (run.status) {
    case 'queued':
      return { word: 'starting', icon: 'running', tone: 'plain' };
    case 'running':
      return { word: stopRequested ? 'stopping' : (run.progress?.phase ?? 'starting'), icon: 'running', tone: 'plain' };
    case 'paused':
      return { word: stopRequested ? 'stopping' : 'paused', icon: 'stopped', tone: 'plain' };
    case 'stopped':
      return { word: 'stopped', icon: 'stopped', tone: 'plain' };
    case 'finished':
      return { word: 'finished', icon: 'check', tone: 'good' };
    case 'failed':
      return { word: 'failed', icon: 'failed', tone: 'bad' };
  }
}

type Fact = readonly [name: StringKey, value: string, detail?: string];

function facts(run: RunState): Fact[] {
  const found: Fact[] = [];
  const { device, dataset, recipe, weights, counts, elapsedMs } = run;
  if (device) found.push(['device', `${device.name} · ${device.engine} · ${t('threads', { count: device.threads })}`]);
  if (recipe) found.push(['recipe', recipe.name]);
  if (weights) found.push(['weightsOrigin', weightsText(weights)]);
  if (counts) {
    const [train, val, test] = [counts.train, counts.val, counts.test].map((n) =>
      formatCount(n.reduce((a, b) => a + b, 0)),
    );
    const origin = run.splitOrigin && t(splitOrigins[run.splitOrigin]);
    const text = t('imagesSplit', { train: train!, val: val!, test: test! });
    found.push(['images', text, origin ? `${text}; ${origin}` : text]);
  }
  if (elapsedMs !== null) found.push(['duration', formatDuration(elapsedMs)]);
  if (dataset) found.push(['dataset', dataset]);
  return found;
}

const splitOrigins = {
  given: 'splitGiven',
  made: 'splitMade',
  validationMade: 'splitValidationMade',
  testMade: 'splitTestMade',
} as const;

const weightsText = ({ kind, name, verified }: NonNullable<RunState['weights']>): string =>
  kind === 'random' ? t('randomWeightsShort') : verified ? name : `${name} (${t('weightsUnverified')})`;
