// Events from the evaluation panel's elements to its entry.
import type { FromEvaluationPanel } from '../../shared/messages/evaluation.ts';
import { actEvent, sendEvent, tell } from '../page/tell.ts';
import type { EvaluationAction } from './state.ts';

export const act = (from: HTMLElement, action: EvaluationAction): void => tell(from, actEvent, action);
export const send = (from: HTMLElement, message: FromEvaluationPanel): void => tell(from, sendEvent, message);
