// Colours for the canvas, read live from the page's tokens, with notice of theme changes.
// Absent: any colour of our own.

/** The editor marks a theme by classes and attributes of body and by custom properties on the root element. */
export function onThemeChange(changed: () => void): { stop(): void } {
  const observer = new MutationObserver(changed);
  const attributeFilter = ['class', 'style', 'data-vscode-theme-id', 'data-vscode-theme-kind'];
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributeFilter });
  return { stop: () => observer.disconnect() };
}

/** Resolves a custom property to a plain colour, because a canvas supports neither var() nor color-mix() of tokens. */
export function colorOf(element: HTMLElement, property: `--${string}`): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  probe.hidden = true;
  (element.shadowRoot ?? element).append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Resolved colours, read again when the theme changes; `lines` by line, `family` is a CSS font family. */
export interface Ink {
  lines: readonly string[];
  text: string;
  grid: string;
  family: string;
}
