// weights/: from a name or a file to the parameters that a network starts with.
// Absent: training, engines, any code from a weights file (a .pth is read as data). Called by fineTune, evaluate and export.
import { join } from 'node:path';
import { type ErrorParams, UserError } from '../contracts/errors.ts';
import type { Problem, WeightsOrigin } from '../contracts/events.ts';
import type { Architecture } from '../contracts/recipe.ts';
import { initialHead, initialParameters } from '../network/initialize.ts';
import type { Parameters } from '../tensor.ts';
import { type ByteSource, type FileSource, openFile } from './byteSource.ts';
import { isOfficialName, officialBaseUrl, officialFile, officialWeights } from './catalogue.ts';
import { download } from './download.ts';
import { fitBackbone } from './fit.ts';
import { broken } from './refusals.ts';
import { looksLikeSafetensors, readSafetensors, type TensorFile } from './safetensors.ts';
import { looksLikeTorchFile, readTorchFile } from './torchFile.ts';

export interface WeightsRequest {
  readonly network: Architecture;
  /** IMAGENET1K_V1, IMAGENET1K_V2, "none" (random weights) or the path of a .pth or .safetensors file. */
  readonly weights: string;
  readonly seed: number;
  readonly classCount: number;
  /** Downloaded files are kept in its folder `weights`. */
  readonly cacheFolder: string;
  /** Base URL instead of the official one; its files must be the official ones. */
  readonly mirror: string | null;
  /** The person agreed to a download. */
  readonly allowDownload: boolean;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface LoadedWeights {
  /** Every parameter and statistic of the network, torchvision's names and order, each with its own buffer. */
  readonly parameters: Parameters;
  readonly origin: WeightsOrigin;
  /** Warnings to record: randomWeights, unverifiedWeights. */
  readonly notes: readonly Problem[];
}

/**
 * The backbone comes from the weights; the head (fc) is always fresh, drawn from the seed: its classes are not the file's.
 * @throws UserError weightsNotFound, weightsNotAllowed, weightsUnknownName, weightsBroken, weightsUnsafe, weightsWrongDepth,
 * weightsMismatch, weightsNotFinite, downloadFailed, downloadHash, diskFull, cannotWrite; the signal's reason
 */
export async function loadWeights(request: WeightsRequest): Promise<LoadedWeights> {
  const { network, weights, classCount, seed } = request;
  if (weights === 'none') {
    return {
      parameters: initialParameters(network, classCount, seed),
      origin: { kind: 'random', name: 'random', sha256: null, verified: false },
      notes: [note('randomWeights', {})],
    };
  }
  const { source, origin } = isOfficialName(weights) ? await openOfficial(request) : await openLocal(request);
  try {
    const { tensors } = await readWeightsFile(source);
    const parameters = new Map([
      ...fitBackbone(source.name, network, tensors),
      ...initialHead(network, classCount, seed),
    ]);
    return { parameters, origin, notes: origin.verified ? [] : [note('unverifiedWeights', { name: origin.name })] };
  } finally {
    source.close();
  }
}

/** Goes by the content, not by the extension. */
export async function readWeightsFile(source: ByteSource): Promise<TensorFile> {
  if (looksLikeSafetensors(source)) return readSafetensors(source);
  if (looksLikeTorchFile(source)) return readTorchFile(source);
  const isHtml = source.sizeBytes > 0 && source.read(0, 1)[0] === 0x3c;
  throw broken(
    source.name,
    isHtml
      ? 'it is a web page'
      : `it is neither a .pth nor a .safetensors file, or is cut off (${source.sizeBytes} bytes)`,
  );
}

interface Opened {
  readonly source: FileSource;
  readonly origin: WeightsOrigin;
}

/** From the cache, checked at every load; else downloaded into it. */
async function openOfficial(request: WeightsRequest): Promise<Opened> {
  const { network, mirror, allowDownload, signal } = request;
  const { name, fileName, sha256Prefix, sizeMB } = officialWeights(network, request.weights);
  const file = join(request.cacheFolder, 'weights', fileName);
  const cached = await openCached(file, sha256Prefix, allowDownload, signal);
  if (cached)
    return { source: cached.source, origin: { kind: 'official', name, sha256: cached.sha256, verified: true } };
  if (!allowDownload) throw new UserError('weightsNotAllowed', { name: `${name} for ${network}`, sizeMB });
  await download({
    url: new URL(fileName, baseUrl(mirror)).href,
    file,
    sha256Prefix,
    mostBytes: sizeMB * 1.2e6,
    onProgress: request.onProgress,
    signal,
  });
  const fresh = await openCached(file, sha256Prefix, false, signal);
  if (!fresh) throw broken(file, 'it vanished after the download');
  return { source: fresh.source, origin: { kind: 'official', name, sha256: fresh.sha256, verified: true } };
}

async function openCached(
  file: string,
  sha256Prefix: string,
  mayReplace: boolean,
  signal: AbortSignal | undefined,
): Promise<{ source: FileSource; sha256: string } | undefined> {
  const source = openIfThere(file);
  if (!source) return undefined;
  try {
    const sha256 = await source.sha256(signal);
    if (sha256.startsWith(sha256Prefix)) return { source, sha256 };
    if (!mayReplace) throw wrongHash(file, sha256, sha256Prefix);
  } catch (error) {
    source.close();
    throw error;
  }
  source.close();
  return undefined;
}

function openIfThere(file: string): FileSource | undefined {
  try {
    return openFile(file);
  } catch (error) {
    if (error instanceof UserError && error.code === 'weightsNotFound') return undefined;
    throw error;
  }
}

/** A copy of an official file counts as one, by its hash; a file that only bears an official name is damaged. */
async function openLocal({ weights: file, signal }: WeightsRequest): Promise<Opened> {
  const source = openFile(file);
  try {
    const sha256 = await source.sha256(signal);
    const name = file.split(/[\\/]/).at(-1)!;
    const official = officialFile(name);
    if (official && !sha256.startsWith(official.sha256Prefix)) throw wrongHash(file, sha256, official.sha256Prefix);
    return { source, origin: { kind: 'file', name, sha256, verified: official !== undefined } };
  } catch (error) {
    source.close();
    throw error;
  }
}

const wrongHash = (file: string, sha256: string, expected: string): UserError =>
  broken(file, `its SHA-256 starts with ${sha256.slice(0, expected.length)}, ${expected} is expected`);

function baseUrl(mirror: string | null): string {
  const text = mirror ?? officialBaseUrl;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new UserError('badArgument', { reason: `The mirror "${text}" is not an http or https address.` });
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

const note = (code: 'randomWeights' | 'unverifiedWeights', params: ErrorParams): Problem => ({ code, params });
