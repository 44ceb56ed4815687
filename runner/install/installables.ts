// Every installable engine. To add one: its name and words in contracts/install.ts, an Installable in a file of its own, a line here.
import { UserError } from '../../shared/contracts/errors.ts';
import { type InstallableEngine, type InstallableName, installableNames } from '../../shared/contracts/install.ts';
import { cuda } from './cuda/cuda.ts';
import type { Installable } from './installable.ts';
import { tensorflow, tensorflowGpu } from './tensorflow/tensorflow.ts';

const installables: Readonly<Record<InstallableName, Installable>> = {
  cuda,
  tensorflow,
  'tensorflow-gpu': tensorflowGpu,
};

/** Engines offered on this machine, and whether each is installed. */
export async function installablesHere(
  mirror: string | null,
  machine: { readonly platform: string; readonly arch: string } = process,
): Promise<InstallableEngine[]> {
  const here = Object.values(installables).filter((engine) => engine.offeredOn(machine));
  return Promise.all(here.map((engine) => descriptionOf(engine, mirror)));
}

/** @throws UserError installUnknown */
export function installableHere(
  name: string,
  machine: { readonly platform: string; readonly arch: string } = process,
): Installable {
  const found = installableNames.find((each) => each === name);
  const known = Object.values(installables).filter((engine) => engine.offeredOn(machine));
  if (found && known.includes(installables[found])) return installables[found];
  const names = known.map((engine) => engine.name).join(', ') || 'none';
  throw new UserError('installUnknown', { name, names });
}

export async function descriptionOf(engine: Installable, mirror: string | null): Promise<InstallableEngine> {
  const { name, downloadBytes, diskBytes, mirrored, licences, folder } = engine;
  const address = (mirrored ? mirror : null) ?? engine.source;
  const source = URL.canParse(address) ? new URL(address).host : address;
  const installed = await engine.isInstalled();
  return { name, installed, downloadBytes, diskBytes, source, mirrored, licences: [...licences], folder };
}
