// Distribution of the images' scores, by class. Pure.

export interface HistogramSide {
  readonly name: string;
  /** One entry per bin. */
  readonly counts: readonly number[];
}

export interface ScoreHistogram {
  /** Evenly spaced from 0 to 1, one more than bins. */
  readonly edges: readonly number[];
  /** Images of the positive class; all images when labels are unknown. */
  readonly up: HistogramSide;
  /** Images of the other class; null: labels are unknown. */
  readonly down: HistogramSide | null;
}

export interface HistogramOptions {
  /** 1: positive, 0: negative; null: unknown. */
  readonly labels: readonly number[] | null;
  readonly scores: readonly number[];
  readonly names: { readonly positive: string; readonly negative: string; readonly all: string };
  readonly bins?: number;
}

/** Scores in [low, high); the last bin includes 1. */
export function scoreHistogram({ labels, scores, names, bins = 25 }: HistogramOptions): ScoreHistogram {
  const countsOf = (keeps: (i: number) => boolean): number[] => {
    const counts = new Array<number>(bins).fill(0);
    scores.forEach((score, i) => {
      if (keeps(i)) counts[Math.min(bins - 1, Math.max(0, Math.floor(score * bins)))]!++;
    });
    return counts;
  };
  const edges = Array.from({ length: bins + 1 }, (_, i) => i / bins);
  return labels === null
    ? { edges, up: { name: names.all, counts: countsOf(() => true) }, down: null }
    : {
        edges,
        up: { name: names.positive, counts: countsOf((i) => labels[i] === 1) },
        down: { name: names.negative, counts: countsOf((i) => labels[i] !== 1) },
      };
}
