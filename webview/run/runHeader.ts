// <sh-run-header>: the run's name, state, device and progress, with buttons to pause, resume and stop it. Dispatches `sh-ask`.
import { css, html, LitElement, nothing } from 'lit';
import { depthMatters } from '../../shared/contracts/depth.ts';
import { type RunState, waitsForDisk } from '../../shared/contracts/runState.ts';
import type { Standing } from '../../shared/messages/run.ts';
import { problemText } from '../../shared/strings/problems.ts';
import { type StringKey, t } from '../../shared/strings/strings.ts';
import { plannedEpochs } from '../charts/stageSpans.ts';
import { button, progressRing } from '../components/controls.ts';
import { type IconName, icon } from '../components/icons.ts';
import { baseName, formatCount, formatDuration, formatRate } from '../page/format.ts';
import { weightsName } from '../page/weightsWords.ts';
import { base } from '../styles/base.ts';
import { isOpen } from './state.ts';

export class RunHeader extends LitElement {
  static override properties = {
    run: { attribute: false },
    standing: { attribute: false },
    stopRequested: { attribute: false },
  };
  declare run: RunState;
  /** null: unknown. */
  declare standing: Standing | null;
  declare stopRequested: boolean;
  /** Reason for the choice of its device. */

  override render() {
    const { run } = this;
    const status = statusOf(run, this.standing, this.stopRequested);
    return html`
      <div class="top">
        <h1 class="truncate" title=${run.runId}>
          ${this.standing?.name ?? (run.dataset === null ? t('run') : baseName(run.dataset))}
          ${run.recipe === null ? nothing : html`<span class="muted">${run.recipe.network}</span>`}
        </h1>
        <span class="status ${status.tone}" role="status">
          ${status.icon === 'running' ? progressRing(t(status.word)) : icon(status.icon)}<span>${t(status.word)}</span>
        </span>
        <span class="actions">
          ${button({ label: t('openLog'), icon: 'log', onClick: () => this.#ask('openLog') })}
          ${button({ label: t('revealFolder'), icon: 'folder', onClick: () => this.#ask('revealFolder') })}
          ${this.#controls()}
        </span>
      </div>
      ${this.standing?.elsewhere && isOpen(run) ? html`<p class="muted line">${this.standing.elsewhere}</p>` : nothing}
      ${this.#progress()}
      <dl>
        ${facts(run).map(([name, value, detail]) => html`<div><dt>${t(name)}</dt><dd class="truncate" title=${detail ?? value}>${value}</dd></div>`)}
      </dl>`;
  }

  /** Requests possible in the run's current state. */
  #controls() {
    const { run, standing } = this;
    const stops = this.stopRequested || standing?.stopRequested === true;
    const pauses = standing?.pauseRequested === true;
    const resume = standing?.resumable
      ? button({
          label: t('resume'),
          icon: 'play',
          primary: true,
          hint: t('resumeHint'),
          onClick: () => this.#ask('resume'),
        })
      : nothing;
    if (!goesOn(run, standing)) return resume;
    const pause = waitsForDisk(run)
      ? button({
          label: t('retry'),
          icon: 'play',
          disabled: stops,
          hint: t('retryHint'),
          onClick: () => this.#ask('retry'),
        })
      : run.status === 'paused'
        ? button({ label: t('goOn'), icon: 'play', disabled: stops, onClick: () => this.#ask('continue') })
        : run.status === 'running'
          ? button({
              label: t(pauses ? 'pausing' : 'pause'),
              icon: 'pause',
              disabled: pauses || stops,
              hint: t('pauseHint'),
              onClick: () => this.#ask('pause'),
            })
          : nothing;
    return html`${resume}${pause}${button({
      label: t(stops ? 'stopping' : 'stop'),
      icon: 'stop',
      primary: true,
      disabled: stops,
      hint: t('stopHint'),
      onClick: () => this.#ask('stop'),
    })}`;
  }

  #progress() {
    const { run, standing } = this;
    if (!goesOn(run, standing)) return nothing;
    const { progress } = run;
    if (run.status === 'queued' && run.ahead !== null) return html`<p class="muted line">${aheadText(run.ahead)}</p>`;
    if (progress === null || !isOpen(run)) return html`<p class="muted line">${t('waitingForRunner')}</p>`;
    const paused = run.status === 'paused';
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
    const { memory } = progress;
    const pace = [
      memory && t('memory', { used: gigabytes(memory.usedBytes), total: gigabytes(memory.totalBytes) }),
      !paused && progress.imagesPerSecond !== null && t('rate', { rate: formatRate(progress.imagesPerSecond) }),
      !paused && progress.etaMs !== null && t('timeLeft', { time: formatDuration(progress.etaMs) }),
    ].filter((part) => typeof part === 'string');
    return html`
      <div class="line number">
        <span>${paused ? html`${t(waitsForDisk(run) ? 'waitsNote' : 'pausedNote')} ` : nothing}${parts.join(' · ')}</span>
        <span class="pace">${pace.join(' · ')}</span>
      </div>
      <progress
        aria-label=${`${t('progress')}: ${t(progress.phase)}`}
        max=${counted ? progress.total : nothing}
        value=${counted ? progress.done : nothing}
      ></progress>`;
  }

