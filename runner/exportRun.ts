// `shoulders export`: the kept weights of a run in another program's format. Absent: engines, images.
import { join, resolve } from 'node:path';
import { UserError } from './contracts/errors.ts';
import { files } from './contracts/run.ts';
import { replaceFile } from './store/atomicFile.ts';
import { nodeFileSystem } from './store/fileSystem.ts';
import { readRun } from './store/readRun.ts';
import { encodeTorchFile } from './weights/encodeTorchFile.ts';
import { readSafetensors } from './weights/safetensors.ts';

export const exportFormats = ['onnx', 'pth', 'safetensors'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * Writes the weights of `runFolder` to `out`: onnx and safetensors are the run's own files, pth is a state_dict that
 * torch.load(weights_only=True) and load_state_dict(strict=True) take.
 *
 * @returns the file written
 * @throws UserError runNotFound, runWithoutModel, cannotWrite
 */
export async function exportRun(runFolder: string, format: ExportFormat, out: string | undefined): Promise<string> {
  const folder = resolve(runFolder);
  const { state } = await readRun(folder);
  const source = join(folder, format === 'onnx' ? files.onnx : files.model);
  const bytes = await nodeFileSystem.readFile(source).catch((cause: unknown) => {
    throw new UserError('runWithoutModel', { run: state.runId, file: source }, { cause });
  });
  const file = resolve(out ?? `${state.runId}.${format}`);
  await replaceFile(file, format === 'pth' ? encodeTorchFile(readSafetensors(bytes).tensors) : bytes);
  return file;
}
