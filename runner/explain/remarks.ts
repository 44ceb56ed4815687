// Remarks that a reader needs before believing a map. Pure.
import type { Architecture } from '../../shared/contracts/architectures.ts';
import { type Depth, whiteOf } from '../../shared/contracts/depth.ts';
import type { Remark, RemarkCode } from '../../shared/contracts/explanation.ts';
import { isLastLayer } from '../network/layerOutput.ts';
import type { ClassMap } from './classMaps.ts';
import type { Question } from './explain.ts';

/** Softmax multiplies every gradient by p · (1 − p); below this value the 1e-6 of the scaling becomes visible. */
const saturated = 1e-5;

export interface AboutMap {
  readonly question: Question;
  readonly map: ClassMap;
  readonly className: string;
  /** Probability of the class. */
  readonly probability: number;
}

/** True if the gradient is practically zero: that of a probability close to 0 or 1. */
const isSaturatedIn = ({ question: { of, method }, probability }: AboutMap): boolean =>
  method !== 'eigen-cam' && of === 'probability' && probability * (1 - probability) < saturated;

export interface RemarkParts extends AboutMap {
  readonly network: Architecture;
  readonly medical: boolean;
  /** 16-bit values that exceed the depth; null: none. */
  readonly clipped?: { readonly depth: Depth; readonly largest: number } | null;
}

export function remarksOf({ network, medical, clipped = null, ...about }: RemarkParts): Remark[] {
  const { question, map, className, probability } = about;
  const { layer, method } = question;
  const { rawMaximum, rawMinimum } = map;
  const usesGradients = method !== 'eigen-cam';
  const isSaturated = isSaturatedIn(about);
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
    ...(method === 'hires-cam' && isLastLayer(network, layer) ? [remark('gradCamOnLayer4')] : []),
  ];
}

/** Reason why a map cannot be checked; null: it can. */
export function checkLeftOut(about: AboutMap): Remark | null {
  const { question, map, className, probability } = about;
  const { layer } = question;
  if (map.rawMaximum !== map.rawMinimum) return null;
  if (isSaturatedIn(about)) return remark('noCheckSaturated', { className, score: nearlyCertain(probability) });
  return map.rawMaximum === 0 ? remark('noCheckEmpty', { layer, className }) : remark('noCheckEven', { layer });
}

export const remark = (code: RemarkCode, params: Remark['params'] = {}): Remark => ({ code, params });

/** 0.99999987 instead of 1.00, 1.3e-7 instead of 0.00. */
const nearlyCertain = (probability: number): string =>
  probability > 0.5 ? (Math.floor(probability * 1e8) / 1e8).toString() : probability.toPrecision(2);
