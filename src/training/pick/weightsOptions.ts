// Answers to "Where do the weights come from?", while the official ones are not on this machine. Starter weights never come before
// ImageNet weights: neither before their download nor before a file that was chosen earlier.
import type { Architecture, OfficialWeights } from '../../../shared/contracts/architectures.ts';
import type { Translate } from '../../words/translate.ts';

export interface WeightsOption {
  readonly answer: 'before' | 'download' | 'starter' | 'file' | 'random';
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

export interface Asked {
  readonly network: Architecture;
  readonly official: Pick<OfficialWeights, 'fileName' | 'sizeMB'>;
  /** Source of the download. */
  readonly host: string;
  /** A file chosen earlier for this network. */
  readonly before: string | undefined;
  /** Starter weights ship for this network. */
  readonly hasStarter: boolean;
}

/** In the order of the list. */
export function weightsOptions(
  { network, official: { fileName, sizeMB }, host, before, hasStarter }: Asked,
  t: Translate,
): WeightsOption[] {
  const again: WeightsOption[] =
    before === undefined
      ? []
      : [{ answer: 'before', label: `$(file) ${t('Use {0}', { 0: before })}`, description: t('chosen before') }];
  const starter: WeightsOption[] = hasStarter
    ? [
        {
          answer: 'starter',
          label: `$(archive) ${t('Starter Weights')}`,
          description: t('no download'),
          detail: t('Shipped with the extension, learned from drawings: ImageNet weights are better for photographs'),
        },
      ]
    : [];
  return [
    ...again,
    {
      answer: 'download',
      label: `$(cloud-download) ${t('Download')}`,
      description: t('{0} MB from {1}', { 0: sizeMB, 1: host }),
      detail: t('{0}: kept on this machine for all later runs; nothing is sent', { 0: fileName }),
    },
    ...starter,
    {
      answer: 'file',
      label: `$(folder-opened) ${t('Choose a File…')}`,
      detail: t('A .pth, .ckpt, .bin or .safetensors file of a {0}', { 0: network }),
    },
    {
      answer: 'random',
      label: `$(circle-slash) ${t('Random Weights')}`,
      detail: t('Not pretrained: with few images the results will be far worse, and the run says so'),
    },
  ];
}
