// The run panel's state: a pure fold over messages from the host and actions of the user.
// Absent: the editor, the page, arithmetic on scores (classification/decision.ts). Called by main.ts.
import { applyRunEvent, evaluatedThreshold, isOpenStatus, type RunState } from '../../shared/contracts/runState.ts';
import { type AskedThreshold, askedThreshold, atLogOdds, type Threshold } from '../../shared/contracts/scores.ts';
import {
  type CurveLook,
  type PanelState,
  type Predictions,
  plainLook,
  type Standing,
  type ToPanel,
} from '../../shared/messages/run.ts';
import { noHistory, type PredictionHistory, picked, remembered, trimmed } from './predictionHistory.ts';

export interface ViewState {
  /** null until the first snapshot. */
  readonly run: RunState | null;
  /** `waiting`: a snapshot was requested and events are ignored until it arrives. */
  readonly sync: 'waiting' | 'live';
  /** Number of the next expected event. */
  readonly nextSeq: number;
  /** The newest predictions, or those of the kept weights after the evaluation. */
  readonly predictions: Predictions | null;
  /** Predictions are still loading. */
  readonly isReading: boolean;
  /** Predictions of the epochs that the user looked at. */
  readonly history: PredictionHistory;
  readonly standing: Standing | null;
  readonly imageRoot: string;
  readonly strings: Readonly<Record<string, string>>;
  /** The user's threshold; null: the run's own, or 0.5. */
  readonly threshold: Threshold | null;
  /** Class compared with the rest, with more than two classes. */
  readonly pickedClass: number;
  readonly look: CurveLook;
  readonly stopRequested: boolean;
  /** State stored before the reload; applies to the first snapshot if it is of the same run. */
  readonly restored: PanelState | null;
}

export type Action =
  | ToPanel
  | { readonly type: 'thresholdMoved'; readonly asked: AskedThreshold }
  | { readonly type: 'classPicked'; readonly label: number }
  /** null: follow the newest. */
  | { readonly type: 'epochPicked'; readonly epoch: number | null }
  | { readonly type: 'lookChanged'; readonly look: CurveLook }
  | { readonly type: 'stopRequested' }
  /** The page may have missed something (it was hidden, or rejected a message). */
  | { readonly type: 'snapshotWanted' };

export const initialViewState = (restored: PanelState | null = null): ViewState => ({
  run: null,
  sync: 'waiting',
  nextSeq: 0,
  predictions: null,
  isReading: false,
  history: noHistory,
  standing: null,
  imageRoot: '',
  strings: {},
  threshold: null,
  pickedClass: 0,
  look: plainLook,
  stopRequested: false,
  restored,
});

/** Pure. When `sync` turns to `waiting`, the caller sends `ready`. */
export function reduce(state: ViewState, action: Action): ViewState {
  switch (action.type) {
    case 'snapshot':
      return snapshot(state, action);
    case 'event':
      return event(state, action);
    case 'predictions':
      return { ...state, predictions: usable(action.predictions, state.run) ?? state.predictions, isReading: false };
    case 'epochPredictions': {
      const fitting = usable(action.predictions, state.run);
      return { ...state, history: remembered(state.history, action.epoch, fitting) };
    }
    case 'standing':
      return { ...state, standing: action.standing };
    case 'thresholdMoved':
      return { ...state, threshold: askedThreshold(action.asked) };
    case 'classPicked':
      return { ...state, pickedClass: action.label };
    case 'epochPicked':
      return { ...state, history: picked(state.history, existing(action.epoch, state.run), state.predictions) };
    case 'lookChanged':
      return { ...state, look: action.look };
    case 'stopRequested':
      return { ...state, stopRequested: true };
    case 'snapshotWanted':
      return { ...state, sync: 'waiting' };
    default:
      return unreachable(action);
  }
}

/** Queued, running or paused, so it can still be stopped. */
export const isOpen = (run: RunState): boolean => isOpenStatus(run.status);

/** Displayed predictions: of the picked epoch, else the newest. */
export const shownPredictions = ({ history, predictions }: ViewState): Predictions | null =>
  history.epoch === null ? predictions : history.shown;

/** The user's choice, else the run's own fitted threshold, else 0.5. */
export const shownThreshold = ({ threshold, run }: ViewState): Threshold =>
  threshold ?? evaluatedThreshold(run?.evaluation ?? null) ?? atLogOdds(0);

function snapshot(state: ViewState, action: Extract<ToPanel, { type: 'snapshot' }>): ViewState {
  const { run } = action;
  const sameRun = state.run === null || state.run.runId === run.runId;
  const chosen = choices(state, run);
  // Earlier predictions may be of epochs that were trained again meanwhile.
  const history = trimmed(sameRun ? state.history : noHistory, 0);
  const predictions = usable(action.predictions, run) ?? (sameRun ? usable(state.predictions, run) : null);
  return {
    ...state,
    run,
    sync: 'live',
    nextSeq: action.nextSeq,
    predictions,
    isReading: action.isReading,
    history: picked(history, existing(chosen.pickedEpoch, run), predictions),
    standing: action.standing,
    imageRoot: action.imageRoot,
    strings: action.strings,
    threshold: chosen.threshold,
    pickedClass: Math.min(chosen.pickedClass, Math.max(0, run.classNames.length - 1)),
    look: chosen.look,
    stopRequested: state.stopRequested && isOpen(run),
    restored: null,
  };
}

function event(state: ViewState, message: Extract<ToPanel, { type: 'event' }>): ViewState {
  // The snapshot already includes an older event.
  if (state.run === null || state.sync === 'waiting' || message.seq < state.nextSeq) return state;
  if (message.seq > state.nextSeq) return { ...state, sync: 'waiting' };
  const run = applyRunEvent(state.run, message.event);
  const next: ViewState = {
    ...state,
    run,
    nextSeq: message.seq + 1,
    stopRequested: state.stopRequested && isOpen(run),
  };
  return message.event.type === 'resumed' ? withoutLater(next, message.event.afterEpoch) : next;
}

/** Drops predictions of epochs that are trained again. */
function withoutLater(state: ViewState, epoch: number): ViewState {
  const history = trimmed(state.history, epoch);
  return { ...state, predictions: null, history: picked(history, existing(history.epoch, state.run), null) };
}

type Choices = Pick<PanelState, 'threshold' | 'pickedClass' | 'pickedEpoch' | 'look'>;

/** The user's choices apply to one run: those made here, or before the reload. */
function choices({ run, restored, ...state }: ViewState, { runId }: RunState): Choices {
  if (run?.runId === runId) return { ...state, pickedEpoch: state.history.epoch };
  if (run === null && restored?.runId === runId) return restored;
  return { threshold: null, pickedClass: 0, pickedEpoch: null, look: plainLook };
}

const existing = (epoch: number | null, run: RunState | null): number | null =>
  run?.epochs.some((row) => row.epoch === epoch) ? epoch : null;

/** Mismatched columns, or another number of classes, are not drawn. */
function usable(predictions: Predictions | null, run: RunState | null): Predictions | null {
  if (predictions === null) return null;
  const { labels, logits, classCount } = predictions;
  const fits =
    logits.length === labels.length * classCount &&
    labels.every((label) => label >= 0 && label < classCount) &&
    (run === null || run.classNames.length === 0 || run.classNames.length === classCount);
  return fits ? predictions : null;
}

function unreachable(value: never): never {
  throw new Error(`Unhandled action ${JSON.stringify(value)}`);
}
