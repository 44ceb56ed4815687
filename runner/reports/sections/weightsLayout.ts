// Names that a weights file gave its network, and the tensors not taken from it, in words for the log and for reports.
import type { WeightsLayout } from '../../../shared/contracts/events.ts';
import { plural } from '../../words/text.ts';

const namingWords: Readonly<Record<WeightsLayout['naming'], string | null>> = {
  torchvision: null,
  children: 'a Sequential’s numbers for names',
  stages: 'a Sequential’s numbers for names',
  transformers: 'transformers’ names',
};

/** "Lightning checkpoint, under state_dict, prefix model.; not used: model.fc (2 tensors)"; '' for torchvision's names alone. */
export function layoutWords({ tool, container, prefix, naming, passedOver, otherParts }: WeightsLayout): string {
  const where = [
    ...(tool === 'lightning' ? ['Lightning checkpoint'] : []),
    ...(container === '' ? [] : [`under ${container}`]),
    ...(prefix === '' ? [] : [`prefix ${prefix}`]),
    ...(namingWords[naming] === null ? [] : [namingWords[naming]]),
  ];
  const parts = passedOver.map(({ name, tensors }) => `${name} (${plural(tensors, 'tensor')})`);
  if (otherParts > 0) parts.push(plural(otherParts, 'more part'));
  return [
    ...(where.length > 0 ? [where.join(', ')] : []),
    ...(parts.length > 0 ? [`not used: ${parts.join(', ')}`] : []),
  ].join('; ');
}
