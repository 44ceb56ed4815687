// Events from the Grad-CAM panel's elements to its entry.
import type { FromExplanationPanel } from '../../shared/messages/explanation.ts';
import { actEvent, sendEvent, tell } from '../page/tell.ts';
import type { ExplanationAction } from './state.ts';

export const act = (from: HTMLElement, action: ExplanationAction): void => tell(from, actEvent, action);
export const send = (from: HTMLElement, message: FromExplanationPanel): void => tell(from, sendEvent, message);
/** The picture of this path failed to load. */
export const pictureEvent = 'sh-picture-wanted';
export const wantPicture = (from: HTMLElement, path: string): void => tell(from, pictureEvent, path);
