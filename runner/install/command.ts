// `shoulders install`: the available engines, a question, progress.
import { createInterface } from 'node:readline/promises';
import { UserError } from '../../shared/contracts/errors.ts';
import {
  type Found,
  type InstallableEngine,
  type InstallOutput,
  type InstallProgress,
  installableWords,
} from '../../shared/contracts/install.ts';
import { isAbort } from '../run/control.ts';
import { plainLine, progressLine } from '../terminal/progressBar.ts';
import { printable } from '../words/text.ts';
import { installEngine } from './install.ts';
import { descriptionOf, installableHere, installablesHere } from './installables.ts';
import { gigabytes } from './room.ts';

export interface InstallRequest {
  /** undefined: list the available engines. */
  readonly engine: string | undefined;
  /** The user has already agreed. */
  readonly agreed: boolean;
  /** Absolute path. */
  readonly from: string | null;
  readonly mirror: string | null;
  readonly addresses: boolean;
}

interface Terminal {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** @returns false: the user declined or stopped it. @throws UserError those of installEngine(), installUnknown, badArgument */
export async function install(request: InstallRequest, { json, signal }: Terminal): Promise<boolean> {
  const { engine: name, agreed, from, mirror, addresses } = request;
  const print = (output: InstallOutput, text: string) =>
    process.stdout.write(json ? `${JSON.stringify(output)}\n` : text);
  if (name === undefined) {
    const engines = await installablesHere(mirror);
    print({ type: 'installables', engines }, listText(engines));
    return true;
  }
  const engine = installableHere(name);
  if (addresses) {
    process.stdout.write(engine.addresses.map((address) => `${address}\n`).join(''));
    return true;
  }
  const { folder } = engine;
  const description = await descriptionOf(engine, mirror);
  if (!description.installed && !agreed && !(await agrees(description, from, json, signal))) return false;
  const line = process.stderr.isTTY ? progressLine(process.stderr) : plainLine(process.stderr);
  const show = (progress: InstallProgress) =>
    json ? process.stdout.write(`${JSON.stringify(progress)}\n`) : line.show(shown(progress));
  let found: Found | null;
  try {
    found = await installEngine(engine, { from, mirror, onProgress: throttled(show), signal });
  } catch (error) {
    if (isAbort(error)) return false;
    throw error;
  } finally {
    line.end();
  }
  const already = description.installed ? 'already ' : '';
  print(
    { type: 'installed', name: engine.name, folder, found },
    `The engine ${engine.name} is ${already}installed in ${printable(folder)}.\n${found === null ? '' : `${found.engine} computes on the ${found.device}.\n`}${engine.use}\n`,
  );
  return true;
}

async function agrees(
  engine: InstallableEngine,
  from: string | null,
  json: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) {
    const reason = `Cannot ask here: read ${engine.licences.map(({ address }) => address).join(', ')} and agree with --yes.`;
    throw new UserError('badArgument', { reason });
  }
  process.stderr.write(planText(engine, from));
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(
      (await lines.question('Do you agree to the licences, and install it? [y/N] ', { signal })).trim(),
    );
  } catch (error) {
    if (isAbort(error)) return false;
    throw error;
  } finally {
    lines.close();
  }
}

function planText(engine: InstallableEngine, from: string | null): string {
  const { name, downloadBytes, diskBytes, source, licences, folder } = engine;
  const { title, needs } = installableWords[name];
  const bring = from === null ? `about ${gigabytes(downloadBytes)} are downloaded from ${source}` : `files of ${from}`;
  return [
    printable(`${name}: ${title}`),
    printable(`  from      ${bring}`),
    printable(`  to        ${folder} (${gigabytes(diskBytes)})`),
    `  needs     ${needs}`,
    ...licences.map((licence) => `  licence   ${licence.name}, ${licence.address}`),
    '',
  ].join('\n');
}

function listText(engines: readonly InstallableEngine[]): string {
  if (engines.length === 0) return 'There is no engine to install on this machine.\n';
  return engines
    .map(
      (engine) =>
        `${planText(engine, null)}  ${engine.installed ? 'installed' : `not installed: shoulders install ${engine.name}`}\n`,
    )
    .join('\n');
}

const verbs = { downloading: 'getting', checking: 'checking', unpacking: 'unpacking' } as const;

const shown = ({ step, file, doneBytes, totalBytes }: InstallProgress) => ({
  place: `${verbs[step]} ${file.split('-')[0]}`,
  amount: `${(doneBytes / 1e6).toFixed(0)} of ${(totalBytes / 1e6).toFixed(0)} MB`,
  pace: '',
  done: doneBytes,
  total: totalBytes,
});

/** Shows a new step at once, progress within a step a few times a second. */
function throttled(show: (progress: InstallProgress) => void): (progress: InstallProgress) => void {
  let last = { step: '', file: '', atMs: 0 };
  return (progress) => {
    const nowMs = performance.now();
    const { step, file } = progress;
    if (step === last.step && file === last.file && nowMs - last.atMs < 200) return;
    last = { step, file, atMs: nowMs };
    show(progress);
  };
}
