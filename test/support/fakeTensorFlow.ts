// A user's installation of TensorFlow.js in its own folder, with plain JavaScript in place of the binary.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

export const plainTensorFlow = createRequire(import.meta.url).resolve('@tensorflow/tfjs');

const made: string[] = [];
process.once('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A generated folder is removed with the test's process. @param main  the package's code, CommonJS; by default it exports @tensorflow/tfjs */
export async function installTensorFlow({
  name = '@tensorflow/tfjs-node',
  main = `module.exports = require(${JSON.stringify(plainTensorFlow)});`,
  folder = undefined as string | undefined,
} = {}): Promise<string> {
  if (folder === undefined) {
    folder = await mkdtemp(join(tmpdir(), 'tensorflow-'));
    made.push(folder);
  }
  const at = join(folder, 'node_modules', name);
  await mkdir(at, { recursive: true });
  await writeFile(join(at, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }));
  await writeFile(join(at, 'index.js'), main);
  await mkdir(join(at, 'lib', 'napi-v8'), { recursive: true });
  await writeFile(join(at, 'lib', 'napi-v8', 'tfjs_binding.node'), 'no binary');
  return folder;
}
