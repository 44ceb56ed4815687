import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readTorchFile } from '../../../../runner/weights/torch/torchFile.ts';
import type { ErrorCode } from '../../../../shared/contracts/errors.ts';
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
  tuple,
  uint32,
} from '../../../support/pickleWriter.ts';
import { type ZipPart, zipOf } from '../../../support/zipWriter.ts';
import { checkRefused } from '../checkRefused.ts';
import { checkExpected, reference } from '../expected.ts';

const written = [
  'zip.pth',
  'zip-protocol4.pth',
  'zip-protocol5.pth',
  'legacy.pth',
  'checkpoint.pth',
  'checkpoint-legacy.pth',
];
for (const name of written)
  test(`readTorchFile() reads every type, stride and sharing of ${name} as PyTorch wrote it`, async () => {
    checkExpected((await readTorchFile(reference(name))).tensors);
    checkExpected((await readTorchFile(new Uint8Array(readFileSync(reference(name))))).tensors);
  });

test('readTorchFile() keeps the names of a DataParallel state dict', async () => {
  const { tensors } = await readTorchFile(reference('dataparallel.pth'));
  assert.deepEqual([...tensors.keys()].slice(0, 2), ['module.0.weight', 'module.0.bias']);
});

test('readTorchFile() refuses a pickled module by the name of its class', () =>
  checkRefused(
    () => readTorchFile(reference('whole-module.pth')),
    'weightsUnsafe',
    /whole object of the class "torch\.nn\.modules\.container\.Sequential" .* save its state_dict\(\)/,
  ));

test('readTorchFile() refuses TorchScript', () =>
  checkRefused(() => readTorchFile(reference('torchscript.pt')), 'weightsUnsafe', /TorchScript/));

test('readTorchFile() refuses a file truncated anywhere', async () => {
  for (const name of ['zip.pth', 'legacy.pth']) {
    const whole = new Uint8Array(readFileSync(reference(name)));
    for (let length = 0; length < whole.length; length += 7)
      await checkRefused(() => readTorchFile(whole.subarray(0, length)), 'weightsBroken', /Get the file again/);
  }
});

const little: ZipPart = { name: 'w/byteorder', data: bytesOf('little') };
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const data = (...values: number[]): ZipPart => ({ name: 'w/data/0', data: floats(...values) });
const pkl = (...body: Piece[]): ZipPart => ({ name: 'w/data.pkl', data: pickle(...body) });
const two = pkl(dict(['a', tensor(storage('0', 2), 0, [2], [1])]));

const read = (...parts: ZipPart[]) => readTorchFile(zipOf([little, ...parts]));

test('readTorchFile() reads the hand-written zip that the attacks below vary', async () => {
  const { tensors } = await read(two, data(1, 2));
  assert.deepEqual([...tensors], [['a', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }]]);
});

test('readTorchFile() treats __proto__ as an ordinary name', async () => {
  const { tensors } = await read(pkl(dict(['__proto__', tensor(storage('0', 2), 0, [2], [1])])), data(1, 2));
  assert.deepEqual([...tensors.keys()], ['__proto__']);
});

