// The inverse of exported.ts: a model file from anywhere, accepted only if it is one of our ResNets. Shapes are inferred for one
// image before anything runs, so that a small file cannot request more memory than a network takes; a part that prepares images of any
// size must equal the one that we write, to the byte.
import { isDeepStrictEqual } from 'node:util';
import { type ModelMetadata, parseModelMetadata } from '../../shared/contracts/modelMetadata.ts';
import type { ProgramSource } from '../engine/engine.ts';
import { Graph } from '../graph/graph.ts';
import { toOnnx } from '../graph/onnx.ts';
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
import { sealBroken, sealHolds, sealKey, unsealed } from '../seal.ts';
import { sizeOf } from '../tensor.ts';
import { preparedImage } from './exported.ts';

export interface ImportedModel {
  readonly told: ModelMetadata;
  readonly imageSize: number;
  readonly classCount: number;
  /**
   * The program for the declared input: 'input' float32 [batch, 3, S, S], or 'image' uint8 [batch, H, W, 3] of any height and width; to
   * 'logits' float32 [batch, K].
   */
  program(batch: number): ProgramSource;
}

/** @throws RefusedModel when the bytes are not a model as written by exportedProgram() */
export function importModel(bytes: Uint8Array): ImportedModel {
  refuseBrokenSeal(bytes);
  const model = readOnnx(bytes);
  checkOpset(model);
  const { graph } = model;
  if (!graph) throw new RefusedModel('it contains no graph');
  const told = toldBy(model, graph);
  const entry = told.input === 'image' ? imageEntry(graph, told) : normalizedEntry(graph);
  const { imageSize } = entry;
  const values = valuesOf(graph, entry);
  const [one, classCount = 0, ...more] = values.get('logits')?.shape ?? [];
  if (one !== 1 || classCount < 2 || more.length > 0 || graph.output!.some((output) => !isOnePerClass(output, values)))
    throw new RefusedModel('its "logits" are not one number per class');
  return {
    told,
    imageSize,
    classCount,
    program: (batch) => ({
      name: 'imported model',
      model: bytes,
      inputs:
        told.input === 'image'
          ? { image: { dtype: 'uint8', shape: [batch, -1, -1, 3] } }
          : { input: { dtype: 'float32', shape: [batch, 3, imageSize, imageSize] } },
      outputs: Object.fromEntries(
        graph.output!.map(({ name }) => [name, { dtype: 'float32', shape: [batch, classCount] }]),
      ),
      state: [],
    }),
  };
}

