import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { initialParameters } from '../../../runner/network/initialize.ts';
import { parametersOf } from '../../../runner/network/parameters.ts';
import type { Parameters } from '../../../runner/tensor.ts';
import { encodeModel } from '../../../runner/weights/encodeModel.ts';
import { readSafetensors } from '../../../runner/weights/formats/safetensors.ts';
import { loadWeights, notesOf, type WeightsRequest, withStarter } from '../../../runner/weights/weights.ts';
import { type Architecture, architectures } from '../../../shared/contracts/architectures.ts';
import { sentenceOf, UserError } from '../../../shared/contracts/errors.ts';
import { photos } from '../../../shared/contracts/recipes.ts';
import { officialWeights } from '../../../shared/recipes/officialWeights.ts';
import { blank } from '../../support/weightsFiles.ts';
import { checkRefused } from './checkRefused.ts';
import { reference } from './expected.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weights-'));
});
after(() => rm(folder, { recursive: true }));

const request = (weights: string, changes: Partial<WeightsRequest> = {}): WeightsRequest => ({
  network: 'resnet18',
  weights,
  seed: 5,
  cacheFolder: join(folder, 'cache'),
  mirror: null,
  allowDownload: false,
  onProgress: () => {},
  ...changes,
});

const ofBackbone = (network: Architecture) =>
  parametersOf(network, 3).filter(({ name }) => !/num_batches_tracked$|^fc\./.test(name));

test('loadWeights() loads the backbone from encodeModel()’s file and leaves its head', async () => {
  const trained: Parameters = new Map(
    [...blank('resnet18', 7)].map(([n, t], i) => [n, { ...t, data: t.data.fill(i + 1) }]),
  );
  const file = join(folder, 'model.safetensors');
  await writeFile(file, encodeModel('resnet18', trained, 7, { classNames: '["a"]' }));
  const { backbone, origin } = await loadWeights(request(file));
  assert.deepEqual(
    [...backbone].map(([name, { shape, dtype }]) => ({ name, shape, dtype })),
    ofBackbone('resnet18').map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
  );
  for (const [name, { data }] of backbone)
    assert.ok(data[0] === trained.get(name)!.data[0] && data[0] === data.at(-1), name);
  assert.deepEqual(
    { ...origin, sha256: origin.sha256!.length },
    {
      kind: 'file',
      name: 'model.safetensors',
      sha256: 64,
      verified: false,
      layout: {
        tool: null,
        container: '',
        prefix: '',
        naming: 'torchvision',
        passedOver: [{ name: 'fc', tensors: 2 }],
        otherParts: 0,
        alternatives: [],
      },
    },
  );
  assert.deepEqual(notesOf(origin, photos), [{ code: 'unverifiedWeights', params: { name: 'model.safetensors' } }]);
});

test('encodeModel() writes torchvision’s state dict: its names in its order, counters as int64 zeros', () => {
  for (const network of ['resnet18', 'resnet50'] as const) {
    const { tensors, metadata } = readSafetensors(encodeModel(network, blank(network, 2), 2, { seed: '1' }));
    assert.deepEqual(
      [...tensors.keys()],
      parametersOf(network, 2).map(({ name }) => name),
    );
    assert.deepEqual(tensors.get('bn1.num_batches_tracked'), { dtype: 'int64', shape: [], data: new BigInt64Array(1) });
    assert.deepEqual(
      [...metadata],
      [
        ['format', 'pt'],
        ['seed', '1'],
      ],
    );
  }
});

test('encodeModel() refuses parameters that are not the network’s', () => {
  const parameters = blank('resnet18', 2);
  assert.throws(() => encodeModel('resnet18', parameters, 3, {}), /fc\.weight should be \[3,512\], it is \[2,512\]/);
  parameters.delete('bn1.bias');
  assert.throws(() => encodeModel('resnet18', parameters, 2, {}), /bn1\.bias should be \[64\], it is missing/);
});

test('loadWeights() draws the backbone from the seed for "none", and reports it', async () => {
  const { backbone, origin } = await loadWeights(request('none'));
  const all = [...initialParameters('resnet18', 3, 5)];
  assert.deepEqual(
    [...backbone],
    all.filter(([name]) => !name.startsWith('fc.')),
  );
  assert.deepEqual(origin, { kind: 'random', name: 'random', sha256: null, verified: false });
  assert.deepEqual(notesOf(origin, photos), [{ code: 'randomWeights', params: {} }]);
});

test('loadWeights() asks before it downloads official weights', () =>
  checkRefused(
    () => loadWeights(request('IMAGENET1K_V1', { network: 'resnet34' })),
    'weightsNotAllowed',
    /resnet34-b627a593\.pth\) \(84 MB\)/,
  ));

