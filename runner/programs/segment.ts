// A section of the network with fixed weights, from the features at one cut to those at another, or to the logits.
import type { Cut } from '../../shared/contracts/architectures.ts';
import type { ProgramSource } from '../engine/engine.ts';
import { Graph } from '../graph/graph.ts';
import { type InputType, inference, inputAt, type Network } from './inference.ts';
import { programSource } from './source.ts';

export interface SegmentOptions extends Network {
  readonly from: Cut;
  readonly to: Cut | 'logits';
  readonly batch: number;
  readonly imageSize: number;
  /** Type of the input and, unless it is 'logits', of the output. 'uint8' only if `from` is 'all': the input is `pixels` [N, S, S, 3]. */
  readonly featureType: InputType;
}

/** Input 'features' or 'pixels'; one output, named `to`: float32 logits [N, K], or features (float32 from pixels). */
export function segmentProgram(options: SegmentOptions): ProgramSource {
  const { architecture, from, to, featureType } = options;
  const g = new Graph();
  const x = inputAt(g, architecture, from, options);
  const value = inference(g, options, x, from, [to]).get(to)!;
  g.output(to, value);
  const halves = featureType === 'float16' ? ['features', ...(to === 'logits' ? [] : [to])] : [];
  return programSource(g, { name: `${architecture} from ${from} to ${to}` }, { halves });
}
