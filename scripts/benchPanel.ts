// npm run bench:panel: how long the run panel blocks the page's only thread with a long run, in Chromium: on opening, at a
// new epoch, a move of the crosshair, a zoom, a step of the smoothing. A frame has 16.7 ms.

import type { FromPanel, ToPanel } from '../shared/messages/run.ts';
import { darkModern } from '../test/support/themes.ts';
import { launch, noChromium, type PanelPage } from '../test/webview/support/panelPage.ts';
import { chestXrayRun, snapshotOf, upToEpoch } from '../test/webview/support/transcripts.ts';

/** Loss, accuracy, AUROC, learning rate and recall, with two lines each. */
const seriesCount = 10;
const repetitions = 20;
const groupDigits = (count: number): string => count.toLocaleString('en');

if (noChromium) throw new Error(noChromium);
const panels = await launch<FromPanel>('run');
try {
  console.log('Script, style and layout, ms; in brackets all work of the thread, painting included.\n');
  console.log('| epochs | points | open | new epoch | crosshair | zoom | smoothing |\n|---|---|---|---|---|---|---|');
  for (const count of [100, 1000, 10_000, 100_000]) {
    const cells = (await measure(count)).map(({ own, all }) => `${own.toFixed(1)} (${all.toFixed(0)})`);
    console.log(`| ${groupDigits(count)} | ${groupDigits(count * seriesCount)} | ${cells.join(' | ')} |`);
  }
} finally {
  await panels.close();
}

interface Busy {
  readonly own: number;
  readonly all: number;
}

async function measure(count: number): Promise<Busy[]> {
  const run = chestXrayRun();
  const training = snapshotOf(run, upToEpoch(run.events, 8), null);
  const row = training.run.epochs.at(-1)!;
  const panel = await panels.open({ theme: darkModern, width: 1400 });
  const session = await panel.page.context().newCDPSession(panel.page);
  await session.send('Performance.enable');
  const busy = async (): Promise<Busy> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const ms = (wanted: string) => 1000 * metrics.find(({ name }) => name === wanted)!.value;
    return { own: ms('ScriptDuration') + ms('RecalcStyleDuration') + ms('LayoutDuration'), all: ms('TaskDuration') };
  };
  const each = async (times: number, act: (i: number) => Promise<unknown>): Promise<Busy> => {
    const before = await busy();
    for (let i = 0; i < times; i++) {
      await act(i);
      await panel.drawn();
    }
    const after = await busy();
    return { own: (after.own - before.own) / times, all: (after.all - before.all) / times };
  };

  const open = await each(1, () => panel.page.evaluate(postLongRun, { snapshot: training, count }));
  await setSmoothing(panel, 0.6);
  await panel.drawn();
  const newEpoch = await each(repetitions, (i) =>
    panel.post({
      type: 'event',
      seq: training.nextSeq + i,
      event: { type: 'epoch', ...row, epoch: count + 1 + i },
    }),
  );
  const box = (await panel.page.locator('sh-line-chart.loss .u-over').boundingBox())!;
  const crosshair = await each(repetitions, (i) =>
    panel.page.mouse.move(box.x + (box.width * (i + 1)) / (repetitions + 2), box.y + 40),
  );
  await panel.page.mouse.move(0, 0);
  await panel.page.locator('sh-line-chart.loss').getByRole('slider').focus();
  const zoom = await each(repetitions, (i) => panel.page.keyboard.press(i % 2 === 0 ? '+' : '-'));
  const smoothing = await each(repetitions, (i) => setSmoothing(panel, 0.3 + i / 100));
  return [open, newEpoch, crosshair, zoom, smoothing];
}

function setSmoothing(panel: PanelPage<FromPanel>, weight: number): Promise<void> {
  return panel.page.locator('sh-curves input[type=range]').fill(String(weight));
}

/** Runs in the page: posts a snapshot with that many epochs; falling losses and rising proportions, both with noise. */
function postLongRun({ snapshot, count }: { snapshot: Extract<ToPanel, { type: 'snapshot' }>; count: number }): void {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const row = snapshot.run.epochs.at(-1)!;
  const epochs = Array.from({ length: count }, (_, i) => {
    const rise = 1 - Math.exp((-4 * i) / count);
    const share = () => Math.min(1, 0.5 + 0.45 * rise + 0.05 * random());
    const loss = () => 0.7 - 0.5 * rise + 0.1 * random();
    const { train, val } = row.metrics;
    return {
      ...row,
      epoch: i + 1,
      best: false,
      metrics: {
        train: { ...train, loss: loss(), accuracy: share(), auroc: share() },
        val: { ...val, loss: loss(), accuracy: share(), auroc: share(), recallPerClass: [share(), share()] },
      },
      learningRates: { head: 0.002 * (1 - i / count), backbone: 0.0002 * (1 - i / count) },
    };
  });
  window.postMessage({ ...snapshot, run: { ...snapshot.run, epochs } }, '*');
}