test('loadWeights() lists the available official weights', () =>
  checkRefused(
    () => loadWeights(request('imagenet1k_v2')),
    'weightsUnknownName',
    /for resnet18: use one of IMAGENET1K_V1,/,
  ));

test('loadWeights() refuses a file with an official name but a wrong hash', async () => {
  const file = join(folder, 'resnet18-f37072fd.pth');
  await copyFile(reference('zip.pth'), file);
  await checkRefused(
    () => loadWeights(request(file)),
    'weightsBroken',
    /SHA-256 starts with [0-9a-f]{8}, f37072fd is expected/,
  );
});

test("loadWeights() detects the format by a file's content, not by its extension", async () => {
  const file = join(folder, 'misnamed.safetensors');
  await copyFile(reference('dataparallel.pth'), file);
  await checkRefused(() => loadWeights(request(file)), 'weightsNoNetwork', /names like "module\.0\.weight"/);
});

test('loadWeights() refuses a file that contains no weights', async () => {
  const page = join(folder, 'page.pth');
  await writeFile(page, '<!doctype html>');
  await checkRefused(() => loadWeights(request(page)), 'weightsBroken', /web page/);
  const empty = join(folder, 'empty.pth');
  await writeFile(empty, '');
  await checkRefused(() => loadWeights(request(empty)), 'weightsBroken', /0 bytes/);
  await checkRefused(() => loadWeights(request(folder)), 'weightsBroken', /not a file/);
  await checkRefused(() => loadWeights(request(join(folder, 'none.pth'))), 'weightsNotFound', /none\.pth/);
});

test('loadWeights() stops at a signal', () =>
  assert.rejects(loadWeights(request(reference('zip.pth'), { signal: AbortSignal.abort(new Error('stop')) })), /stop/));

test('officialWeights() identifies each network’s published files by the start of their SHA-256', () => {
  for (const network of architectures)
    for (const version of network === 'resnet18' || network === 'resnet34' ? [1] : [1, 2]) {
      const { fileName, sha256Prefix } = officialWeights(network, `IMAGENET1K_V${version}`);
      assert.equal(fileName, `${network}-${sha256Prefix}.pth`);
      assert.match(sha256Prefix, /^[0-9a-f]{8}$/);
    }
});

const real = [
  ['resnet18', 'resnet18-completed-imagenet.safetensors'],
  ['resnet50', 'resnet50-pruned-imagenet.safetensors'],
] as const;
for (const [network, name] of real) {
  const file = fileURLToPath(new URL(`../../../../shared/weights/${name}`, import.meta.url));
  test(`loadWeights() reads real data: ${name}`, {
    skip: !existsSync(file) && 'the real weights are not here',
  }, async () => {
    const { backbone, origin } = await loadWeights(request(file, { network }));
    assert.equal(backbone.size, ofBackbone(network).length);
    assert.equal(origin.verified, false);
    const other = network === 'resnet18' ? 'resnet34' : 'resnet101';
    await checkRefused(
      () => loadWeights(request(file, { network: other })),
      'weightsWrongDepth',
      new RegExp(`look like ${network}`),
    );
  });
}

test('loadWeights() says which networks have starter weights', () =>
  checkRefused(
    () => loadWeights(request('starter', { network: 'resnet50' })),
    'noStarterWeights',
    /for resnet50 \(only for: .+ none/,
  ));

for (const [what, medical, code, words] of [
  ['a run from starter weights', false, 'starterWeights', /learned from drawings.+better for photographs \(45 MB,/],
  ['one on medical images', true, 'starterWeightsMedical', /medical images.+learned from drawings.+45 MB,/],
] as const)
  test(`notesOf() says of ${what} what they learned from, and what is better`, () => {
    const origin = { kind: 'starter', name: 'starter', sha256: 'a'.repeat(64), verified: true } as const;
    const notes = notesOf(origin, { ...photos, medical });
    assert.deepEqual(notes, [{ code, params: { name: 'IMAGENET1K_V1', sizeMB: 45 } }]);
    assert.match(sentenceOf(code, notes[0]!.params), words);
  });

for (const [code, other, params] of [
  ['weightsNotAllowed', 'weightsNotHere', { name: 'IMAGENET1K_V1', sizeMB: 45 }],
  ['downloadFailed', 'weightsNotFetched', { url: 'https://example.org/w', reason: 'no connection' }],
] as const)
  test(`withStarter() names the starter weights in ${code}, where there are some`, () => {
    const error = new UserError(code, params);
    assert.equal(withStarter(error, false), error);
    const named = withStarter(error, true) as UserError;
    assert.equal(named.code, other);
    assert.match(named.message, /--weights starter/);
    assert.match(named.message, /45 MB|no connection/);
  });

test('withStarter() leaves other errors alone', () => {
  const error = new UserError('weightsBroken', { file: 'a', reason: 'b' });
  assert.equal(withStarter(error, true), error);
});
