// <sh-evaluation-header>: the evaluated model, its images and its weights, with buttons for the run and its other split.
import { css, html, LitElement, nothing } from 'lit';
import { t } from '../../shared/strings/strings.ts';
import { button } from '../components/controls.ts';
import { icon } from '../components/icons.ts';
import { formatCount } from '../page/format.ts';
import { base } from '../styles/base.ts';
import { send } from './act.ts';
import type { EvaluationSnapshot } from './state.ts';

export class EvaluationHeader extends LitElement {
  static override properties = { snapshot: { attribute: false } };
  declare snapshot: EvaluationSnapshot;

  override render() {
    const { subject, compact, shown } = this.snapshot;
    const { source } = subject;
    const other = source.kind === 'record' ? null : source.split === 'val' ? 'test' : 'val';
    return html`
      <div class="top">
        <h1 class="truncate">
          ${compact ? `${t('confusionMatrix')}: ` : ''}${subject.name}
          <span class="muted">${[subject.network, splitText(this.snapshot)].filter(Boolean).join(' · ')}</span>
        </h1>
        ${subject.medical ? html`<strong class="notDiagnostic">${icon('warning')}${t('notDiagnostic')}</strong>` : nothing}
        <span class="actions">
          ${
            compact
              ? button({ label: t('openWholeEvaluation'), onClick: () => send(this, { type: 'openEvaluation' }) })
              : shown?.labels == null
                ? nothing
                : button({
                    label: t('openMatrix'),
                    hint: t('openMatrixHint'),
                    onClick: () => send(this, { type: 'openMatrix' }),
                  })
          }
          ${
            other === null || subject.runId === null
              ? nothing
              : button({
                  label: t(other === 'test' ? 'openTest' : 'openValidation'),
                  ...(other === 'test' ? { hint: t('openTestHint') } : {}),
                  onClick: () => send(this, { type: 'openSplit', split: other }),
                })
          }
          ${subject.runId === null ? nothing : button({ label: t('openItsRun'), onClick: () => send(this, { type: 'openRun' }) })}
        </span>
      </div>
      <dl>
        ${factsOf(this.snapshot).map(
          ([name, value]) => html`<div><dt>${name}</dt><dd class="truncate number" title=${value}>${value}</dd></div>`,
        )}
      </dl>`;
  }

  static override styles = [
    base,
    css`
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 14px;
      }
      h1 .muted {
        font-size: 13px;
        font-weight: 400;
      }
      .notDiagnostic {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .notDiagnostic svg {
        color: var(--vscode-editorWarning-foreground);
      }
      .actions {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-inline-start: auto;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 24px;
        margin-top: 8px;
      }
      dl > div {
        min-width: 0;
        max-width: 100%;
      }
      dt {
        font-size: 11px;
        color: var(--sh-muted);
      }
    `,
  ];
}

const splitText = ({ subject }: EvaluationSnapshot): string =>
  subject.split === 'val'
    ? t('splitVal')
    : subject.split === 'test'
      ? t('splitTest')
      : subject.split === 'train'
        ? t('splitTrain')
        : t('splitFolder');

function factsOf({ subject, shown }: EvaluationSnapshot): [string, string][] {
  const { classNames } = subject;
  const facts: [string, string][] = [];
  if (shown !== null) {
    const counts = classNames.map((_, label) => shown.labels?.filter((own) => own === label).length ?? 0);
    const each = classNames.map((name, label) => `${name} ${formatCount(counts[label]!)}`).join(' · ');
    const all = formatCount(shown.relativePaths.length);
    facts.push([t('images'), shown.labels === null ? t('unlabelledImages', { count: all }) : `${all} (${each})`]);
  }
  if (subject.modelFile !== null) facts.push([t('weightsOrigin'), subject.modelFile]);
  if (subject.epoch !== null) facts.push([t('weightsOrigin'), t('weightsOfEpoch', { epoch: subject.epoch })]);
  if (subject.folder !== null) facts.push([t('folder'), subject.folder]);
  facts.push([t(subject.source.kind === 'record' ? 'evaluatedAt' : 'run'), subject.when]);
  return facts;
}
