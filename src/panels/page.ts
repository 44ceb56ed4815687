// The HTML pages of a panel: its content page, set once, because content arrives by messages; and the page shown while waiting.
import { randomBytes } from 'node:crypto';
import { panelPolicy } from '../../shared/messages/run.ts';

export interface PageParts {
  /** webview.cspSource */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly title: string;
  readonly language: string;
  /** New for each page. */
  readonly nonce: string;
}

export const freshNonce = (): string => randomBytes(16).toString('base64url');

export const panelHtml = ({ cspSource, scriptUri, nonce, ...head }: PageParts): string =>
  page(
    { ...head, policy: panelPolicy(cspSource, nonce) },
    `<script type="module" nonce="${escapeHtml(nonce)}" src="${escapeHtml(scriptUri)}"></script>`,
  );

export interface WaitingParts {
  readonly title: string;
  readonly language: string;
  readonly lines: readonly string[];
  readonly isBusy: boolean;
}

/** Page without scripts, in the editor's font and colours. */
export const waitingHtml = ({ lines, isBusy, ...head }: WaitingParts): string =>
  page(
    { ...head, policy: "default-src 'none'" },
    `<main role="${isBusy ? 'status' : 'alert'}">
${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')}
${isBusy ? `<progress aria-label="${escapeHtml(lines[0] ?? '')}"></progress>` : ''}
</main>`,
  );

interface PageHead extends Pick<PageParts, 'title' | 'language'> {
  /** Content security policy. */
  readonly policy: string;
}

const page = ({ title, language, policy }: PageHead, body: string): string => `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
</head>
<body>
${body}
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
