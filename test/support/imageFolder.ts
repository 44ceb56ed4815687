import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder with these files (path -> bytes), removed after the test. */
export async function folderWith(
  t: TestContext,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoulders-dataset-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [path, bytes] of Object.entries(files)) {
    const file = join(folder, ...path.split('/'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  return folder;
}

/** A small bitmap (32 x 32), with different content for every number. */
export function bitmapOf(number: number): Buffer {
  const side = 32;
  const bytes = Buffer.alloc(54 + side * side * 3);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(side, 18);
  bytes.writeInt32LE(side, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let i = 0; i < side * side * 3; i++) bytes[54 + i] = (i * 7 + number * 13 + ((i * number) >> 4)) & 255;
  bytes.writeUInt32LE(number, bytes.length - 4);
  return bytes;
}

let next = 1;

/** `count` different images, as files of a folder. */
export const images = (folder: string, count: number, name = (i: number) => `${i}.bmp`): Record<string, Buffer> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${name(i)}`, bitmapOf(next++)]));

/** Every path with content hash and time, to compare before and after. */
export async function treeOf(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mtimeMs, mode } = await stat(path);
    const hash = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : 'folder';
    lines.push(`${path} ${mode} ${mtimeMs} ${hash}`);
  }
  return lines.sort();
}
