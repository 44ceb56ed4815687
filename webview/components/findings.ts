// <sh-findings>: findings of the dataset checks, a collapsed list per kind with its count.
import { css, html, LitElement, nothing } from 'lit';
import type { Finding } from '../../shared/contracts/finding.ts';
import { t } from '../../shared/strings/strings.ts';
import { formatCount } from '../page/format.ts';
import { base } from '../styles/base.ts';
import { icon } from './icons.ts';

/** The most harmful first. */
const kinds = [
  'groupOverlap',
  'innerFolders',
  'duplicate',
  'nearDuplicate',
  'identifyingMarks',
  'corrupt',
  'suspect',
  'note',
  'ignored',
] as const satisfies Finding['kind'][];
const shownAtMost = 200;

export class Findings extends LitElement {
  static override properties = { findings: { attribute: false } };
  declare findings: readonly Finding[];

  override render() {
    if (this.findings.length === 0) return html`<p class="muted">${t('noFindings')}</p>`;
    return kinds.map((kind) => {
      const found = this.findings.filter((finding) => finding.kind === kind);
      if (found.length === 0) return nothing;
      return html`<details>
        <summary>
          ${kind === 'ignored' || kind === 'note' ? icon('info') : html`<span class="caution">${icon('warning')}</span>`}
          <span>${t(kind)}</span><span class="count number">${formatCount(found.length)}</span>
        </summary>
        <ul>
          ${found.slice(0, shownAtMost).map((finding) => html`<li>${entry(finding)}</li>`)}
          ${found.length > shownAtMost ? html`<li class="muted">${t('andMore', { count: formatCount(found.length - shownAtMost) })}</li>` : nothing}
        </ul>
      </details>`;
    });
  }

  static override styles = [
    base,
    css`
      summary {
        display: flex;
        align-items: center;
        gap: 6px;
        padding: 3px 0;
        cursor: pointer;
        list-style: none;
      }
      summary::before {
        content: '';
        border: solid currentColor;
        border-width: 0 1.5px 1.5px 0;
        width: 6px;
        height: 6px;
        margin: 0 4px 0 2px;
        rotate: -45deg;
      }
      details[open] > summary::before {
        rotate: 45deg;
      }
      .caution {
        display: inline-flex;
        color: var(--vscode-editorWarning-foreground);
      }
      .count {
        min-width: 18px;
        padding: 0 6px;
        border-radius: 9px;
        text-align: center;
        font-size: 11px;
        line-height: 18px;
        background: var(--vscode-badge-background);
        color: var(--vscode-badge-foreground);
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      ul {
        margin: 2px 0 8px 22px;
        list-style: none;
        font-size: 12px;
        overflow-wrap: anywhere;
      }
      li {
        padding: 2px 0;
      }
      .path {
        font-family: var(--sh-mono);
      }
    `,
  ];
}

function entry(finding: Finding) {
  switch (finding.kind) {
    case 'corrupt':
    case 'suspect':
    case 'ignored':
      return html`<span class="path">${finding.relativePath}</span> <span class="muted">${finding.reason}</span>`;
    case 'duplicate':
      return html`<span class="path">${finding.relativePaths.join(' = ')}</span>
        <span class="muted">${t('inSplits', { splits: [...new Set(finding.splits)].join(', ') })}; ${[...new Set(finding.classNames)].join(', ')}</span>`;
    case 'nearDuplicate':
      return html`<span class="path">${finding.relativePaths.join(' ~ ')}</span>
        <span class="muted">${t('alikeEntry', { count: formatCount(finding.imageCount) })} ${t('inSplits', { splits: finding.splits.join(', ') })}; ${finding.classNames.join(', ')}</span>`;
    case 'groupOverlap':
      return t('groupEntry', {
        group: finding.group,
        count: formatCount(finding.imageCount),
        splits: finding.splits.join(', '),
      });
    case 'innerFolders':
      return t('innerFoldersEntry', {
        torn: formatCount(finding.splitCount),
        folders: formatCount(finding.folderCount),
        example: finding.example,
      });
    case 'identifyingMarks':
      return html`${t('markEntry', { mark: t(`mark_${finding.mark}`), count: formatCount(finding.imageCount) })}
        <span class="path muted">${finding.examples.join(' · ')}</span>`;
    case 'note':
      return finding.text;
  }
}
