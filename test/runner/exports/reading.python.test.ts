// The programs beside an export read images with Pillow and sharp, each of which has its own idea of some variants. Every file of
// docs/formats.md comes out as in a run, or is refused in a sentence that names it. The model's runtime is replaced by one that shows what
// it is fed, so the programs run as they are.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { snippetsOf } from '../../../runner/exports/snippets.ts';
import { decodeImage, UndecodableImage } from '../../../runner/images/decode.ts';
import type { RgbImage } from '../../../runner/images/raster.ts';
import { bytesOf, type Measured, readReference } from '../../../scripts/formats/table.ts';
import { pythonWith } from '../../../scripts/python.ts';

const { variants } = await readReference();
const titleOf = ({ group, name }: Measured): string => `${group} ${name}`;

const folder = mkdtempSync(join(tmpdir(), 'reading-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const each of variants) writeFileSync(join(folder, each.file), bytesOf(each));
const about = {
  classNames: ['a', 'b'],
  preprocessing: { depth: 16 },
  positiveClass: null,
  threshold: null,
  temperature: null,
};
writeFileSync(join(folder, 'model.onnx.json'), JSON.stringify({ model: about }));
writeFileSync(join(folder, 'model.onnx'), '');
for (const { suffix, text } of snippetsOf('onnx', 'image')) writeFileSync(join(folder, `model.onnx${suffix}`), text);

/** What a program made of a file. */
type Answer =
  | { readonly error: string }
  | { readonly width: number; readonly height: number; readonly rgb: string; readonly error?: undefined };

const pythonRuntime = `import base64
fed = {}

def disable_telemetry_events():
    pass

class InferenceSession:
    def __init__(self, *_, **__):
        pass

    def run(self, _, feeds):
        import numpy
        [pixels] = feeds["image"]
        fed.update(width=pixels.shape[1], height=pixels.shape[0], rgb=base64.b64encode(pixels.tobytes()).decode())
        return [numpy.zeros((1, 2), numpy.float32)]
`;
const pythonDriver = `import importlib.util, json, sys
import onnxruntime
spec = importlib.util.spec_from_file_location("program", "model.onnx.py")
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
for file in sys.argv[1:]:
    try:
        program.predict(file)
        print(json.dumps(onnxruntime.fed))
    except ValueError as error:
        print(json.dumps({"error": str(error)}))
`;
function byPython(command: string): Answer[] {
  writeFileSync(join(folder, 'onnxruntime.py'), pythonRuntime);
  writeFileSync(join(folder, 'driver.py'), pythonDriver);
  return answersOf(command, 'driver.py');
}

const tsRuntime = `export class Tensor {
  constructor(type, data, dims) { Object.assign(this, { type, data, dims }); }
}
export const InferenceSession = {
  create: async () => ({
    run: async ({ image: { data, dims: [, height, width] } }) => {
      globalThis.fed = { width, height, rgb: Buffer.from(data).toString('base64') };
      return { logits: { data: Float32Array.of(0, 0) } };
    },
  }),
};
`;
const tsDriver = `const files = process.argv.slice(2);
const print = console.log;
console.log = () => {};
for (const [i, file] of files.entries()) {
  process.argv = [process.argv[0], process.argv[1], file];
  try {
    await import('./model.onnx.ts?' + i);
    print(JSON.stringify(globalThis.fed));
  } catch (error) {
    print(JSON.stringify({ error: error.message }));
  }
}
`;
function byTypeScript(): Answer[] {
  const packages = join(folder, 'node_modules');
  mkdirSync(join(packages, 'onnxruntime-node'), { recursive: true });
  const manifest = { name: 'onnxruntime-node', type: 'module', exports: './index.js' };
  writeFileSync(join(packages, 'onnxruntime-node/package.json'), JSON.stringify(manifest));
  writeFileSync(join(packages, 'onnxruntime-node/index.js'), tsRuntime);
  symlinkSync(
    fileURLToPath(new URL('../../../node_modules/sharp', import.meta.url)),
    join(packages, 'sharp'),
    'junction',
  );
  writeFileSync(join(folder, 'driver.mjs'), tsDriver);
  return answersOf(process.execPath, 'driver.mjs');
}

const answersOf = (command: string, driver: string): Answer[] =>
  execFileSync(command, [driver, ...variants.map(({ file }) => file)], { cwd: folder, maxBuffer: 1 << 26 })
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);

/** undefined: a run leaves it out. */
const inARun = (bytes: Uint8Array): Promise<RgbImage | undefined> =>
  decodeImage(bytes).then(
    ({ image }) => image,
    (error) => {
      if (error instanceof UndecodableImage) return undefined;
      throw error;
    },
  );

// A profile is applied by another library, or another version: 3 of 255. All else is exact but for rounding.
const mostOff = 3;

async function check(answers: readonly Answer[], refused: readonly string[]): Promise<void> {
  assert.equal(answers.length, variants.length);
  const seenRefused: string[] = [];
  for (const [i, variant] of variants.entries()) {
    const [answer, title] = [answers[i]!, titleOf(variant)];
    const expected = await inARun(bytesOf(variant));
    if (answer.error !== undefined) {
      assert.ok(answer.error.includes(variant.file), `${title}: "${answer.error}" does not name the file`);
      if (expected) seenRefused.push(title);
      continue;
    }
    if (!expected) continue;
    assert.deepEqual([answer.width, answer.height], [expected.width, expected.height], title);
    const off = Buffer.from(answer.rgb, 'base64').reduce(
      (most, value, at) => Math.max(most, Math.abs(value - expected.data[at]!)),
      0,
    );
    assert.ok(off <= mostOff, `${title}: off by ${off}`);
  }
  assert.deepEqual(seenRefused, refused);
}

const python = pythonWith('numpy', 'PIL');
test('the program in Python reads every variant as a run does, or refuses it', { skip: python.lacks }, () =>
  check(byPython(python.command!), [
    'JPEG CMYK, no Adobe marker',
    'JPEG CMYK, Adobe (inverted)',
    'JPEG YCCK, Adobe (inverted)',
    'PNG grey, 16 bits',
    'PNG grey, 12 bits in 16 (sBIT 12)',
    'PNG grey, 12 bits in the low bits of 16',
    'PNG grey, 16 bits, interlaced',
    'PNG grey, 16 bits, with tRNS',
    'TIFF grey, 16 bits',
    'TIFF grey, 16 bits, big-endian',
    'TIFF grey, 16 bits, min-is-white',
    'TIFF grey, 12 bits in the low bits of 16',
    'TIFF RGB, 16 bits, planar, LZW',
    'TIFF RGB, 16 bits, planar',
    'TIFF RGB, WebP',
    'TIFF grey, 16 bits, orientation 6',
    'TIFF CMYK',
    'GIF frame smaller than canvas, background 3',
    'GIF the same, with a transparent colour',
    'PNM P5, 16 bits',
    'PNM P5, largest value 4095',
  ]),
);

test('the program in TypeScript reads every variant as a run does, or refuses it', () =>
  check(
    byTypeScript(),
    [
      'TIFF grey and unassociated alpha',
      'TIFF grey and an unspecified band',
      'TIFF RGB and unassociated alpha',
      'TIFF RGB and associated alpha',
      'TIFF RGB and an unspecified band',
      'TIFF RGB and two unspecified bands',
      'TIFF RGB, 16 bits, and an unspecified band',
      'GIF frame smaller than canvas, background 3',
      'GIF the same, with a transparent colour',
      ...variants.filter(({ group }) => group === 'BMP' || group === 'PNM').map(titleOf),
    ].filter((title) => title !== 'BMP 8 bits, run lengths (RLE8)'),
  ));
