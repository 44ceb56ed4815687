// Installing TensorFlow.js with this machine's npm, from a local registry that has a small package of its name.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createTensorFlowEngine } from '../../../../runner/engine/tensorflow/engine.ts';
import { installEngine, removeEngine } from '../../../../runner/install/install.ts';
import { installablesHere } from '../../../../runner/install/installables.ts';
import { failureIn } from '../../../../runner/install/npm.ts';
import {
  type LockedPackages,
  lockedPackages,
  npmFilesOf,
  tensorFlowInstallable,
} from '../../../../runner/install/tensorflow/tensorflow.ts';
import type { InstallProgress } from '../../../../shared/contracts/install.ts';
import { plainTensorFlow } from '../../../support/fakeTensorFlow.ts';
import { refused } from '../../../support/refused.ts';

const plain = JSON.stringify(plainTensorFlow);
/** Script of the package, which like the real one adds the native part. */
const brings = `
  const { mkdirSync, writeFileSync } = require('node:fs');
  mkdirSync('lib/napi-v8', { recursive: true });
  writeFileSync('lib/napi-v8/tfjs_binding.node', 'native');`;
const cannotReach = `throw new Error('getaddrinfo ENOTFOUND storage.googleapis.com');`;
const works = `module.exports = require(${plain});`;

interface Package {
  readonly script?: string;
  readonly main?: string;
  readonly name?: 'tensorflow' | 'tensorflow-gpu';
}

async function prepare(t: TestContext, { script = brings, main = works, name = 'tensorflow' }: Package = {}) {
  const root = await mkdtemp(join(tmpdir(), 'install-tensorflow-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const packageName = name === 'tensorflow' ? '@tensorflow/tfjs-node' : '@tensorflow/tfjs-node-gpu';
  const source = join(root, 'source');
  await mkdir(source);
  const manifest = { name: packageName, version: '4.22.0', main: 'index.js', scripts: { install: 'node install.js' } };
  await writeFile(join(source, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(source, 'index.js'), main);
  await writeFile(join(source, 'install.js'), script);
  const { address, integrity } = await registry(t, root, source, manifest);
  set({ npm_config_cache: join(root, 'npm-cache'), npm_config_registry: address });
  const own = { version: '4.22.0', integrity, hasInstallScript: true };
  const locked: LockedPackages = { [`node_modules/${packageName}`]: own };
  const folder = join(root, 'share', 'tensorflow');
  const installableIn = (where: string) => tensorFlowInstallable(name, where, locked);
  const engine = installableIn(folder);
  const told: InstallProgress[] = [];
  const install = (options: { from?: string; signal?: AbortSignal; mirror?: string } = {}) =>
    installEngine(engine, {
      from: options.from ?? null,
      mirror: options.mirror ?? null,
      signal: options.signal ?? new AbortController().signal,
      onProgress: (progress) => told.push(progress),
    });
  return { root, folder, engine, told, install, installableIn };
}

const before = new Map<string, string | undefined>();
afterEach(() => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  before.clear();
});

/** Sets environment variables for one test. */
function set(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!before.has(name)) before.set(name, process.env[name]);
    process.env[name] = value;
  }
}

