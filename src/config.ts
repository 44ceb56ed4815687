// The settings, read once per question and checked: what a person typed is input like any other.
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { engines, type FineTuneJob, type MachineOptions } from '../shared/contracts/job.ts';

/** What a person chooses of a machine's options once; the rest is the runner's, or asked for each run. */
export interface MachineSettings
  extends Omit<MachineOptions, 'allowDownload' | 'cacheFolder' | 'cacheLimitBytes' | 'useFeatureCache'> {
  /** Absolute paths of folders that are there; symbolic links out of a dataset may lead into them. */
  readonly linkFolders: string[];
}

export interface Settings {
  /** Absolute path of a weights file that replaces the official weights. */
  readonly weightsFile: string | null;
  /** Of every run, started or resumed. */
  readonly machine: MachineSettings;
  /** Base address instead of the official one, for engines that are installed. */
  readonly installMirror: string | null;
  readonly notifyWhenFinished: boolean;
  /** The editor's `http.proxy`. */
  readonly proxy: string | null;
}

export function settings(): Settings {
  const own = vscode.workspace.getConfiguration('shoulders');
  const weightsFile = text(own.get('weights.file'));
  return {
    weightsFile: weightsFile !== null && isAbsolute(weightsFile) ? weightsFile : null,
    machine: {
      engine: engines.find((engine) => engine === own.get('engine')) ?? 'auto',
      weightsMirror: text(own.get('weights.mirror')),
      threads: positive(own.get('threads')),
      parallelRuns: positive(own.get('parallelRuns')) ?? 1,
      attended: own.get('whenWindowCloses') === 'stop',
      tensorboard: own.get('tensorboard') === true,
      linkFolders: folders(own.get('followLinks')),
    },
    installMirror: text(own.get('installMirror')),
    notifyWhenFinished: own.get('notifyWhenFinished') !== false,
    proxy: text(vscode.workspace.getConfiguration('http').get('proxy')),
  };
}

/** For everybody who works on this machine, as "Do not show again" means it. */
export const silenceFinished = (): Thenable<void> =>
  vscode.workspace.getConfiguration('shoulders').update('notifyWhenFinished', false, vscode.ConfigurationTarget.Global);

/** For everybody who works on this machine: an engine is installed on a machine. */
export const useEngine = (engine: FineTuneJob['engine']): Thenable<void> =>
  vscode.workspace.getConfiguration('shoulders').update('engine', engine, vscode.ConfigurationTarget.Global);

const folders = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).filter(
    (folder): folder is string => typeof folder === 'string' && isAbsolute(folder) && existsSync(folder),
  );

const positive = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
