// npm run bench:panel: how long the run panel holds the page's only thread with a long run, in Chromium: per opened panel, new epoch,
// move of the crosshair, zoom, step of the smoothing. A frame has 16.7 ms.
import process from 'node:process';
import type { EpochRow } from '../runner/contracts/runState.ts';
import { stream } from '../runner/random.ts';
import { darkModern } from '../test/support/themes.ts';
import { launch, noChromium, type PanelPage } from '../test/webview/support/panelPage.ts';
import { chestXrayRun, snapshotOf, upToEpoch } from '../test/webview/support/transcripts.ts';

/** Loss, accuracy, AUROC, learning rate and recall, two lines each. */
const seriesCount = 10;
const repetitions = 30;

if (noChromium) throw new Error(noChromium);
const panels = await launch();
try {
  console.log('| epochs | points | open | new epoch | crosshair | zoom | smoothing |\n|---|---|---|---|---|---|---|');
  for (const count of [100, 1000, 10_000, 100_000]) {
    const figures = await measure(count);
    const cells = figures.map((ms) => `${ms.toFixed(ms < 100 ? 1 : 0)} ms`);
    console.log(
      `| ${[count, count * seriesCount].map((n) => n.toLocaleString('en')).join(' | ')} | ${cells.join(' | ')} |`,
    );
  }
} finally {
  await panels.close();
}
process.exitCode = 0;

/** Milliseconds of work on the page's thread, the mean of each kind. */
async function measure(count: number): Promise<number[]> {
  const run = chestXrayRun();
  const training = snapshotOf(run, upToEpoch(run.events, 8), null);
  const rows = noisyRows(training.run.epochs.at(-1)!, count);
  const stages = training.run.stages.map((stage, i) => (i === 1 ? { ...stage, epochs: count + repetitions } : stage));
  const panel = await panels.open({ theme: darkModern, width: 1400 });
  const session = await panel.page.context().newCDPSession(panel.page);
  await session.send('Performance.enable');
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
  const each = async (times: number, act: (i: number) => Promise<unknown>): Promise<number> => {
    const before = await busy();
    for (let i = 0; i < times; i++) {
      await act(i);
      await panel.drawn();
    }
    return ((await busy()) - before) / times;
  };
  const open = await each(1, () => panel.post({ ...training, run: { ...training.run, epochs: rows, stages } }));
  await setSmoothing(panel, 0.6);
  const newEpoch = await each(repetitions, (i) =>
    panel.post({
      type: 'event',
      seq: training.nextSeq + i,
      event: { type: 'epoch', ...rows.at(-1)!, epoch: count + 1 + i },
      problemText: null,
    }),
  );
  const box = (await panel.page.locator('sh-line-chart.loss .u-over').boundingBox())!;
  const crosshair = await each(repetitions, (i) =>
    panel.page.mouse.move(box.x + (box.width * (i + 1)) / (repetitions + 2), box.y + 40),
  );
  await panel.page.locator('sh-line-chart.loss').getByRole('slider').focus();
  const zoom = await each(repetitions, (i) => panel.page.keyboard.press(i % 2 === 0 ? '+' : '-'));
  const smoothing = await each(repetitions, (i) => setSmoothing(panel, 0.3 + i / 100));
  return [open, newEpoch, crosshair, zoom, smoothing];
}

const setSmoothing = (panel: PanelPage, weight: number): Promise<void> =>
  panel.page.locator('sh-curves input[type=range]').fill(String(weight));

/** Losses that fall and shares that rise, both with noise: nothing about them compresses well. */
function noisyRows(row: EpochRow, count: number): EpochRow[] {
  const random = stream(3, 'panel');
  return Array.from({ length: count }, (_, i) => {
    const rise = 1 - Math.exp((-4 * i) / count);
    const share = () => Math.min(1, 0.5 + 0.45 * rise + 0.05 * random());
    const loss = () => 0.7 - 0.5 * rise + 0.1 * random();
    const { train, val } = row.metrics;
    return {
      ...row,
      epoch: i + 1,
      stage: 1,
      best: false,
      metrics: {
        train: { ...train, loss: loss(), accuracy: share(), auroc: share() },
        val: { ...val, loss: loss(), accuracy: share(), auroc: share(), recallPerClass: [share(), share()] },
      },
      learningRates: { head: 0.002 * (1 - i / count), backbone: 0.0002 * (1 - i / count) },
    };
  });
}
