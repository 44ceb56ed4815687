// What a person does in the compare panel, as events up to the entry: actions change the panel, messages go to the editor.
import type { FromComparePanel } from '../../compareContract.ts';
import type { CompareAction } from '../../compareState.ts';

export const actEvent = 'sh-act';
export const sendEvent = 'sh-send';

export const act = (from: HTMLElement, action: CompareAction): void => tell(from, actEvent, action);
export const send = (from: HTMLElement, message: FromComparePanel): void => tell(from, sendEvent, message);

const tell = (from: HTMLElement, name: string, detail: unknown): void =>
  void from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
