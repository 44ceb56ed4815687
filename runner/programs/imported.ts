// The way back of exported.ts: a model file from anywhere, believed only as far as it is a ResNet of ours. Shapes are inferred for one
// image before anything runs, so that a small file cannot ask for more memory than a network takes.
import type { ProgramSource } from '../engine/engine.ts';
import { elementTypeOf } from '../graph/primitives.ts';
import {
  type AttributeMessage,
  type GraphMessage,
  type ModelMessage,
  type NodeMessage,
  RefusedModel,
  readOnnx,
  type TensorMessage,
  type ValueMessage,
} from '../graph/readOnnx.ts';
import { sizeOf } from '../tensor.ts';

export interface ImportedModel {
  /** The graph's name: the architecture, as far as the file says. */
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly imageSize: number;
  readonly classCount: number;
  /** 'input' float32 [batch, 3, S, S] to 'logits' float32 [batch, K]. */
  program(batch: number): ProgramSource;
}

/** @throws RefusedModel when the bytes are not a model as exportedProgram() writes it */
export function importModel(bytes: Uint8Array): ImportedModel {
  const model = readOnnx(bytes);
  checkOpset(model);
  const { graph } = model;
  if (!graph) throw new RefusedModel('it holds no graph');
  if (graph.input?.some(({ name }) => name === 'image'))
    throw new RefusedModel(
      'it prepares images itself; export it again without --with-preprocessing, or evaluate its run',
    );
  const [input, ...otherInputs] = graph.input ?? [];
  const [output, ...otherOutputs] = graph.output ?? [];
  if (
    !input ||
    !output ||
    otherInputs.length + otherOutputs.length > 0 ||
    input.name !== 'input' ||
    output.name !== 'logits'
  )
    throw new RefusedModel('it does not lead from one "input" to one output "logits"');
  const { imageSize } = inputShape(input);
  const logits = valuesOf(graph, imageSize).get('logits')?.shape;
  const [one, classCount = 0] = logits ?? [];
  const told = shapeTold(output);
  if (logits?.length !== 2 || one !== 1 || classCount < 2 || told.length !== 2 || told[1] !== classCount)
    throw new RefusedModel('its "logits" are not one number a class');
  const metadata = new Map((model.metadataProps ?? []).map(({ key = '', value = '' }) => [key, value]));
  return {
    name: graph.name ?? '',
    metadata,
    imageSize,
    classCount,
    program: (batch) => ({
      name: 'imported model',
      model: bytes,
      inputs: { input: { dtype: 'float32', shape: [batch, 3, imageSize, imageSize] } },
      outputs: { logits: { dtype: 'float32', shape: [batch, classCount] } },
      state: [],
    }),
  };
}

function checkOpset({ irVersion = 0, opsetImport = [] }: ModelMessage): void {
  const foreign = opsetImport.find(({ domain = '' }) => domain !== '' && domain !== 'ai.onnx');
  if (foreign)
    throw new RefusedModel(`it asks for operators of the domain ${JSON.stringify(foreign.domain?.slice(0, 40))}`);
  const [opset] = opsetImport;
  if (
    opsetImport.length !== 1 ||
    irVersion < 3 ||
    irVersion > 10 ||
    !opset?.version ||
    opset.version < 13 ||
    opset.version > 21
  )
    throw new RefusedModel('it is of a version of ONNX that Shoulders does not write');
}

const float32 = elementTypeOf('float32');
const float16 = elementTypeOf('float16');

function shapeTold({ type }: ValueMessage): readonly (number | undefined)[] {
  const { tensorType } = type ?? {};
  if (tensorType?.elemType !== float32) throw new RefusedModel('its "input" or "logits" are not float32');
  return (tensorType.shape?.dim ?? []).map(({ dimValue }) => dimValue);
}

function inputShape(input: ValueMessage): { readonly imageSize: number } {
  const [, channels, height, width, ...more] = shapeTold(input);
  if (channels !== 3 || height === undefined || height !== width || more.length > 0 || height < 32 || height > 1024)
    throw new RefusedModel('its "input" is not [N, 3, S, S] with S from 32 to 1024');
  return { imageSize: height };
}

type Shape = readonly number[];

/** Of a ResNet-101 at 1024 px the largest value of one image has as many. */
const largestValue = 64 * 512 * 512;

/** Every value for one image; each is named once and made before it is used. */
function valuesOf(graph: GraphMessage, imageSize: number): ReadonlyMap<string, Given> {
  const values = new Map<string, Given>();
  const define = (name: string | undefined, value: Given) => {
    const { shape } = value;
    if (!name || values.has(name)) throw new RefusedModel('a value in it is named twice, or not at all');
    if (shape.length > 4 || shape.some((n) => n < 1) || sizeOf(shape) > largestValue)
      throw new RefusedModel('a value in it is larger than any in a ResNet');
    values.set(name, value);
  };
  define('input', { shape: [1, 3, imageSize, imageSize], type: float32, isConstant: false });
  for (const tensor of graph.initializer ?? []) define(tensor.name, constant(tensor));
  for (const node of graph.node ?? []) {
    const inputs = (node.input ?? []).map((name) => {
      const value = values.get(name);
      if (!value) throw new RefusedModel('an operator in it takes what nobody makes');
      return value;
    });
    const infer = Object.hasOwn(operators, node.opType ?? '') ? operators[node.opType!] : undefined;
    if (!infer)
      throw new RefusedModel(
        `it uses the operator ${JSON.stringify((node.opType ?? '').slice(0, 40))}, which no exported ResNet has`,
      );
    if (node.output?.length !== 1) throw new RefusedModel(`an operator ${node.opType} in it has several outputs`);
    const isCast = node.opType === 'Cast';
    if (!isCast && inputs.some(({ type }) => type !== float32)) misfit(node);
    define(node.output[0], {
      shape: infer(inputs, attributesOf(node)) ?? misfit(node),
      type: float32,
      isConstant: isCast,
    });
  }
  return values;
}

