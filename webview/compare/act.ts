// Events from the compare panel's elements to its entry.
import type { FromComparePanel } from '../../shared/messages/compare.ts';
import { actEvent, sendEvent, tell } from '../page/tell.ts';
import type { CompareAction } from './state.ts';

export const act = (from: HTMLElement, action: CompareAction): void => tell(from, actEvent, action);
export const send = (from: HTMLElement, message: FromComparePanel): void => tell(from, sendEvent, message);