type Attack = readonly [name: string, code: ErrorCode, words: RegExp, body: Piece[]];
const pickleAttacks: readonly Attack[] = [
  ['a call of os.system', 'weightsUnsafe', /names "os\.system"/, [call(global('os', 'system'), text('echo'))]],
  ['posix.system', 'weightsUnsafe', /posix\.system/, [global('posix', 'system')]],
  ['builtins.eval by STACK_GLOBAL', 'weightsUnsafe', /builtins\.eval/, [text('builtins'), text('eval'), 0x93]],
  ['a name of two dots', 'weightsBroken', /no dictionary/, [text('torch._utils'), text('_rebuild_tensor_v2.x'), 0x93]],
  ['a name of 2,000 letters', 'weightsBroken', /without end/, [text('a'.repeat(1000)), text('b'.repeat(1000)), 0x93]],
  ['torch.load', 'weightsUnsafe', /torch\.load/, [global('torch', 'load')]],
  ['subprocess.Popen', 'weightsUnsafe', /a program that Python would run/, [global('subprocess', 'Popen')]],
  ['builtins.__import__', 'weightsUnsafe', /a program that Python would run/, [global('builtins', '__import__')]],
  ['__builtin__.eval of Python 2', 'weightsUnsafe', /a program that Python/, [global('__builtin__', 'eval')]],
  [
    'os.system beside sound tensors',
    'weightsUnsafe',
    /names "os\.system"/,
    [dict(['a', tensor(storage('0', 2), 0, [2], [1])], ['b', call(global('os', 'system'), text('echo'))])],
  ],
  [
    'a class with a terminal escape',
    'weightsUnsafe',
    /class "a.\ufffd\[31mred"/,
    [call(global('a', '\u001b[31mred'), int(1))],
  ],
  ['a call of a storage type', 'weightsUnsafe', /whole object/, [call(global('torch', 'FloatStorage'), int(9))]],
  ['a call of a text', 'weightsUnsafe', /calls a value/, [text('print'), tuple(), 'R']],
  ['a call of a dictionary', 'weightsUnsafe', /calls a value/, ['}', tuple(), 'R']],
  ['a new object of a text', 'weightsUnsafe', /calls a value/, [text('print'), tuple(), 0x81]],
  ['a call with a list', 'weightsUnsafe', /whole object/, [global('collections', 'OrderedDict'), ']', 'R']],
  ['INST', 'weightsUnsafe', /instruction 0x69/, ['(ios\nsystem\n']],
  ['OBJ', 'weightsUnsafe', /instruction 0x6f/, ['(', global('collections', 'OrderedDict'), 'o']],
  ['an instance alone', 'weightsUnsafe', /whole object of the class "a\.B"/, [global('a', 'B'), ')', 0x81]],
  ['an instance by keywords', 'weightsUnsafe', /whole object of the class "a\.B"/, [global('a', 'B'), ')}', 0x92]],
  ['items added to a list', 'weightsBroken', /no set/, [']', '(', int(1), 0x90]],
  ['a doubled value', 'weightsUnsafe', /instruction 0x32/, ['}2']],
  ['an extension', 'weightsUnsafe', /instruction 0x82/, [0x82, 1]],
  ['a textual persistent id', 'weightsUnsafe', /instruction 0x50/, ['P0\n']],
  ['a buffer outside', 'weightsUnsafe', /instruction 0x97/, [0x97]],
  ['attributes for a tensor', 'weightsUnsafe', /attributes/, [tensor(storage('0', 2), 0, [2], [1]), '}', 'b']],
  ['attributes for a class', 'weightsUnsafe', /attributes/, [global('torch', 'FloatStorage'), '}', 'b']],
  ['attributes that are no dictionary', 'weightsUnsafe', /attributes/, ['}', text('x'), 'b']],
  ['items of a list', 'weightsUnsafe', /sets items/, [']', text('a'), int(1), 's']],
  ['appending to a dictionary', 'weightsUnsafe', /appends/, ['}', int(1), 'a']],
  [
    'a dictionary made of a text',
    'weightsUnsafe',
    /something else than pairs/,
    [call(global('collections', 'OrderedDict'), text('ab'))],
  ],
  ['a persistent id that is a text', 'weightsUnsafe', /refers to something else/, [text('0'), 'Q']],
  [
    'a persistent id for a file',
    'weightsUnsafe',
    /refers to something else/,
    [tuple(text('file'), text('/etc/passwd')), 'Q'],
  ],
  ['protocol 0', 'weightsBroken', /protocol 0/, [0x80, 0]],
  ['protocol 9', 'weightsBroken', /protocol 9/, [0x80, 9]],
  ['an empty stack at the end', 'weightsBroken', /leaves values/, []],
  ['two values at the end', 'weightsBroken', /leaves values/, ['}}']],
  ['an open group at the end', 'weightsBroken', /leaves values/, ['}(']],
  ['a pop of nothing', 'weightsBroken', /where there is none/, ['a']],
  ['a pop through a group', 'weightsBroken', /where there is none/, [']', '(', 'a']],
  ['a tuple without its group', 'weightsBroken', /never began/, ['t']],
  ['a key without a value', 'weightsBroken', /key without/, ['}(', text('a'), 'u']],
  ['a key given twice', 'weightsBroken', /key "a" twice/, [dict(['a', 'N'], ['a', 'N'])]],
  [
    'a key given twice as pairs',
    'weightsBroken',
    /key "a" twice/,
    [call(global('collections', 'OrderedDict'), ['](', tuple(text('a'), 'N'), tuple(text('a'), 'N'), 'e'])],
  ],
  ['a recall of nothing', 'weightsBroken', /never stored/, ['h', 0]],
  ['a text longer than the pickle', 'weightsBroken', /cut off/, ['X', uint32(0xffffffff)]],
  ['a text of 2^63 bytes', 'weightsBroken', /cut off/, [0x8d, new Uint8Array(8).fill(0x7f)]],
  ['a whole number of 255 bytes', 'weightsBroken', /no dictionary/, [0x8a, 255, new Uint8Array(255).fill(0x7f)]],
  ['a text that is not UTF-8', 'weightsBroken', /not UTF-8/, ['X', uint32(1), 0xff]],
  ['a name without an end', 'weightsBroken', /cut off/, ['cos']],
  ['a number as the whole', 'weightsBroken', /no dictionary of tensors/, [int(3)]],
  ['a dictionary of numbers', 'weightsBroken', /no dictionary of tensors/, [dict(['a', int(1)])]],
  ['a list of tensors', 'weightsBroken', /no dictionary of tensors/, [']', tensor(storage('0', 2), 0, [2], [1]), 'a']],
  [
    'a tensor under a number',
    'weightsBroken',
    /no dictionary of tensors/,
    ['}', int(1), tensor(storage('0', 2), 0, [2], [1]), 's'],
  ],
  [
    'a tensor made of nothing',
    'weightsBroken',
    /tensor in it is malformed/,
    [call(global('torch._utils', '_rebuild_tensor_v2'))],
  ],
  ['a tensor on a text', 'weightsBroken', /tensor in it is malformed/, [tensor(text('0'), 0, [2], [1])]],
  ['a negative offset', 'weightsBroken', /tensor in it is malformed/, [tensor(storage('0', 2), -1, [2], [1])]],
  ['a negative stride', 'weightsBroken', /tensor in it is malformed/, [tensor(storage('0', 2), 1, [2], [-1])]],
  ['more strides than sizes', 'weightsBroken', /tensor in it is malformed/, [tensor(storage('0', 2), 0, [2], [1, 1])]],
  [
    'a tensor beyond its storage',
    'weightsBroken',
    /reaches beyond its storage of 2/,
    [dict(['a', tensor(storage('0', 2), 1, [2], [1])])],
  ],
  [
    'a stride beyond its storage',
    'weightsBroken',
    /reaches beyond/,
    [dict(['a', tensor(storage('0', 2), 0, [2], [2 ** 31 - 1])])],
  ],
  [
    '33 dimensions',
    'weightsBroken',
    /33 dimensions/,
    [tensor(storage('0', 2), 0, Array(33).fill(1), Array(33).fill(1))],
  ],
  [
    'a parameter of a number',
    'weightsUnsafe',
    /whole object of the class "torch\._utils\._rebuild_parameter"/,
    [call(global('torch._utils', '_rebuild_parameter'), int(1))],
  ],
  [
    'a tensor of unknown type',
    'weightsBroken',
    /has the type "torch\.NewStorage"/,
    [dict(['a', tensor(storage('0', 2, 'NewStorage'), 0, [2], [1])])],
  ],
  ['a storage of no type', 'weightsBroken', /malformed/, [tuple(text('storage'), 'N', text('0'), 'N', int(2)), 'Q']],
  ['a storage of a negative length', 'weightsBroken', /storage in it is malformed/, [storage('0', -1)]],
  [
    'a missing storage',
    'weightsBroken',
    /storage "\.\.\/\.\.\/x" is missing/,
    [dict(['a', tensor(storage('../../x', 2), 0, [2], [1])])],
  ],
  [
    'a storage larger than its entry',
    'weightsBroken',
    /has 8 bytes instead of 400/,
    [dict(['a', tensor(storage('0', 100), 0, [2], [1])])],
  ],
  [
    'a type that no network has',
    'weightsBroken',
    /type "BOOL"/,
    [dict(['a', tensor(storage('0', 8, 'BoolStorage'), 0, [8], [1])])],
  ],
  [
    '2^93 elements of one',
    'weightsUnsafe',
    /far more data/,
    [dict(['a', tensor(storage('0', 2), 0, Array(3).fill(2 ** 31 - 1), [0, 0, 0])])],
  ],
  [
    'one storage repeated by many tensors',
    'weightsUnsafe',
    /far more data/,
    [dict(...Array.from({ length: 200 }, (_, i) => [`t${i}`, tensor(storage('0', 2), 0, [990, 2], [0, 1])] as const))],
  ],
];
for (const [name, code, words, body] of pickleAttacks)
  test(`readTorchFile() refuses ${name}`, () => checkRefused(() => read(pkl(...body), data(1, 2)), code, words));

