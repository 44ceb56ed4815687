import { filled } from '../../shared/filled.ts';

/**
 * Translates an English sentence into the editor's language and fills in `{name}` or `{0}`: vscode.l10n.t at the edge, `english` in tests.
 * Pure modules take it as an argument, so that they do not depend on the editor.
 */
export type Translate = (message: string, params?: Readonly<Record<string, string | number>>) => string;

export const english: Translate = (message, params = {}) => filled(message, params);
