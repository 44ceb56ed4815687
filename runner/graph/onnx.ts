// Serializes a graph as an ONNX model.
import protobuf from 'protobufjs';
import { seal, sealKey, unsealed } from '../seal.ts';
import type { Tensor } from '../tensor.ts';
import type { Attribute, Graph, Node, Value } from './graph.ts';
import { attributeTypes, onnxSchema } from './onnxSchema.ts';
import { checkOperators, operatorsOfExports } from './operators.ts';
import { elementTypeOf } from './primitives.ts';

const ModelProto = protobuf.Root.fromJSON(onnxSchema).lookupType('ModelProto');

/**
 * 17 is the newest opset whose ReduceMean and ReduceMax take axes as attributes, which every provider accepts; 18 the oldest whose
 * Resize has antialiasing.
 */
export type Opset = 17 | 18;
const irVersion = 8;

export interface ModelOptions {
  readonly name: string;
  readonly doc?: string;
  /** Metadata to store in the file, with a checksum as its first entry (seal.ts). */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The first axis of every input and output is written as the free dimension "N". No node may depend on its length. */
  readonly freeBatch?: boolean;
  /** Names of further free dimensions, by input and axis. No node may depend on their length either. */
  readonly freeAxes?: Readonly<Record<string, Readonly<Record<number, string>>>>;
  /** 17 when left out. 18 also allows the operators of exports. */
  readonly opset?: Opset;
}

/** Throws for a graph with an operator that some device lacks (operators.ts). */
export function toOnnx(graph: Graph, options: ModelOptions): Uint8Array {
  const { name, doc = '', metadata, freeBatch = false, freeAxes = {}, opset = 17 } = options;
  checkOperators(
    graph.nodes.map(({ operator }) => operator),
    opset === 17 ? [] : operatorsOfExports,
  );
  const nodes = opset === 17 ? graph.nodes : graph.nodes.map((node) => withAxesAsInput(graph, node));
  const { nameOf, copies } = outputNames(graph);
  const free = (input: string) => ({ ...(freeBatch && { 0: 'N' }), ...freeAxes[input] });
  const bytes = ModelProto.encode(
    ModelProto.fromObject({
      irVersion,
      producerName: 'Shoulders',
      docString: doc,
      opsetImport: [{ domain: '', version: opset }],
      metadataProps: Object.entries(metadata ? { [sealKey]: unsealed, ...metadata } : {}).map(([key, value]) => ({
        key,
        value,
      })),
      graph: {
        name,
        node: [
          ...nodes.map((n) =>
            node(
              n.operator,
              n.inputs.map((value) => (value === null ? '' : nameOf(value))),
              nameOf(n.output),
              n.attributes,
            ),
          ),
          ...copies,
        ],
        initializer: [...graph.constants].map(([name, tensor]) => initializer(name, tensor)),
        input: graph.inputs.map((value) => valueInfo(value, free(value.name))),
        output: graph.outputs.map(({ name, value }) => valueInfo({ ...value, name }, free(name))),
      },
    }),
  ).finish();
  return metadata ? seal(bytes) : bytes;
}

/** From opset 18 on these operators take axes as an input. */
const reductions: readonly string[] = ['ReduceMax', 'ReduceMean', 'ReduceMin'];

function withAxesAsInput(graph: Graph, node: Node): Node {
  const { axes, ...attributes } = node.attributes;
  if (!reductions.includes(node.operator) || !Array.isArray(axes)) return node;
  return { ...node, inputs: [...node.inputs, graph.integers(axes)], attributes };
}

/** A computed value is named after its output; inputs, constants and values with several outputs are copied. */
function outputNames(graph: Graph) {
  const computed = new Set(graph.nodes.map(({ output }) => output));
  const names = new Map<Value, string>();
  for (const { name, value } of graph.outputs) if (computed.has(value) && !names.has(value)) names.set(value, name);
  const nameOf = (value: Value) => names.get(value) ?? value.name;
  const copies = graph.outputs
    .filter(({ name, value }) => nameOf(value) !== name)
    .map(({ name, value }) => node('Identity', [nameOf(value)], name, {}));
  return { nameOf, copies };
}

const node = (opType: string, input: string[], output: string, attributes: Readonly<Record<string, Attribute>>) => ({
  name: output,
  opType,
  input,
  output: [output],
  attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
});

function attribute(name: string, value: Attribute) {
  if (typeof value === 'number') return { name, i: value, type: attributeTypes.int };
  if ('float' in value) return { name, f: value.float, type: attributeTypes.float };
  if ('text' in value) return { name, s: new TextEncoder().encode(value.text), type: attributeTypes.string };
  return { name, ints: [...value], type: attributeTypes.ints };
}

const initializer = (name: string, { dtype, shape, data }: Tensor) => ({
  name,
  dims: [...shape],
  dataType: elementTypeOf(dtype),
  // Little-endian, as every machine that Node runs on.
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

const valueInfo = ({ name, dtype, shape }: Value, free: Readonly<Record<number, string>>) => ({
  name,
  type: {
    tensorType: {
      elemType: elementTypeOf(dtype),
      shape: { dim: shape.map((n, axis) => (free[axis] === undefined ? { dimValue: n } : { dimParam: free[axis] })) },
    },
  },
});