test('readTorchFile() terminates on deep nesting, memo bombs and endless pushing', async () => {
  const nested = pkl(']'.repeat(100_000), 'a'.repeat(99_999));
  await checkRefused(() => read(nested, data(1, 2)), 'weightsBroken', /no dictionary/);
  // Each list contains the previous one twice: 2^5000 leaves when expanded.
  const doubling = pkl(
    ']',
    Array.from({ length: 5000 }, (): Piece => ['q\x00', '](h\x00h\x00e']),
  );
  await checkRefused(() => read(doubling, data(1, 2)), 'weightsBroken', /leaves values/);
  await checkRefused(() => read(pkl('}'.repeat(3_000_000)), data(1, 2)), 'weightsUnsafe', /more than 2000000/);
  await checkRefused(() => read(pkl('('.repeat(1_900_000)), data(1, 2)), 'weightsBroken', /leaves values/);
  const far = pkl(
    '}',
    Array.from({ length: 50 }, (_, i): Piece => ['r', uint32(0xffffffff - i)]),
    '0',
  );
  await checkRefused(() => read(far, data(1, 2)), 'weightsBroken', /leaves values/);
  const long = pkl(0x8b, uint32(9e6), new Uint8Array(9e6).fill(0x7f));
  await checkRefused(() => read(long, data(1, 2)), 'weightsUnsafe', /whole object of the class "int"/);
});

