// HTML as a tagged template: inserted values are text and get escaped, unless they are markup themselves.
import { printable } from '../words/text.ts';

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Insert = string | number | Markup | readonly Markup[];

/** @example html`<p>${'a < b'}</p>`.text // '<p>a &lt; b</p>' */
export function html(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < inserts.length ? markupOf(inserts[i]!) : '')).join(''));
}

/** For text of our own, such as the style sheet. */
export const trusted = (text: string): Markup => new Markup(text);

function markupOf(insert: Insert): string {
  if (insert instanceof Markup) return insert.text;
  if (typeof insert === 'object') return insert.map(({ text }) => text).join('');
  return printable(String(insert)).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
