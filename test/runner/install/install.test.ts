// Installing an engine from packages with known hashes: small generated ones, from a local server or a folder.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { cuda, cudaPackages } from '../../../runner/install/cuda/cuda.ts';
import { installEngine, removeEngine } from '../../../runner/install/install.ts';
import type { Installable } from '../../../runner/install/installable.ts';
import { installableHere, installablesHere } from '../../../runner/install/installables.ts';
import {
  areInstalled,
  installPackages,
  type PackageSet,
  type PinnedPackage,
} from '../../../runner/install/packages.ts';
import type { InstallProgress } from '../../../shared/contracts/install.ts';
import { claim } from '../../../shared/processes/claim.ts';
import { refused } from '../../support/refused.ts';
import { zipOf } from '../../support/zipWriter.ts';

interface Wheel {
  readonly pinned: PinnedPackage;
  readonly bytes: Uint8Array;
  readonly library: Uint8Array;
}

/** A zip with a wanted library, compressed, and an unwanted one. */
function wheel(name: string, fill: number): Wheel {
  const library = new Uint8Array(100_000).fill(fill);
  const data = deflateRawSync(library);
  const other = new Uint8Array(200_000).map((_, i) => (i * 7919) >> 3);
  const bytes = zipOf([
    { name: `nvidia/lib/${name}.so`, data, method: 8, crc32: crc32(library), uncompressedSize: library.length },
    { name: `nvidia/lib/${name}_unused.so`, data: other },
  ]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const members = { [`nvidia/lib/${name}.so`]: library.length };
  return {
    pinned: { name, path: `packages/ab/${name}-1.0.whl`, sha256, sizeBytes: bytes.length, members },
    bytes,
    library,
  };
}

async function prepare(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'install-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const wheels = [wheel('one', 1), wheel('two', 2)];
  const files = new Map(wheels.map(({ pinned, bytes }) => [`/${pinned.path}`, bytes]));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const bytes = files.get(request.url!);
    if (bytes) response.writeHead(200, { etag: '"1"', 'content-length': bytes.length }).end(bytes);
    else response.writeHead(404).end();
  });
  const mirror = await listening(t, server);
  const set: PackageSet = {
    folder: join(folder, 'engine', '1.0'),
    source: 'https://nobody.invalid/',
    packages: wheels.map(({ pinned }) => pinned),
  };
  const engine: Installable = {
    ...cuda,
    folder: join(folder, 'engine'),
    isInstalled: () => areInstalled(set),
    install: (io) => installPackages('cuda', set, io).then(() => null),
  };
  const told: InstallProgress[] = [];
  const install = (options: { from?: string; signal?: AbortSignal; onProgress?: (p: InstallProgress) => void } = {}) =>
    installEngine(engine, {
      from: options.from ?? null,
      mirror,
      signal: options.signal ?? new AbortController().signal,
      onProgress: options.onProgress ?? ((progress) => told.push(progress)),
    });
  return { folder, wheels, files, asked, engine, set, told, install };
}

const checkInstalled = async ({ engine, set, wheels }: Awaited<ReturnType<typeof prepare>>) => {
  for (const { pinned, library } of wheels) {
    assert.deepEqual(await readdir(join(set.folder, pinned.name)), [`${pinned.name}.so`]);
    assert.deepEqual(new Uint8Array(await readFile(join(set.folder, pinned.name, `${pinned.name}.so`))), library);
  }
  assert.deepEqual((await readdir(set.folder)).sort(), ['one', 'two'], 'no package stays beside what came out of it');
  assert.equal(await engine.isInstalled(), true);
};

test('installEngine() extracts the wanted members of each package, and reports progress', async (t) => {
  const all = await prepare(t);
  assert.equal(await all.engine.isInstalled(), false);
  await all.install();
  await checkInstalled(all);
  const totalBytes = all.wheels[0]!.bytes.length + all.wheels[1]!.bytes.length;
  assert.ok(
    all.told.every((one, i) => one.totalBytes === totalBytes && one.doneBytes >= (all.told[i - 1]?.doneBytes ?? 0)),
  );
  assert.deepEqual(all.told.at(-1), {
    type: 'installing',
    step: 'unpacking',
    file: 'two-1.0.whl',
    doneBytes: totalBytes,
    totalBytes,
  });
});

