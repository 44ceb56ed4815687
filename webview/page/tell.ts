// User input in a panel as events that bubble to its entry: actions change the panel, messages go to the editor.

export const actEvent = 'sh-act';
export const sendEvent = 'sh-send';

/** `detail`: an action or a message of the element's panel. */
export const tell = (from: HTMLElement, name: `sh-${string}`, detail: unknown): void =>
  void from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
