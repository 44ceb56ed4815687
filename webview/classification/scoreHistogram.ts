// How the scores of the images are spread, by class. Pure.

export interface HistogramSide {
  readonly name: string;
  /** One a bin. */
  readonly counts: readonly number[];
}

export interface ScoreHistogram {
  /** One more than bins; from 0 to 1, evenly. */
  readonly edges: readonly number[];
  /** The positive class; all images where labels are not known. */
  readonly up: HistogramSide;
  /** The other class; null: labels are not known. */
  readonly down: HistogramSide | null;
}

export interface HistogramOptions {
  /** 1: positive, 0: not; null: not known. */
  readonly labels: readonly number[] | null;
  readonly scores: readonly number[];
  readonly names: { readonly positive: string; readonly negative: string; readonly all: string };
  readonly bins?: number;
}

/** Scores in [low, high); the last bin holds 1, too. */
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
