// The panel's state: a pure fold over what the host sends and what the user does.
// Absent: the editor, the page, arithmetic on scores (decision.ts). Called by run.ts.
import { sentenceOf } from '../runner/contracts/errors.ts';
import { applyRunEvent, isOpenStatus, type RunState } from '../runner/contracts/runState.ts';
import type { PanelState, Predictions, ToPanel } from './contract.ts';

export interface ViewState {
  /** null until the first snapshot. */
  readonly run: RunState | null;
  /** `waiting`: a snapshot was asked for and events are ignored until it is here. */
  readonly sync: 'waiting' | 'live';
  /** The number that the next event must bear. */
  readonly nextSeq: number;
  readonly predictions: Predictions | null;
  readonly problemText: string | null;
  readonly warningTexts: readonly string[];
  readonly strings: Readonly<Record<string, string>>;
  /** What the user chose; null: the run's own threshold, or 0.5. */
  readonly threshold: number | null;
  /** With more than two classes: the class set against the rest. */
  readonly pickedClass: number;
  readonly stopRequested: boolean;
  /** From the page's last life; counts for the first snapshot if it is of the same run. */
  readonly restored: PanelState | null;
}

export type Action =
  | ToPanel
  | { readonly type: 'thresholdMoved'; readonly threshold: number }
  | { readonly type: 'classPicked'; readonly label: number }
  | { readonly type: 'stopRequested' }
  /** Something may have been missed (the page was hidden, a message was refused). */
  | { readonly type: 'snapshotWanted' };

export const initialViewState = (restored: PanelState | null = null): ViewState => ({
  run: null,
  sync: 'waiting',
  nextSeq: 0,
  predictions: null,
  problemText: null,
  warningTexts: [],
  strings: {},
  threshold: null,
  pickedClass: 0,
  stopRequested: false,
  restored,
});

/** Pure. When `sync` turns to `waiting`, the caller sends `ready`. */
export function reduce(state: ViewState, action: Action): ViewState {
  switch (action.type) {
    case 'snapshot': {
      const sameRun = state.run === null || state.run.runId === action.run.runId;
      return {
        ...state,
        run: action.run,
        sync: 'live',
        nextSeq: action.nextSeq,
        predictions: usable(action.predictions, action.run) ?? (sameRun ? usable(state.predictions, action.run) : null),
        problemText: action.problemText,
        warningTexts: action.warningTexts,
        strings: action.strings,
        threshold: chosenThreshold(state, action.run.runId),
        restored: null,
        pickedClass: Math.min(state.pickedClass, Math.max(0, action.run.classNames.length - 1)),
        stopRequested: state.stopRequested && isOpen(action.run),
      };
    }
    case 'event':
      return event(state, action);
    case 'predictions':
      return { ...state, predictions: usable(action.predictions, state.run) ?? state.predictions };
    case 'thresholdMoved':
      return { ...state, threshold: Math.min(1, Math.max(0, action.threshold)) };
    case 'classPicked':
      return { ...state, pickedClass: action.label };
    case 'stopRequested':
      return { ...state, stopRequested: true };
    case 'snapshotWanted':
      return { ...state, sync: 'waiting' };
    default:
      return unreachable(action);
  }
}

/** Queued, running or paused: it can still be stopped and more is to come. */
export const isOpen = (run: RunState): boolean => isOpenStatus(run.status);

function event(state: ViewState, message: Extract<ToPanel, { type: 'event' }>): ViewState {
  // An event older than the snapshot is already in it.
  if (state.run === null || state.sync === 'waiting' || message.seq < state.nextSeq) return state;
  if (message.seq > state.nextSeq) return { ...state, sync: 'waiting' };
  const run = applyRunEvent(state.run, message.event);
  const next = { ...state, run, nextSeq: message.seq + 1, stopRequested: state.stopRequested && isOpen(run) };
  if (message.event.type === 'warning') {
    const text = message.problemText ?? sentenceOf(message.event.problem.code, message.event.problem.params);
    return { ...next, warningTexts: [...state.warningTexts, text] };
  }
  if (message.event.type === 'ended' && message.event.problem !== null) {
    const { code, params } = message.event.problem;
    return { ...next, problemText: message.problemText ?? sentenceOf(code, params) };
  }
  return next;
}

function chosenThreshold({ run, threshold, restored }: ViewState, runId: string): number | null {
  if (run !== null) return run.runId === runId ? threshold : null;
  return restored?.runId === runId ? restored.threshold : null;
}

/** Columns that do not fit each other, or another number of classes, are not drawn. */
function usable(predictions: Predictions | null, run: RunState | null): Predictions | null {
  if (predictions === null) return null;
  const { labels, probabilities, classCount } = predictions;
  const fits =
    probabilities.length === labels.length * classCount &&
    labels.every((label) => label >= 0 && label < classCount) &&
    (run === null || run.classNames.length === 0 || run.classNames.length === classCount);
  return fits ? predictions : null;
}

function unreachable(value: never): never {
  throw new Error(`Unhandled action ${JSON.stringify(value)}`);
}
