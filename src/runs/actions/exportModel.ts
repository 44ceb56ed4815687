// Export Model…: asks for format, options and place; the runner writes and verifies; then shows the result of the verification.
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { besideNames, ExportAnswer, type ExportFormat } from '../../../shared/contracts/exports.ts';
import { removeLeftoversOf } from '../../../shared/processes/leftovers.ts';
import { askWithProgress } from '../../program/askWithProgress.ts';
import { showProblem, t } from '../../words/showError.ts';
import { datasetName, type Run } from '../runs.ts';

interface Choice {
  readonly format: ExportFormat;
  /** Names of the command line. */
  readonly options: readonly string[];
}

/** `program`: path of the command line program. */
export async function exportModel(run: Run, program: string): Promise<void> {
  const choice = await choose(run);
  const file = choice && (await placeFor(run, choice.format));
  if (!choice || file === undefined || !(await mayReplace(file, choice.format))) return;
  const answer = await exported(run, program, file, choice);
  if (answer) await tell(answer);
}

async function choose(run: Run): Promise<Choice | undefined> {
  const formats: (vscode.QuickPickItem & { readonly format: ExportFormat })[] = [
    {
      format: 'onnx',
      label: vscode.l10n.t('ONNX'),
      detail: vscode.l10n.t('For ONNX Runtime in any language; examples in TypeScript and Python are saved beside it'),
    },
    { format: 'pth', label: vscode.l10n.t('PyTorch (.pth)'), detail: vscode.l10n.t('A state_dict for torchvision') },
    {
      format: 'safetensors',
      label: vscode.l10n.t('safetensors'),
      detail: vscode.l10n.t('The same weights, in a format that cannot contain code'),
    },
    {
      format: 'card',
      label: vscode.l10n.t('Model card'),
      detail: vscode.l10n.t('What is known about the model, as Markdown; what only you can say is left blank'),
    },
  ];
  const title = vscode.l10n.t('Export the model of the run on {0}', datasetName(run));
  const picked = await vscode.window.showQuickPick(formats, { title });
  if (!picked) return undefined;
  if (picked.format !== 'onnx') return { format: picked.format, options: [] };
  const options = [
    {
      option: '--with-preprocessing',
      label: vscode.l10n.t('Preprocessing inside'),
      detail: vscode.l10n.t('The file accepts images of any size and resizes, crops and normalises them itself'),
    },
    {
      option: '--fp16',
      label: vscode.l10n.t('float16 weights'),
      detail: vscode.l10n.t('Half the size; the predictions change slightly, and the change is measured'),
    },
  ];
  const placeHolder = vscode.l10n.t('Choose options, or press Enter for the plain model');
  const chosen = await vscode.window.showQuickPick(options, { title, placeHolder, canPickMany: true });
  return chosen && { format: 'onnx', options: chosen.map(({ option }) => option) };
}

async function placeFor(run: Run, format: ExportFormat): Promise<string | undefined> {
  const uri = vscode.Uri.file(run.folder);
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(run.folder);
  const ending = format === 'card' ? 'MODEL_CARD.md' : format;
  const network = run.state.recipe?.network ?? 'model';
  const place = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(folder, `${datasetName(run)}-${network}.${ending}`)),
    filters: format === 'card' ? { Markdown: ['md'] } : { [format]: [format] },
    title: vscode.l10n.t('Export Model'),
  });
  return place?.scheme === 'file' ? place.fsPath : undefined;
}

/** The save dialog asked about the file itself, but not about the files beside it. */
async function mayReplace(file: string, format: ExportFormat): Promise<boolean> {
  const there: string[] = [];
  for (const name of besideNames(format)) if (await isFile(file + name)) there.push(basename(file) + name);
  if (there.length === 0) return true;
  const replace = vscode.l10n.t('Replace');
  const question = vscode.l10n.t('Also replace the files beside it?');
  const options = { modal: true, detail: there.join('\n') };
  return (await vscode.window.showWarningMessage(question, options, replace)) === replace;
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** undefined: refused or cancelled, and a sentence was shown. */
async function exported(
  run: Run,
  program: string,
  file: string,
  { format, options }: Choice,
): Promise<ExportAnswer | undefined> {
  const answered = await askWithProgress(
    vscode.l10n.t('Exporting {0} and checking it on images of the run…', basename(file)),
    {
      program,
      arguments: ['export', run.folder, `--format=${format}`, `--out=${file}`, '--force', ...options],
      runFolder: run.folder,
    },
    ExportAnswer,
  );
  if (answered?.problem) await showProblem(answered.problem, undefined);
  if (answered) return answered.answer ?? undefined;
  for (const target of ['', ...besideNames(format)]) await removeLeftoversOf(file + target);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The export was cancelled: {0} was not written.', basename(file)),
  );
  return undefined;
}

async function tell({ file, beside, sizeBytes, parity }: ExportAnswer): Promise<void> {
  const card = parity ? beside.find((name) => name.endsWith('.md')) : file;
  const example = beside.find((name) => name.endsWith('.py'));
  const buttons = new Map([
    [vscode.l10n.t('Reveal'), () => reveal(file)],
    ...(example ? [[vscode.l10n.t('Open Example'), () => open(example)] as const] : []),
    ...(card ? [[vscode.l10n.t('Open Model Card'), () => preview(card)] as const] : []),
  ]);
  const name = basename(file);
  const megabytes = (sizeBytes / 1e6).toFixed(1);
  const sentences = parity
    ? [vscode.l10n.t('{0} ({1} MB) has been written.', name, megabytes), checkText(parity)]
    : [vscode.l10n.t('{0} has been written.', name)];
  const isDoubtful = parity !== null && (parity.changedDecisions > 0 || parity.comparedOn === 'patterns');
  const show = isDoubtful ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  // biome-ignore lint/plugin: a few buttons
  const answer = await show(sentences.join(' '), ...buttons.keys());
  if (answer !== undefined) await buttons.get(answer)?.();
}

function checkText(parity: NonNullable<ExportAnswer['parity']>): string {
  const { comparedOn, count, maxLogitDifference, maxProbabilityDifference, changedDecisions } = parity;
  const figures = {
    count,
    logits: figure(maxLogitDifference),
    probabilities: figure(maxProbabilityDifference),
    changed: changedDecisions,
  };
  return comparedOn === 'images'
    ? t(
        'On {count} {count|image|images} of the run its logits differ from those of the run by at most {logits}, its probabilities by at most {probabilities}; changed decisions: {changed}.',
        figures,
      )
    : t(
        'None of the run’s validation or test images exists any more: on {count} generated {count|pattern|patterns} its logits differ from those of the run by at most {logits}, its probabilities by at most {probabilities}; changed decisions: {changed}.',
        figures,
      );
}

const figure = (value: number): string => (value === 0 ? '0' : value.toPrecision(2));

const reveal = (file: string) =>
  vscode.commands.executeCommand(
    vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer',
    vscode.Uri.file(file),
  );
const open = (file: string) => vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
const preview = (file: string) => vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(file));
