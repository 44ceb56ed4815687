// Runs a program in this thread, for tests of a program's results.

import type { ProgramSource } from '../../runner/engine/engine.ts';
import type { Tensor } from '../../runner/tensor.ts';
import { fromHalf, toHalf } from '../../runner/weights/formats/half.ts';
import { InferenceSession, OrtTensor } from './onnxRuntime.ts';

export interface RunningProgram {
  /** `feeds` are inputs and state by name; returns outputs and next state by name. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export async function runProgram(source: ProgramSource | { readonly model: Uint8Array }): Promise<RunningProgram> {
  // Test files run in parallel: idle threads must not spin on each other's cores.
  const extra = { session: { intra_op: { allow_spinning: '0' } } };
  const session = await InferenceSession.create(source.model, { logSeverityLevel: 3, extra });
  return {
    async run(feeds) {
      const given = Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]);
      const out = await session.run(Object.fromEntries(given));
      return Object.fromEntries(
        Object.entries(out).map(([name, tensor]) => {
          const isHalf = 'outputs' in source && source.outputs[name]?.dtype === 'float16';
          const data = tensor.data as Float32Array;
          const dtype = isHalf ? 'float16' : (tensor.type as Tensor['dtype']);
          return [name, { dtype, shape: tensor.dims, data: isHalf ? toHalf(data) : data }];
        }),
      );
    },
    release: () => session.release(),
  };
}

/** One run of a program that is not needed again. */
export async function runOnce(
  source: ProgramSource | { readonly model: Uint8Array },
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const program = await runProgram(source);
  const out = await program.run(feeds);
  await program.release();
  return out;
}

/** float16 values are sent as such and computed as float32. */
const toOrt = ({ dtype, shape, data }: Tensor): OrtTensor =>
  dtype === 'float16'
    ? new OrtTensor('float32', fromHalf(data as Uint16Array), shape)
    : new OrtTensor(dtype, data as Float32Array, shape);
