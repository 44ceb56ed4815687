// npm run bench:explain: maps per second at each layer, from pixels to the finished map, through the engine as in
// `shoulders explain`. Prints one line per network and layer for docs/benchmarks.md; on a shared machine, use the best, or the
// CPU time with one thread, which excludes waiting.
//
//   npm run bench:explain -- [--threads 2] [--runs 8] [--networks resnet18,resnet50] [--layers layer4,layer3,layer2,layer1] [--check]
import { parseArgs } from 'node:util';
import { createCpuEngine } from '../runner/engine/onnx/onnxEngine.ts';
import { faithfulnessChecker } from '../runner/explain/checks/faithfulness.ts';
import { batchFor, mapMaker } from '../runner/explain/explain.ts';
import { initialParameters } from '../runner/network/initialize.ts';
import { Architecture } from '../shared/contracts/architectures.ts';
import { ExplanationLayer, explanationLayers } from '../shared/contracts/explanation.ts';
import { stream } from '../shared/random.ts';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: '8' },
    networks: { type: 'string', default: 'resnet18,resnet50' },
    layers: { type: 'string', default: explanationLayers.join() },
    check: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const imageSize = 224;
const engine = createCpuEngine(Number(values.threads));

for (const architecture of values.networks.split(',').map((name) => Architecture.parse(name))) {
  const network = { architecture, parameters: initialParameters(architecture, 2, 1), imageSize };
  for (const layer of values.layers.split(',').map((name) => ExplanationLayer.parse(name))) {
    const question = { of: 'probability', layer, method: 'grad-cam' } as const;
    const batch = batchFor(layer, imageSize);
    const views = Array.from({ length: batch }, (_, i) => noise(i));
    const labels = views.map((_, i) => i % 2);
    const startMs = performance.now();
    const maker = await mapMaker(engine, network, question, batch);
    const first = await maker.maps(views, labels, question.method);
    const firstMs = performance.now() - startMs;
    const before = process.cpuUsage();
    const elapsedMs = await times(runs, () => maker.maps(views, labels, question.method));
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000 / runs / batch;
    const rate = (ms: number) => ((batch * 1000) / ms).toFixed(1).padStart(5);
    console.log(
      `${architecture} ${layer}, batches of ${batch}: median ${rate(elapsedMs[runs >> 1]!)}  best ${rate(elapsedMs[0]!)} maps/s, ${cpuMs.toFixed(0)} ms of CPU a map, first batch after ${(firstMs / 1000).toFixed(1)} s, peak ${(process.resourceUsage().maxRSS / 1e6).toFixed(1)} GB`,
    );
    if (values.check) {
      const checker = await faithfulnessChecker(engine, network, question, 1);
      const checkMs = await times(3, () => checker.check(views[0]!, 0, first[0]!));
      console.log(`${architecture} ${layer}, check: best ${(checkMs[0]! / 1000).toFixed(1)} s an image`);
      await checker.dispose();
    }
    await maker.dispose();
  }
}
await engine.dispose();

/** Milliseconds, ascending. */
async function times(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const elapsed: number[] = [];
  for (let i = 0; i < count; i++) {
    const startMs = performance.now();
    await work();
    elapsed.push(performance.now() - startMs);
  }
  return elapsed.sort((a, b) => a - b);
}

function noise(number: number): Uint8Array {
  const random = stream(1, 'noise', number);
  return Uint8Array.from({ length: imageSize * imageSize * 3 }, () => 256 * random());
}
