// Install Engine…: lists the engines this machine can use, asks for consent with size and licences; the command line program installs.
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import {
  engineOf,
  type InstallableEngine,
  InstallOutput,
  type InstallProgress,
  installableWords,
} from '../../shared/contracts/install.ts';
import { settings, useEngine } from '../config.ts';
import { showProblem, t } from '../words/showError.ts';
import { lastError, runnerEnvironment } from './runnerArguments.ts';
import { runToEnd } from './runnerProcess.ts';

/** `program`: path of the command line program. */
export async function installEngine(program: string): Promise<void> {
  const { machine, installMirror } = settings();
  const mirror = installMirror === null ? [] : [`--mirror=${installMirror}`];
  const title = vscode.l10n.t('Install Engine');
  const engines = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    listed(program, mirror),
  );
  if (engines === undefined) return;
  if (engines.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no engine to install on this machine.'));
    return;
  }
  const rows = engines.flatMap((engine) =>
    engine.installed ? installedRows(engine, machine.engine) : newRows(engine),
  );
  const placeHolder = vscode.l10n.t('Engines besides the CPU and WebGPU');
  const picked = await vscode.window.showQuickPick(rows, { title, placeHolder });
  if (!picked) return;
  const { engine, action } = picked;
  if (action === 'use') return useEngine(engineOf[engine.name]);
  if (action === 'remove') return remove(engine, program);
  const from = action === 'folder' ? await chooseFolder() : null;
  if (from === undefined || !(await agrees(engine, from))) return;
  await install(engine, [...(engine.mirrored ? mirror : []), ...(from === null ? [] : [`--from=${from}`])], program);
}

interface Row extends vscode.QuickPickItem {
  readonly engine: InstallableEngine;
  readonly action: 'download' | 'folder' | 'use' | 'remove';
}

/** undefined: the program refused, and its sentence was shown. */
async function listed(program: string, mirror: readonly string[]): Promise<readonly InstallableEngine[] | undefined> {
  const { output } = await ask(program, ['install', ...mirror], AbortSignal.timeout(60_000));
  return output?.type === 'installables' ? output.engines : undefined;
}

const newRows = (engine: InstallableEngine): Row[] => [
  {
    engine,
    action: 'download',
    label: `$(cloud-download) ${engine.name}`,
    description: vscode.l10n.t('{0} from {1}', size(engine.downloadBytes), engine.source),
    detail: t(installableWords[engine.name].title),
  },
  {
    engine,
    action: 'folder',
    label: `$(folder-opened) ${vscode.l10n.t('{0} from a Folder…', engine.name)}`,
    detail: vscode.l10n.t('Use files you copied here yourself; nothing is downloaded'),
  },
];

const installedRows = (engine: InstallableEngine, used: string): Row[] => [
  ...(used === engineOf[engine.name]
    ? []
    : [
        {
          engine,
          action: 'use' as const,
          label: `$(check) ${vscode.l10n.t('Use {0}', engine.name)}`,
          description: vscode.l10n.t('installed'),
          detail: t(installableWords[engine.name].title),
        },
      ]),
  {
    engine,
    action: 'remove',
    label: `$(trash) ${vscode.l10n.t('Uninstall {0}', engine.name)}`,
    description: vscode.l10n.t('frees {0}', size(engine.diskBytes)),
    detail: engine.folder,
  },
];

async function chooseFolder(): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Folder with the files of the engine'),
      openLabel: vscode.l10n.t('Install'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder?.fsPath;
}