  #ask(type: 'stop' | 'pause' | 'continue' | 'retry' | 'resume' | 'openLog' | 'revealFolder'): void {
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
      .status.bad svg {
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

function statusOf(run: RunState, standing: Standing | null, stopRequested: boolean): Status {
  const stops = stopRequested || standing?.stopRequested === true;
  if (standing?.phase === 'starting' && !isOpen(run))
    return { word: stops ? 'stopping' : 'starting', icon: 'running', tone: 'plain' };
  switch (run.status) {
    case 'queued':
      if (stops) return { word: 'stopping', icon: 'running', tone: 'plain' };
      return run.ahead === null
        ? { word: 'starting', icon: 'running', tone: 'plain' }
        : { word: 'queued', icon: 'queued', tone: 'plain' };
    case 'running':
      return { word: stops ? 'stopping' : (run.progress?.phase ?? 'starting'), icon: 'running', tone: 'plain' };
    case 'paused':
      return stops
        ? { word: 'stopping', icon: 'running', tone: 'plain' }
        : { word: 'paused', icon: 'pause', tone: 'plain' };
    case 'stopped':
      return { word: 'stopped', icon: 'stopped', tone: 'plain' };
    case 'finished':
      return { word: 'finished', icon: 'check', tone: 'good' };
    case 'failed':
      return { word: 'failed', icon: 'failed', tone: 'bad' };
  }
}

/** Process of the run, or the one that will resume it. */
const goesOn = (run: RunState, standing: Standing | null): boolean => isOpen(run) || standing?.phase === 'starting';

const aheadText = (count: number): string =>
  count === 0 ? t('noRunAhead') : count === 1 ? t('oneRunAhead') : t('runsAhead', { count });

const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(bytes < 10 * 2 ** 30 ? 1 : 0);

type Fact = readonly [name: StringKey, value: string, detail?: string];

function facts(run: RunState): Fact[] {
  const found: Fact[] = [];
  const { device, dataset, recipe, weights, counts, elapsedMs } = run;
  if (device) found.push(deviceFact(device));
  if (recipe) found.push(['recipe', recipe.name]);
  if (weights) found.push(['weightsOrigin', ...weightsTexts(weights)]);
  const normalizing = run.stages.flatMap(({ batchNorm }, i) => (batchNorm === 'train' ? [i + 1] : []));
  if (normalizing.length > 0) {
    const stages = { count: normalizing.length, stages: normalizing.join(', ') };
    found.push(['batchNorm', t('batchNormTrained', stages)]);
  }
  if (counts) {
    const [train, val, test] = [counts.train, counts.val, counts.test].map((n) =>
      formatCount(n.reduce((a, b) => a + b, 0)),
    );
    const origin = run.splitOrigin && t(splitOrigins[run.splitOrigin]);
    const text = t('imagesSplit', { train: train!, val: val!, test: test! });
    const depth = depthMatters(run.depth, run.deepImageCount) ? t('imagesDepth', { depth: run.depth }) : null;
    found.push(['images', text, [text, origin, depth].filter(Boolean).join('; ')]);
  }
  if (elapsedMs !== null) found.push(['duration', formatDuration(elapsedMs)]);
  if (dataset) found.push(['dataset', dataset]);
  return found;
}

/** Threads apply only to the CPU; the reason of the choice follows. */
function deviceFact({ name, engine, threads, why }: NonNullable<RunState['device']>): Fact {
  const text = [name, engine, ...(engine === 'onnxruntime-cpu' ? [t('threads', { count: threads })] : [])].join(' · ');
  return ['device', text, why ? `${text}\n${problemText(why)}` : text];
}

const splitOrigins = {
  given: 'splitGiven',
  made: 'splitMade',
  validationMade: 'splitValidationMade',
  testMade: 'splitTestMade',
} as const;

/** The file, followed by the origin of its parameter names and the skipped parts. */
function weightsTexts(weights: NonNullable<RunState['weights']>): [string, string] {
  const { kind, verified, layout } = weights;
  const name = weightsName(weights);
  const text = kind === 'random' || verified ? name : `${name} (${t('weightsUnverified')})`;
  const path = [layout?.container, layout?.prefix].filter(Boolean).join('.');
  const parts = layout?.passedOver.map((part) => `${part.name} (${formatCount(part.tensors)})`) ?? [];
  const more = [
    ...(path === '' ? [] : [t('weightsPrefix', { prefix: path })]),
    ...(parts.length === 0 ? [] : [t('weightsPassedOver', { parts: parts.join(', ') })]),
    ...(layout?.alternatives.length ? [t('weightsAlternatives', { paths: layout.alternatives.join(', ') })] : []),
  ];
  return [text, [text, ...more].join('\n')];
}