test('installEngine() never downloads a file twice', async (t) => {
  const all = await prepare(t);
  await all.install();
  await all.install();
  assert.deepEqual(all.asked, ['/packages/ab/one-1.0.whl', '/packages/ab/two-1.0.whl']);
});

test('installEngine() repairs only the files that were damaged since', async (t) => {
  const all = await prepare(t);
  await all.install();
  await truncate(join(all.set.folder, 'one', 'one.so'), 10);
  assert.equal(await all.engine.isInstalled(), false);
  await all.install();
  await checkInstalled(all);
  assert.deepEqual(all.asked.slice(2), ['/packages/ab/one-1.0.whl']);
});

test('installEngine() refuses a package with a wrong hash, keeps the previous one, and continues once the hash is right', async (t) => {
  const all = await prepare(t);
  const { pinned, bytes } = all.wheels[1]!;
  all.files.set(`/${pinned.path}`, bytes.with(50, bytes[50]! ^ 1));
  await assert.rejects(all.install(), refused('installHash', /is not the published file.*--from/));
  assert.deepEqual(await readdir(join(all.set.folder, 'one')), ['one.so']);
  assert.equal(await all.engine.isInstalled(), false);
  all.files.set(`/${pinned.path}`, bytes);
  await all.install();
  await checkInstalled(all);
  assert.equal(all.asked.filter((path) => path.includes('one')).length, 1);
});

test('installEngine() reports a file missing at its address', async (t) => {
  const all = await prepare(t);
  all.files.clear();
  await assert.rejects(all.install(), refused('installDownload', /answered 404.*provide the files with --from/));
});

test('installEngine() stops at a signal with its reason, and resumes there the next time', async (t) => {
  const all = await prepare(t);
  const control = new AbortController();
  const reason = new Error('the person pressed Cancel');
  const onProgress = ({ file, step }: InstallProgress) => {
    if (file.startsWith('two') && step === 'unpacking') control.abort(reason);
  };
  await assert.rejects(all.install({ signal: control.signal, onProgress }), (error) => error === reason);
  await all.install();
  await checkInstalled(all);
  assert.equal(all.asked.length, 2, 'both packages had arrived');
});

test('installEngine() removes what a killed process left half unpacked', async (t) => {
  const all = await prepare(t);
  await mkdir(join(all.set.folder, 'one.unfinished'), { recursive: true });
  await writeFile(join(all.set.folder, 'one.unfinished', 'one.so'), 'torn');
  await all.install();
  await checkInstalled(all);
});

test('installEngine() copies files from a folder without a request, and leaves them there', async (t) => {
  const all = await prepare(t);
  const from = join(all.folder, 'files');
  await mkdir(from);
  for (const { pinned, bytes } of all.wheels) await writeFile(join(from, basename(pinned.path)), bytes);
  await all.install({ from });
  await checkInstalled(all);
  assert.deepEqual(all.asked, []);
  assert.deepEqual((await readdir(from)).sort(), ['one-1.0.whl', 'two-1.0.whl']);
});

test('installEngine() names files missing from a folder before it unpacks any', async (t) => {
  const all = await prepare(t);
  const from = join(all.folder, 'files');
  await mkdir(from);
  await writeFile(join(from, 'one-1.0.whl'), all.wheels[0]!.bytes);
  await assert.rejects(all.install({ from }), refused('installFileMissing', /lacks two-1\.0\.whl: put/));
  await assert.rejects(
    all.install({ from: join(from, 'nowhere') }),
    refused('installFileMissing', /one-1\.0\.whl, two/),
  );
  assert.deepEqual(await readdir(all.set.folder), []);
});

