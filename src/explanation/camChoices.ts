// The choices and remarks of the Grad-CAM panel in the editor's language. Pure except for the given translation.
import {
  explanationLayers,
  explanationMethods,
  type explanationScores,
  layerWords,
  methodWords,
  type Remark,
  type RemarkCode,
  remarkSentences,
  remarkText,
  scoreWords,
} from '../../shared/contracts/explanation.ts';
import { heatColors, heatColorWords } from '../../shared/contracts/heatMap.ts';
import type { CamChoices } from '../../shared/messages/explanation.ts';
import type { Translate } from '../words/translate.ts';

export const camChoices = (t: Translate): CamChoices => ({
  layers: explanationLayers.map((id) => ({ id, name: id, meaning: t(layerWords[id]) })),
  methods: explanationMethods.map((id) => ({
    id,
    name: t(methodWords[id].name),
    meaning: t(methodWords[id].meaning),
  })),
  scores: [
    { id: 'probability', name: t('Probability'), meaning: t(scoreWords.probability) },
    { id: 'logit', name: t('Logit'), meaning: t(scoreWords.logit) },
  ] satisfies { id: (typeof explanationScores)[number]; name: string; meaning: string }[],
  // Names of colour maps are not translated.
  colors: heatColors.map((id) => ({
    id,
    name: id[0]!.toUpperCase() + id.slice(1),
    meaning: t(heatColorWords[id]),
  })),
});

/** An unknown code of a newer version is shown as it is. */
export const wordedRemark = (remark: Remark, t: Translate): string =>
  Object.hasOwn(remarkSentences, remark.code)
    ? t(remarkSentences[remark.code as RemarkCode], { ...remark.params, ...scoreWord(remark.params.of, t) })
    : remarkText(remark);

/** Name of a score within a sentence; other text stays. */
function scoreWord(of: string | undefined, t: Translate): { readonly of?: string } {
  if (of === 'probability') return { of: t('probability') };
  return of === 'logit' ? { of: t('logit') } : {};
}
