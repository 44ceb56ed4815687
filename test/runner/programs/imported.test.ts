// An ONNX file is untrusted: ours are read back, everything else yields a sentence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { readModel } from '../../../runner/classification/evaluation/models/onnxModel.ts';
import { modelMetadataOf } from '../../../runner/exports/metadata.ts';
import { onnxSchema } from '../../../runner/graph/onnxSchema.ts';
import { initialParameters } from '../../../runner/network/initialize.ts';
import { exportedProgram, imageProgram } from '../../../runner/programs/exported.ts';
import { sealKey } from '../../../runner/seal.ts';
import { resizeSide } from '../../../runner/views/evaluationView.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { encodeModelMetadata } from '../../../shared/contracts/modelMetadata.ts';
import { photos } from '../../../shared/contracts/recipes.ts';
import { checkFlips } from '../../support/bitFlips.ts';
import { assertProperty } from '../../support/property.ts';

const imageSize = 64;
const classNames = ['ant', 'bee', 'cat'];
const metadata = encodeModelMetadata(
  modelMetadataOf({
    runId: '20260101-000000-x-resnet18-0000',
    recipe: { ...photos, imageSize },
    depth: 16,
    classNames,
    positiveClass: null,
    threshold: null,
    temperature: null,
    weights: null,
  }),
);
const bytes = exportedProgram({
  architecture: 'resnet18',
  parameters: initialParameters('resnet18', 3, 1),
  imageSize,
  doc: '',
  metadata,
}).model;

function withPreprocessing(color: 'rgb' | 'grayscale'): Uint8Array {
  const own = modelMetadataOf(
    {
      runId: '20260101-000000-x-resnet18-0000',
      recipe: { ...photos, imageSize, color },
      depth: 16,
      classNames,
      positiveClass: null,
      threshold: null,
      temperature: 2,
      weights: null,
    },
    { input: 'image', weightType: 'float16' },
  );
  return imageProgram({
    architecture: 'resnet18',
    parameters: initialParameters('resnet18', 3, 1),
    imageSize,
    color,
    temperature: 2,
    weightType: 'float16',
    doc: '',
    metadata: encodeModelMetadata(own),
  }).model;
}

/** The same file in proto3 style, as older versions of Shoulders wrote it: values of 0 and empty ones omitted. */
function withoutZeros(model: Uint8Array): Uint8Array {
  const { nested } = onnxSchema;
  const proto3 = Object.entries(nested).map(([name, { fields }]) => [name, { fields: structuredClone(fields) }]);
  const Elided = protobuf.Root.fromJSON({ nested: Object.fromEntries(proto3) }).lookupType('ModelProto');
  return Elided.encode(Elided.fromObject(ModelProto.toObject(unsealedModel(model)))).finish();
}

const ModelProto = protobuf.Root.fromJSON(onnxSchema).lookupType('ModelProto');
// biome-ignore lint/suspicious/noExplicitAny: the test bends messages of any kind
type Message = any;

/** A file by another program, or an older version: without a checksum. */
function unsealedModel(of: Uint8Array): Message {
  const model = ModelProto.decode(of.slice()) as Message;
  model.metadataProps = model.metadataProps.filter(({ key }: { key: string }) => key !== sealKey);
  return model;
}

/** The model with something changed in it. */
function changed(change: (model: Message) => void, of = bytes): Uint8Array {
  const model = unsealedModel(of);
  change(model);
  return ModelProto.encode(model).finish();
}

/** Bytes of a field that our schema lacks: its number, and a text. */
const field = (id: number, text = 'x'): Buffer => {
  const writer = protobuf.Writer.create();
  writer.uint32((id << 3) | 2).string(text);
  return Buffer.from(writer.finish());
};

/** A message of `type` with an unknown field appended, in place of the one at `path`. */
function withForeign(
  id: number,
  type: string,
  part: (graph: Message) => Message,
  put: (graph: Message) => readonly [number, Buffer],
) {
  const model = unsealedModel(bytes);
  const inner = protobuf.Root.fromJSON(onnxSchema).lookupType(type);
  const [graphField, encoded] = put(Buffer.concat([inner.encode(part(model.graph)).finish(), field(id)]));
  const GraphProto = protobuf.Root.fromJSON(onnxSchema).lookupType('GraphProto');
  const graph = Buffer.concat([GraphProto.encode(model.graph).finish(), tagged(graphField, encoded)]);
  return Buffer.concat([ModelProto.encode({ ...model, graph: undefined }).finish(), tagged(7, graph)]);
}
const tagged = (id: number, content: Uint8Array) => {
  const writer = protobuf.Writer.create();
  writer.uint32((id << 3) | 2).bytes(content);
  return Buffer.from(writer.finish());
};

