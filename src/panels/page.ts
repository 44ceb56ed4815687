// The one HTML page of a panel. Set once: what it shows comes by messages.
import { randomBytes } from 'node:crypto';
import { panelPolicy } from '../../shared/messages/run.ts';

export interface PageParts {
  /** webview.cspSource */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly title: string;
  readonly language: string;
  /** Fresh for each page. */
  readonly nonce: string;
}

export const freshNonce = (): string => randomBytes(16).toString('base64url');

export const panelHtml = ({ cspSource, scriptUri, title, language, nonce }: PageParts): string => `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(panelPolicy(cspSource, nonce))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
</head>
<body>
<script type="module" nonce="${escapeHtml(nonce)}" src="${escapeHtml(scriptUri)}"></script>
</body>
</html>
`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!);
