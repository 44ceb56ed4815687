// The compare panel's state: a pure fold over messages from the host and actions of the user.
// Absent: the editor, the page, arithmetic on predictions (pair.ts). Called by main.ts.
import { applyRunEvent } from '../../shared/contracts/runState.ts';
import type {
  ComparedRun,
  ComparePanelState,
  CurveName,
  TestPredictions,
  ToComparePanel,
} from '../../shared/messages/compare.ts';
import type { SnapshotWanted } from '../page/panelLoop.ts';

/** null: unreadable. */
export type Loaded = TestPredictions | null | 'loading';

export interface CompareState {
  /** In the order of their index; null until the first snapshot. */
  readonly runs: readonly ComparedRun[] | null;
  /** The requested set, including deleted runs. */
  readonly runIds: readonly string[];
  readonly sync: 'waiting' | 'live';
  /** Number of the next expected event. */
  readonly nextSeq: number;
  readonly strings: Readonly<Record<string, string>>;
  readonly curve: CurveName;
  readonly logScale: boolean;
  readonly hidden: readonly string[];
  /** The user's pick; null: the best two. */
  readonly pickedPair: readonly [string, string] | null;
  /** Requested test predictions by run. */
  readonly predictions: Readonly<Record<string, Loaded>>;
}

export type CompareAction =
  | ToComparePanel
  | SnapshotWanted
  | { readonly type: 'curvePicked'; readonly curve: CurveName }
  | { readonly type: 'logScaleSet'; readonly on: boolean }
  | { readonly type: 'runToggled'; readonly runId: string }
  | { readonly type: 'pairPicked'; readonly pair: readonly [string, string] }
  | { readonly type: 'predictionsAsked'; readonly runId: string };

export const initialCompareState = (restored: ComparePanelState | null = null): CompareState => ({
  runs: null,
  runIds: [],
  sync: 'waiting',
  nextSeq: 0,
  strings: {},
  curve: restored?.curve ?? 'valLoss',
  logScale: restored?.logScale ?? false,
  hidden: restored?.hidden ?? [],
  pickedPair: restored?.pair ?? null,
  predictions: {},
});

/** Pure. When `sync` turns to `waiting`, the caller sends `ready`. */
export function reduceCompare(state: CompareState, action: CompareAction): CompareState {
  switch (action.type) {
    case 'snapshot':
      return {
        ...state,
        runs: action.runs.toSorted((a, b) => a.index - b.index),
        runIds: action.runIds,
        sync: 'live',
        nextSeq: action.nextSeq,
        strings: action.strings,
        // Pending replies may be lost, and failed reads may succeed now.
        predictions: Object.fromEntries(
          Object.entries(state.predictions).filter(
            ([id, loaded]) => isLoaded(loaded) && action.runs.some((run) => run.id === id && run.state.evaluation),
          ),
        ),
      };
    case 'event':
      return event(state, action);
    case 'testPredictions':
      return { ...state, predictions: { ...state.predictions, [action.runId]: action.predictions } };
    case 'predictionsAsked':
      return { ...state, predictions: { ...state.predictions, [action.runId]: 'loading' } };
    case 'curvePicked':
      return { ...state, curve: action.curve };
    case 'logScaleSet':
      return { ...state, logScale: action.on };
    case 'runToggled': {
      const { hidden } = state;
      const shown = hidden.filter((id) => id !== action.runId);
      return { ...state, hidden: shown.length < hidden.length ? shown : [...hidden, action.runId] };
    }
    case 'pairPicked':
      return { ...state, pickedPair: action.pair };
    case 'snapshotWanted':
      return { ...state, sync: 'waiting' };
    default:
      return unreachable(action);
  }
}

/** The compared pair: the picked runs, else the best two by test AUROC; null with fewer than two. */
export function pairOf({ runs, pickedPair }: CompareState): readonly [ComparedRun, ComparedRun] | null {
  if (runs === null || runs.length < 2) return null;
  const [first, second] = (pickedPair ?? []).map((id) => runs.find((run) => run.id === id));
  if (first && second && first !== second) return [first, second];
  const best = runs.toSorted((a, b) => merit(b) - merit(a)).slice(0, 2);
  const [a, b] = best.sort((x, y) => x.index - y.index);
  return [a!, b!];
}

/** Evaluated runs of the pair whose predictions were not requested yet. */
export const wantedPredictions = (state: CompareState): string[] =>
  (pairOf(state) ?? [])
    .filter(({ id, state: run }) => run.evaluation !== null && state.predictions[id] === undefined)
    .map(({ id }) => id);

/** State that the page stores; undefined before the first snapshot. Deleted runs stay in the set, because their folders may return. */
export const keptState = ({ runs, runIds, curve, logScale, hidden, pickedPair }: CompareState) =>
  runs === null
    ? undefined
    : {
        runIds: [...runIds],
        curve,
        logScale,
        hidden: [...hidden],
        pair: pickedPair && ([...pickedPair] as [string, string]),
      };

export const isLoaded = (loaded: Loaded | undefined): loaded is TestPredictions =>
  typeof loaded === 'object' && loaded !== null;

const merit = ({ state: { evaluation } }: ComparedRun): number =>
  evaluation === null ? -1 : (evaluation.test.auroc ?? evaluation.test.byHighestProbability.report.accuracy);

function event(state: CompareState, { seq, runId, event }: Extract<ToComparePanel, { type: 'event' }>): CompareState {
  // The snapshot already includes an older event.
  if (state.runs === null || state.sync === 'waiting' || seq < state.nextSeq) return state;
  if (seq > state.nextSeq) return { ...state, sync: 'waiting' };
  const runs = state.runs.map((run) => (run.id === runId ? { ...run, state: applyRunEvent(run.state, event) } : run));
  const { [runId]: _, ...others } = state.predictions;
  const stale = event.type === 'evaluated' || event.type === 'resumed';
  return { ...state, runs, nextSeq: seq + 1, predictions: stale ? others : state.predictions };
}

function unreachable(value: never): never {
  throw new Error(`Unhandled action ${JSON.stringify(value)}`);
}
