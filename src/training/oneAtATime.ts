// A task that a second click must not start again.

/** Does the work unless another one is still being done, and resolves when that has ended. Rejects only for its own work. */
export type OneAtATime = (work: () => Promise<void>) => Promise<void>;

export function oneAtATime(): OneAtATime {
  let pending: Promise<void> | undefined;
  return (work) => {
    if (pending !== undefined) return pending;
    const done = work().finally(() => {
      pending = undefined;
    });
    pending = done.catch(() => {}); // whoever began it reports the error
    return done;
  };
}