// The whole entry w/data/0, hidden in the data of the first entry, which begin at byte 30 + 3.
const inner = zipOf([data(1, 2)]).subarray(0, 30 + 8 + 8);
const zipAttacks: readonly (readonly [name: string, code: ErrorCode, words: RegExp, file: Uint8Array])[] = [
  ['no data.pkl', 'weightsBroken', /not one that torch\.save/, zipOf([data(1, 2)])],
  [
    'two data.pkl',
    'weightsBroken',
    /not one that torch\.save/,
    zipOf([two, { ...two, name: 'v/data.pkl' }, data(1, 2)]),
  ],
  ['one name twice', 'weightsUnsafe', /two entries "w\/data\.pkl"/, zipOf([two, two, data(1, 2)])],
  ['..', 'weightsBroken', /damaged/, zipOf([two, data(1, 2), { name: '../evil', data: floats() }])],
  ['an absolute path', 'weightsBroken', /damaged/, zipOf([two, data(1, 2), { name: '/etc/passwd', data: floats() }])],
  ['a backslash', 'weightsBroken', /damaged/, zipOf([two, data(1, 2), { name: 'w\\..\\x', data: floats() }])],
  ['an encrypted entry', 'weightsUnsafe', /encrypted/, zipOf([two, { ...data(1, 2), flags: 1, compressedSize: 20 }])],
  ['strong encryption', 'weightsBroken', /encryption/, zipOf([two, { ...data(1, 2), flags: 0x41 }])],
  ['a deflated storage', 'weightsUnsafe', /compressed/, zipOf([two, { ...data(1, 2), method: 8 }])],
  [
    'a deflated bomb as pickle',
    'weightsUnsafe',
    /compressed/,
    zipOf([{ ...two, method: 8, uncompressedSize: 15e6 }, data(1, 2)]),
  ],
  [
    'a pickle of 4 GB',
    'weightsUnsafe',
    /pickle has 4294967294 bytes/,
    zipOf([{ ...two, method: 8, uncompressedSize: 0xfffffffe }, data(1, 2)]),
  ],
  [
    'a stored entry of two sizes',
    'weightsBroken',
    /size mismatch/,
    zipOf([two, { ...data(1, 2), uncompressedSize: 9e8 }]),
  ],
  [
    'an entry beyond the file',
    'weightsBroken',
    /overflows file bounds/,
    zipOf([two, { ...data(1, 2), compressedSize: 9e8, uncompressedSize: 9e8 }]),
  ],
  [
    'an entry inside another',
    'weightsUnsafe',
    /lies over another/,
    zipOf([{ name: 'w/x', data: inner }, two, { ...data(1, 2), localOffset: 33 }]),
  ],
  ['an entry header outside', 'weightsBroken', /damaged/, zipOf([two, { ...data(1, 2), localOffset: 0xfffffff0 }])],
  [
    'another name in the entry itself',
    'weightsUnsafe',
    /another name/,
    zipOf([{ ...two, localName: 'w/date.pkl' }, data(1, 2)]),
  ],
  ['a wrong checksum', 'weightsBroken', /checksum of "w\/data\/0"/, zipOf([two, { ...data(1, 2), crc32: 1 }])],
  ['more entries than there are', 'weightsBroken', /damaged/, zipOf([two, data(1, 2)], { entryCount: 500 })],
  ['an entry less than there are', 'weightsBroken', /missing/, zipOf([two, data(1, 2)], { entryCount: 1 })],
  [
    'big-endian data',
    'weightsBroken',
    /big-endian/,
    zipOf([two, data(1, 2), { name: 'w/byteorder', data: bytesOf('big') }]),
  ],
  [
    'a byte order of 1 MB',
    'weightsBroken',
    /big-endian/,
    zipOf([two, data(1, 2), { name: 'w/byteorder', data: new Uint8Array(1e6) }]),
  ],
  ['an empty zip', 'weightsBroken', /not one that/, zipOf([])],
  [
    '30,000 entries',
    'weightsUnsafe',
    /30000 entries/,
    zipOf(Array.from({ length: 30_000 }, (_, i) => ({ name: `${i}`, data: floats() }))),
  ],
];
for (const [name, code, words, file] of zipAttacks)
  test(`readTorchFile() refuses a zip with ${name}`, () => checkRefused(() => readTorchFile(file), code, words));

