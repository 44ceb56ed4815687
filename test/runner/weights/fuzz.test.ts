// Any bytes yield a result or a sentence, never a crash, a hang or another error.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitBackbone } from '../../../runner/weights/fit.ts';
import { bytesSource } from '../../../runner/weights/formats/byteSource.ts';
import { readSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { openWeightsFile } from '../../../runner/weights/formats/weightsFile.ts';
import { readTorchFile } from '../../../runner/weights/torch/torchFile.ts';
import { readZipEntries, readZipEntry } from '../../../runner/weights/torch/zipEntries.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { foreignValues, oddTensors } from '../../support/foreignPickles.ts';
import { dict, pickle, storage, tensor } from '../../support/pickleWriter.ts';
import { assertProperty } from '../../support/property.ts';
import { fileOfGroups } from '../../support/weightsFiles.ts';
import { zipOf } from '../../support/zipWriter.ts';
import { reference } from './expected.ts';

/** One file with every kind of value beside the tensors. */
const foreign = zipOf([
  {
    name: 'w/data.pkl',
    data: pickle(
      dict(...foreignValues.map(([what, value]) => [what, value] as const), [
        'state_dict',
        dict(['a', tensor(storage('0', 2), 0, [2], [1])], ...oddTensors),
      ]),
    ),
  },
  { name: 'w/data/0', data: new Uint8Array(8) },
]);

const files: Uint8Array[] = ['zip.pth', 'legacy.pth', 'checkpoint.pth', 'all.safetensors', 'torchscript.pt'].map(
  (name) => new Uint8Array(readFileSync(reference(name))),
);
files.push(foreign, foreign);

/** Damage and attacks on a file: other bytes, truncation, a piece doubled, a piece removed, a large number in the middle. */
function mutated(original: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(original.length - 1);
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
  const mutation = fc.oneof(
    fc.tuple(place, byte).map(
      ([at, value]) =>
        (bytes: Uint8Array) =>
          at < bytes.length ? bytes.with(at, value) : bytes,
    ),
    place.map((at) => (bytes: Uint8Array) => bytes.slice(0, at)),
    fc.tuple(place, place, place).map(([from, to, at]) => (bytes: Uint8Array) => {
      const piece = bytes.subarray(Math.min(from, to), Math.max(from, to));
      return new Uint8Array(Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]));
    }),
    fc.tuple(place, fc.nat(50)).map(([at, count]) => (bytes: Uint8Array) => {
      return new Uint8Array(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]));
    }),
    fc.tuple(place, fc.constantFrom(4, 8)).map(
      ([at, count]) =>
        (bytes: Uint8Array) =>
          bytes.slice().fill(0xff, at, at + count),
    ),
  );
  return fc.array(mutation, { minLength: 1, maxLength: 4 }).map((all) => all.reduce((bytes, f) => f(bytes), original));
}

/** Reads every tensor of every dictionary separately, so that a refused one does not hide the next. */
async function readEverything(bytes: Uint8Array): Promise<void> {
  const file = await openWeightsFile(bytesSource(bytes));
  for (const { tensors } of file.groups)
    for (const tensor of tensors.values()) {
      tensor.identity();
      await checkOnlySentences(() => tensor.read());
    }
  fitBackbone('w', 'resnet18', file);
}

async function checkOnlySentences(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
  }
}

const check = (bytes: fc.Arbitrary<Uint8Array>, read: (bytes: Uint8Array) => unknown, numRuns: number) =>
  assertProperty(
    fc.asyncProperty(bytes, (b) => checkOnlySentences(() => read(b))),
    { numRuns },
  );

test('openWeightsFile() reads damaged weights files or refuses them with a sentence', () =>
  check(fc.oneof(...files.map(mutated)), readEverything, 3000));

test('readSafetensors() and readTorchFile() read arbitrary bytes or refuse them with a sentence', () =>
  check(
    fc.uint8Array({ maxLength: 200 }),
    async (bytes) => {
      await checkOnlySentences(() => readSafetensors(bytes));
      await readTorchFile(bytes);
    },
    1000,
  ));

test('readSafetensors() reads any header or refuses it with a sentence', () => {
  const number = fc.oneof(fc.nat(16), fc.maxSafeInteger());
  const entry = fc.record({
    dtype: fc.constantFrom('F32', 'F16', 'I64', 'BOOL', 'X'),
    shape: fc.array(number, { maxLength: 4 }),
    data_offsets: fc.array(number, { maxLength: 3 }),
  });
  const header = fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue()));
  const bytes = fc.tuple(header, fc.nat(40)).map(([object, dataBytes]) => {
    const json = Buffer.from(JSON.stringify(object));
    const length = Buffer.alloc(8);
    length.writeUInt32LE(json.length);
    return new Uint8Array(Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  });
  return check(bytes, readSafetensors, 2000);
});

