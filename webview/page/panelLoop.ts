// The loop of every panel's entry: connects host, state and page. All drawing follows from one state, at most once per frame; a panel
// that may have missed something requests a snapshot until it arrives. Absent: drawing, the meaning of messages.

import { useStrings } from '../../shared/strings/strings.ts';
import type { Host } from './host.ts';

/** The part of a panel's state that the loop needs. */
export interface Synced {
  /** `waiting`: a snapshot was requested. */
  readonly sync: 'waiting' | 'live';
  readonly strings: Readonly<Record<string, string>>;
}

export interface SnapshotWanted {
  readonly type: 'snapshotWanted';
}

export interface LoopParts<State extends Synced, Action, In extends Action, Out, Kept> {
  readonly host: Host<In, Out | { readonly type: 'ready' }, Kept>;
  /** Element whose `state` property is drawn. */
  readonly panel: HTMLElement & { state: State };
  readonly initial: State;
  readonly reduce: (state: State, action: Action | SnapshotWanted) => State;
  /** State to store after a step; undefined: unchanged. */
  readonly kept: (before: State, after: State) => Kept | undefined;
  /** Runs after each step and sends the new state's requests to the host. */
  readonly follow?: (state: State) => void;
}

/** A snapshot that does not arrive within this time is requested again, because messages to a hidden panel may be lost. */
const askAgainMs = 5000;

/** Draws, listens and requests the first snapshot. */
export function startPanel<State extends Synced, Action, In extends Action, Out, Kept>(
  parts: LoopParts<State, Action, In, Out, Kept>,
): { readonly dispatch: (action: Action | SnapshotWanted) => void } {
  const { host, panel, reduce } = parts;
  let state = parts.initial;
  let drawIsDue = false;
  let askAgain: ReturnType<typeof setInterval> | undefined;

  const draw = (): void => {
    drawIsDue = false;
    panel.state = state;
  };
  const ask = (): void => {
    host.send({ type: 'ready' });
    askAgain ??= setInterval(() => host.send({ type: 'ready' }), askAgainMs);
  };
  const dispatch = (action: Action | SnapshotWanted): void => {
    const before = state;
    state = reduce(state, action);
    if (state.strings !== before.strings) useStrings(state.strings);
    if (state.sync === 'live') {
      clearInterval(askAgain);
      askAgain = undefined;
    } else if (before.sync === 'live') ask();
    const kept = parts.kept(before, state);
    if (kept !== undefined) host.keep(kept);
    parts.follow?.(state);
    if (!drawIsDue) requestAnimationFrame(draw);
    drawIsDue = true;
  };

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') dispatch({ type: 'snapshotWanted' });
  });
  host.listen(dispatch, (reason) => {
    console.error(`A message of the editor was refused: ${reason}`);
    dispatch({ type: 'snapshotWanted' });
  });
  draw();
  document.body.append(panel);
  ask();
  return { dispatch };
}