/** `from`: folder with the files; null: download them. */
async function agrees(engine: InstallableEngine, from: string | null): Promise<boolean> {
  const agree = vscode.l10n.t('Agree and Install');
  const bring =
    from === null
      ? vscode.l10n.t('{0} are downloaded from {1}; nothing is sent.', size(engine.downloadBytes), engine.source)
      : vscode.l10n.t('The files are taken from {0}.', from);
  const detail = [
    bring,
    vscode.l10n.t('{0} stay in {1}.', size(engine.diskBytes), engine.folder),
    vscode.l10n.t('It needs {0}.', t(installableWords[engine.name].needs)),
    vscode.l10n.t('By installing it you agree to these licences:'),
    ...engine.licences.map(({ name, address }) => `${name}: ${address}`),
  ].join('\n');
  const question = vscode.l10n.t('Install the engine {0}?', engine.name);
  return (await vscode.window.showInformationMessage(question, { modal: true, detail }, agree)) === agree;
}

async function install(engine: InstallableEngine, given: readonly string[], program: string): Promise<void> {
  const canceled = new AbortController();
  const location = vscode.ProgressLocation.Notification;
  const title = vscode.l10n.t('Installing the engine {0}', engine.name);
  try {
    const { output } = await vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
      token.onCancellationRequested(() => canceled.abort());
      let before = 0;
      return ask(program, ['install', engine.name, '--yes', ...given], canceled.signal, (line) => {
        const percent = (100 * line.doneBytes) / line.totalBytes;
        progress.report({ message: words(line), increment: percent - before });
        before = percent;
      });
    });
    if (output?.type === 'installed') void tellInstalled(output);
  } catch (error) {
    if (!canceled.signal.aborted) throw error;
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The installation was cancelled. What has been downloaded is kept for next time.'),
    );
  }
}

async function tellInstalled({ name, found }: Extract<InstallOutput, { type: 'installed' }>): Promise<void> {
  const use = vscode.l10n.t('Use It');
  const sentence = found
    ? vscode.l10n.t('The engine {0} is installed: {1} runs on the {2}.', name, found.engine, found.device)
    : vscode.l10n.t('The engine {0} is installed.', name);
  if ((await vscode.window.showInformationMessage(sentence, use)) === use) await useEngine(engineOf[name]);
}

async function remove({ name }: InstallableEngine, program: string): Promise<void> {
  const { output } = await ask(program, ['uninstall', name], AbortSignal.timeout(600_000));
  if (output?.type !== 'uninstalled') return;
  if (settings().machine.engine === engineOf[name]) await useEngine('auto');
  void vscode.window.showInformationMessage(vscode.l10n.t('The engine {0} has been removed.', name));
}

const words = ({ step, doneBytes, totalBytes }: InstallProgress): string => {
  const [done, total] = [doneBytes, totalBytes].map((bytes) => (bytes / 1e6).toFixed(0));
  const texts = {
    downloading: vscode.l10n.t('{0} of {1} MB', done!, total!),
    checking: vscode.l10n.t('checking, {0} of {1} MB', done!, total!),
    unpacking: vscode.l10n.t('unpacking, {0} of {1} MB', done!, total!),
  };
  return texts[step];
};

const size = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** The last line of the reply; undefined: the program refused, and its sentence was shown. @throws the signal's reason */
async function ask(
  program: string,
  given: readonly string[],
  signal: AbortSignal,
  onProgress?: (progress: InstallProgress) => void,
): Promise<{ readonly output: InstallOutput | undefined }> {
  const start = {
    program,
    arguments: [...given, '--json'],
    environment: runnerEnvironment(process.env, settings().proxy),
    folder: homedir(),
  };
  let output: InstallOutput | undefined;
  const {
    code,
    output: text,
    errors,
  } = await runToEnd(start, signal, (line) => {
    output = outputOf(line) ?? output;
    if (output?.type === 'installing') onProgress?.(output);
  });
  if (code === 0) return { output: outputOf(text.trim().split('\n').at(-1) ?? '') };
  const reason = errors.trim() || `exit code ${code}`;
  await showProblem(lastError(text) ?? { code: 'badArgument', params: { reason } }, undefined);
  return { output: undefined };
}

function outputOf(line: string): InstallOutput | undefined {
  try {
    return InstallOutput.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // ignore an incomplete or foreign line
  }
}
