// The settings, read once per question and validated: settings are user input like any other.
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { engines, type FineTuneJob, type MachineOptions } from '../shared/contracts/job.ts';

/** Options of a machine that a user sets once; the runner decides the rest, or each run asks for it. */
export interface MachineSettings
  extends Omit<MachineOptions, 'allowDownload' | 'cacheFolder' | 'cacheLimitBytes' | 'useFeatureCache'> {
  /** Absolute paths of existing folders; symbolic links out of a dataset may lead into them. */
  readonly linkFolders: string[];
}

export interface Settings {
  /** Absolute path of a weights file that replaces the official weights. */
  readonly weightsFile: string | null;
  /** Applies to every run, started or resumed. */
  readonly machine: MachineSettings;
  /** Base address that replaces the official one when engines are installed. */
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

/** Stored for all workspaces of this machine, because "Do not show again" means all of them. */
export const silenceFinished = (): Thenable<void> =>
  vscode.workspace.getConfiguration('shoulders').update('notifyWhenFinished', false, vscode.ConfigurationTarget.Global);

/** Stored for all workspaces of this machine, because engines are installed per machine. */
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
