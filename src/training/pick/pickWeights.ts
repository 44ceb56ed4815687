// "Where do the weights come from?": asked only while the official ones are not on this machine. Nothing is downloaded without consent.
import * as vscode from 'vscode';
import { type Architecture, type OfficialWeights, starterWeightsOf } from '../../../shared/contracts/architectures.ts';
import { officialBaseUrl, officialWeights, starterName } from '../../../shared/recipes/officialWeights.ts';
import type { Settings } from '../../config.ts';
import { isCached } from '../../program/machineCache.ts';
import type { RecipeOutline } from '../../recipes/recipeFiles.ts';
import { t } from '../../words/showError.ts';
import { weightsOptions } from './weightsOptions.ts';

export interface WeightsChoice {
  /** Replaces the recipe's weights: an absolute path, "starter" or "none". null: the recipe's. */
  readonly weights: string | null;
  readonly allowDownload: boolean;
}

const asTheRecipeSays: WeightsChoice = { weights: null, allowDownload: false };

/** undefined: cancelled. @throws UserError weightsUnknownName */
export async function pickWeights(
  outline: RecipeOutline,
  settings: Settings,
  memory: vscode.Memento,
): Promise<WeightsChoice | undefined> {
  const { network, weights } = outline;
  return (await weightsAtHand(outline, settings)) ?? ask(officialWeights(network, weights), network, settings, memory);
}

/** Choice that needs neither a question nor a download; undefined: there is none. @throws UserError weightsUnknownName */
export async function weightsAtHand(
  { network, weights }: RecipeOutline,
  { weightsFile }: Pick<Settings, 'weightsFile'>,
): Promise<WeightsChoice | undefined> {
  if (!/^imagenet1k/i.test(weights)) return asTheRecipeSays;
  if (weightsFile !== null) return { weights: weightsFile, allowDownload: false };
  return (await isCached(officialWeights(network, weights).fileName)) ? asTheRecipeSays : undefined;
}

async function ask(
  { name, fileName, sizeMB }: OfficialWeights,
  network: Architecture,
  { machine: { weightsMirror } }: Settings,
  memory: vscode.Memento,
): Promise<WeightsChoice | undefined> {
  const memoryKey = `weightsFile/${network}`;
  const host = hostOf(weightsMirror ?? officialBaseUrl);
  const before = memory.get<string>(memoryKey);
  const hasStarter = starterWeightsOf(network) !== undefined;
  const options = weightsOptions({ network, official: { fileName, sizeMB }, host, before, hasStarter }, t);
  const picked = await vscode.window.showQuickPick(options, {
    title: vscode.l10n.t('The {0} weights {1} are not on this machine yet', network, name),
    placeHolder: vscode.l10n.t('Weights to start from'),
    ignoreFocusOut: true,
  });
  switch (picked?.answer) {
    case 'download':
      return { weights: null, allowDownload: true };
    case 'starter':
      return { weights: starterName, allowDownload: false };
    case 'random':
      return { weights: 'none', allowDownload: false };
    case 'before':
      return { weights: before!, allowDownload: false };
    case 'file': {
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
