// Initial weights of a run, as panels name them.
import type { WeightsOrigin } from '../../shared/contracts/events.ts';
import { t } from '../../shared/strings/strings.ts';

type Origin = Pick<WeightsOrigin, 'kind' | 'name'>;

export function weightsName({ kind, name }: Origin): string {
  if (kind === 'random') return t('randomWeightsShort');
  return kind === 'starter' ? t('starterWeightsShort') : name;
}

/** Remarks beside figures: what to expect of weights that are not ImageNet's. */
export function weightsRemarks(kind: Origin['kind'] | null | undefined): string[] {
  if (kind === 'random') return [t('randomWeightsNote')];
  return kind === 'starter' ? [t('starterWeightsNote')] : [];
}
