// Values beside the tensors of a checkpoint are skipped, never built; only a required tensor must have a supported type.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesSource } from '../../../runner/weights/formats/byteSource.ts';
import { openWeightsFile } from '../../../runner/weights/formats/weightsFile.ts';
import { foreignValues, oddTensors } from '../../support/foreignPickles.ts';
import {
  bytesOf,
  call,
  dict,
  global,
  int,
  type Piece,
  pickle,
  storage,
  tensor,
  text,
} from '../../support/pickleWriter.ts';
import { zipOf } from '../../support/zipWriter.ts';
import { checkRefused } from './checkRefused.ts';

const numbers = new Uint8Array(Float32Array.of(1, 2).buffer);
const sound = tensor(storage('0', 2), 0, [2], [1]);

/** A file in the zip format; storage 0 holds 1 and 2 as float32. */
const torchZip = (value: Piece): Uint8Array =>
  zipOf([
    { name: 'w/data.pkl', data: pickle(value) },
    { name: 'w/data/0', data: numbers },
  ]);
const open = (bytes: Uint8Array) => openWeightsFile(bytesSource(bytes));

for (const [what, value] of foreignValues)
  test(`openWeightsFile() skips ${what} beside the tensors and around them`, async () => {
    for (const file of [
      dict(['args', value], ['a', sound]),
      dict(['a', sound], ['args', value]),
      dict(['args', value], ['state_dict', dict(['a', sound])], ['more', value]),
    ]) {
      const { groups } = await open(torchZip(file));
      const group = groups.find(({ tensors }) => tensors.has('a'))!;
      assert.deepEqual([...group.tensors.get('a')!.read().data], [1, 2]);
    }
  });

for (const [type, value] of oddTensors)
  test(`openWeightsFile() refuses a tensor of type ${type} only when it is read`, async () => {
    const { groups } = await open(torchZip(dict(['odd', value], ['a', sound])));
    const { tensors } = groups[0]!;
    assert.equal(tensors.get('odd')!.type, type);
    assert.deepEqual([...tensors.get('a')!.read().data], [1, 2]);
    await checkRefused(() => tensors.get('odd')!.read(), 'weightsBroken', /"odd" has the type/);
  });

test('openWeightsFile() reads a tensor that carries attributes, and names one of a foreign class', async () => {
  const rebuilt = (type: Piece): Piece =>
    call(
      global('torch._tensor', '_rebuild_from_type_v2'),
      global('torch._utils', '_rebuild_tensor_v2'),
      type,
      [
        '(',
        storage('0', 2),
        int(0),
        '(',
        int(2),
        't(',
        int(1),
        't',
        0x89,
        call(global('collections', 'OrderedDict')),
        't',
      ],
      dict(['note', text('mine')]),
    );
  const { groups } = await open(
    torchZip(
      dict(
        ['a', rebuilt(global('torch', 'Tensor'))],
        ['b', rebuilt(global('torch.nn.parameter', 'Parameter'))],
        ['c', rebuilt(global('torchao', 'Quantized'))],
      ),
    ),
  );
  const { tensors } = groups[0]!;
  assert.deepEqual([...tensors.get('a')!.read().data, ...tensors.get('b')!.read().data], [1, 2, 1, 2]);
  await checkRefused(() => tensors.get('c')!.read(), 'weightsBroken', /"c" is "torch\._tensor\._rebuild_from_type_v2"/);
});

test('openWeightsFile() reads float32 and bfloat16 from plain bytes', async () => {
  const untyped: Piece = [
    ['(', text('storage'), global('torch.storage', 'UntypedStorage'), text('0'), text('cpu'), int(8), 't'],
    'Q',
  ];
  const value = (type: string, count: number) =>
    call(
      global('torch._utils', '_rebuild_tensor_v3'),
      untyped,
      int(0),
      ['(', int(count), 't'],
      ['(', int(1), 't'],
      0x89,
      '}',
      global('torch', type),
    );
  const { groups } = await open(torchZip(dict(['a', value('float32', 2)], ['b', value('bfloat16', 4)])));
  const { tensors } = groups[0]!;
  assert.deepEqual([...tensors.get('a')!.read().data], [1, 2]);
  assert.deepEqual([...tensors.get('b')!.read().data], [0, 1, 0, 2]);
  const tooLong = torchZip(dict(['a', value('float32', 3)]));
  await checkRefused(() => open(tooLong), 'weightsBroken', /reaches beyond its storage of 2 elements/);
});