const magic = bytesOf(0x80, 2, 0x8a, 10, [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19], '.');
const machine = (littleEndian: boolean): Uint8Array => pickle(dict(['little_endian', littleEndian ? 0x88 : 0x89]));
const oldStorage = (length = 2, key = '0', window: Piece = 'N'): Piece => [
  tuple(text('storage'), global('torch', 'FloatStorage'), text(key), text('cpu'), int(length), window),
  'Q',
];
const oldBody = (source: Piece = oldStorage()): Uint8Array => pickle(dict(['a', tensor(source, 0, [2], [1])]));
const keys = (...names: string[]): Uint8Array => pickle('](', names.map(text), 'e');
const block = (count = 2): Uint8Array => bytesOf(uint32(count), uint32(0), floats(1, 2));
const version = pickle(int(1001));

test('readTorchFile() reads the hand-written old format that the attacks below vary', async () => {
  const { tensors } = await readTorchFile(bytesOf(magic, version, machine(true), oldBody(), keys('0'), block()));
  assert.deepEqual([...tensors.get('a')!.data], [1, 2]);
});

const oldAttacks: readonly (readonly [name: string, words: RegExp, file: Uint8Array])[] = [
  ['another magic number', /not one that torch\.save/, bytesOf(pickle(int(1)), version)],
  ['another version', /format is unknown/, bytesOf(magic, pickle(int(1002)))],
  ['big-endian data', /big-endian/, bytesOf(magic, version, machine(false), oldBody(), keys('0'), block())],
  [
    'a storage inside a storage',
    /storages inside storages/,
    bytesOf(
      magic,
      version,
      machine(true),
      oldBody(oldStorage(2, '0', tuple(text('v'), int(0), int(2)))),
      keys('0'),
      block(),
    ),
  ],
  [
    'no list of storages',
    /does not name its storages/,
    bytesOf(magic, version, machine(true), oldBody(), pickle('}'), block()),
  ],
  ['an empty list of storages', /storage "0" is missing/, bytesOf(magic, version, machine(true), oldBody(), keys())],
  [
    'a storage nobody described',
    /list of storages is malformed/,
    bytesOf(magic, version, machine(true), oldBody(), keys('1'), block()),
  ],
  [
    'a storage listed twice',
    /list of storages is malformed/,
    bytesOf(magic, version, machine(true), oldBody(), keys('0', '0'), block(), block()),
  ],
  [
    'another count before the data',
    /another size/,
    bytesOf(magic, version, machine(true), oldBody(), keys('0'), block(3)),
  ],
  [
    'a storage cut off',
    /storages are missing/,
    bytesOf(magic, version, machine(true), oldBody(oldStorage(2 ** 31 - 1)), keys('0'), block()),
  ],
  ['bytes behind its end', /1 bytes follow/, bytesOf(magic, version, machine(true), oldBody(), keys('0'), block(), 0)],
  [
    'one storage of two lengths',
    /in two ways/,
    bytesOf(
      magic,
      version,
      machine(true),
      pickle(dict(['a', tensor(oldStorage(2), 0, [2], [1])], ['b', tensor(oldStorage(3), 0, [2], [1])])),
      keys('0'),
      block(),
    ),
  ],
];
for (const [name, words, file] of oldAttacks)
  test(`readTorchFile() refuses the old format with ${name}`, () =>
    checkRefused(() => readTorchFile(file), 'weightsBroken', words));
