// Sets a webview panel's page, once: its content arrives by messages.
import * as vscode from 'vscode';
import { freshNonce, panelHtml } from './page.ts';

export interface PageOptions {
  readonly extensionUri: vscode.Uri;
  /** A bundle of dist/webview. */
  readonly script: string;
  readonly title: string;
  /** Folders whose files the page may show; it can read nothing else except the bundles. */
  readonly folders?: readonly vscode.Uri[];
}

export const panelIcon = (extensionUri: vscode.Uri): vscode.Uri =>
  vscode.Uri.joinPath(extensionUri, 'media', 'run.svg');

export function showPage(panel: vscode.WebviewPanel, { extensionUri, script, title, folders = [] }: PageOptions): void {
  const { webview } = panel;
  const bundles = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [bundles, ...folders] };
  panel.title = title;
  panel.iconPath = panelIcon(extensionUri);
  webview.html = panelHtml({
    cspSource: webview.cspSource,
    scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(bundles, script)).toString(),
    title,
    language: vscode.env.language,
    nonce: freshNonce(),
  });
}
