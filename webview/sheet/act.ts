// User input in the contact sheet as events that bubble to the entry: actions change the panel, messages go to the editor, requests are
// paths of images close to the view.
import type { FromSheetPanel } from '../../shared/messages/sheet.ts';
import { actEvent, sendEvent, tell } from '../page/tell.ts';
import type { SheetAction } from './state.ts';

export const wantEvent = 'sh-want';

export const act = (from: HTMLElement, action: SheetAction): void => tell(from, actEvent, action);
export const send = (from: HTMLElement, message: FromSheetPanel): void => tell(from, sendEvent, message);
export const want = (from: HTMLElement, relativePaths: readonly string[]): void => tell(from, wantEvent, relativePaths);
