// What the compare panel's elements tell its entry.
import type { FromComparePanel } from '../../compareContract.ts';
import type { CompareAction } from '../../compareState.ts';
import { actEvent, sendEvent, tell } from '../tell.ts';

export const act = (from: HTMLElement, action: CompareAction): void => tell(from, actEvent, action);
export const send = (from: HTMLElement, message: FromComparePanel): void => tell(from, sendEvent, message);
