// A panel until its content is read: after a moment it shows what it waits for, later that the disk does not respond, and why nothing can
// be shown. A fast read shows no waiting page. Absent: reading, the content page (panelHost.ts).
import * as vscode from 'vscode';
import { waitingHtml } from './page.ts';
import { panelIcon } from './showPage.ts';

/** Description of a panel's wait. */
export interface Waiting {
  /** Title of the panel until then. */
  readonly title: string;
  /** "Reading the run…" */
  readonly sentence: string;
  /** Folder or file for display; "": not known yet. */
  readonly place: string;
}

/** A page before that would only flicker. */
const soonMs = 200;
const lateMs = 10_000;

export interface WaitingPage {
  /** The read has ended, and the panel gets another page. */
  end(): void;
  /** @param sentence  why nothing can be shown */
  failed(sentence: string): void;
}

export function showWaiting(
  panel: vscode.WebviewPanel,
  extensionUri: vscode.Uri,
  { title, sentence, place }: Waiting,
): WaitingPage {
  panel.title = title;
  panel.iconPath = panelIcon(extensionUri);
  const show = (lines: readonly string[], isBusy: boolean): void => {
    panel.webview.options = { enableScripts: false, enableForms: false, localResourceRoots: [] };
    panel.webview.html = waitingHtml({ title: panel.title, language: vscode.env.language, lines, isBusy });
  };
  const late = vscode.l10n.t(
    'This takes long: the disk may be slow or out of reach. The panel fills itself as soon as the disk answers.',
  );
  const where = place === '' ? [] : [place];
  const timers = [
    setTimeout(() => show([sentence, ...where], true), soonMs),
    setTimeout(() => show([sentence, ...where, late], true), lateMs),
  ];
  const end = (): void => timers.forEach(clearTimeout);
  panel.onDidDispose(end);
  return {
    end,
    failed(reason) {
      end();
      show([reason, vscode.l10n.t('Open it again to try once more.')], false);
    },
  };
}
