// npm run bench:messages: cost of sending validation predictions to a panel, as a list of numbers and as a typed array. The editor
// writes a message as JSON and sends array buffers beside it; the page reads it, clones it into its frame and validates it. In Node.js,
// without the editor's own sockets; medians.
import { z } from 'zod';
import { Predictions } from '../shared/messages/run.ts';
import { normal, stream } from '../shared/random.ts';

const repetitions = 9;
const cases = [
  { imageCount: 2000, classCount: 500 },
  { imageCount: 20_000, classCount: 10 },
  { imageCount: 600, classCount: 2 },
];

/** Format of earlier versions. */
const ListPredictions = z.object({
  epoch: z.int().nullable(),
  labels: z.array(z.int()),
  logits: z.array(z.number()),
  classCount: z.int(),
});

const timed = <T>(work: () => T): readonly [T, number] => {
  const start = performance.now();
  const result = work();
  return [result, performance.now() - start];
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

interface Cost {
  readonly bytes: number;
  readonly hostMs: number;
  readonly pageMs: number;
}

function asList(predictions: Predictions): Cost {
  const logits = [...predictions.logits];
  const [text, hostMs] = timed(() => JSON.stringify({ ...predictions, logits }));
  const [, pageMs] = timed(() => ListPredictions.parse(structuredClone(JSON.parse(text))));
  return { bytes: text.length, hostMs, pageMs };
}

function asBytes(predictions: Predictions): Cost {
  const { logits, ...rest } = predictions;
  const [[text, buffer], hostMs] = timed(() => [JSON.stringify(rest), logits.buffer.slice(0)] as const);
  const [, pageMs] = timed(() =>
    Predictions.parse(structuredClone({ ...JSON.parse(text), logits: new Float32Array(buffer) })),
  );
  return { bytes: text.length + buffer.byteLength, hostMs, pageMs };
}

console.log('| images x classes | as | MB | host, ms | page, ms |\n|---|---|---|---|---|');
for (const { imageCount, classCount } of cases) {
  const noise = stream(3, 'bench', imageCount);
  const labels = Array.from({ length: imageCount }, (_, i) => i % classCount);
  const logits = Float32Array.from({ length: imageCount * classCount }, () => 3 * normal(noise));
  for (const [as, measure] of [
    ['list', asList],
    ['typed array', asBytes],
  ] as const) {
    const costs = Array.from({ length: repetitions }, () => measure({ epoch: 1, labels, logits, classCount }));
    const of = (name: keyof Cost, digits: number) => median(costs.map((cost) => cost[name])).toFixed(digits);
    const megabytes = (costs[0]!.bytes / 1e6).toFixed(2);
    console.log(`| ${imageCount} x ${classCount} | ${as} | ${megabytes} | ${of('hostMs', 1)} | ${of('pageMs', 1)} |`);
  }
}
