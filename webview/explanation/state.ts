// The Grad-CAM panel's state: a pure fold over messages from the host and actions of the user, and its next request to the host.
// Absent: the editor, the page, pixels. Called by main.ts.

import {
  type CamLook,
  type CamQuestion,
  type Explained,
  type ExplanationPanelState,
  type ToExplanationPanel,
  usualLook,
  usualQuestion,
} from '../../shared/messages/explanation.ts';
import type { SnapshotWanted } from '../page/panelLoop.ts';

export type CamSnapshot = Extract<ToExplanationPanel, { type: 'snapshot' }>;
export type CamFailure = Extract<ToExplanationPanel, { type: 'failed' }>;
export type CamAnswer = Explained | CamFailure;

/** Request in progress at the host. */
export interface CamRequest {
  readonly id: number;
  /** Key of the question alone. */
  readonly questionKey: string;
  readonly paths: readonly string[];
  readonly check: boolean;
  /** Progress out of `total`; null: unknown. */
  readonly done: number | null;
  readonly total: number;
}

/** Interrupted work does not restart by itself. `sentence` null: the user stopped it, or the host gave no reason. */
export interface CamStall {
  readonly workKey: string;
  readonly reason: 'stopped' | 'failed';
  readonly sentence: string | null;
}

export interface ExplanationViewState {
  /** null until the first. */
  readonly snapshot: CamSnapshot | null;
  readonly sync: 'waiting' | 'live';
  readonly strings: Readonly<Record<string, string>>;
  readonly question: CamQuestion;
  readonly look: CamLook;
  /** Path of one image; null: all of them, as a wall. */
  readonly shown: string | null;
  /** Replies by answerKey(). */
  readonly answers: ReadonlyMap<string, CamAnswer>;
  /** Checks requested by the user, by answerKey(). */
  readonly checks: ReadonlySet<string>;
  /** Thumbnails of files that the page cannot show, by path. `address` and `reason` null: requested. */
  readonly pictures: ReadonlyMap<string, { readonly address: string | null; readonly reason: string | null }>;
  readonly request: CamRequest | null;
  readonly stalled: CamStall | null;
  /** Number of the newest request. */
  readonly lastId: number;
}

export type ExplanationAction =
  | ToExplanationPanel
  | SnapshotWanted
  | { readonly type: 'questionSet'; readonly question: Partial<CamQuestion> }
  | { readonly type: 'lookSet'; readonly look: Partial<CamLook> }
  | { readonly type: 'shown'; readonly path: string | null }
  | { readonly type: 'checkAsked' }
  | { readonly type: 'requested'; readonly paths: readonly string[]; readonly check: boolean }
  | { readonly type: 'requestDropped' }
  | { readonly type: 'stopped' }
  | { readonly type: 'tryAgain' }
  | { readonly type: 'pictureAsked'; readonly path: string };

export const initialExplanationState = (restored: ExplanationPanelState | null = null): ExplanationViewState => ({
  snapshot: null,
  sync: 'waiting',
  strings: {},
  question: restored?.question ?? usualQuestion,
  look: restored?.look ?? usualLook,
  shown: restored?.shown ?? null,
  answers: new Map(),
  checks: new Set(),
  pictures: new Map(),
  request: null,
  stalled: null,
  lastId: 0,
});

export const questionKey = ({ layer, method, of, target }: CamQuestion): string =>
  JSON.stringify([layer, method, of, target]);
export const answerKey = (path: string, question: CamQuestion): string => `${questionKey(question)} ${path}`;

/** Pure. When `sync` turns to `waiting`, the caller sends `ready`. */
export function reduceExplanation(state: ExplanationViewState, action: ExplanationAction): ExplanationViewState {
  switch (action.type) {
    case 'snapshot':
      return withSnapshot(state, action);
    case 'explained':
    case 'failed': {
      const path = action.type === 'failed' ? action.path : action.explanation.image;
      const key = answerKey(path, action.question);
      const before = state.answers.get(key);
      // A plain reply never replaces one with a check.
      if (before?.type === 'explained' && before.checked && !action.checked) return state;
      return { ...state, answers: new Map(state.answers).set(key, action) };
    }
    case 'picture':
      return { ...state, pictures: new Map(state.pictures).set(action.path, action) };
    case 'progress':
      if (state.request?.id !== action.id) return state;
      return { ...state, request: { ...state.request, done: action.done, total: action.total } };
    case 'ended':
      return ended(state, action);
    case 'questionSet':
      return { ...state, question: { ...state.question, ...action.question }, stalled: null };
    case 'lookSet':
      return { ...state, look: { ...state.look, ...action.look } };
    case 'shown':
      return { ...state, shown: action.path };
    case 'checkAsked':
      if (state.shown === null) return state;
      return { ...state, checks: new Set(state.checks).add(answerKey(state.shown, state.question)), stalled: null };
    case 'requested':
      return {
        ...state,
        lastId: state.lastId + 1,
        request: {
          id: state.lastId + 1,
          questionKey: questionKey(state.question),
          paths: action.paths,
          check: action.check,
          done: null,
          total: action.paths.length,
        },
      };
    case 'requestDropped':
      return { ...state, request: null };
    case 'stopped': {
      const checks = new Set(state.checks);
      // The map is there already, so only the check is cancelled.
      if (state.request?.check && state.shown !== null) checks.delete(answerKey(state.shown, state.question));
      return {
        ...state,
        checks,
        request: null,
        stalled: { workKey: workKey(state), reason: 'stopped', sentence: null },
      };
    }
    case 'tryAgain':
      return { ...state, stalled: null };
    case 'pictureAsked':
      return { ...state, pictures: new Map(state.pictures).set(action.path, { address: null, reason: null }) };
    case 'snapshotWanted':
      return { ...state, sync: 'waiting' };
    default:
      return unreachable(action);
  }
}

