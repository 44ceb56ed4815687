// One optimizer step over a batch, in one run of the program or in as many as the device's memory asks for: the runs' gradients add up
// to the batch's (trainStep.ts: accumulates). Who trains does not notice. Absent: which images, epochs, what to do without memory.
import type { Optimizer } from '../../../shared/contracts/recipe.ts';
import type { Engine } from '../../engine/engine.ts';
import { inputNameOf } from '../../programs/inference.ts';
import { labelsTensor } from '../../programs/labels.ts';
import { isGradientSum, type TrainStepOptions, trainStepProgram } from '../../programs/trainStep.ts';
import { sizeOf, type Tensor } from '../../tensor.ts';
import type { Rates } from './schedules.ts';
import { initialStepState, resumedStepState, runScalars, stepScalars } from './stepInputs.ts';

export interface BatchStepOptions extends Omit<TrainStepOptions, 'accumulates' | 'exposeGradients'> {
  readonly optimizer: Optimizer;
  /** The most that the device takes in one run. */
  readonly imagesAtOnce: number;
  /** Of a checkpoint; left out: as at the start. */
  readonly optimizerState?: ReadonlyMap<string, Tensor> | undefined;
}

/** N rows: the batch that the program was made for. */
export interface StepBatch {
  /** Features or pixels; the caller must not use its buffer again. */
  readonly input: Tensor;
  readonly labels: readonly number[];
  /** In the loss; 0 for padding, not all 0. */
  readonly weights: readonly number[];
  readonly rates: { readonly head: Rates; readonly backbone: Rates | null };
  /** From 1 within the stage. */
  readonly step: number;
}

export interface StepResult {
  /** Σ wᵢ·ceᵢ / Σ wᵢ over the batch, of the weights before the step. */
  readonly loss: number;
  /** Of the batch's gradient. Where this or the loss is not finite, no step was taken. */
  readonly gradientNorm: number;
  /** [N, K] row-major, of the weights before the step. */
  readonly logits: Float32Array;
}

export interface BatchStep {
  take(batch: StepBatch): Promise<StepResult>;
  /** Trained parameters and the optimizer's state, by name: the same names, in however many runs. */
  readState(): Promise<ReadonlyMap<string, Tensor>>;
  dispose(): Promise<void>;
}

/** @throws UserError checkpointUnusable when the optimizer's state was made for another optimizer or network */
export async function loadBatchStep(
  engine: Engine,
  { imagesAtOnce, optimizerState, ...options }: BatchStepOptions,
): Promise<BatchStep> {
  const { batch, parameters, optimizer, classCount, featureType } = options;
  const rows = Math.min(batch, imagesAtOnce);
  const isWhole = rows === batch;
  const source = trainStepProgram({ ...options, batch: rows, accumulates: !isWhole });
  const program = await engine.load(source);
  await program.writeState(
    optimizerState ? resumedStepState(source, parameters, optimizerState) : initialStepState(source, parameters),
  );
  const inputName = inputNameOf(featureType);

  return {
    async take({ input, labels, weights, rates, step }) {
      const weight = weights.reduce((sum, w) => sum + w, 0);
      const logits = new Float32Array(batch * classCount);
      let loss = 0;
      let gradientNorm = 0;
      for (let start = 0; start < batch; start += rows) {
        const end = Math.min(start + rows, batch);
        const shares = new Float32Array(rows); // past the batch's end: 0
        for (let i = start; i < end; i++) shares[i - start] = weights[i]! / weight;
        const out = await program.run({
          [inputName]: isWhole ? input : rowsOf(input, start, rows),
          labels: labelsTensor(Array.from({ length: rows }, (_, row) => labels[Math.min(start + row, batch - 1)]!)),
          shares: { dtype: 'float32', shape: [rows], data: shares },
          ...stepScalars(optimizer, rates, step),
          ...(isWhole ? {} : runScalars({ isFirst: start === 0, isLast: end === batch })),
        });
        logits.set((out.logits!.data as Float32Array).subarray(0, (end - start) * classCount), start * classCount);
        loss += scalarOf(out.loss!);
        gradientNorm = scalarOf(out.gradientNorm!);
        if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) break;
      }
      return { loss, gradientNorm, logits };
    },
    async readState() {
      const state = await program.readState();
      return new Map([...state].filter(([name]) => !isGradientSum(name)));
    },
    dispose: () => program.dispose(),
  };
}

/** A copy of `rows` rows from `start` on; past the end the last row is repeated. */
function rowsOf({ dtype, shape: [count = 0, ...shape], data }: Tensor, start: number, rows: number): Tensor {
  const length = sizeOf(shape);
  const present = Math.min(rows, count - start);
  const copy = data.slice(start * length, (start + rows) * length);
  if (present === rows) return { dtype, shape: [rows, ...shape], data: copy } as Tensor;
  const padded = new (data.constructor as Uint8ArrayConstructor)(rows * length);
  padded.set(copy as Uint8Array);
  for (let row = present; row < rows; row++) padded.copyWithin(row * length, (present - 1) * length, present * length);
  return { dtype, shape: [rows, ...shape], data: padded } as Tensor;
}

const scalarOf = ({ data }: Tensor): number => (data as Float32Array)[0]!;