/** Files of one package, packed by npm. */
async function registry(t: TestContext, root: string, source: string, manifest: { name: string; version: string }) {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--ignore-scripts', source], { cwd: root });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const bytes = await readFile(join(root, filename));
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (request.url === '/package.tgz') return response.end(bytes);
    if (decodeURIComponent(request.url!) !== `/${manifest.name}`) return response.writeHead(404).end('{}');
    const dist = { tarball: `http://127.0.0.1:${port}/package.tgz`, integrity };
    return response.end(
      JSON.stringify({
        name: manifest.name,
        'dist-tags': { latest: manifest.version },
        versions: { [manifest.version]: { ...manifest, dist, hasInstallScript: true } },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, integrity };
}

test('npm installs TensorFlow.js, which is tested and identified, and runs find it', async (t) => {
  const { engine, folder, install, told } = await prepare(t);
  assert.equal(await engine.isInstalled(), false);
  assert.deepEqual(await install(), { engine: 'tfjs-node 4.22.0', device: 'CPU' });
  assert.equal(await engine.isInstalled(), true);
  assert.deepEqual((await readdir(folder)).sort(), ['node_modules', 'package.json']);
  assert.deepEqual([told[0]!.step, told.at(-1)!.step], ['downloading', 'checking']);
  const opened = await createTensorFlowEngine(1, folder);
  assert.equal(opened.device.engine, 'tfjs-node 4.22.0');
  await opened.dispose();
  assert.equal(await install(), null, 'a second time nothing is done');
  await removeEngine(engine);
  assert.deepEqual(await readdir(join(folder, '..')), []);
});

test('an installed package is replaced only after the other one has passed its test', async (t) => {
  const { folder, install } = await prepare(t);
  await install();
  const gpu = await prepare(t, {
    name: 'tensorflow-gpu',
    main: `${works} tf = module.exports; tf.backend().isGPUPackage = true;`,
  });
  const wanted = gpu.installableIn(folder);
  const io = { from: null, mirror: null, onProgress: () => {}, signal: new AbortController().signal };
  await assert.rejects(
    installEngine(wanted, io),
    refused('installWithoutGpu', /CUDA 11\.2.*install the engine tensorflow,/),
  );
  assert.deepEqual(await readdir(join(folder, 'node_modules', '@tensorflow')), ['tfjs-node']);
  assert.deepEqual(await readdir(folder), ['node_modules', 'package.json']);
  assert.equal(await gpu.engine.isInstalled(), false);
});

const failures: readonly (readonly [string, Package, string, RegExp])[] = [
  [
    'a native part that cannot be downloaded',
    { script: cannotReach },
    'installNativePart',
    /storage\.googleapis\.com, did not arrive \(getaddrinfo ENOTFOUND storage\.googleapis\.com\).*npm install --prefix FOLDER @tensorflow\/tfjs-node@4\.22\.0.*--from/,
  ],
  [
    'a native part that cannot be loaded',
    { main: `throw new Error('libtensorflow.so.2: cannot open shared object file');` },
    'installDoesNotLoad',
    /cannot be loaded here \(libtensorflow\.so\.2: cannot open shared object file\)\. Nothing was kept/,
  ],
];
for (const [what, options, code, sentence] of failures)
  test(`${what} is reported in one sentence with a remedy, and leaves no files`, async (t) => {
    const { install, folder, engine } = await prepare(t, options);
    await assert.rejects(install(), refused(code, sentence));
    assert.deepEqual(await readdir(folder), []);
    assert.equal(await engine.isInstalled(), false);
  });

test("a package missing from the registry is reported in npm's words, and leaves no files", async (t) => {
  const { install, folder } = await prepare(t);
  set({ npm_config_registry: `${process.env.npm_config_registry}nowhere/` });
  await assert.rejects(
    install(),
    refused('installNpm', /npm could not install @tensorflow\/tfjs-node 4\.22\.0 \(E404: 404 /),
  );
  assert.deepEqual(await readdir(folder), []);
});

test('a package that differs from the published one is refused, and leaves no files', async (t) => {
  const { folder } = await prepare(t);
  const io = { from: null, mirror: null, onProgress: () => {}, signal: new AbortController().signal };
  const published = lockedPackages('tensorflow');
  const own = 'node_modules/@tensorflow/tfjs-node';
  const engine = tensorFlowInstallable('tensorflow', folder, {
    [own]: { version: '4.22.0', integrity: published[own]!.integrity },
  });
  await assert.rejects(installEngine(engine, io), refused('installNpm', /\(EINTEGRITY: /));
  assert.deepEqual(await readdir(folder), []);
});

test('every package that npm may bring is pinned by its hash', () => {
  for (const name of ['tensorflow', 'tensorflow-gpu'] as const) {
    const locked = Object.entries(lockedPackages(name));
    assert.ok(locked.length > 100);
    for (const [path, { version, integrity }] of locked) {
      assert.match(path, /^node_modules\//);
      assert.match(version, /^\d+\.\d+\.\d+/);
      assert.match(integrity, /^sha512-[\w+/]{86}==$/);
    }
  }
});

for (const name of ['tensorflow', 'tensorflow-gpu'] as const)
  test(`npm resolves all dependencies of ${name} from the pinned packages, without a request`, async (t) => {
    const root = await mkdtemp(join(tmpdir(), 'install-tensorflow-'));
    t.after(() => rm(root, { recursive: true, force: true }));
    const { manifest, lock } = npmFilesOf(name);
    await writeFile(join(root, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(root, 'package-lock.json'), JSON.stringify(lock));
    const args = ['ci', '--dry-run', '--offline', '--ignore-scripts', '--no-audit', '--cache', join(root, 'cache')];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: root });
    assert.match(stdout, new RegExp(`added ${Object.keys(lockedPackages(name)).length} packages`));
  });

test('a machine without npm gets advice on where to get it', async (t) => {
  const { install, folder, root } = await prepare(t);
  set({ PATH: root });
  await assert.rejects(install(), refused('installNpmMissing', /install Node\.js \(https:\/\/nodejs\.org\).*--from/));
  assert.deepEqual(await readdir(folder), []);
});

test('a signal ends npm and its child processes, and leaves no files', async (t) => {
  const script = `
    const { appendFileSync } = require('node:fs');
    setInterval(() => appendFileSync(process.env.BEATS, '.'), 20);`;
  const { install, folder, root } = await prepare(t, { script });
  const beats = join(root, 'beats');
  set({ BEATS: beats });
  const control = new AbortController();
  const reason = new Error('the person pressed Cancel');
  const installing = assert.rejects(install({ signal: control.signal }), (error) => error === reason);
  const count = async () => (await readFile(beats, 'utf8').catch(() => '')).length;
  while ((await count()) === 0) await sleep(50);
  control.abort(reason);
  await installing;
  assert.deepEqual(await readdir(folder), []);
  const before = await count();
  await sleep(300);
  assert.equal(await count(), before);
});

test('a folder with an existing installation is copied whole, without npm', async (t) => {
  const { install, folder, root, installableIn } = await prepare(t);
  const elsewhere = join(root, 'stick');
  const made = installableIn(elsewhere);
  await installEngine(made, { from: null, mirror: null, onProgress: () => {}, signal: new AbortController().signal });
  set({ PATH: root });
  assert.deepEqual(await install({ from: elsewhere }), { engine: 'tfjs-node 4.22.0', device: 'CPU' });
  assert.deepEqual((await readdir(folder)).sort(), ['node_modules', 'package.json']);
  assert.equal(await made.isInstalled(), true, 'it stays where it was');
});

test('a folder without the package, or its native part, is refused with advice on how to make one', async (t) => {
  const { install, root, folder } = await prepare(t);
  const at = join(root, 'stick', 'node_modules', '@tensorflow', 'tfjs-node');
  const sentence = /has no complete @tensorflow\/tfjs-node 4\.22\.0 .*npm install --prefix FOLDER/;
  await assert.rejects(install({ from: join(root, 'stick') }), refused('installFolderLacks', sentence));
  await mkdir(at, { recursive: true });
  await writeFile(join(at, 'package.json'), JSON.stringify({ version: '4.22.0' }));
  await assert.rejects(install({ from: join(root, 'stick') }), refused('installFolderLacks', sentence));
  assert.deepEqual(await readdir(folder), []);
});

test("a mirror option is refused, because npm's own setting chooses the registry", async (t) => {
  const { install } = await prepare(t);
  await assert.rejects(
    install({ mirror: 'https://mirror.invalid/' }),
    refused('badArgument', /npm config set registry/),
  );
});

test("failureIn() extracts npm's error code, its most telling line, and whether a package script failed", () => {
  assert.deepEqual(
    failureIn(
      'npm error code ECONNREFUSED\nnpm error errno ECONNREFUSED\nnpm error FetchError: request to http://x/ failed, reason: connect ECONNREFUSED.\n',
    ),
    {
      code: 'ECONNREFUSED',
      reason: 'FetchError: request to http://x/ failed, reason: connect ECONNREFUSED',
      inScript: false,
    },
  );
  assert.deepEqual(
    failureIn(
      'npm ERR! code 1\nnpm ERR! path /x\nnpm ERR! command failed\nnpm ERR! command sh -c node install.js\nnpm ERR! * Downloading\nnpm ERR! Error: read ECONNRESET\nnpm ERR!     at x\n',
    ),
    { code: '1', reason: 'read ECONNRESET', inScript: true },
  );
  assert.deepEqual(failureIn(''), { code: '', reason: 'no message', inScript: false });
});

test('TensorFlow.js is offered on platforms with a published native part', async () => {
  const names = async (platform: string, arch: string) =>
    (await installablesHere(null, { platform, arch })).map(({ name }) => name).filter((name) => name !== 'cuda');
  assert.deepEqual(await names('linux', 'x64'), ['tensorflow', 'tensorflow-gpu']);
  assert.deepEqual(await names('win32', 'x64'), ['tensorflow', 'tensorflow-gpu']);
  assert.deepEqual(await names('darwin', 'arm64'), ['tensorflow']);
  assert.deepEqual(await names('linux', 'arm'), []);
});
