import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import sharp from 'sharp';
import { makeThumbnails } from '../../../runner/commands/thumbnails.ts';
import { cacheKey, openBoundedFolder } from '../../../runner/store/boundedFolder.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { Thumbnail } from '../../../shared/contracts/thumbnail.ts';
import { bitmapOf, folderWith, images, treeOf } from '../../support/imageFolder.ts';
import { assertProperty } from '../../support/property.ts';

const gradient = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp(
    Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7) % 251),
    { raw: { width, height, channels } },
  );

interface Made {
  readonly cacheFolder: string;
  readonly answers: ReadonlyMap<string, Thumbnail>;
}

async function thumbnailsOf(
  t: TestContext,
  dataset: string,
  paths: readonly string[],
  options: { cacheFolder?: string; limitBytes?: number; linkFolders?: readonly string[] } = {},
): Promise<Made> {
  const { limitBytes = 1e8, linkFolders = [] } = options;
  const cacheFolder = options.cacheFolder ?? (await folderWith(t, {}));
  const answers = new Map<string, Thumbnail>();
  await makeThumbnails(paths, { dataset, linkFolders, cacheFolder, limitBytes }, (one) => {
    answers.set(one.relativePath, Thumbnail.parse(one));
  });
  return { cacheFolder, answers };
}

function fileIn({ answers }: Made, path: string): string {
  const answer = answers.get(path);
  assert.ok(answer?.type === 'thumbnail', `${path}: ${JSON.stringify(answer)}`);
  return answer.file;
}

test('makeThumbnails() makes a JPEG of at most 256 pixels a side from every readable type, TIFF and BMP included', async (t) => {
  const types = ['jpeg', 'png', 'webp', 'gif', 'tiff'] as const;
  const files = Object.fromEntries(
    await Promise.all(
      types.map(async (type) => [`a/wide.${type}`, await gradient(600, 300).toFormat(type).toBuffer()] as const),
    ),
  );
  const dataset = await folderWith(t, { ...files, 'a/small.bmp': bitmapOf(1) });
  const before = await treeOf(dataset);
  const made = await thumbnailsOf(t, dataset, [...Object.keys(files), 'a/small.bmp']);
  for (const path of Object.keys(files)) {
    const { format, width, height } = await sharp(await readFile(fileIn(made, path))).metadata();
    assert.deepEqual({ format, width, height }, { format: 'jpeg', width: 256, height: 128 }, path);
  }
  const small = await sharp(await readFile(fileIn(made, 'a/small.bmp'))).metadata();
  assert.deepEqual([small.width, small.height], [32, 32], 'nothing is enlarged');
  assert.deepEqual(await treeOf(dataset), before, 'the dataset is only read');
});

test('makeThumbnails() applies the EXIF orientation', async (t) => {
  const left = Buffer.alloc(64 * 32 * 3);
  for (let i = 0; i < left.length; i += 3) left[i] = (i / 3) % 64 < 32 ? 255 : 0; // red on the left, black on the right
  const jpeg = await sharp(left, { raw: { width: 64, height: 32, channels: 3 } })
    .withExif({ IFD0: { Orientation: '6' } })
    .withMetadata({ orientation: 6 }) // the camera was rotated: left becomes up
    .jpeg({ quality: 95 })
    .toBuffer();
  const made = await thumbnailsOf(t, await folderWith(t, { 'a/turned.jpg': jpeg }), ['a/turned.jpg']);
  const { data, info } = await sharp(await readFile(fileIn(made, 'a/turned.jpg')))
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [32, 64]);
  const redAt = (y: number) => data[(y * info.width + 16) * info.channels]!;
  assert.ok(redAt(8) > 200 && redAt(56) < 60, `${redAt(8)} above, ${redAt(56)} below`);
});

test('makeThumbnails() reports why an image has no thumbnail, and continues with the others', async (t) => {
  const jpeg = await gradient(200, 200).jpeg().toBuffer();
  const outside = await folderWith(t, { 'secret.png': await gradient(8, 8).png().toBuffer() });
  const dataset = await folderWith(t, {
    'a/good.jpg': jpeg,
    'a/half.jpg': jpeg.subarray(0, jpeg.length / 2),
    'a/page.jpg': '<!DOCTYPE html><p>404',
    'a/empty.png': '',
  });
  await symlink(join(outside, 'secret.png'), join(dataset, 'a', 'link.png'));
  const { answers } = await thumbnailsOf(t, dataset, [
    ...[
      'a/half.jpg',
      'a/page.jpg',
      'a/empty.png',
      'a/gone.jpg',
      'a/page.jpg/b.jpg',
      'a/link.png',
      '../secret.png',
      'a',
      '',
      'a/good.jpg',
    ],
    `../${outside.split('/').at(-1)}/secret.png`,
  ]);
  const reasons = Object.fromEntries(
    [...answers].map(([path, answer]) => [path, answer.type === 'thumbnail' ? 'made' : answer.reason]),
  );
  assert.equal(reasons['a/good.jpg'], 'made');
  assert.match(reasons['a/half.jpg']!, /ends early/);
  assert.equal(reasons['a/page.jpg'], 'the file is a web page');
  assert.equal(reasons['a/empty.png'], 'the file is empty');
  for (const path of ['a/gone.jpg', 'a/page.jpg/b.jpg'])
    assert.equal(reasons[path], 'the file is no longer there', path);
  for (const path of ['a/link.png', `../${outside.split('/').at(-1)}/secret.png`, ''])
    assert.equal(reasons[path], 'it lies outside of the dataset folder', path);
  assert.match(reasons.a!, /it is not a file/);
  assert.equal(answers.size, 11);
});

