// Sizes from data, set through CSSOM: the page's policy refuses style attributes, including the one that Lit's styleMap writes
// on its first render.
import { noChange } from 'lit';
import { Directive, directive, type ElementPart } from 'lit/directive.js';

class CssVariables extends Directive {
  override update(part: ElementPart, [variables]: [Readonly<Record<`--${string}`, string>>]) {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
    return noChange;
  }
  render(_variables: Readonly<Record<`--${string}`, string>>) {
    return noChange;
  }
}

/** html`<td ${cssVariables({ '--share': '0.4' })}>` */
export const cssVariables = directive(CssVariables);
