// Downloads one file with a known hash: resumed after a break, verified before it appears, through the proxy of the environment.
// The only place of the project that opens a connection. Called for weights and engines after the user agreed.
import { mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { UserError } from '../../shared/contracts/errors.ts';
import { isSystemError } from '../../shared/files/systemError.ts';
import {
  appendPartial,
  closePartial,
  openPartial,
  type PartialFile,
  publishPartial,
  restartPartial,
} from './partialFile.ts';
import { sha256Of } from './sha256.ts';

export interface Download {
  readonly url: string;
  /** Destination: the file appears there complete and verified. Its folder is created. */
  readonly file: string;
  /** Hex digits that its SHA-256 must start with. */
  readonly sha256Prefix: string;
  /** A server that sends more is not sending this file. */
  readonly mostBytes: number;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal | undefined;
  /** Pause before another attempt; `failures` counts from 1, since the last byte that arrived. */
  readonly pauseMs?: (failures: number) => number;
}

/**
 * An abort rejects with the signal's reason and keeps the bytes that arrived for the next call.
 * @throws UserError downloadFailed, downloadHash, diskFull, cannotWrite
 */
export async function download(wanted: Download): Promise<void> {
  // HTTP_PROXY, HTTPS_PROXY, NO_PROXY. After a minute without data a transfer counts as broken.
  const proxy = new EnvHttpProxyAgent({ connectTimeout: 20_000, headersTimeout: 30_000, bodyTimeout: 60_000 });
  try {
    await mkdir(dirname(wanted.file), { recursive: true });
    await downloadThrough(proxy, wanted);
  } catch (error) {
    wanted.signal?.throwIfAborted();
    throw diskProblem(wanted.file, error) ?? error;
  } finally {
    await proxy.destroy();
  }
}

const mostFailuresInARow = 4;
const mostAttempts = 50;

async function downloadThrough(proxy: Dispatcher, wanted: Download): Promise<void> {
  const part = await openPartial(wanted.file, wanted.url);
  let published = false;
  try {
    const resumed = part.sizeBytes > 0;
    await fillWithRetries(proxy, wanted, part);
    let seen = await sha256Of(part.path, wanted.signal);
    if (!seen.startsWith(wanted.sha256Prefix) && resumed) {
      // The bytes from an earlier attempt may be wrong.
      await restartPartial(part, wanted.url, null);
      await fillWithRetries(proxy, wanted, part);
      seen = await sha256Of(part.path, wanted.signal);
    }
    if (!seen.startsWith(wanted.sha256Prefix)) {
      await restartPartial(part, wanted.url, null);
      const { length } = wanted.sha256Prefix;
      throw new UserError('downloadHash', {
        url: shown(wanted.url),
        seen: seen.slice(0, length),
        expected: wanted.sha256Prefix,
      });
    }
    await part.handle.sync();
    published = true;
  } finally {
    await closePartial(part);
  }
  if (published) await publishPartial(part, wanted.file);
}

async function fillWithRetries(proxy: Dispatcher, wanted: Download, part: PartialFile): Promise<void> {
  const pauseMs = wanted.pauseMs ?? ((failures) => 500 * 2 ** failures);
  for (let attempt = 1, failures = 0; ; attempt++) {
    const before = part.sizeBytes;
    try {
      if (await fill(proxy, wanted, part)) return;
    } catch (error) {
      wanted.signal?.throwIfAborted();
      if (error instanceof UserError || diskProblem(wanted.file, error)) throw error;
      failures = part.sizeBytes > before ? 1 : failures + 1;
      if (failures === mostFailuresInARow || attempt === mostAttempts) throw failed(wanted.url, reasonOf(error), error);
      await pause(pauseMs(failures), wanted.signal);
    }
  }
}

/** Makes one request. true: the part is complete. false: the part is of no use, ask again. Throws when the connection breaks. */
async function fill(proxy: Dispatcher, wanted: Download, part: PartialFile): Promise<boolean> {
  const { url, signal } = wanted;
  const from = part.validator === null ? 0 : part.sizeBytes;
  const conditions = from > 0 ? { range: `bytes=${from}-`, 'if-range': part.validator! } : {};
  const response = await get(proxy, url, { 'accept-encoding': 'identity', ...conditions }, signal);
  const { statusCode, headers, body } = response;
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(single(headers['content-range']) ?? '');

  const continues = Number(range?.[1]) === from && [null, part.validator].includes(validatorOf(headers));
  if (statusCode === 416 || (statusCode === 206 && !continues)) {
    discard(body);
    if (from === 0) throw failed(url, `the server answered ${statusCode} to a plain request`);
    if (statusCode === 416 && Number(range?.[2]) === from) return true;
    await restartPartial(part, url, null);
    return false;
  }
  if (statusCode !== 200 && statusCode !== 206) {
    discard(body);
    if (statusCode === 407) throw failed(url, 'the proxy asks for a user name and password');
    const problem = `the server answered ${statusCode}`;
    if (statusCode === 408 || statusCode === 429 || statusCode >= 500) throw new Error(problem);
    throw failed(url, problem);
  }
  if (/html/i.test(single(headers['content-type']) ?? '')) {
    discard(body);
    throw failed(url, isWebPage);
  }
  if (statusCode === 200) await restartPartial(part, url, validatorOf(headers));

  const length = Number(single(headers['content-length']) ?? NaN);
  const total = Number.isSafeInteger(length) ? part.sizeBytes + length : undefined;
  if (total !== undefined && total > wanted.mostBytes) {
    discard(body);
    throw failed(url, `the server offers ${total} bytes, at most ${wanted.mostBytes} are expected`);
  }
  await checkSpace(wanted.file, length);
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (part.sizeBytes === 0 && chunk[0] === 0x3c) throw failed(url, isWebPage);
    if (part.sizeBytes + chunk.length > wanted.mostBytes)
      throw failed(url, `the server sends more than ${wanted.mostBytes} bytes`);
    await appendPartial(part, chunk);
    wanted.onProgress(part.sizeBytes, total ?? wanted.mostBytes);
  }
  if (total !== undefined && part.sizeBytes < total) throw new Error('the connection ended too early');
  return true;
}