test('makeThumbnails() follows links only into folders that the user named, and refuses paths that leave the dataset', async (t) => {
  const png = await gradient(8, 8).png().toBuffer();
  const named = await folderWith(t, { 'shown.png': png });
  const dataset = await folderWith(t, { 'a/b.png': png });
  await symlink(join(named, 'shown.png'), join(dataset, 'a', 'link.png'));
  const outside = `../${named.split('/').at(-1)}/shown.png`;
  const { answers } = await thumbnailsOf(t, dataset, ['a/link.png', outside], { linkFolders: [named] });
  assert.equal(answers.get('a/link.png')!.type, 'thumbnail');
  assert.equal(answers.get(outside)!.type, 'noThumbnail');
});

test('copies and renamed images share one thumbnail, a changed image gets another', async (t) => {
  const dataset = await folderWith(t, images('a', 2));
  await copyFile(join(dataset, 'a/0.bmp'), join(dataset, 'a/copy.bmp'));
  const first = await thumbnailsOf(t, dataset, ['a/0.bmp', 'a/copy.bmp', 'a/1.bmp', 'a/0.bmp']);
  assert.equal(fileIn(first, 'a/copy.bmp'), fileIn(first, 'a/0.bmp'));
  assert.notEqual(fileIn(first, 'a/1.bmp'), fileIn(first, 'a/0.bmp'));
  await rename(join(dataset, 'a/0.bmp'), join(dataset, 'a/renamed.bmp'));
  await writeFile(join(dataset, 'a/1.bmp'), bitmapOf(99));
  const second = await thumbnailsOf(t, dataset, ['a/renamed.bmp', 'a/1.bmp'], first);
  assert.equal(fileIn(second, 'a/renamed.bmp'), fileIn(first, 'a/0.bmp'));
  assert.notEqual(fileIn(second, 'a/1.bmp'), fileIn(first, 'a/1.bmp'));
});

test('the thumbnail cache stays within its limit by evicting the least recently viewed ones', async (t) => {
  const dataset = await folderWith(t, images('a', 12));
  const all = Array.from({ length: 12 }, (_, i) => `a/${i}.bmp`);
  const { cacheFolder, answers } = await thumbnailsOf(t, dataset, all);
  const sizes = await Promise.all(
    [...answers.keys()].map(async (path) => (await stat(fileIn({ cacheFolder, answers }, path))).size),
  );
  const limitBytes = Math.max(...sizes) * 5;
  const small = await folderWith(t, {});
  const made = await thumbnailsOf(t, dataset, all, { cacheFolder: small, limitBytes });
  const kept = await files(small);
  assert.ok((await sizeOf(small)) <= limitBytes);
  assert.ok(kept.length >= 4 && kept.length < 12, `${kept.length} kept`);
  assert.equal([...made.answers.values()].filter(({ type }) => type === 'thumbnail').length, 12, 'all were shown');
});

test('a bounded folder never exceeds its limit, whatever is stored and used in whatever order', async (t) => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const steps = fc.array(fc.tuple(fc.constantFrom('put', 'touch', 'remove'), names, fc.integer({ min: 0, max: 500 })), {
    maxLength: 40,
  });
  await assertProperty(
    fc.asyncProperty(steps, async (todo) => {
      const folder = await folderWith(t, {});
      const bounded = await openBoundedFolder(folder, { limitBytes: 900, extension: '.bin' });
      for (const [act, name, size] of todo) {
        const key = cacheKey([name]);
        if (act === 'put') assert.equal(await bounded.put(key, [new Uint8Array(size)]), true);
        else await (act === 'touch' ? bounded.touch(key) : bounded.remove(key));
        assert.ok((await sizeOf(folder)) <= 900);
      }
    }),
    { numRuns: 25 },
  );
});

test('an unwritable thumbnail cache is reported in one sentence, without waiting for further paths', async (t) => {
  const dataset = await folderWith(t, images('a', 1));
  const folder = await folderWith(t, { thumbnails: 'a file' });
  async function* forEver() {
    yield 'a/0.bmp';
    await new Promise(() => {});
  }
  await assert.rejects(
    makeThumbnails(forEver(), { dataset, cacheFolder: folder, limitBytes: 1e6 }, () => {}),
    (error) => error instanceof UserError && error.code === 'cannotSave',
  );
});

const program = fileURLToPath(new URL('../../../runner/cli/main.ts', import.meta.url));

test('thumbnails --json answers each line of standard input while the pipe is open, and ends with it', async (t) => {
  const dataset = await folderWith(t, { ...images('a', 2), 'a/odd\n"name".bmp': bitmapOf(50) });
  const cache = await folderWith(t, {});
  const child: ChildProcess = spawn(process.execPath, [
    program,
    'thumbnails',
    dataset,
    '--json',
    `--cache-folder=${cache}`,
  ]);
  t.after(() => child.kill());
  const answers = linesOf(child);
  for (const path of ['a/0.bmp', 'a/odd\n"name".bmp', 'a/1.bmp', 'a/9.bmp']) {
    child.stdin!.write(`${JSON.stringify(path)}\n`);
    const answer = Thumbnail.parse(JSON.parse((await answers.next()).value!));
    assert.equal(answer.relativePath, path);
    assert.equal(answer.type, path === 'a/9.bmp' ? 'noThumbnail' : 'thumbnail');
  }
  child.stdin!.end();
  assert.equal((await answers.next()).done, true);
  if (child.exitCode === null) await once(child, 'exit');
  assert.equal(child.exitCode, 0);
});

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of child.stdout!) {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      yield rest.slice(0, end);
      rest = rest.slice(end + 1);
    }
  }
}

const files = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await files(folder)).map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
