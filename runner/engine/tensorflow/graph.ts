// The graph in a program's ONNX bytes: nodes in an executable order, and constants.
import type { Operator } from '../../graph/operators.ts';
import { type AttributeMessage, readOnnx, type TensorMessage } from '../../graph/readOnnx.ts';
import { sizeOf, type Tensor } from '../../tensor.ts';

export interface GraphNode {
  readonly operator: Operator;
  /** Names of values; '' for an omitted optional input. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, AttributeMessage>;
}

export interface ProgramGraph {
  readonly nodes: readonly GraphNode[];
  /** Views of the model's bytes where their alignment fits the type. */
  readonly constants: ReadonlyMap<string, Tensor>;
}

/** @throws RefusedModel for bytes not written by toOnnx() */
export function readGraph(model: Uint8Array): ProgramGraph {
  const { graph } = readOnnx(model, limits);
  return {
    nodes: (graph?.node ?? []).map(({ opType, input = [], output, attribute = [] }) => ({
      operator: opType as Operator,
      inputs: input,
      output: output![0]!,
      attributes: new Map(attribute.map((each) => [each.name!, each])),
    })),
    constants: new Map((graph?.initializer ?? []).map((each) => [each.name!, tensorOf(each)])),
  };
}

/** Limits for our own bytes: a training step of a whole ResNet-101 is far larger than any export of it. */
const limits = { messages: 2_000_000, textBytes: 400_000_000, numbers: 10_000_000, depth: 10 };

const types = {
  1: { dtype: 'float32', array: Float32Array },
  2: { dtype: 'uint8', array: Uint8Array },
  7: { dtype: 'int64', array: BigInt64Array },
  10: { dtype: 'float16', array: Uint16Array },
} as const;

function tensorOf({ name, dims = [], dataType, rawData }: TensorMessage): Tensor {
  const type = types[dataType as keyof typeof types];
  if (!type || !rawData) throw new Error(`The constant ${name} has the type ${dataType}, which no program contains`);
  const bytes = rawData.byteOffset % type.array.BYTES_PER_ELEMENT === 0 ? rawData : new Uint8Array(rawData);
  const data = new type.array(bytes.buffer as ArrayBuffer, bytes.byteOffset, sizeOf(dims));
  return { dtype: type.dtype, shape: dims, data };
}