const nodeOf = (model: Message, opType: string) => model.graph.node.find((node: Message) => node.opType === opType);

function checkRefused(strange: Uint8Array, words: string): void {
  assert.throws(
    () => readModel('/models/model.onnx', strange),
    (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.code, 'onnxRefused');
      assert.ok(error.message.includes(words), error.message);
      return true;
    },
  );
}

test('readModel() reads what exportedProgram() writes', () => {
  const model = readModel('model.onnx', bytes);
  const { told } = model;
  assert.deepEqual(
    { imageSize: model.imageSize, classCount: model.classCount, network: told.architecture, names: told.classNames },
    { imageSize, classCount: 3, network: 'resnet18', names: classNames },
  );
  const { inputs, outputs } = model.program(4);
  assert.deepEqual(inputs, { input: { dtype: 'float32', shape: [4, 3, 64, 64] } });
  assert.deepEqual(outputs, { logits: { dtype: 'float32', shape: [4, 3] } });
});

test('readModel() detects any flipped bit of a model that we wrote', async () => {
  const told = (model: Uint8Array) => readModel('model.onnx', model).told;
  const { noticed } = await checkFlips(bytes, told, /its checksum does not match|was refused/, { count: 10 });
  assert.equal(noticed, 10);
  // Metadata of the file, after the weights, which are far longer.
  const at = Buffer.from(bytes).indexOf(sealKey);
  const ofMetadata = { count: 20, from: at + sealKey.length };
  const seen = await checkFlips(bytes, told, /its checksum does not match|was refused/, ofMetadata);
  assert.equal(seen.noticed, 20);
});

test('readModel() reads what imageProgram() writes, preprocessing included', () => {
  for (const color of ['rgb', 'grayscale'] as const) {
    const model = readModel('model.onnx', withPreprocessing(color));
    assert.equal(model.imageSize, imageSize);
    const { inputs, outputs } = model.program(1);
    assert.deepEqual(inputs, { image: { dtype: 'uint8', shape: [1, -1, -1, 3] } });
    const logits = { dtype: 'float32', shape: [1, 3] };
    assert.deepEqual(outputs, { logits, probabilities: logits });
  }
});

test('readModel() reads files that omit attributes with a value of 0', () => {
  for (const model of [bytes, withPreprocessing('rgb')]) {
    const elided = withoutZeros(model);
    assert.ok(elided.length < model.length);
    assert.equal(readModel('model.onnx', elided).imageSize, imageSize);
  }
});

for (const [what, change, words] of [
  [
    'another interpolation',
    (m) => Object.assign(nodeOf(m, 'Resize').attribute[0], { s: Buffer.from('nearest') }),
    'prepares images in another way',
  ],
  [
    'another size of views',
    (m) => {
      const { rawData } = m.graph.initializer.find((tensor: Message) => tensor.rawData[0] === resizeSide(imageSize));
      rawData[0]++;
    },
    'prepares images in another way',
  ],
  ['a part less', (m) => m.graph.node.shift(), 'prepares images in another way'],
  [
    'a network that takes the whole image',
    (m) => Object.assign(nodeOf(m, 'Conv'), { input: ['image', ...nodeOf(m, 'Conv').input.slice(1)] }),
    'nothing produces',
  ],
  [
    'probabilities of another length',
    (m) => Object.assign(m.graph.output[1].type.tensorType.shape.dim[1], { dimValue: 7 }),
    'one number per class',
  ],
] as const satisfies [string, (model: Message) => unknown, string][])
  test(`readModel() refuses a model with preprocessing and ${what}, with the reason`, () =>
    checkRefused(changed(change, withPreprocessing('rgb')), words));

