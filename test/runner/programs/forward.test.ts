// The network's arithmetic against torchvision 0.29: every depth, features after each layer, logits.
import { test } from 'node:test';
import type { Architecture } from '../../../runner/contracts/recipe.ts';
import { segmentProgram } from '../../../runner/programs/segment.ts';
import { trunkProgram } from '../../../runner/programs/trunk.ts';
import { allClose, matchesDigest } from '../../support/allClose.ts';
import { type Digest, readReference, referenceParameters, referenceTensor } from '../../support/referenceTensors.ts';
import { runOnce } from '../../support/runProgram.ts';

interface ForwardCase {
  readonly arch: Architecture;
  readonly classes: number;
  readonly input: Digest;
  readonly taps: Readonly<Record<'maxpool' | 'layer1' | 'layer2' | 'layer3' | 'layer4' | 'avgpool', Digest>>;
  readonly logits: readonly (readonly number[])[];
}
const { cases } = readReference<{ cases: readonly ForwardCase[] }>('forward');

// The cut above a layer holds what the layer puts out.
const cutAfter = { maxpool: 'layer1', layer1: 'layer2', layer2: 'layer3', layer3: 'layer4' } as const;
const imageSize = 224;

const input = referenceTensor('input', [2, 3, imageSize, imageSize], -2, 2);

for (const { arch: architecture, classes, input: inputDigest, taps, logits } of cases)
  test(`trunkProgram() and segmentProgram() equal torchvision's ${architecture}`, async () => {
    const parameters = referenceParameters(architecture, classes);
    const common = { architecture, parameters, batch: 2, imageSize, featureType: 'float32' } as const;
    matchesDigest('input', input, inputDigest, 1e-6);
    const cuts = Object.values(cutAfter);
    const features = await runOnce(trunkProgram({ ...common, cuts, input: 'normalized' }), { input });
    // Float32 in another order of summation, through up to 100 layers: far below a thousandth of a deviation.
    for (const [tap, cut] of Object.entries(cutAfter))
      matchesDigest(tap, features[cut]!, taps[tap as keyof typeof cutAfter], 1e-3);
    const toPooled = segmentProgram({ ...common, from: 'layer4', to: 'fc' });
    const { fc } = await runOnce(toPooled, { features: features.layer4! });
    const pooled = { ...fc!, shape: [...fc!.shape, 1, 1] };
    matchesDigest('avgpool', pooled, taps.avgpool, 1e-3);
    const toLogits = segmentProgram({ ...common, from: 'fc', to: 'logits' });
    const out = await runOnce(toLogits, { features: fc! });
    allClose('logits', out.logits!.data as Float32Array, logits.flat(), { relative: 1e-3, absolute: 1e-5 });
  });
