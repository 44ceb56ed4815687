// The evaluation panel's state: a pure fold over messages from the host and actions of the user. One threshold drives everything.
// Absent: the editor, the page, arithmetic on scores (model.ts). Called by main.ts.
import { type AskedThreshold, askedThreshold, shownAt } from '../../shared/contracts/scores.ts';
import type {
  EvaluationPanelState,
  ImagePick,
  matrixShares,
  ThresholdPreset,
  ToEvaluationPanel,
} from '../../shared/messages/evaluation.ts';
import type { SnapshotWanted } from '../page/panelLoop.ts';
import { temperatureOf } from './model.ts';

export type EvaluationSnapshot = Extract<ToEvaluationPanel, { type: 'snapshot' }>;
export type MatrixShare = (typeof matrixShares)[number];

export interface EvaluationState {
  /** null until the first. */
  readonly snapshot: EvaluationSnapshot | null;
  readonly sync: 'waiting' | 'live';
  readonly strings: Readonly<Record<string, string>>;
  /** null: the panel's default. */
  readonly preset: ThresholdPreset | null;
  /** Temperature scaling of probabilities; thresholds are then shown on the calibrated scale. */
  readonly calibrated: boolean;
  /** Prevalence for predictive values; null: that of the images. */
  readonly prevalence: number | null;
  readonly matrixShare: MatrixShare;
  /** null: the wrong ones. */
  readonly pick: ImagePick | null;
  /** Class compared with the rest, with more than two classes. */
  readonly pickedClass: number;
}

export type EvaluationAction =
  | ToEvaluationPanel
  | SnapshotWanted
  | { readonly type: 'presetPicked'; readonly preset: ThresholdPreset }
  | { readonly type: 'thresholdMoved'; readonly asked: AskedThreshold }
  | { readonly type: 'calibratedSet'; readonly on: boolean }
  | { readonly type: 'prevalenceSet'; readonly prevalence: number | null }
  | { readonly type: 'matrixShareSet'; readonly share: MatrixShare }
  | { readonly type: 'imagesPicked'; readonly pick: ImagePick }
  | { readonly type: 'classPicked'; readonly label: number };

export const initialEvaluationState = (restored: EvaluationPanelState | null = null): EvaluationState => ({
  snapshot: null,
  sync: 'waiting',
  strings: {},
  preset: restored?.preset ?? null,
  calibrated: restored?.calibrated ?? false,
  prevalence: restored?.prevalence ?? null,
  matrixShare: restored?.matrixShare ?? 'counts',
  pick: restored?.pick ?? null,
  pickedClass: restored?.pickedClass ?? 0,
});

/** Pure. When `sync` turns to `waiting`, the caller sends `ready`. */
export function reduceEvaluation(state: EvaluationState, action: EvaluationAction): EvaluationState {
  switch (action.type) {
    case 'snapshot':
      return fitted({ ...state, snapshot: action, sync: 'live', strings: action.strings });
    case 'places':
      return state.snapshot === null ? state : { ...state, snapshot: { ...state.snapshot, places: action.places } };
    case 'presetPicked':
      return { ...state, preset: action.preset };
    case 'thresholdMoved':
      return { ...state, preset: { type: 'manual', ...askedThreshold(action.asked, shownTemperature(state)) } };
    case 'calibratedSet':
      return rescaled(state, action.on);
    case 'prevalenceSet':
      return { ...state, prevalence: action.prevalence };
    case 'matrixShareSet':
      return { ...state, matrixShare: action.share };
    case 'imagesPicked':
      return { ...state, pick: action.pick };
    case 'classPicked':
      return { ...state, pickedClass: action.label };
    case 'snapshotWanted':
      return { ...state, sync: 'waiting' };
    default:
      return unreachable(action);
  }
}

/** State that the page stores; undefined before the first snapshot. */
export const keptState = ({ snapshot, ...state }: EvaluationState): EvaluationPanelState | undefined =>
  snapshot === null
    ? undefined
    : {
        source: snapshot.subject.source,
        compact: snapshot.compact,
        preset: state.preset,
        calibrated: state.calibrated,
        prevalence: state.prevalence,
        matrixShare: state.matrixShare,
        pick: state.pick,
        pickedClass: state.pickedClass,
      };

/** Restored or chosen values may be for other classes. */
function fitted(state: EvaluationState): EvaluationState {
  const last = Math.max(0, (state.snapshot?.subject.classNames.length ?? 0) - 1);
  const { pick } = state;
  const fits = pick?.type !== 'cell' || (pick.actual <= last && pick.predicted <= last);
  return { ...state, pick: fits ? pick : null, pickedClass: Math.min(state.pickedClass, last) };
}

/** A manual threshold keeps its decisions when the scale changes. */
function rescaled(state: EvaluationState, on: boolean): EvaluationState {
  const { snapshot, preset } = state;
  if (on === state.calibrated || snapshot === null || preset?.type !== 'manual') return { ...state, calibrated: on };
  const next = { ...state, calibrated: on };
  return { ...next, preset: { type: 'manual', ...shownAt(preset.logOdds, shownTemperature(next)) } };
}

/** Temperature of the displayed probabilities. */
const shownTemperature = ({ snapshot, calibrated }: EvaluationState): number =>
  snapshot === null || !calibrated ? 1 : (temperatureOf(snapshot).value ?? 1);

function unreachable(value: never): never {
  throw new Error(`Unhandled action ${JSON.stringify(value)}`);
}