const misfit = ({ opType }: NodeMessage): never => {
  throw new RefusedModel(`an operator ${opType} in it is not used as in a ResNet`);
};

function constant({ dims = [], dataType, rawData }: TensorMessage): Given {
  const width = dataType === float32 ? 4 : dataType === float16 ? 2 : Number.NaN;
  const bytes = dims.every((n) => n > 0 && n <= largestValue) ? sizeOf(dims) * width : Number.NaN;
  if (dataType === undefined || rawData?.byteLength !== bytes)
    throw new RefusedModel('weights in it are not float32 or float16, or fewer or more than they claim');
  return { shape: dims, type: dataType, isConstant: true };
}

type Attributes = ReadonlyMap<string, AttributeMessage>;

function attributesOf({ attribute = [] }: NodeMessage): Attributes {
  const attributes = new Map(attribute.map((one) => [one.name ?? '', one]));
  if (attributes.size !== attribute.length) throw new RefusedModel('an attribute in it stands twice');
  return attributes;
}

interface Given {
  readonly shape: Shape;
  readonly type: number;
  /** Does not depend on the image. */
  readonly isConstant: boolean;
}
/** The shape that comes out; undefined: not a use that a ResNet makes of it. */
type Infer = (inputs: readonly Given[], attributes: Attributes) => Shape | undefined;

const unary: Infer = (inputs, attributes) =>
  inputs.length === 1 && attributes.size === 0 ? inputs[0]!.shape : undefined;

const same = (a: Shape, b: Shape) => a.length === b.length && a.every((n, i) => n === b[i]);

/** kernel_shape [k, k], strides [s, s], pads [p, p, p, p] and nothing else, over squares. */
function windowed(
  [, , side, otherSide]: Shape,
  attributes: Attributes,
): { readonly kernel: number; readonly out: number } | undefined {
  const [kernels, strides, pads] = ['kernel_shape', 'strides', 'pads'].map((name) => attributes.get(name)?.ints ?? []);
  const [kernel = 0] = kernels!;
  const [stride = 0] = strides!;
  const [padding = -1] = pads!;
  const alike =
    same(kernels!, [kernel, kernel]) && same(strides!, [stride, stride]) && same(pads!, Array(4).fill(padding));
  if (attributes.size !== 3 || !alike || side === undefined || side !== otherSide) return undefined;
  if (kernel < 1 || kernel > 11 || stride < 1 || stride > 4 || padding < 0 || padding >= kernel) return undefined;
  const out = Math.floor((side + 2 * padding - kernel) / stride) + 1;
  return out < 1 ? undefined : { kernel, out };
}

const operators: Readonly<Record<string, Infer>> = {
  // Of weights that are stored in half precision, and of nothing else.
  Cast: ([x, ...more], attributes) =>
    x?.isConstant &&
    x.type === float16 &&
    more.length === 0 &&
    attributes.size === 1 &&
    attributes.get('to')?.i === float32
      ? x.shape
      : undefined,
  Relu: unary,
  Identity: unary,
  Add: ([a, b, ...more], attributes) =>
    a && b && more.length === 0 && attributes.size === 0 && same(a.shape, b.shape) ? a.shape : undefined,
  Conv: ([x, weight, bias, ...more], attributes) => {
    if (x?.shape.length !== 4 || !weight?.isConstant || !bias?.isConstant || more.length > 0) return undefined;
    const window = windowed(x.shape, attributes);
    const [n = 0, channels = 0] = x.shape;
    const [out = 0] = weight.shape;
    if (!window || !same(weight.shape, [out, channels, window.kernel, window.kernel]) || !same(bias.shape, [out]))
      return undefined;
    return [n, out, window.out, window.out];
  },
  MaxPool: ([x, ...more], attributes) => {
    const window = x?.shape.length === 4 && more.length === 0 ? windowed(x.shape, attributes) : undefined;
    return window && [x!.shape[0]!, x!.shape[1]!, window.out, window.out];
  },
  ReduceMean: ([x, ...more], attributes) => {
    const axes = attributes.get('axes')?.ints ?? [];
    const isPool = attributes.size === 2 && same(axes, [2, 3]) && (attributes.get('keepdims')?.i ?? 0) === 0;
    return x?.shape.length === 4 && more.length === 0 && isPool && attributes.has('keepdims')
      ? x.shape.slice(0, 2)
      : undefined;
  },
  Gemm: ([x, weight, bias, ...more], attributes) => {
    if (x?.shape.length !== 2 || !weight?.isConstant || !bias?.isConstant || more.length > 0) return undefined;
    if (attributes.size !== 1 || attributes.get('transB')?.i !== 1) return undefined;
    const [n = 0, features = 0] = x.shape;
    const [out = 0] = weight.shape;
    return same(weight.shape, [out, features]) && same(bias.shape, [out]) ? [n, out] : undefined;
  },
};
