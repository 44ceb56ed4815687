// Remaining time from measured work. Work is counted in multiply-adds, which are known in advance for every step of the plan, so one rate
// gives estimates from the first seconds on, before later stages have run once.

export interface Pace {
  /** `work` multiply-adds were done for `images` images. */
  advance(work: number, images: number): void;
  /** Work that is no longer needed: an epoch skipped by early stopping, cached features. */
  skip(work: number): void;
  readonly imagesPerSecond: number | null;
  readonly etaMs: number | null;
}

/** @param nowMs  a monotonic clock, milliseconds */
export function createPace(totalWork: number, nowMs: () => number): Pace {
  const windowMs = 20_000;
  const fewestBatches = 8;
  const startMs = nowMs();
  let remaining = totalWork;
  let recent: { atMs: number; work: number; images: number }[] = [{ atMs: startMs, work: 0, images: 0 }];
  const rates = () => {
    const elapsedMs = nowMs() - recent[0]!.atMs;
    if (recent.length < 3 || elapsedMs < 500) return undefined;
    const done = recent.slice(1);
    return {
      work: done.reduce((sum, r) => sum + r.work, 0) / elapsedMs,
      images: done.reduce((sum, r) => sum + r.images, 0) / elapsedMs,
    };
  };
  return {
    advance(work, images) {
      remaining = Math.max(0, remaining - work);
      const atMs = nowMs();
      recent.push({ atMs, work, images });
      const first = recent.findIndex((r) => atMs - r.atMs <= windowMs);
      // On a slow machine few batches fall into the window, so the last ones always count.
      recent = recent.slice(Math.min(first, Math.max(0, recent.length - fewestBatches)));
    },
    skip(work) {
      remaining = Math.max(0, remaining - work);
    },
    get imagesPerSecond() {
      const rate = rates();
      return rate ? rate.images * 1000 : null;
    },
    get etaMs() {
      const rate = rates();
      return rate && rate.work > 0 ? remaining / rate.work : null;
    },
  };
}
