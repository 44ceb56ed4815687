// Runs a program in this thread, for tests of what programs compute.
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { ProgramSource } from '../../runner/engine/engine.ts';
import type { Tensor } from '../../runner/tensor.ts';

export interface RunningProgram {
  /** `feeds` are inputs and state by name; gives outputs and next state by name. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export async function runProgram(source: ProgramSource | { readonly model: Uint8Array }): Promise<RunningProgram> {
  // Test files run side by side: idle threads must not spin on each other's cores.
  const extra = { session: { intra_op: { allow_spinning: '0' } } };
  const session = await InferenceSession.create(source.model, { logSeverityLevel: 3, extra });
  return {
    async run(feeds) {
      const given = Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]);
      const out = await session.run(Object.fromEntries(given));
      return Object.fromEntries(
        Object.entries(out).map(([name, tensor]) => {
          const raw = tensor.data as Float32Array;
          // float16 arrives as Float16Array where the platform has it; we keep the bits.
          const data = tensor.type === 'float16' ? new Uint16Array(raw.buffer, raw.byteOffset, raw.length) : raw;
          return [name, { dtype: tensor.type as Tensor['dtype'], shape: tensor.dims, data }];
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

/**
 * Where the platform has Float16Array, onnxruntime-common makes one of our bits, which onnxruntime-node 1.30 then takes for empty.
 * The bits themselves are what it understands.
 */
function toOrt({ dtype, shape, data }: Tensor): OrtTensor {
  const tensor = new OrtTensor(dtype, data as Float32Array, shape);
  return dtype === 'float16' ? Object.defineProperty(tensor, 'data', { value: data }) : tensor;
}
