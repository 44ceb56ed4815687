// The evaluated model, opened as far as necessary to find its task: a run folder, or an ONNX file that may come from anywhere.
import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../../shared/contracts/errors.ts';
import { TaskType, taskOfOlderVersions } from '../../shared/contracts/task.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import { type RunRead, readRun } from '../../shared/runFolder/readRun.ts';
import { RefusedModel, readOnnx } from '../graph/readOnnx.ts';

export type Subject = RunSubject | OnnxSubject;

export interface RunSubject {
  readonly kind: 'run';
  readonly task: TaskType;
  /** Absolute path. */
  readonly runFolder: string;
  readonly read: RunRead;
}

export interface OnnxSubject {
  readonly kind: 'onnx';
  readonly task: TaskType;
  /** Absolute path. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Limit; a ResNet-101 has 170 MB. */
const largestFileBytes = 1 << 29;

/**
 * @param path  absolute
 * @throws UserError modelNotFound, onnxRefused; runNotFound, runBroken, runNewer
 */
export async function openSubject(path: string): Promise<Subject> {
  if (/\.onnx$/i.test(path)) {
    const bytes = await readModelFile(path);
    return { kind: 'onnx', task: taskOf(bytes), file: path, bytes };
  }
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UserError('modelNotFound', { model: path });
  const read = await readRun(path);
  return { kind: 'run', task: read.state.recipe?.task ?? taskOfOlderVersions, runFolder: path, read };
}

async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    const about = await stat(file);
    if (!about.isFile()) throw new UserError('modelNotFound', { model: file });
    if (about.size > largestFileBytes) throw refusedModel(file, 'it is larger than any ResNet');
    return await readFile(file);
  } catch (error) {
    if (isSystemError(error)) throw new UserError('modelNotFound', { model: file }, { cause: error });
    throw error;
  }
}

export const refusedModel = (file: string, reason: string, cause?: unknown): UserError =>
  new UserError('onnxRefused', { file, reason }, { cause });

/** Unreadable files and unknown tasks are left to the oldest task, whose reader reports the error. */
function taskOf(bytes: Uint8Array): TaskType {
  try {
    const task = readOnnx(bytes).metadataProps?.find(({ key }) => key === 'task')?.value;
    return TaskType.catch(taskOfOlderVersions).parse(task);
  } catch (error) {
    if (error instanceof RefusedModel) return taskOfOlderVersions;
    throw error;
  }
}