for (const [what, strange, words] of [
  ['nothing', new Uint8Array(), 'it is empty'],
  ['a text', Buffer.from('# not a model'), 'not an ONNX model'],
  ['an archive', Buffer.from('PK\x03\x04weights'), 'not an ONNX model'],
  ['a cut file', bytes.subarray(0, bytes.length - 7), 'damaged'],
  [
    'weights in another file',
    withForeign(
      13,
      'TensorProto',
      (graph) => graph.initializer[0],
      (message) => [5, message],
    ),
    'its weights lie in another file',
  ],
  [
    'an operator of another domain',
    withForeign(
      7,
      'NodeProto',
      (graph) => graph.node[0],
      (message) => [1, message],
    ),
    'operators of another domain',
  ],
  [
    'a graph within an attribute',
    withForeign(
      6,
      'AttributeProto',
      (graph) => graph.node[0].attribute[0],
      (message) => [1, tagged(5, message)],
    ),
    'an attribute holds a graph',
  ],
  ['functions', Buffer.concat([changed(() => {}), field(25)]), 'functions of its own'],
  ['a field that we do not know', Buffer.concat([changed(() => {}), field(99)]), 'field 99 of ModelProto'],
  ['a second graph', Buffer.concat([changed(() => {}), tagged(7, Buffer.alloc(0))]), 'graph appears twice'],
  ['another domain', changed((m) => m.opsetImport.push({ domain: 'com.evil', version: 1 })), '"com.evil"'],
  ['a newer opset', changed((m) => Object.assign(m.opsetImport[0], { version: 99 })), 'ONNX version'],
  ['a foreign operator', changed((m) => Object.assign(nodeOf(m, 'Relu'), { opType: 'Loop' })), '"Loop"'],
  [
    'an operator called like a property of every object',
    changed((m) => Object.assign(nodeOf(m, 'Relu'), { opType: 'toString' })),
    '"toString"',
  ],
  ['another input', changed((m) => Object.assign(m.graph.input[0], { name: 'pixels' })), 'one "input"'],
  ['two outputs', changed((m) => m.graph.output.push(m.graph.output[0])), 'one "input"'],
  [
    'images of no size',
    changed((m) => Object.assign(m.graph.input[0].type.tensorType.shape.dim[2], { dimValue: 1e9 })),
    '[N, 3, S, S]',
  ],
  [
    'fewer weights than claimed',
    changed((m) => Object.assign(m.graph.initializer[0], { rawData: new Uint8Array(4) })),
    'declared one',
  ],
  [
    'more weights than there can be',
    changed((m) => Object.assign(m.graph.initializer[0], { dims: [2 ** 40, 2 ** 40], rawData: new Uint8Array(4) })),
    'declared one',
  ],
  [
    'a huge border',
    changed((m) =>
      Object.assign(
        nodeOf(m, 'Conv').attribute.find((a: Message) => a.name === 'pads'),
        { ints: Array(4).fill(1e6) },
      ),
    ),
    'Conv in it is not used',
  ],
  [
    'an unknown attribute',
    changed((m) => nodeOf(m, 'Relu').attribute.push({ name: 'x', i: 1, type: 2 })),
    'Relu in it is not used',
  ],
  [
    'a value from nowhere',
    changed((m) => Object.assign(nodeOf(m, 'Relu'), { input: ['nowhere'] })),
    'nothing produces',
  ],
  ['a value made twice', changed((m) => m.graph.node.push(nodeOf(m, 'Relu'))), 'duplicate name'],
  ['no metadata', changed((m) => Object.assign(m, { metadataProps: [] })), 'does not name its classes'],
  [
    'too few names',
    changed((m) =>
      Object.assign(
        m.metadataProps.find((p: Message) => p.key === 'classNames'),
        { value: '["a","b"]' },
      ),
    ),
    'names 2 classes but distinguishes 3',
  ],
  [
    'preprocessing that no export',
    changed((m) =>
      Object.assign(
        m.metadataProps.find((p: Message) => p.key === 'preprocessing'),
        { value: JSON.stringify({ ...JSON.parse(metadata.preprocessing!), mean: [0, 0, 0] }) },
      ),
    ),
    'preprocessing that no export',
  ],
] as const)
  test(`readModel() refuses ${what}, with the reason`, () => checkRefused(strange, words));

const onlySentences = (strange: Uint8Array): void => {
  try {
    readModel('model.onnx', strange);
  } catch (error) {
    assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
  }
};

test('readModel() reads any bytes or refuses them with a sentence', () => {
  assertProperty(fc.property(fc.uint8Array({ maxLength: 300 }), onlySentences), { numRuns: 5000 });
});

test('readModel() reads a damaged model or refuses it with a sentence', () => {
  // Weights are most of the file, but structure surrounds them, so damage to small models hits structure more often.
  const small = changed((m) => {
    for (const tensor of m.graph.initializer) tensor.rawData = new Uint8Array(4);
  });
  const at = fc.nat(small.length - 1);
  assertProperty(
    fc.property(fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 5 }), at, (patches, end) => {
      const damaged = small.slice();
      for (const [i, value] of patches) damaged[i] = value;
      onlySentences(damaged);
      onlySentences(damaged.subarray(0, end));
    }),
    { numRuns: 3000 },
  );
});

test('readModel() uses little memory for a file of pure structure', () => {
  // Two bytes per node: as objects, 50 million of them would take gigabytes.
  const empty = Buffer.alloc(100_000_000);
  for (let i = 0; i < empty.length; i += 2) empty[i] = (1 << 3) | 2;
  const before = process.memoryUsage().heapUsed;
  checkRefused(tagged(7, empty), 'structure is larger');
  assert.ok(process.memoryUsage().heapUsed - before < 200e6);
});