const isWebPage = 'a web page came instead of the file (does this network ask you to log in?)';

/** Follows redirects on the same host only: the user agreed to no other. */
async function get(
  proxy: Dispatcher,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Dispatcher.ResponseData> {
  for (let here = new URL(url), redirects = 0; ; redirects++) {
    const response = await request(here.href, { dispatcher: proxy, headers, signal: signal ?? null });
    if (![301, 302, 303, 307, 308].includes(response.statusCode)) return response;
    discard(response.body);
    const location = single(response.headers.location);
    const next = location && URL.canParse(location, here.href) ? new URL(location, here.href) : undefined;
    const isSafer = next?.protocol === here.protocol || next?.protocol === 'https:';
    if (!next || next.host !== here.host || !isSafer)
      throw failed(url, `it redirects to another place (${next?.origin ?? 'unreadable'})`);
    if (redirects === 5) throw failed(url, 'it redirects in a circle');
    here = next;
  }
}

function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => {}); // a destroyed body may emit an error
  body.destroy();
}

/** Only a strong ETag or a date promises the same bytes. */
function validatorOf(headers: Dispatcher.ResponseData['headers']): string | null {
  const etag = single(headers.etag);
  return etag && !etag.startsWith('W/') ? etag : (single(headers['last-modified']) ?? null);
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

async function checkSpace(file: string, neededBytes: number): Promise<void> {
  if (!(neededBytes > 0)) return;
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize < neededBytes) throw new UserError('diskFull', { file });
}

function diskProblem(file: string, error: unknown): UserError | undefined {
  if (!isSystemError(error)) return undefined;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new UserError('diskFull', { file }, { cause: error });
  if (
    ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EBUSY', 'EIO'].includes(error.code) &&
    error.syscall !== 'connect'
  )
    return new UserError('cannotWrite', { file, reason: `${error.code}` }, { cause: error });
  return undefined;
}

const failed = (url: string, reason: string, cause?: unknown): UserError =>
  new UserError('downloadFailed', { url: shown(url), reason }, cause === undefined ? undefined : { cause });

/** Without a password that a mirror's address may contain. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function reasonOf(error: unknown): string {
  const code = isSystemError(error) ? error.code : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return "the server's name cannot be resolved (is there a connection?)";
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT') return 'the server did not answer in time';
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') return 'the connection broke';
  if (/CERT|SELF_SIGNED|ISSUER/.test(code))
    return `the certificate is not trusted (${code}); if your organisation has its own, name its file in NODE_EXTRA_CA_CERTS`;
  return error instanceof Error ? error.message : String(error);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