test('installEngine() refuses a file in a folder with a wrong hash', async (t) => {
  const all = await prepare(t);
  const from = join(all.folder, 'files');
  await mkdir(from);
  for (const { pinned } of all.wheels) await writeFile(join(from, basename(pinned.path)), 'something else');
  await assert.rejects(all.install({ from }), refused('installFileWrong', /one-1\.0\.whl" is not the published one/));
});

test('installEngine() requires disk space for the installed files and the largest package, and reports how much', async (t) => {
  const all = await prepare(t);
  const huge = { ...all.wheels[0]!.pinned, members: { 'nvidia/lib/one.so': 1e18 } };
  const engine = {
    ...all.engine,
    install: (io: Parameters<Installable['install']>[0]) =>
      installPackages('cuda', { ...all.set, packages: [huge] }, io).then(() => null),
  };
  const io = { from: null, mirror: null, onProgress: () => {}, signal: new AbortController().signal };
  await assert.rejects(
    installEngine(engine, io),
    refused('installNoSpace', /needs 1\.0e\+9 GB in .*only .* GB is free/),
  );
  assert.deepEqual(all.asked, []);
});

test('two processes never install at the same time', async (t) => {
  const all = await prepare(t);
  const held = await claim(`${all.engine.folder}.installing`);
  assert.ok('release' in held);
  await assert.rejects(all.install(), refused('installBusy', new RegExp(`^Process ${process.pid} is installing`)));
  await assert.rejects(removeEngine(all.engine), refused('installBusy', /^Process \d+ is installing/));
  await held.release();
  await all.install();
});

test('removeEngine() removes everything, and accepts that nothing is installed', async (t) => {
  const all = await prepare(t);
  await all.install();
  await removeEngine(all.engine);
  await removeEngine(all.engine);
  assert.deepEqual(await readdir(all.folder), []);
});

test('installEngine() names the path it cannot write to', async (t) => {
  const all = await prepare(t);
  await writeFile(join(all.folder, 'engine'), 'a file where the folder should be');
  await assert.rejects(all.install(), refused('installCannotWrite', /Make its folder writable/));
});

test('each package of CUDA is pinned by its address, its whole hash and its size', () => {
  assert.deepEqual(
    cudaPackages.map(({ name }) => name).sort(),
    [...new Set(cudaPackages.map(({ name }) => name))].sort(),
  );
  for (const { path, sha256, sizeBytes, members } of cudaPackages) {
    assert.match(path, /^packages\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{60}\/[\w.-]+x86_64\.whl$/);
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.ok(sizeBytes > 1e6);
    const kept = Object.entries(members);
    assert.ok(
      kept.some(([name]) => /license/i.test(name)),
      `${path} comes with its licence`,
    );
    assert.ok(kept.every(([, bytes]) => Number.isInteger(bytes) && bytes > 0));
    assert.equal(new Set(kept.map(([name]) => basename(name))).size, kept.length);
  }
  assert.ok(cuda.addresses.every((address) => address.startsWith('https://files.pythonhosted.org/packages/')));
  assert.equal(
    cuda.downloadBytes,
    cudaPackages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
});

test("the CUDA provider matches this project's version of ONNX Runtime", async () => {
  const { dependencies } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
  const [provider] = cudaPackages;
  assert.equal(basename(provider!.path).split('-')[1], dependencies['onnxruntime-node']);
});

test('CUDA is offered on Linux x64 only', async () => {
  const names = async (platform: string, arch: string) =>
    (await installablesHere(null, { platform, arch })).map(({ name }) => name);
  assert.ok((await names('linux', 'x64')).includes('cuda'));
  for (const [platform, arch] of [
    ['linux', 'arm64'],
    ['win32', 'x64'],
    ['darwin', 'arm64'],
  ] as const) {
    assert.ok(!(await names(platform, arch)).includes('cuda'));
    assert.throws(() => installableHere('cuda', { platform, arch }), refused('installUnknown', /available are/));
  }
  assert.throws(
    () => installableHere('cuda', { platform: 'linux', arch: 'arm64' }),
    refused('installUnknown', /available are none/),
  );
  assert.throws(
    () => installableHere('toString', { platform: 'linux', arch: 'x64' }),
    refused('installUnknown', /cuda/),
  );
});

async function listening(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