function withSnapshot(state: ExplanationViewState, snapshot: CamSnapshot): ExplanationViewState {
  const { images, classNames } = snapshot;
  const isOther = state.snapshot !== null && state.snapshot.keptEpoch !== snapshot.keptEpoch;
  const [only] = images;
  const isThere = images.some(({ path }) => path === state.shown);
  const { target } = state.question;
  const isKnown = !target.startsWith('=') || classNames.includes(target.slice(1));
  return {
    ...state,
    snapshot,
    sync: 'live',
    strings: snapshot.strings,
    shown: images.length === 1 ? only!.path : isThere ? state.shown : null,
    question: isKnown ? state.question : { ...state.question, target: 'predicted' },
    answers: isOther ? new Map() : state.answers,
    checks: isOther ? new Set() : state.checks,
    // Messages may have been lost meanwhile, so missing replies are requested again.
    request: null,
  };
}

function ended(state: ExplanationViewState, { id, sentence }: { id: number; sentence: string | null }) {
  const { request } = state;
  if (request?.id !== id) return state;
  const after = { ...state, request: null };
  if (sentence === null && missing(after).length === 0) return after;
  return { ...after, stalled: { workKey: workKey(state), reason: 'failed' as const, sentence } };
}

export const answerOf = (state: ExplanationViewState, path: string): CamAnswer | undefined =>
  state.answers.get(answerKey(path, state.question));

/** Images in view. */
export const pathsInView = ({ snapshot, shown }: ExplanationViewState): string[] =>
  shown !== null ? [shown] : (snapshot?.images ?? []).map(({ path }) => path);

const wantsCheck = (state: ExplanationViewState): boolean =>
  state.shown !== null && state.checks.has(answerKey(state.shown, state.question));

function missing(state: ExplanationViewState): string[] {
  const check = wantsCheck(state);
  return pathsInView(state).filter((path) => {
    const answer = answerOf(state, path);
    return answer === undefined || (check && !answer.checked);
  });
}

const workKey = (state: ExplanationViewState): string => `${questionKey(state.question)} ${wantsCheck(state)}`;

/** Interruption of the work in view; null: none. */
export const stallOf = (state: ExplanationViewState): CamStall | null =>
  state.stalled?.workKey === workKey(state) && missing(state).length > 0 ? state.stalled : null;

/** Next message to the host: a new request, the cancellation of an outdated one, or null. */
export function nextStep(
  state: ExplanationViewState,
):
  | { readonly type: 'explain'; readonly paths: readonly string[]; readonly check: boolean }
  | { readonly type: 'stop' }
  | null {
  if (state.snapshot === null || state.sync !== 'live') return null;
  const { request } = state;
  const paths = missing(state);
  const check = wantsCheck(state);
  if (paths.length === 0)
    return request && request.questionKey !== questionKey(state.question) ? { type: 'stop' } : null;
  if (stallOf(state)) return null;
  const isOnIt =
    request !== null &&
    request.questionKey === questionKey(state.question) &&
    (request.check || !check) &&
    paths.every((path) => request.paths.includes(path));
  return isOnIt ? null : { type: 'explain', paths, check };
}

/** State that the page stores; undefined before the first snapshot. */
export const keptExplanation = ({ snapshot, question, look, shown }: ExplanationViewState) =>
  snapshot === null || snapshot.images.length === 0
    ? undefined
    : { runId: snapshot.runId, paths: snapshot.images.map(({ path }) => path), question, look, shown };

function unreachable(value: never): never {
  throw new Error(`Unhandled action ${JSON.stringify(value)}`);
}
