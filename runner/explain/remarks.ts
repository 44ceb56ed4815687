// What there is to say about a map before anybody believes it. Pure.
import { type Depth, whiteOf } from '../contracts/depth.ts';
import type { Remark, RemarkCode } from '../contracts/explanation.ts';
import type { ClassMap } from './classMaps.ts';
import type { Question } from './mapMaker.ts';

/** p · (1 − p), the factor that the softmax puts on every gradient, below which the scaling's 1e-6 shows. */
const saturated = 1e-5;

export function remarksOf({
  question: { of, layer, method },
  map: { rawMaximum, rawMinimum },
  className,
  probability,
  medical,
  clipped = null,
}: {
  readonly question: Question;
  readonly map: ClassMap;
  readonly className: string;
  readonly probability: number;
  readonly medical: boolean;
  /** 16-bit values above what the depth holds; null: there are none. */
  readonly clipped?: { readonly depth: Depth; readonly largest: number } | null;
}): Remark[] {
  const usesGradients = method !== 'eigen-cam';
  const isSaturated = usesGradients && of === 'probability' && probability * (1 - probability) < saturated;
  const isEmpty = rawMaximum === 0;
  return [
    ...(medical ? [remark('notDiagnostic')] : []),
    ...(clipped
      ? [
          remark('depthClipped', {
            depth: String(clipped.depth),
            largest: String(clipped.largest),
            white: String(whiteOf(clipped.depth)),
          }),
        ]
      : []),
    ...(isSaturated ? [remark('faintMap', { className, score: nearlyCertain(probability) })] : []),
    ...(isEmpty && !isSaturated ? [remark('nothingPositive', { layer, className })] : []),
    ...(!isEmpty && rawMaximum === rawMinimum ? [remark('evenMap', { layer })] : []),
    ...(usesGradients ? [] : [remark('classIgnored')]),
    ...(method === 'hires-cam' && layer === 'layer4' ? [remark('gradCamOnLayer4')] : []),
  ];
}

export const remark = (code: RemarkCode, params: Remark['params'] = {}): Remark => ({ code, params });

/** 0.99999987 rather than 1.00; 1.3e-7 rather than 0.00. */
const nearlyCertain = (probability: number): string =>
  probability > 0.5 ? (Math.floor(probability * 1e8) / 1e8).toString() : probability.toPrecision(2);
