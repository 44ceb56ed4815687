// The network's arithmetic against torchvision 0.29: every depth, features after each layer, logits.
import { after, test } from 'node:test';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { checkForward, forwardCases } from '../../support/referenceCases.ts';

const engine = createCpuEngine(2);
after(() => engine.dispose());

for (const each of forwardCases)
  test(`trunkProgram() and segmentProgram() equal torchvision's ${each.arch}`, () => checkForward(engine, each));