test('openWeightsFile() finds dictionaries of tensors wherever tools put them, once each', async () => {
  const inner = dict(['a', sound]);
  const deep = dict(['classy_state_dict', dict(['base_model', dict(['model', dict(['trunk', inner])])])]);
  const containersOf = async (value: Piece) => (await open(torchZip(value))).groups.map(({ container }) => container);
  assert.deepEqual(await containersOf(inner), ['']);
  assert.deepEqual(await containersOf(dict(['epoch', int(3)], ['state_dict', inner])), ['state_dict']);
  assert.deepEqual(await containersOf(deep), ['classy_state_dict.base_model.model.trunk']);
  assert.deepEqual(await containersOf(dict(['x', deep], ['b', inner])), ['b']); // the search stops after five levels
  const twice: Piece = ['}(', text('one'), inner, 'q', 7, text('two'), 'h', 7, 'u'];
  assert.deepEqual(await containersOf(twice), ['one']);
  const attributes: Piece = [global('lightning', 'AttributeDict'), ')', 0x81, '(', text('a'), sound, 'u'];
  assert.deepEqual(await containersOf(dict(['state_dict', attributes])), ['state_dict']);
  const { isLightning } = await open(
    torchZip(dict(['pytorch-lightning_version', text('2.5.0')], ['state_dict', inner])),
  );
  assert.equal(isLightning, true);
});

test('openWeightsFile() reads the older format with foreign values and types in between', async () => {
  const magic = bytesOf(0x80, 2, 0x8a, 10, [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19], '.');
  const machine = pickle(dict(['little_endian', 0x88]));
  const old = (key: string, length: number, type: string): Piece => [
    ['(', text('storage'), global('torch', type), text(key), text('cpu'), int(length), 'N', 't'],
    'Q',
  ];
  const block = (count: number, ...bytes: number[]): Piece => [count, 0, 0, 0, 0, 0, 0, 0, ...bytes];
  const [, namespace] = foreignValues[0]!;
  const file = bytesOf(
    magic,
    pickle(int(1001)),
    machine,
    pickle(
      dict(
        ['q', tensor(old('1', 3, 'QUInt8Storage'), 0, [3], [1])],
        ['c', tensor(old('2', 1, 'ComplexFloatStorage'), 0, [1], [1])],
        ['args', namespace],
        ['a', tensor(old('0', 2, 'FloatStorage'), 0, [2], [1])],
      ),
    ),
    pickle('](', ['1', '2', '0'].map(text), 'e'),
    block(3, 9, 9, 9),
    block(1, 8, 8, 8, 8, 8, 8, 8, 8),
    block(2, ...numbers),
  );
  const { groups } = await open(file);
  assert.deepEqual([...groups[0]!.tensors.get('a')!.read().data], [1, 2]);
  const { tensors } = groups[0]!;
  assert.deepEqual(
    [...tensors].map(([name, { type }]) => [name, type]),
    [
      ['q', 'torch.QUInt8Storage'],
      ['c', 'C64'],
      ['args', 'argparse.Namespace'],
      ['a', 'F32'],
    ],
  );
});

test('openWeightsFile() describes a file that contains no named tensors', async () => {
  const network: Piece = [global('torchvision.models.resnet', 'ResNet'), ')', 0x81, '}', 'b'];
  const words = /whole object of the class "torchvision\.models\.resnet\.ResNet"/;
  await checkRefused(() => open(torchZip(network)), 'weightsUnsafe', words);
  await checkRefused(() => open(torchZip(dict(['epoch', int(1)], ['model', network]))), 'weightsUnsafe', words);
  const file = (start: string) => new TextEncoder().encode(`${start} and more`);
  await checkRefused(() => open(file('version https://git-lfs.github.com/spec/v1')), 'weightsBroken', /git lfs pull/);
  await checkRefused(() => open(Uint8Array.of(0x89, ...file('HDF\r\n'))), 'weightsBroken', /an HDF5 file, as Keras/);
});

test('openWeightsFile() skips unsupported types of safetensors, and checks their offsets', async () => {
  const safetensors = (header: string, dataBytes: number): Uint8Array => {
    const json = new TextEncoder().encode(header);
    return bytesOf(json.length, 0, 0, 0, 0, 0, 0, 0, json, new Uint8Array(dataBytes).fill(0));
  };
  const header = (odd: string) =>
    `{"odd":${odd},"a":{"dtype":"F32","shape":[2],"data_offsets":[6,14]}}`.padEnd(128, ' ');
  for (const type of ['F8_E5M2', 'F8_E4M3', 'BOOL', 'I8']) {
    const { groups } = await open(safetensors(header(`{"dtype":"${type}","shape":[6],"data_offsets":[0,6]}`), 14));
    assert.deepEqual([...groups[0]!.tensors.get('a')!.read().data], [0, 0]);
    await checkRefused(() => groups[0]!.tensors.get('odd')!.read(), 'weightsBroken', new RegExp(`"odd" .* "${type}"`));
  }
  const { groups } = await open(safetensors(header('{"dtype":"F6_E2M3","shape":[8],"data_offsets":[0,6]}'), 14));
  assert.equal(groups[0]!.tensors.get('odd')!.type, 'F6_E2M3');
  const wrong = safetensors(header('{"dtype":"F8_E5M2","shape":[5],"data_offsets":[0,6]}'), 14);
  await checkRefused(() => open(wrong), 'weightsBroken', /should take 5 bytes/);
  const hole = safetensors(header('{"dtype":"F6_E2M3","shape":[8],"data_offsets":[0,5]}'), 14);
  await checkRefused(() => open(hole), 'weightsBroken', /starts at byte 6 of the data instead of 5/);
});
