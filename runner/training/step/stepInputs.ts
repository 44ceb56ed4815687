import { UserError } from '../../../shared/contracts/errors.ts';
import type { Optimizer } from '../../../shared/contracts/optimizers.ts';
import type { Stage } from '../../../shared/contracts/recipe.ts';
import type { ProgramSource, TensorSpec } from '../../engine/engine.ts';
import { optimizerOf } from '../../graph/optimizers/optimizers.ts';
import { type BatchNormTraining, isGradientSum } from '../../programs/trainStep.ts';
import { type Parameters, sizeOf, type Tensor } from '../../tensor.ts';
import type { Rates } from './schedules.ts';

/** A stage's BatchNorm as the step's program takes it. */
export const trainedBatchNorm = ({
  batchNorm,
  batchNormMomentum,
}: Pick<Stage, 'batchNorm' | 'batchNormMomentum'>): BatchNormTraining | undefined =>
  batchNorm === 'train' ? { momentum: batchNormMomentum } : undefined;

/** The trainable parameters unchanged, every optimizer moment zero. */
export function initialStepState(source: ProgramSource, parameters: Parameters): Map<string, Tensor> {
  return new Map(source.state.map(({ current, spec }) => [current, parameters.get(current) ?? zeros(spec)]));
}

const zeros = ({ shape }: TensorSpec): Tensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(sizeOf(shape)),
});

/** State from a checkpoint. @throws UserError checkpointUnusable when it was made for another optimizer or network */
export function resumedStepState(
  source: ProgramSource,
  parameters: Parameters,
  optimizerState: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  return new Map(
    source.state.map(({ current, spec }) => {
      if (isGradientSum(current)) return [current, zeros(spec)];
      const tensor = parameters.get(current) ?? optimizerState.get(current);
      if (tensor?.dtype !== spec.dtype || tensor.shape.join() !== spec.shape.join())
        throw new UserError('checkpointUnusable', { reason: `it does not hold ${current} as it should` });
      return [current, tensor];
    }),
  );
}

/** The scalars that change from step to step. `step` counts from 1 within the stage, like torch.optim.AdamW. */
export function stepScalars(
  optimizer: Optimizer,
  rates: { head: Rates; backbone: Rates | null },
  step: number,
): Record<string, Tensor> {
  const { head, backbone } = rates;
  return scalars({
    learningRateHead: head.learningRate,
    learningRateBackbone: backbone?.learningRate ?? 0,
    ...optimizerOf(optimizer).scalars(step, head.momentum),
  });
}

/** Position of a run within a step of several runs. */
export const runScalars = (run: { readonly isFirst: boolean; readonly isLast: boolean }): Record<string, Tensor> =>
  scalars({ continues: run.isFirst ? 0 : 1, applies: run.isLast ? 1 : 0 });

const scalars = (numbers: Readonly<Record<string, number>>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [
      name,
      { dtype: 'float32', shape: [], data: Float32Array.of(value) },
    ]),
  );
