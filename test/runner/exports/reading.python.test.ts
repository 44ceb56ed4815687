// The programs beside an export read images with Pillow and sharp, which treat some variants differently. Every file of
// docs/formats.md is read as in a run, or refused in a sentence that names it. The model's runtime is replaced by one that prints its
// inputs, so the programs run unchanged.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { snippetsOf } from '../../../runner/exports/snippets.ts';
import { decodeImage, UndecodableImage } from '../../../runner/images/images.ts';
import type { RgbImage } from '../../../runner/images/samples/raster.ts';
import { bytesOf, type Measured, readReference } from '../../../scripts/formats/table.ts';
import { pythonWith } from '../../../scripts/python.ts';
import type { Depth } from '../../../shared/contracts/depth.ts';

const { variants } = await readReference();
const titleOf = ({ group, name }: Measured): string => `${group} ${name}`;

const folder = mkdtempSync(join(tmpdir(), 'reading-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const each of variants) writeFileSync(join(folder, each.file), bytesOf(each));
writeFileSync(join(folder, 'model.onnx'), '');
for (const { suffix, text } of snippetsOf('onnx', 'image')) writeFileSync(join(folder, `model.onnx${suffix}`), text);

function writeSidecar(depth: Depth): void {
  const nothing = { positiveClass: null, threshold: null, thresholdLogOdds: null, temperature: null };
  const about = { classNames: ['a', 'b'], preprocessing: { depth }, ...nothing };
  writeFileSync(join(folder, 'model.onnx.json'), JSON.stringify({ model: about }));
}

/** A program's result for a file. */
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
        program.logits_of(file)
        print(json.dumps(onnxruntime.fed))
    except ValueError as error:
        print(json.dumps({"error": str(error)}))
`;
function byPython(command: string, depth: Depth): Answer[] {
  writeSidecar(depth);
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
let line = '';
console.log = (text) => { line = text; };
for (const [i, file] of files.entries()) {
  process.argv = [process.argv[0], process.argv[1], file];
  await import('./model.onnx.ts?' + i);
  const { error } = JSON.parse(line);
  print(JSON.stringify(error === undefined ? globalThis.fed : { error }));
}
process.exitCode = 0; // 1 after a refusal
`;
function byTypeScript(depth: Depth): Answer[] {
  writeSidecar(depth);
  const packages = join(folder, 'node_modules');
  mkdirSync(join(packages, 'onnxruntime-node'), { recursive: true });
  const manifest = { name: 'onnxruntime-node', type: 'module', exports: './index.js' };
  writeFileSync(join(packages, 'onnxruntime-node/package.json'), JSON.stringify(manifest));
  writeFileSync(join(packages, 'onnxruntime-node/index.js'), tsRuntime);
  if (!existsSync(join(packages, 'sharp')))
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

/** undefined: a run skips it. */
const inARun = (bytes: Uint8Array, depth: Depth): Promise<RgbImage | undefined> =>
  decodeImage(bytes, { depth }).then(
    ({ image }) => image,
    (error) => {
      if (error instanceof UndecodableImage) return undefined;
      throw error;
    },
  );

// Another library, or another version, applies the profile: 3 of 255. All else is exact except for rounding.
const mostOff = 3;

interface Exceptions {
  /** A run reads them, the program does not. */
  readonly refused: readonly string[];
  /** The program reads them correctly; a run skips them. */
  readonly more: readonly string[];
}

async function check(answersAt: (depth: Depth) => readonly Answer[], { refused, more }: Exceptions, depth: Depth) {
  const answers = answersAt(depth);
  assert.equal(answers.length, variants.length);
  const found = { refused: [] as string[], more: [] as string[], wrong: [] as string[] };
  for (const [i, variant] of variants.entries()) {
    const [answer, title] = [answers[i]!, titleOf(variant)];
    const expected = await inARun(bytesOf(variant), depth);
    if (answer.error !== undefined) {
      if (!answer.error.includes(variant.file)) found.wrong.push(`${title}: "${answer.error}" does not name the file`);
      if (expected) found.refused.push(title);
    } else if (!expected) found.more.push(title);
    else if (answer.width !== expected.width || answer.height !== expected.height)
      found.wrong.push(`${title}: ${answer.width} x ${answer.height}`);
    else {
      const off = Buffer.from(answer.rgb, 'base64').reduce(
        (most, value, at) => Math.max(most, Math.abs(value - expected.data[at]!)),
        0,
      );
      if (off > mostOff) found.wrong.push(`${title}: off by ${off}`);
    }
  }
  assert.deepEqual(found, { refused, more, wrong: [] });
}

const smallerFrames = ['GIF frame smaller than canvas, background 3', 'GIF the same, with a transparent colour'];
const deepColours = (title: string) => /^(PNG|TIFF) RGBA?\b.*16 bits/.test(title);
const scaledByDepth = (title: string) => /^PNM P[56], 16 bits/.test(title);
const deepGreys = (title: string) => /^(PNG|TIFF) grey\b.*16 bits/.test(title) && !/12 bits|signed/.test(title);
const pythonRefuses = (title: string) =>
  /CMYK|YCCK|RGB, 16 bits, planar|RGB, WebP|and (two|four) unspecified bands.*slope|^PNG grey profile \(linear\), 16 bits/.test(
    title,
  ) || smallerFrames.includes(title);
const typeScriptRefuses = (title: string) =>
  /^TIFF (RGB|grey)\b.* and .*(band|alpha)|^PNG .*profile.*16 bits|^PNM|^BMP (?!.*RLE8)/.test(title) ||
  smallerFrames.includes(title);
const titles = variants.map(titleOf);
const more = ['TIFF RGB, Zstandard', 'TIFF RGB, LZMA', 'BMP 8 bits, run lengths (RLE8)'];
const exceptionsOfPython = {
  16: { refused: titles.filter(pythonRefuses), more },
  12: { refused: titles.filter((title) => pythonRefuses(title) || deepColours(title) || scaledByDepth(title)), more },
};
// If all values of 16 bits exceed the depth's white, it says so.
const exceptionsOfTypeScript = {
  16: { refused: titles.filter(typeScriptRefuses), more: [] },
  12: {
    refused: titles.filter((title) => typeScriptRefuses(title) || deepColours(title) || deepGreys(title)),
    more: [],
  },
};

const python = pythonWith('numpy', 'PIL');
for (const depth of [16, 12] as const) {
  test(
    `at a depth of ${depth} the program in Python reads every variant as a run does, or refuses it`,
    {
      skip: python.lacks,
    },
    () => check((depth) => byPython(python.command!, depth), exceptionsOfPython[depth], depth),
  );
  test(`at a depth of ${depth} the program in TypeScript reads every variant as a run does, or refuses it`, () =>
    check(byTypeScript, exceptionsOfTypeScript[depth], depth));
}

/** A batch with a damaged file and a missing one between two good ones. */
function checkBatch(command: string, program: string): void {
  const good = variants.find((variant) => titleOf(variant).startsWith('PNG RGB'))!.file;
  writeFileSync(join(folder, 'cut.png'), bytesOf(variants.find(({ file }) => file === good)!).subarray(0, 60));
  const { status, stdout, stderr } = spawnSync(command, [program, good, 'cut.png', 'none.png', good], {
    cwd: folder,
    encoding: 'utf8',
  });
  const lines = stdout.trim().split('\n').map((line) => JSON.parse(line)); // biome-ignore format: a line
  assert.deepEqual(lines.map(({ file, decision, error }) => [file, decision ?? error.includes(file)]), [
    [good, 'a'],
    ['cut.png', true],
    ['none.png', true],
    [good, 'a'],
  ]); // biome-ignore format: a table
  assert.deepEqual([status, stderr], [1, '']);
}

test('the program in Python handles the files beside a refused one, and exits with 1', { skip: python.lacks }, () => {
  byPython(python.command!, 16);
  checkBatch(python.command!, 'model.onnx.py');
});

test('the program in TypeScript handles the files beside a refused one, and exits with 1', () => {
  byTypeScript(16);
  checkBatch(process.execPath, 'model.onnx.ts');
});
