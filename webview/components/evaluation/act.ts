// What the evaluation panel's elements tell its entry.
import type { FromEvaluationPanel } from '../../evaluationContract.ts';
import type { EvaluationAction } from '../../evaluationState.ts';
import { actEvent, sendEvent, tell } from '../tell.ts';

export const act = (from: HTMLElement, action: EvaluationAction): void => tell(from, actEvent, action);
export const send = (from: HTMLElement, message: FromEvaluationPanel): void => tell(from, sendEvent, message);
