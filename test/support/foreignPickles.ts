// Values in checkpoints beside tensors, opcode by opcode as CPython's pickler writes them (protocols 2 to 5).
import { bytesOf, call, dict, global, int, type Piece, storage, tensor, text, tuple, uint32 } from './pickleWriter.ts';

const instance = (module: string, name: string, state: Piece): Piece => [global(module, name), ')', 0x81, state, 'b'];
const bytes = (...values: number[]): Piece => ['C', values.length, bytesOf(...values)];
const dtype: Piece = [
  call(global('numpy', 'dtype'), text('f8'), 0x89, 0x88),
  tuple(int(3), text('<'), 'N', 'N', 'N', int(-1), int(-1), int(0)),
  'b',
];

export const foreignValues: readonly (readonly [what: string, value: Piece])[] = [
  ['an argparse.Namespace', instance('argparse', 'Namespace', dict(['lr', int(1)], ['opt', text('adam')]))],
  [
    'a Namespace in a Namespace',
    instance('argparse', 'Namespace', dict(['a', instance('argparse', 'Namespace', dict(['b', int(1)]))])),
  ],
  ['an OmegaConf', instance('omegaconf.dictconfig', 'DictConfig', dict(['_content', dict(['k', int(1)])]))],
  ['a path', call(global('pathlib', 'PosixPath'), text('/'), text('data'))],
  ['a date', call(global('datetime', 'datetime'), bytes(7, 0xea, 1, 1, 0, 0, 0, 0, 0, 0))],
  [
    'a functools.partial',
    [
      call(global('functools', 'partial'), global('builtins', 'print')),
      tuple(global('builtins', 'print'), tuple(int(1)), '}', 'N'),
      'b',
    ],
  ],
  ['a NumPy scalar', call(global('numpy._core.multiarray', 'scalar'), dtype, bytes(0, 0, 0, 0, 0, 0, 0xf0, 0x3f))],
  [
    'a NumPy array',
    [
      call(global('numpy._core.multiarray', '_reconstruct'), global('numpy', 'ndarray'), tuple(int(0)), bytes(0x62)),
      tuple(int(1), tuple(int(1)), dtype, 0x89, bytes(0, 0, 0, 0, 0, 0, 0xf0, 0x3f)),
      'b',
    ],
  ],
  ['a torch.device', call(global('torch', 'device'), text('cuda'), int(0))],
  ['a torch.dtype', global('torch', 'float16')],
  ['a class', global('torch.optim.adamw', 'AdamW')],
  ['a method', call(call(global('builtins', 'getattr'), global('a', 'B'), text('c')), int(1))],
  ['a set', [0x8f, '(', int(1), int(2), 0x90]],
  ['a set of protocol 2', call(global('builtins', 'set'), ['](', int(1), 'e'])],
  ['a frozenset', ['(', int(1), int(2), 0x91]],
  ['bytes of protocol 2', call(global('_codecs', 'encode'), ['X', uint32(2), 0xc3, 0xa9], text('latin1'))],
  ['long bytes', [0x8e, uint32(3), uint32(0), 1, 2, 3]],
  ['a bytearray', [0x96, uint32(3), uint32(0), 1, 2, 3]],
  ['a whole number of 300 bytes', [0x8b, uint32(300), new Uint8Array(300).fill(1)]],
  ['a whole number of 3,000 bytes', [0x8b, uint32(3000), new Uint8Array(3000).fill(1)]],
  ['a text of Python 2', ['U', 3, 0xe9, 0x74, 0xe9]],
  ['a long text of Python 2', ['T', uint32(3), 0xe9, 0x74, 0xe9]],
  ['an instance made with keywords', [global('a', 'B'), ')', dict(['x', int(1)]), 0x92]],
  ['a tuple that holds itself', [']', int(1), 'a', '(', int(2), int(3), 0x31]],
  ['a value thrown away', [int(1), int(2), '0']],
  ['a list of a foreign class', [global('a', 'L'), ')', 0x81, '(', int(1), int(2), 'e']],
  ['a defaultdict', [call(global('collections', 'defaultdict'), global('builtins', 'list')), text('k'), int(1), 's']],
  ['Lightning’s AttributeDict', [global('lightning', 'AttributeDict'), ')', 0x81, '(', text('lr'), int(1), 'u']],
  [
    'a quantized tensor',
    call(
      global('torch._utils', '_rebuild_qtensor'),
      storage('0', 2, 'QUInt8Storage'),
      int(0),
      tuple(int(2)),
      tuple(int(1)),
      tuple(global('torch', 'per_tensor_affine'), int(1), int(0)),
      0x89,
      '}',
    ),
  ],
  [
    'a sparse tensor',
    call(
      global('torch._utils', '_rebuild_sparse_tensor'),
      call(global('torch.serialization', '_get_layout'), text('torch.sparse_coo')),
      tuple(tensor(storage('0', 2), 0, [2], [1]), 'N', call(global('torch', 'Size'), tuple(int(3)))),
    ),
  ],
];

const untyped = (length: number): Piece => [
  tuple(text('storage'), global('torch.storage', 'UntypedStorage'), text('0'), text('cpu'), int(length)),
  'Q',
];
/** _rebuild_tensor_v3: for types without a storage class. */
const tensorOfType = (name: string, shape: readonly number[], sizeBytes: number): Piece =>
  call(
    global('torch._utils', '_rebuild_tensor_v3'),
    untyped(sizeBytes),
    int(0),
    tuple(...shape.map(int)),
    tuple(...shape.map(() => int(1))),
    0x89,
    call(global('collections', 'OrderedDict')),
    global('torch', name),
    'N',
  );

/** Tensors over the eight bytes of storage 0, of types that no network uses. */
export const oddTensors: readonly (readonly [type: string, value: Piece])[] = [
  ['F8_E4M3', tensorOfType('float8_e4m3fn', [8], 8)],
  ['F8_E5M2', tensorOfType('float8_e5m2', [8], 8)],
  ['U16', tensorOfType('uint16', [4], 8)],
  ['U64', tensorOfType('uint64', [1], 8)],
  ['torch.float4_e2m1fn_x2', tensorOfType('float4_e2m1fn_x2', [8], 8)],
  ['torch.int4', tensorOfType('int4', [99], 8)],
  ['C64', tensor(storage('0', 1, 'ComplexFloatStorage'), 0, [1], [1])],
  ['BOOL', tensor(storage('0', 8, 'BoolStorage'), 0, [8], [1])],
  ['I8', tensor(storage('0', 8, 'CharStorage'), 0, [8], [1])],
  ['torch.QInt8Storage', tensor(storage('0', 8, 'QInt8Storage'), 0, [8], [1])],
];