const foreignPickle = (await partsOf(foreign)).find(({ name }) => name.endsWith('/data.pkl'))!.data;
const parts = await partsOf(files[0]!);

async function partsOf(bytes: Uint8Array) {
  const zip = bytesSource(bytes);
  const entries = await readZipEntries(zip);
  return [...entries].map(([name, entry]) => ({ name, data: readZipEntry(zip, name, entry) }));
}
const inZip = (pickle: Uint8Array): Uint8Array =>
  zipOf(parts.map((part) => (part.name.endsWith('/data.pkl') ? { ...part, data: pickle } : part)));

test('readTorchFile() reads a damaged pickle in an intact zip file or refuses it with a sentence', () =>
  check(mutated(parts.find(({ name }) => name.endsWith('/data.pkl'))!.data), (p) => readTorchFile(inZip(p)), 1500));

test('openWeightsFile() reads damaged foreign values in an intact zip file or refuses them with a sentence', () =>
  check(mutated(foreignPickle), (p) => readEverything(inZip(p)), 3000));

test('readTorchFile() reads any sequence of known instructions or refuses it with a sentence', () => {
  const instructions = [
    ...['N', 'K\x01', 'J\xff\xff\xff\x7f', 'X\x01\x00\x00\x00a', 'U\x01b', '(', ')', ']', '}', 't', 'a', 'e', 's', 'u'],
    ...['q\x00', 'h\x00', 'R', 'b', 'Q', 'ccollections\nOrderedDict\n', 'ctorch\nFloatStorage\n', 'ctorch\nSize\n'],
    ...[
      'ctorch._utils\n_rebuild_tensor_v2\n',
      '\x85',
      '\x86',
      '\x87',
      '\x88',
      '\x81',
      '\x8f',
      '\x90',
      '\x91',
      '\x92',
      '0',
      '1',
      'cargparse\nNamespace\n',
      'ctorch._utils\n_rebuild_tensor_v3\n',
      'ctorch._tensor\n_rebuild_from_type_v2\n',
      'ctorch\nTensor\n',
      '\x93',
      '\x94',
      '\x8a\x01\xff',
      'C\x01x',
    ],
    'X\x07\x00\x00\x00storage',
  ].map((text) => Buffer.from(text, 'latin1'));
  const pickled = fc
    .array(fc.constantFrom(...instructions), { maxLength: 60 })
    .map((all) => new Uint8Array(Buffer.concat([Buffer.from([0x80, 2]), ...all, Buffer.from('.')])));
  return check(pickled, (p) => readEverything(inZip(p)), 3000);
});

test('fitBackbone() reads any names or refuses them with a sentence', () => {
  const parts = ['conv1', 'bn1', 'layer1', 'layer2', 'layer4', '0', '1', '4', 'weight', 'running_var', 'module', 'ema'];
  const more = [
    'embedder',
    'encoder',
    'convolution',
    'stages',
    'layers',
    '_orig_mod',
    'se',
    '',
    '__proto__',
    'a'.repeat(500),
  ];
  const stems = [
    'conv1.weight',
    'layer1.0.conv1.weight',
    '0.weight',
    '4.0.conv1.weight',
    '0.0.weight',
    '1.0.conv1.weight',
  ];
  const name = fc.oneof(
    fc.array(fc.constantFrom(...parts, ...more), { minLength: 1, maxLength: 8 }).map((all) => all.join('.')),
    fc.tuple(fc.constantFrom('', 'a.', 'module.b.', '.'), fc.constantFrom(...stems)).map((both) => both.join('')),
  );
  const shape = fc.option(fc.array(fc.nat(70), { maxLength: 5 }), { nil: undefined });
  const tensor = fc.tuple(name, shape, fc.constantFrom('F32', 'I64', 'F8_E4M3', 'numpy.ndarray'));
  const group = fc.tuple(fc.constantFrom('', 'state_dict', 'a.b'), fc.array(tensor, { maxLength: 40 }));
  const read = () => assert.fail('nothing here is whole enough to be read');
  return assertProperty(
    fc.asyncProperty(
      fc.array(group, { minLength: 1, maxLength: 4 }),
      fc.option(name, { nil: undefined }),
      (groups, path) =>
        checkOnlySentences(() =>
          fitBackbone(
            'w',
            'resnet18',
            fileOfGroups(
              ...groups.map(([container, tensors]) => ({
                container,
                tensors: new Map(
                  tensors.map(([n, s, type], i) => [n, { type, shape: s, identity: () => `${i}`, read }]),
                ),
              })),
            ),
            path,
          ),
        ),
    ),
    { numRuns: 2000 },
  );
});
