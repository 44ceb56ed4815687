import type { Schedule } from '../../../shared/contracts/recipe.ts';

export interface Rates {
  readonly learningRate: number;
  /** SGD's momentum or Adam's beta1; OneCycle changes it. */
  readonly momentum: number;
}

export interface ScheduleOptions {
  readonly baseRate: number;
  readonly baseMomentum: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/**
 * Rates of a parameter group by step; `step` counts batches of the stage from 0.
 * @see torch.optim.lr_scheduler: CosineAnnealingLR, LinearLR + CosineAnnealingLR by SequentialLR, OneCycleLR
 */
export function scheduleOf(schedule: Schedule, options: ScheduleOptions): (step: number) => Rates {
  const { baseRate, baseMomentum, epochs, stepsPerEpoch } = options;
  const fixedMomentum = (rateAt: (step: number) => number) => (step: number) => ({
    learningRate: rateAt(step),
    momentum: baseMomentum,
  });
  const count = (per: 'epoch' | 'batch', step: number) => (per === 'epoch' ? Math.floor(step / stepsPerEpoch) : step);
  const length = (per: 'epoch' | 'batch') => (per === 'epoch' ? epochs : epochs * stepsPerEpoch);
  switch (schedule.type) {
    case 'constant':
      return fixedMomentum(() => baseRate);
    case 'cosine':
      return fixedMomentum((step) => cosine(baseRate, schedule.minimum, count(schedule.per, step) / schedule.tMax));
    case 'warmUpCosine': {
      const { warmUp, startFactor, per } = schedule;
      const rest = Math.max(1, length(per) - warmUp);
      return fixedMomentum((step) => {
        const t = count(per, step);
        return t < warmUp
          ? baseRate * (startFactor + ((1 - startFactor) * t) / warmUp)
          : cosine(baseRate, 0, (t - warmUp) / rest);
      });
    }
    case 'oneCycle':
      return oneCycle(schedule, options);
  }
}

/**
 * Momentum runs opposite to the rate, between 0.95 and 0.85, PyTorch's defaults. A rise of exactly one step has no length: that
 * step gets the highest rate, where OneCycleLR divides by zero.
 */
function oneCycle(
  { percentStart, divFactor, finalDivFactor }: Extract<Schedule, { type: 'oneCycle' }>,
  { baseRate, epochs, stepsPerEpoch }: ScheduleOptions,
): (step: number) => Rates {
  const initial = baseRate / divFactor;
  const lowest = initial / finalDivFactor;
  const total = epochs * stepsPerEpoch;
  const peak = percentStart * total - 1;
  const fall = total - 1 - peak;
  const tiny = 1e-9; // rounding of the product above: 0.07 · 100 is 7.000000000000001
  return (step) => {
    if (peak > tiny && step <= peak)
      return { learningRate: cosine(initial, baseRate, step / peak), momentum: cosine(0.95, 0.85, step / peak) };
    const t = fall > tiny ? (step - peak) / fall : 0;
    return { learningRate: cosine(baseRate, lowest, t), momentum: cosine(0.85, 0.95, t) };
  };
}

/** From `start` at t = 0 along half a cosine to `end` at t = 1. */
const cosine = (start: number, end: number, t: number): number =>
  end + ((start - end) / 2) * (1 + Math.cos(Math.PI * t));