/** Searched in the bytes themselves, so that damage is reported as such and not as its consequence. Older files have no checksum. */
function refuseBrokenSeal(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Key and value of a metadata entry: the key's text, then field 2 with its length.
  const before = Buffer.from(`${sealKey}\x12${String.fromCharCode(unsealed.length)}`, 'latin1');
  const found = buffer.indexOf(before);
  if (found < 0) return;
  const at = found + before.length;
  const source = {
    sizeBytes: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  if (
    at + unsealed.length > bytes.length ||
    !sealHolds(source, at, buffer.toString('latin1', at, at + unsealed.length))
  )
    throw new RefusedModel(`${sealBroken}; copy it again, or export it again`);
}

function toldBy({ metadataProps = [] }: ModelMessage, { name = '' }: GraphMessage): ModelMetadata {
  const metadata = new Map(metadataProps.map(({ key = '', value = '' }) => [key, value]));
  if (!metadata.has('classNames') && !metadata.has('task'))
    throw new RefusedModel(
      'it does not name its classes and their preprocessing, as the models that Shoulders writes do',
    );
  try {
    return parseModelMetadata(metadata, name);
  } catch (error) {
    throw new RefusedModel(error instanceof Error ? error.message : String(error));
  }
}

/** Start of shape inference: the value `name`, [1, 3, S, S], and the nodes after it. */
interface Entry {
  readonly name: string;
  readonly imageSize: number;
  readonly nodes: readonly NodeMessage[];
}

function normalizedEntry(graph: GraphMessage): Entry {
  const { node = [] } = graph;
  const input = onlyInput(graph, 'input', ['logits']);
  const [, channels, height, width, ...more] = shapeTold(input, float32);
  if (channels !== 3 || height === undefined || height !== width || more.length > 0 || !isSide(height))
    throw new RefusedModel('its "input" is not [N, 3, S, S] with S from 32 to 1024');
  return { name: 'input', imageSize: height, nodes: node };
}

/** The part that prepares an image must be ours: nodes and constants are compared with those that we write. */
function imageEntry(graph: GraphMessage, { architecture, preprocessing }: ModelMetadata): Entry {
  const { centerCrop: imageSize, color } = preprocessing;
  const { node = [], initializer = [] } = graph;
  const input = onlyInput(graph, 'image', ['logits', 'probabilities']);
  const lengths = shapeTold(input, uint8);
  if (lengths.length !== 4 || lengths[3] !== 3 || !isSide(imageSize))
    throw new RefusedModel('its "image" is not [N, H, W, 3], or its view not from 32 to 1024 pixels');
  const g = new Graph();
  const prepared = preparedImage(g, architecture, imageSize, color);
  g.output(prepared.name, prepared);
  const ours = readOnnx(toOnnx(g, { name: '', opset: 18 })).graph!;
  const first = node.slice(0, ours.node!.length);
  if (!isDeepStrictEqual(withConstants(first, initializer), withConstants(ours.node!, ours.initializer!)))
    throw new RefusedModel(
      'it prepares images in another way than this version of Shoulders; export it again, or without --with-preprocessing',
    );
  return { name: prepared.name, imageSize, nodes: node.slice(ours.node!.length) };
}

/** Replaces constants' names, which depend on the rest of the graph, by the constants. */
const withConstants = (nodes: readonly NodeMessage[], initializer: readonly TensorMessage[]) => {
  const constants = new Map(initializer.map(({ name = '', ...tensor }) => [name, tensor]));
  return nodes.map(({ input = [], ...node }) => ({ ...node, input: input.map((name) => constants.get(name) ?? name) }));
};

function onlyInput({ input = [], output = [] }: GraphMessage, name: string, outputs: readonly string[]): ValueMessage {
  const [first, ...others] = input;
  if (first?.name !== name || others.length > 0 || output.map((value) => value.name).join() !== outputs.join())
    throw new RefusedModel(`it does not lead from one "${name}" to ${outputs.map((one) => `"${one}"`).join(' and ')}`);
  return first;
}

const isSide = (side: number) => side >= 32 && side <= 1024;

function isOnePerClass(output: ValueMessage, values: ReadonlyMap<string, Given>): boolean {
  const told = shapeTold(output, float32);
  const { shape, type } = values.get(output.name!) ?? {};
  const classCount = values.get('logits')!.shape[1];
  return type === float32 && told.length === 2 && told[1] === classCount && same(shape!, [1, classCount!]);
}

function checkOpset({ irVersion = 0, opsetImport = [] }: ModelMessage): void {
  const foreign = opsetImport.find(({ domain = '' }) => domain !== '' && domain !== 'ai.onnx');
  if (foreign)
    throw new RefusedModel(`it uses operators of the domain ${JSON.stringify(foreign.domain?.slice(0, 40))}`);
  const [opset] = opsetImport;
  if (
    opsetImport.length !== 1 ||
    irVersion < 3 ||
    irVersion > 10 ||
    !opset?.version ||
    opset.version < 13 ||
    opset.version > 21
  )
    throw new RefusedModel('its ONNX version is not one that Shoulders writes');
}

const float32 = elementTypeOf('float32');
const float16 = elementTypeOf('float16');
const uint8 = elementTypeOf('uint8');
const int64 = elementTypeOf('int64');

function shapeTold({ name, type }: ValueMessage, elementType: number): readonly (number | undefined)[] {
  const { tensorType } = type ?? {};
  if (tensorType?.elemType !== elementType) throw new RefusedModel(`its "${name}" has the wrong element type`);
  return (tensorType.shape?.dim ?? []).map(({ dimValue }) => dimValue);
}

type Shape = readonly number[];

/** Number of entries of the largest value of one image in a ResNet-101 at 1024 px. */
const largestValue = 64 * 512 * 512;

/** Every value for one image; each must be named once and computed before it is used. */
function valuesOf(graph: GraphMessage, { name, imageSize, nodes }: Entry): ReadonlyMap<string, Given> {
  const values = new Map<string, Given>();
  const define = (name: string | undefined, value: Given) => {
    const { shape } = value;
    if (!name || values.has(name)) throw new RefusedModel('a value in it has a duplicate name, or none');
    if (shape.length > 4 || shape.some((n) => n < 1) || sizeOf(shape) > largestValue)
      throw new RefusedModel('a value in it is larger than any in a ResNet');
    values.set(name, value);
  };
  define(name, { shape: [1, 3, imageSize, imageSize], type: float32, isConstant: false });
  for (const tensor of graph.initializer ?? []) define(tensor.name, constant(tensor));
  for (const node of nodes) {
    const inputs = (node.input ?? []).map((name) => {
      const value = values.get(name);
      if (!value) throw new RefusedModel('an operator in it uses an input that nothing produces');
      return value;
    });
    const infer = Object.hasOwn(operators, node.opType ?? '') ? operators[node.opType!] : undefined;
    if (!infer)
      throw new RefusedModel(
        `it uses the operator ${JSON.stringify((node.opType ?? '').slice(0, 40))}, which no exported ResNet has`,
      );
    if (node.output?.length !== 1) throw new RefusedModel(`an operator ${node.opType} in it has several outputs`);
    const isCast = node.opType === 'Cast';
    if (!isCast && inputs.some(({ type, integers }) => type !== float32 && !integers)) misfit(node);
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

const widths: Readonly<Record<number, number>> = { [float32]: 4, [float16]: 2, [int64]: 8 };

function constant({ dims = [], dataType = 0, rawData }: TensorMessage): Given {
  const width = widths[dataType];
  const bytes = dims.every((n) => n > 0 && n <= largestValue) ? sizeOf(dims) * (width ?? Number.NaN) : Number.NaN;
  if (!width || rawData?.byteLength !== bytes)
    throw new RefusedModel('weights in it are not float32 or float16, or their number is not the declared one');
  const given = { shape: dims, type: dataType, isConstant: true };
  return dataType === int64 ? { ...given, integers: integersOf(rawData) } : given;
}

function integersOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Axes are few. A longer list is not ours, and no operator accepts it.
  const count = Math.min(bytes.byteLength / 8, 8);
  return Array.from({ length: count }, (_, i) => Number(view.getBigInt64(8 * i, true)));
}

type Attributes = ReadonlyMap<string, AttributeMessage>;

function attributesOf({ attribute = [] }: NodeMessage): Attributes {
  const attributes = new Map(attribute.map((one) => [one.name ?? '', one]));
  if (attributes.size !== attribute.length) throw new RefusedModel('an attribute appears twice in it');
  return attributes;
}

interface Given {
  readonly shape: Shape;
  readonly type: number;
  /** True if it does not depend on the image. */
  readonly isConstant: boolean;
  /** The first few values of whole numbers. */
  readonly integers?: readonly number[];
}
/** Returns the output shape; undefined: a use that does not occur in a ResNet. */
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
  // Only for weights stored in float16.
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
  // Axes are an attribute up to opset 17, an input from 18 on.
  ReduceMean: ([x, given, ...more], attributes) => {
    const axes = attributes.get('axes')?.ints ?? given?.integers ?? [];
    const keepsNone = attributes.has('keepdims') && (attributes.get('keepdims')!.i ?? 0) === 0;
    const isPool = same(axes, [2, 3]) && keepsNone && attributes.size === (given ? 1 : 2);
    return x?.shape.length === 4 && more.length === 0 && isPool && (!given || same(given.shape, [2]))
      ? x.shape.slice(0, 2)
      : undefined;
  },
  // Probabilities beside the logits, by a temperature.
  Div: ([x, by, ...more], attributes) =>
    x && by?.isConstant && by.shape.length === 0 && more.length + attributes.size === 0 ? x.shape : undefined,
  Softmax: ([x, ...more], attributes) =>
    x && more.length === 0 && attributes.size === 1 && attributes.get('axis')?.i === -1 ? x.shape : undefined,
  Gemm: ([x, weight, bias, ...more], attributes) => {
    if (x?.shape.length !== 2 || !weight?.isConstant || !bias?.isConstant || more.length > 0) return undefined;
    if (attributes.size !== 1 || attributes.get('transB')?.i !== 1) return undefined;
    const [n = 0, features = 0] = x.shape;
    const [out = 0] = weight.shape;
    return same(weight.shape, [out, features]) && same(bias.shape, [out]) ? [n, out] : undefined;
  },
};
