// What a person does in the contact sheet, as events up to the entry: actions change the panel, messages go to the editor, wishes are
// paths of images that are about to be seen.
import type { FromSheetPanel } from '../../sheetContract.ts';
import type { SheetAction } from '../../sheetState.ts';
import { actEvent, sendEvent, tell } from '../tell.ts';

export const wantEvent = 'sh-want';

export const act = (from: HTMLElement, action: SheetAction): void => tell(from, actEvent, action);
export const send = (from: HTMLElement, message: FromSheetPanel): void => tell(from, sendEvent, message);
export const want = (from: HTMLElement, relativePaths: readonly string[]): void => tell(from, wantEvent, relativePaths);
