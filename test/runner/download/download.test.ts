import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Download, download } from '../../../runner/download/download.ts';
import { openOfficialFile } from '../../../runner/weights/officialFile.ts';
import { checkRefused } from '../weights/checkRefused.ts';
import { type Script, serveFile, serveProxy, serveWell } from './fileServer.ts';

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 3);
const etag = '"v1"';
const sha256 = createHash('sha256').update(bytes).digest('hex');

/** Sends the head of a response and these bytes, and disconnects once the download has received them. */
type Cut = (response: ServerResponse, headers: Record<string, string | number>, sent: Uint8Array) => Promise<true>;
type CuttingScript = (...args: [...Parameters<Script>, Cut]) => ReturnType<Script>;

async function prepare(t: TestContext, script: CuttingScript = () => false) {
  const folder = await mkdtemp(join(tmpdir(), 'weights-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'cache', 'w.pth');
  const progress: (readonly [number, number])[] = [];
  const cut: Cut = async (response, headers, sent) => {
    response.writeHead(200, headers).write(sent);
    while (!response.destroyed && progress.at(-1)?.[0] !== sent.length)
      await new Promise((resolve) => setTimeout(resolve, 5));
    response.destroy();
    return true;
  };
  const server = await serveFile(t, { bytes, etag }, (request, response, n) => script(request, response, n, cut));
  const wanted: Download = {
    url: `${server.url}models/w.pth`,
    file,
    sha256Prefix: sha256.slice(0, 8),
    mostBytes: 400_000,
    onProgress: (done, total) => progress.push([done, total]),
    pauseMs: () => 0,
  };
  const left = async () => (await readdir(join(folder, 'cache'))).sort();
  return { ...server, folder, file, wanted, progress, left };
}

async function checkArrived(file: string, left: () => Promise<string[]>): Promise<void> {
  assert.deepEqual(new Uint8Array(await readFile(file)), bytes);
  assert.deepEqual(await left(), ['w.pth'], 'nothing else stays behind');
}

const whole = { etag, 'content-length': bytes.length };

test('download() fetches the file and reports growing progress to its end', async (t) => {
  const { wanted, file, left, progress, requests } = await prepare(t);
  await download(wanted);
  await checkArrived(file, left);
  assert.deepEqual(progress.at(-1), [300_000, 300_000]);
  assert.ok(progress.every(([done], i) => i === 0 || done > progress[i - 1]![0]));
  assert.equal(requests.length, 1);
});

test('download() resumes where the connection broke, provided the file is unchanged', async (t) => {
  const { wanted, file, left, requests } = await prepare(
    t,
    (_, response, n, cut) => n === 1 && cut(response, whole, bytes.subarray(0, 100_000)),
  );
  await download(wanted);
  await checkArrived(file, left);
  assert.deepEqual(requests[1], { path: '/models/w.pth', range: 'bytes=100000-', ifRange: etag });
});

test('download() gives up when no more bytes arrive, keeps what it has, and the next call resumes there', async (t) => {
  let broken = true;
  const { wanted, file, left, requests } = await prepare(t, (_, response, n, cut) => {
    if (n === 1) return cut(response, whole, bytes.subarray(0, 50_000));
    if (broken) response.destroy();
    return broken;
  });
  await checkRefused(() => download(wanted), 'downloadFailed', /the connection broke/);
  assert.equal((await left()).filter((name) => name.endsWith('.part')).length, 1);
  broken = false;
  await download(wanted);
  await checkArrived(file, left);
  assert.equal(requests.at(-1)!.range, 'bytes=50000-');
});

test('download() restarts when the file on the server has changed', async (t) => {
  const { wanted, file, left, requests } = await prepare(t, (request, response, n, cut) => {
    if (n === 1) {
      return cut(response, { ...whole, etag: '"v0"' }, new Uint8Array(100_000));
    }
    serveWell(request, response, { bytes, etag });
    return true;
  });
  await download(wanted);
  await checkArrived(file, left);
  assert.equal(requests[1]!.ifRange, '"v0"');
});

test('download() never appends bytes of another version that a careless server offers', async (t) => {
  const { wanted, file, left } = await prepare(t, (request, response, n, cut) => {
    if (n === 1) {
      return cut(response, { ...whole, etag: '"v0"' }, new Uint8Array(100_000));
    }
    delete request.headers['if-range'];
    return false;
  });
  await download(wanted);
  await checkArrived(file, left);
});

test('download() never appends a part that starts elsewhere', async (t) => {
  const { wanted, file, left } = await prepare(t, (_, response, n, cut) => {
    if (n === 1) return cut(response, whole, bytes.subarray(0, 100_000));
    if (n > 2) return false;
    response.writeHead(206, { etag, 'content-range': `bytes 50000-${bytes.length - 1}/${bytes.length}` });
    response.end(bytes.subarray(50_000));
    return true;
  });
  await download(wanted);
  await checkArrived(file, left);
});

test('download() accepts a part that is already complete (416) as the file', async (t) => {
  const { wanted, file, left, requests } = await prepare(t, (_, response, n, cut) => {
    if (n > 1) return false;
    // All bytes arrive, but the server announced one more and disconnects.
    return cut(response, { etag, 'content-length': bytes.length + 1 }, bytes);
  });
  await download(wanted);
  await checkArrived(file, left);
  assert.deepEqual(
    requests.map(({ range }) => range),
    [undefined, 'bytes=300000-'],
  );
});

test('download() restarts when a part is longer than the file (416)', async (t) => {
  const { wanted, file, left, requests } = await prepare(t, (_, response, n, cut) => {
    if (n > 1) return false;
    return cut(response, { etag, 'content-length': bytes.length + 100 }, new Uint8Array(bytes.length + 50));
  });
  await download(wanted);
  await checkArrived(file, left);
  assert.equal(requests.length, 3);
});

test('download() restarts once when the part from an earlier attempt is damaged', async (t) => {
  const { wanted, file, left, requests } = await prepare(t);
  const part = `${file}.2147483646.0.part`; // of a process that no longer exists
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(part, new Uint8Array(1000));
  await writeFile(`${part}.json`, JSON.stringify({ url: wanted.url, validator: etag }));
  await download(wanted);
  await checkArrived(file, left);
  assert.deepEqual(
    requests.map(({ range }) => range),
    ['bytes=1000-', undefined],
  );
});

test('download() keeps the part of a running process and removes a part that cannot be resumed', async (t) => {
  const { wanted, file, left, requests } = await prepare(t);
  await mkdir(join(file, '..'), { recursive: true });
  const running = `w.pth.${process.ppid}.0.part`;
  await writeFile(join(file, '..', running), new Uint8Array(10));
  await writeFile(`${file}.2147483646.0.part`, new Uint8Array(10));
  await writeFile(`${file}.2147483646.0.part.json`, '{"url":"http://elsewhere/","validator":"x"}');
  await download(wanted);
  assert.deepEqual(await left(), ['w.pth', running].sort());
  assert.equal(requests[0]!.range, undefined);
});

test('download() touches only files named like a part of its own machine', async (t) => {
  const { wanted, file, left, requests } = await prepare(t);
  await mkdir(join(file, '..'), { recursive: true });
  const others = [
    'w.pth.0123456789abcdef-2147483646.0.part', // another machine's, recent
    'w.pth.123456789abcdef-2147483646.0.part', // 15 digits identify no machine
    'w.pth.2147483646.part',
    'w.pth.2147483646.0.part.bak',
    'w.pth.-2147483646.0.part',
    'w.pt.2147483646.0.part',
    'v.w.pth.2147483646.0.part',
  ];
  for (const name of others) await writeFile(join(file, '..', name), new Uint8Array(10));
  await download(wanted);
  assert.deepEqual(await left(), ['w.pth', ...others].sort());
  assert.equal(requests[0]!.range, undefined);
});

test('download() refuses a file of the right size with one wrong bit, and keeps none of it', async (t) => {
  const flipped = bytes.with(123_456, bytes[123_456]! ^ 1);
  const { wanted, left } = await prepare(t, (request, response) => {
    serveWell(request, response, { bytes: flipped, etag });
    return true;
  });
  await checkRefused(() => download(wanted), 'downloadHash', new RegExp(`instead of ${sha256.slice(0, 8)}`));
  assert.deepEqual(await left(), []);
});

const refusals: readonly (readonly [string, RegExp, Script])[] = [
  [
    'a redirect to another host',
    /redirects to another place \(https:\/\/elsewhere\.example\)/,
    (_, response) => Boolean(response.writeHead(302, { location: 'https://elsewhere.example/models/w.pth' }).end()),
  ],
  [
    'a redirect to another port',
    /redirects to another place/,
    (_, response) => Boolean(response.writeHead(301, { location: 'http://127.0.0.1:1/w.pth' }).end()),
  ],
  [
    'a redirect to a file',
    /redirects to another place/,
    (_, response) => Boolean(response.writeHead(302, { location: 'file:///etc/passwd' }).end()),
  ],
  ['a circle of redirects', /in a circle/, (_, response) => Boolean(response.writeHead(302, { location: '/x' }).end())],
  ['a redirect to nowhere', /redirects to another place/, (_, response) => Boolean(response.writeHead(302).end())],
  [
    'the login page of a network',
    /web page came instead/,
    (_, response) =>
      Boolean(response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><p>Log in')),
  ],
  [
    'a login page that says it is bytes',
    /web page came instead/,
    (_, response) =>
      Boolean(response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('<html>Log in</html>')),
  ],
  ['a missing file', /answered 404/, (_, response) => Boolean(response.writeHead(404).end())],
  ['a proxy that wants a password', /user name and password/, (_, response) => Boolean(response.writeHead(407).end())],
  ['a server in trouble', /answered 503/, (_, response) => Boolean(response.writeHead(503).end())],
  [
    'a file announced as too large',
    /offers 9000000 bytes, at most 400000/,
    (_, response) => {
      response.writeHead(200, { 'content-length': 9e6 }).write(bytes);
      return true;
    },
  ],
  [
    'an endless file',
    /sends more than 400000 bytes/,
    (_, response) => {
      response.writeHead(200);
      const more = () => !response.destroyed && response.write(bytes, () => setImmediate(more));
      more();
      return true;
    },
  ],
];
for (const [name, words, script] of refusals)
  test(`download() refuses ${name}`, async (t) => {
    const { wanted, file } = await prepare(t, script);
    await checkRefused(() => download(wanted), 'downloadFailed', words);
    await assert.rejects(readFile(file), { code: 'ENOENT' });
  });

test('download() follows a redirect on the same host', async (t) => {
  const { wanted, file, left } = await prepare(t, (request, response) => {
    if (request.url !== '/models/w.pth') return false;
    response.writeHead(307, { location: '/elsewhere/w.pth' }).end();
    return true;
  });
  await download(wanted);
  await checkArrived(file, left);
});

test('download() retries after a 503 response', async (t) => {
  const { wanted, file, left } = await prepare(t, (_, response, n) => n < 3 && Boolean(response.writeHead(503).end()));
  await download(wanted);
  await checkArrived(file, left);
});

test('download() reports a refused connection', async (t) => {
  const { wanted } = await prepare(t);
  await checkRefused(() => download({ ...wanted, url: 'http://127.0.0.1:9/w.pth' }), 'downloadFailed', /refused/);
});

test('download() hides the password of an address', async (t) => {
  const { wanted } = await prepare(t);
  const url = 'http://me:secret@127.0.0.1:9/w.pth?token=secret';
  await assert.rejects(download({ ...wanted, url }), (error: Error) => !error.message.includes('secret'));
});

test('download() stops at a signal with its reason, and the next call resumes', async (t) => {
  let hold = true;
  const { wanted, file, left, requests } = await prepare(t, (_, response) => {
    if (!hold) return false;
    response.writeHead(200, { etag, 'content-length': bytes.length }).write(bytes.subarray(0, 70_000));
    return true;
  });
  const control = new AbortController();
  const reason = new Error('the person pressed Cancel');
  const onProgress = (done: number) => done === 70_000 && control.abort(reason);
  await assert.rejects(download({ ...wanted, onProgress, signal: control.signal }), (error) => error === reason);
  hold = false;
  await download(wanted);
  await checkArrived(file, left);
  assert.equal(requests.at(-1)!.range, 'bytes=70000-');
});

test('download() sends no request when its signal was already aborted', async (t) => {
  const { wanted, requests } = await prepare(t);
  await assert.rejects(download({ ...wanted, signal: AbortSignal.abort(new Error('too late')) }), /too late/);
  assert.equal(requests.length, 0);
});

test('two concurrent calls of download() fetch the file once, whole', async (t) => {
  const { wanted, file, left } = await prepare(t);
  await Promise.all([download(wanted), download(wanted)]);
  await checkArrived(file, left);
});

test('download() names the path it cannot write to', async (t) => {
  const { wanted, folder } = await prepare(t);
  await writeFile(join(folder, 'cache'), 'a file where the folder should be');
  await assert.rejects(download(wanted), (error: { code?: string }) => error.code === 'cannotWrite');
});

test('download() uses the proxy of the environment, except for the hosts in NO_PROXY', async (t) => {
  const { wanted, file, left, url } = await prepare(t);
  const proxy = await serveProxy(t, url);
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'NO_PROXY']) delete process.env[name];
  process.env.HTTP_PROXY = proxy.url;
  const outside = { ...wanted, url: 'http://weights.example/models/w.pth' };
  await download(outside);
  await checkArrived(file, left);
  assert.match(proxy.asked[0]!, /weights\.example/);
  await rm(file);
  process.env.NO_PROXY = '127.0.0.1';
  await download(wanted);
  await checkArrived(file, left);
  assert.equal(proxy.asked.length, 1);
});

const official = { name: 'IMAGENET1K_V1', fileName: 'w.pth', sha256Prefix: sha256.slice(0, 8), sizeMB: 0.3 };

test('openOfficialFile() downloads from a mirror once, then opens the cached file without a request', async (t) => {
  const { folder, url, requests, progress, wanted } = await prepare(t);
  const request = { cacheFolder: folder, mirror: `${url}models`, allowDownload: true, onProgress: wanted.onProgress };
  for (const allowDownload of [true, false]) {
    const { source, sha256: seen } = await openOfficialFile(official, { ...request, allowDownload });
    assert.equal(seen, sha256);
    assert.deepEqual(source.read(0, source.sizeBytes), bytes);
    source.close();
  }
  assert.deepEqual(
    requests.map(({ path }) => path),
    ['/models/w.pth'],
  );
  assert.equal(progress.at(-1)![0], bytes.length);
});

test('openOfficialFile() asks before it downloads', async (t) => {
  const { folder, url, requests } = await prepare(t);
  const request = { cacheFolder: folder, mirror: url, allowDownload: false, onProgress: () => {} };
  await checkRefused(() => openOfficialFile(official, request), 'weightsNotAllowed', /IMAGENET1K_V1 \(w\.pth\)/);
  assert.equal(requests.length, 0);
});

test('openOfficialFile() detects a damaged file in the cache, and replaces it with consent', async (t) => {
  const { folder, url } = await prepare(t);
  await mkdir(join(folder, 'weights'));
  await writeFile(join(folder, 'weights', 'w.pth'), bytes.with(9, 99));
  const request = { cacheFolder: folder, mirror: url, allowDownload: false, onProgress: () => {} };
  await checkRefused(() => openOfficialFile(official, request), 'weightsBroken', /SHA-256/);
  const { source } = await openOfficialFile(official, { ...request, allowDownload: true });
  assert.deepEqual(source.read(0, source.sizeBytes), bytes);
  source.close();
});

test('openOfficialFile() refuses a mirror that is not a web address', async (t) => {
  const { folder } = await prepare(t);
  for (const mirror of ['file:///srv/models', 'models', ''])
    await checkRefused(
      () => openOfficialFile(official, { cacheFolder: folder, mirror, allowDownload: true, onProgress: () => {} }),
      'badArgument',
      /not an http or https address/,
    );
});
