// "Where do the weights come from?": asked only while the official ones are not on this machine. Nothing is downloaded without consent.
import * as vscode from 'vscode';
import type { OfficialWeights } from '../../../shared/contracts/architectures.ts';
import { officialBaseUrl, officialWeights } from '../../../shared/recipes/officialWeights.ts';
import type { Settings } from '../../config.ts';
import { isCached } from '../../program/machineCache.ts';
import type { RecipeOutline } from '../../recipes/recipeFiles.ts';

export interface WeightsChoice {
  /** Replaces the recipe's weights: an absolute path, or "none". null: the recipe's. */
  readonly weights: string | null;
  readonly allowDownload: boolean;
}

const asTheRecipeSays: WeightsChoice = { weights: null, allowDownload: false };

/** undefined: cancelled. @throws UserError weightsUnknownName */
export async function pickWeights(
  { network, weights }: RecipeOutline,
  settings: Settings,
  memory: vscode.Memento,
): Promise<WeightsChoice | undefined> {
  if (!/^imagenet1k/i.test(weights)) return asTheRecipeSays;
  if (settings.weightsFile !== null) return { weights: settings.weightsFile, allowDownload: false };
  const official = officialWeights(network, weights);
  if (await isCached(official.fileName)) return asTheRecipeSays;
  return ask(official, network, settings, memory);
}

async function ask(
  { name, fileName, sizeMB }: OfficialWeights,
  network: string,
  { machine: { weightsMirror } }: Settings,
  memory: vscode.Memento,
): Promise<WeightsChoice | undefined> {
  const memoryKey = `weightsFile/${network}`;
  const host = hostOf(weightsMirror ?? officialBaseUrl);
  const before = memory.get<string>(memoryKey);
  const download = {
    label: `$(cloud-download) ${vscode.l10n.t('Download')}`,
    description: vscode.l10n.t('{0} MB from {1}', sizeMB, host),
    detail: vscode.l10n.t('{0}: kept on this machine for all later runs; nothing is sent', fileName),
  };
  const again = {
    label: `$(file) ${vscode.l10n.t('Use {0}', before ?? '')}`,
    description: vscode.l10n.t('chosen before'),
  };
  const choose = {
    label: `$(folder-opened) ${vscode.l10n.t('Choose a File…')}`,
    detail: vscode.l10n.t('A .pth, .ckpt, .bin or .safetensors file of a {0}', network),
  };
  const random = {
    label: `$(circle-slash) ${vscode.l10n.t('Random Weights')}`,
    detail: vscode.l10n.t('Not pretrained: with few images the results will be far worse, and the run says so'),
  };
  const picked = await vscode.window.showQuickPick([...(before ? [again] : []), download, choose, random], {
    title: vscode.l10n.t('The {0} weights {1} are not on this machine yet', network, name),
    placeHolder: vscode.l10n.t('Weights to start from'),
    ignoreFocusOut: true,
  });
  switch (picked) {
    case download:
      return { weights: null, allowDownload: true };
    case random:
      return { weights: 'none', allowDownload: false };
    case again:
      return { weights: before!, allowDownload: false };
    case choose: {
      const file = await chooseWeightsFile(vscode.l10n.t('Weights of a {0}', network), vscode.l10n.t('Use'));
      if (file !== undefined) await memory.update(memoryKey, file);
      return file === undefined ? undefined : { weights: file, allowDownload: false };
    }
    default:
      return undefined;
  }
}

export async function chooseWeightsFile(title: string, openLabel: string): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel,
      filters: { [vscode.l10n.t('Weights')]: ['pth', 'pt', 'ckpt', 'bin', 'tar', 'safetensors'] },
    })) ?? [];
  return file?.fsPath;
}

/** Host to consent to, or the whole address if it cannot be parsed. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);
