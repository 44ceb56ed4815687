// The programs beside exports, in Python and TypeScript, on images of every kind they support: they print the run's own predictions.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { type ExportRequest, exportRun } from '../../../runner/commands/exportRun.ts';
import { type Interpreter, pythonWith } from '../../../scripts/python.ts';
import {
  answersOfProgram,
  checkProgramLines,
  giveTemperature,
  testPredictionsOf,
} from '../../support/exportedPrograms.ts';
import { picture } from '../../support/picture.ts';
import { tinyRun, tinySetup } from '../../support/tinyRun.ts';

const setup = await tinySetup();
await symlink(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(setup.root, 'node_modules'));

// At 64 px training reduces the larger one.
const drawn = (name: string, width: number, height: number): Sharp => {
  const { data } = picture(7, name, width, height);
  return sharp(data, { raw: { width, height, channels: 3 } });
};
/** Transparent, but for a disc in the middle. */
const withHole = (width: number, height: number): Sharp => {
  const { data } = picture(7, 'hole', width, height);
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const alpha = Math.hypot((i % width) - width / 2, Math.floor(i / width) - height / 2) < 30 ? 0 : 255;
    rgba.set([...data.subarray(3 * i, 3 * i + 3), alpha], 4 * i);
  }
  return sharp(rgba, { raw: { width, height, channels: 4 } });
};
const oddImages: Readonly<Record<string, Sharp>> = {
  'large.jpg': drawn('large', 700, 520).jpeg({ quality: 90 }),
  'upright.jpg': drawn('upright', 120, 90).jpeg().withMetadata({ orientation: 6 }),
  'wide.jpg': drawn('wide', 110, 90).jpeg().withIccProfile('p3'),
  'grey.png': drawn('grey', 90, 120).toColourspace('b-w').png(),
  'grey-hole.png': withHole(90, 80).toColourspace('b-w').png(),
  'palette.png': drawn('palette', 90, 80).png({ palette: true, colours: 16 }),
  'hole.png': withHole(80, 90).png(),
  'plain.webp': drawn('plain', 100, 100).webp({ lossless: true }),
};
for (const [name, image] of Object.entries(oddImages))
  await writeFile(join(setup.dataset, 'test', name < 'l' ? 'blue' : 'red', name), await image.toBuffer());

const temperature = 1.5;

/** The program beside an export, with OpenCV in place of ONNX Runtime. */
const byOpenCv = `import importlib.util, json, sys
from pathlib import Path
import cv2

program_file = Path(__file__).with_name("model.onnx.py")
spec = importlib.util.spec_from_file_location("program", program_file)
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
net = cv2.dnn.readNetFromONNX(str(program.model_file))

def logits_of(file):
    net.setInput(program.view(program.load(file)), "input")
    return net.forward("logits")[0].astype("float64")

program.logits_of = logits_of
for name in sys.argv[1:]:
    print(json.dumps(program.predict(name)))
`;

interface Kind extends Pick<ExportRequest, 'format' | 'fp16' | 'withPreprocessing'> {
  readonly name: string;
}
const graphs: readonly Kind[] = [
  { name: 'ONNX', format: 'onnx' },
  { name: 'ONNX with preprocessing', format: 'onnx', withPreprocessing: true },
];
const allKinds: readonly Kind[] = [
  ...graphs,
  { name: 'ONNX in halves', format: 'onnx', fp16: true },
  { name: '.pth', format: 'pth' },
  { name: '.safetensors', format: 'safetensors' },
];

interface Program {
  readonly name: string;
  /** Why it cannot run here. */
  readonly lacks: string | false;
  /** Runs it and compares its output. */
  check(): Promise<void>;
}

async function programsOf(color: 'rgb' | 'grayscale', kinds: readonly Kind[]): Promise<Program[]> {
  const { folder: runFolder, state } = await tinyRun(setup, { sets: [`color="${color}"`] });
  await giveTemperature(runFolder, temperature);
  const predictions = await testPredictionsOf(runFolder, state);
  const programs: Program[] = [];
  for (const { name, ...request } of kinds) {
    const out = join(setup.root, `${color} ${name}`, `model.${request.format}`);
    await mkdir(join(out, '..'));
    await exportRun({ runFolder, out, ...request });
    const program = (what: string, suffix: string, { command, lacks }: Interpreter): Program => ({
      name: `${what} beside ${name}, ${color},`,
      lacks,
      async check() {
        const lines = await answersOfProgram(command!, out + suffix, setup.dataset, predictions);
        checkProgramLines(lines, { state, predictions, temperature, tolerance: 1e-3 });
      },
    });
    const isGraph = request.format === 'onnx';
    programs.push(program('the program in Python', '.py', isGraph ? forGraphs : forTorch));
    if (isGraph)
      programs.push(program('the program in TypeScript', '.ts', { command: process.execPath, lacks: false }));
    if (!isGraph || request.withPreprocessing || color === 'grayscale') continue;
    await writeFile(`${out}.opencv.py`, byOpenCv);
    programs.push(program('OpenCV', '.opencv.py', forOpenCv));
  }
  return programs;
}

const forGraphs = pythonWith('numpy', 'PIL', 'onnxruntime');
const forOpenCv = pythonWith('numpy', 'PIL', 'onnxruntime', 'cv2');
const forTorch = pythonWith('numpy', 'PIL', 'torch', 'torchvision', 'safetensors');

// Everything is prepared before the first test: a test declared later would find the folder removed.
const programs = [...(await programsOf('rgb', allKinds)), ...(await programsOf('grayscale', graphs))];
for (const { name, lacks, check } of programs) test(`${name} prints the run's own predictions`, { skip: lacks }, check);
