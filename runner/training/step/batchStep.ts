// One optimizer step over a batch, in one run of the program or in as many micro-batches as the device's memory requires, which accumulate
// the batch's gradients (trainStep.ts: accumulates), invisibly to the caller. Absent: choice of images, epochs, running out of memory.
import { UserError } from '../../../shared/contracts/errors.ts';
import type { Optimizer } from '../../../shared/contracts/optimizers.ts';
import { type Engine, EngineKilled, EngineOutOfMemory } from '../../engine/engine.ts';
import type { ImageRows } from '../../programs/objective.ts';
import { isGradientSum, type TrainStepOptions, trainStepProgram } from '../../programs/trainStep.ts';
import { sizeOf, type Tensor } from '../../tensor.ts';
import type { Rates } from './schedules.ts';
import { initialStepState, resumedStepState, runScalars, stepScalars } from './stepInputs.ts';

export interface BatchStepOptions extends Omit<TrainStepOptions, 'accumulates' | 'exposeGradients'> {
  readonly optimizer: Optimizer;
  /** Most images that the device takes in one run. */
  readonly imagesAtOnce: number;
  /** State from a checkpoint; initial state when left out. */
  readonly optimizerState?: ReadonlyMap<string, Tensor> | undefined;
}

/** N images: the batch that the program was made for. */
export interface StepBatch {
  /** Features or pixels and the objective's inputs, by name; the caller must not use their buffers again. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Weight of each image in the loss; 0 for padding, not all 0. */
  readonly weights: readonly number[];
  readonly rates: { readonly head: Rates; readonly backbone: Rates | null };
  /** Counts from 1 within the stage. */
  readonly step: number;
}

export interface StepResult {
  /** Loss of the objective over the batch, with the weights before the step. */
  readonly loss: number;
  /** Norm of the batch's gradient. If this or the loss is not finite, no step was taken. */
  readonly gradientNorm: number;
  /** Outputs that the objective reads, by name, with the weights before the step: the rows of each image in the order of the batch. */
  readonly outputs: Readonly<Record<string, Float32Array>>;
}

/** Rows of image `i` of a batch of `count`. */
export const rowsOfImage = (outputs: StepResult['outputs'], i: number, count: number): ImageRows =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, data]) => {
      const length = data.length / count;
      return [name, data.subarray(i * length, (i + 1) * length)];
    }),
  );

export interface BatchStep {
  take(batch: StepBatch): Promise<StepResult>;
  /** Trained parameters and the optimizer's state, by name: the same names for any number of runs. */
  readState(): Promise<ReadonlyMap<string, Tensor>>;
  dispose(): Promise<void>;
}

/**
 * @throws UserError checkpointUnusable when the optimizer's state was made for another optimizer or network; outOfMemory when the batch
 * does not fit and its loss cannot be computed in parts; outOfMemoryForBatchNorm when it does not fit and BatchNorm trains
 */
export async function loadBatchStep(
  engine: Engine,
  { imagesAtOnce, optimizerState, ...options }: BatchStepOptions,
): Promise<BatchStep> {
  const { batch, parameters, optimizer, objective } = options;
  // The limit may come from another program, which needs more memory than this step: only the step itself shows whether a batch fits.
  const most = options.batchNorm ? batch : Math.min(batch, imagesAtOnce);
  const isWhole = most === batch;
  const inMemory = <T>(work: Promise<T>): Promise<T> =>
    options.batchNorm ? work.catch((error) => Promise.reject(withoutSplitting(error, batch, imagesAtOnce))) : work;
  if (!isWhole && !objective.sumsOverImages) throw new UserError('outOfMemory', { batch, suggested: most });
  const source = trainStepProgram({ ...options, batch: most, accumulates: !isWhole });
  const program = await inMemory(engine.load(source));
  await program.writeState(
    optimizerState ? resumedStepState(source, parameters, optimizerState) : initialStepState(source, parameters),
  );
  /** Number of values of an output for one image. */
  const lengthOf = (name: string) => sizeOf(source.outputs[name]!.shape) / most;

  return {
    async take({ inputs, weights, rates, step }) {
      const weight = weights.reduce((sum, w) => sum + w, 0);
      const outputs = Object.fromEntries(
        objective.reads.map((name) => [name, new Float32Array(batch * lengthOf(name))]),
      );
      let loss = 0;
      let gradientNorm = 0;
      for (let start = 0; start < batch; start += most) {
        const end = Math.min(start + most, batch);
        const shares = new Float32Array(most); // 0 past the batch's end
        for (let i = start; i < end; i++) shares[i - start] = weights[i]! / weight;
        const out = await inMemory(
          program.run({
            ...(isWhole ? inputs : partOf(inputs, { batch, start, count: most })),
            shares: { dtype: 'float32', shape: [most], data: shares },
            ...stepScalars(optimizer, rates, step),
            ...(isWhole ? {} : runScalars({ isFirst: start === 0, isLast: end === batch })),
          }),
        );
        for (const [name, data] of Object.entries(outputs)) {
          const length = lengthOf(name);
          data.set((out[name]!.data as Float32Array).subarray(0, (end - start) * length), start * length);
        }
        loss += scalarOf(out.loss!);
        gradientNorm = scalarOf(out.gradientNorm!);
        if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) break;
      }
      return { loss, gradientNorm, outputs };
    },
    async readState() {
      const state = await program.readState();
      return new Map([...state].filter(([name]) => !isGradientSum(name)));
    },
    dispose: () => program.dispose(),
  };
}

/** The error of a step that cannot be split; a process killed from outside is tried once more first (attempts.ts), with the whole batch. */
function withoutSplitting(error: unknown, batch: number, imagesAtOnce: number): unknown {
  if (!(error instanceof EngineOutOfMemory)) return error;
  if (error instanceof EngineKilled && imagesAtOnce >= batch) return error;
  return new UserError('outOfMemoryForBatchNorm', { batch, suggested: Math.max(1, batch >> 1) }, { cause: error });
}

/** Some images of a batch, which may have several rows each in an input. */
function partOf(
  inputs: Readonly<Record<string, Tensor>>,
  { batch, start, count }: { readonly batch: number; readonly start: number; readonly count: number },
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => {
      const perImage = tensor.shape[0]! / batch;
      return [name, rowsOf(tensor, start * perImage, count * perImage)];
    }),
  );
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
