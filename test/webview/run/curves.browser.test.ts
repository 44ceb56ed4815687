// Curves and epoch table of the run panel in real Chromium, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixed } from '../../../shared/fixed.ts';
import { type CurveLook, type FromPanel, plainLook } from '../../../shared/messages/run.ts';
import { formatLearningRate } from '../../../webview/page/format.ts';
import { darkModern, highContrast, lightModern } from '../../support/themes.ts';
import { noChromium, type PanelPage, panelOf, textOf } from '../support/panelPage.ts';
import { chest, finished, plain, training } from '../support/runScenes.ts';

type Page = PanelPage<FromPanel>;

describe('curves of the run panel in Chromium', { skip: noChromium }, () => {
  const { onPanel } = panelOf<FromPanel, unknown>('run');

  test('the epoch table contains every number of the curves and marks the kept epoch', () =>
    onPanel([finished], async (panel) => {
      const table = panel.page.locator('sh-epoch-table table');
      const rows = await table
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent!.trim())));
      const { epochs, evaluation } = finished.run;
      assert.equal(rows.length, epochs.length);
      for (const [i, { metrics, learningRates }] of epochs.entries()) {
        const { train, val } = metrics;
        assert.deepEqual(
          rows[i]!.slice(2, 11).map(Number),
          [
            train.loss,
            train.accuracy,
            train.auroc,
            val.loss,
            val.accuracy,
            val.auroc,
            val.auprc,
            val.sensitivity,
            val.specificity,
          ].map((value) => Number(fixed(value!, 3))),
        );
        assert.equal(Number(rows[i]![11]), Number(learningRates.head.toPrecision(3)));
      }
      assert.match(rows[evaluation!.keptEpoch - 1]![0]!, /kept$/);
    }));

  test('the curves are redrawn in the colours of a new theme', () =>
    onPanel([training], async (panel) => {
      const inked = () => panel.page.evaluate(countInk);
      for (const theme of [lightModern, highContrast, darkModern]) {
        await panel.setTheme(theme);
        await panel.drawn();
        const { train, val } = await inked();
        assert.ok(train > 40 && val > 40, `${theme.name}: ${train} pixels of train, ${val} of validation`);
      }
    }));

  test('the crosshair shows the values of its epoch in all curves', () =>
    onPanel([finished], async (panel) => {
      const over = panel.page.locator('sh-line-chart .u-over').first();
      const box = (await over.boundingBox())!;
      // 15 epochs on an axis from 0.5 to 15.5: epoch 4 is at 3.5 / 15 of it.
      await panel.page.mouse.move(box.x + (box.width * 3.5) / 15, box.y + 30);
      await panel.drawn();
      const { train, val } = finished.run.epochs[3]!.metrics;
      for (const metric of ['loss', 'accuracy', 'auroc'] as const) {
        const legend = await panel.page.locator(`sh-line-chart.${metric} .legend`).innerText();
        assert.match(legend, /epoch 4/);
        assert.ok(legend.includes(fixed(train[metric]!, 3)) && legend.includes(fixed(val[metric]!, 3)));
      }
      const { head } = finished.run.epochs[3]!.learningRates;
      assert.ok(
        (await panel.page.locator('sh-line-chart.learningRate .legend').innerText()).includes(formatLearningRate(head)),
      );
      const box4 = await textOf(panel.page.locator('sh-line-chart .tip'));
      for (const value of [...Object.values(train), val.loss, val.accuracy, val.auroc, ...val.recallPerClass])
        assert.ok(box4.includes(fixed(value!, 3)), `${value} in ${box4}`);
    }));

  const chartOf = (panel: Page, name: string) => panel.page.locator(`sh-line-chart.${name}`);
  const plotOf = (panel: Page, name: string) => chartOf(panel, name).getByRole('slider');
  const lookOf = async (panel: Page) => ((await panel.kept()).at(-1) as { look: CurveLook } | undefined)?.look;

  test('the chart is a slider over epochs: arrow keys move the crosshair of all charts, and its values are announced', () =>
    onPanel([finished], async (panel) => {
      const loss = plotOf(panel, 'loss');
      await loss.focus();
      await panel.drawn();
      const said = async () => ({
        now: await loss.getAttribute('aria-valuenow'),
        text: await loss.getAttribute('aria-valuetext'),
      });
      const expected = (epoch: number) => {
        const { train, val } = finished.run.epochs[epoch - 1]!.metrics;
        return {
          now: String(epoch),
          text: `epoch ${epoch}: Train ${train.loss!.toFixed(3)}, Validation ${val.loss!.toFixed(3)}`,
        };
      };
      assert.deepEqual(await said(), expected(15));
      for (const [key, epoch] of [
        ['ArrowLeft', 14],
        ['PageDown', 4],
        ['ArrowRight', 5],
        ['Home', 1],
        ['ArrowLeft', 1],
        ['End', 15],
      ] as const) {
        await panel.page.keyboard.press(key);
        await panel.drawn();
        assert.deepEqual(await said(), expected(epoch), key);
        assert.equal(await plotOf(panel, 'recall').getAttribute('aria-valuenow'), String(epoch));
      }
      await panel.page.keyboard.press('Tab');
      await panel.drawn();
      assert.equal(await chartOf(panel, 'loss').locator('.tip').count(), 0);
    }));

  test('keys zoom, pan and reset; all charts share the epochs in view', () =>
    onPanel([finished], async (panel) => {
      await plotOf(panel, 'accuracy').focus();
      await panel.page.keyboard.press('PageDown');
      await panel.page.keyboard.press('+');
      await panel.drawn();
      const zoomed = (await lookOf(panel))!.epochs!;
      // Half of 15 epochs around the crosshair at the fifth.
      assert.ok(Math.abs(zoomed[1] - zoomed[0] - 7.5) < 1e-9 && zoomed[0] < 5 && zoomed[1] > 5, String(zoomed));
      await panel.page.keyboard.press('Shift+ArrowRight');
      await panel.page.keyboard.press('Shift+ArrowUp');
      await panel.drawn();
      const look = (await lookOf(panel))!;
      assert.ok(Math.abs(look.epochs![0] - zoomed[0] - 0.75) < 1e-9, `${zoomed} to ${JSON.stringify(look)}`);
      assert.deepEqual(Object.keys(look.values), ['accuracy']);
      await panel.page.getByRole('button', { name: 'Reset Zoom' }).waitFor();
      await panel.page.keyboard.press('0');
      await panel.drawn();
      assert.deepEqual(await lookOf(panel), plainLook);
      assert.equal(await panel.page.getByRole('button', { name: 'Reset Zoom' }).count(), 0);
    }));

  test('a drag zooms to a box, horizontally to epochs, vertically to values; a double click shows the whole run', () =>
    onPanel([finished], async (panel) => {
      const over = chartOf(panel, 'loss').locator('.u-over');
      const box = (await over.boundingBox())!;
      // 15 epochs from 0.5 to 15.5.
      const at = (epoch: number, share: number) =>
        [box.x + (box.width * (epoch - 0.5)) / 15, box.y + box.height * share] as const;
      const drag = async (from: readonly [number, number], to: readonly [number, number], shift = false) => {
        if (shift) await panel.page.keyboard.down('Shift');
        await panel.page.mouse.move(...from);
        await panel.page.mouse.down();
        await panel.page.mouse.move(...to, { steps: 5 });
        await panel.page.mouse.up();
        if (shift) await panel.page.keyboard.up('Shift');
        await panel.drawn();
        return (await lookOf(panel))!;
      };
      const level = await drag(at(2.7, 0.3), at(8.2, 0.35));
      assert.deepEqual([level.epochs, level.values], [[2.5, 8.5], {}]);
      const moved = await drag(at(8, 0.5), at(8 - 5, 0.5), true);
      // A third of the picture is now two epochs: the picture holds six.
      assert.ok(
        Math.abs(moved.epochs![0] - 4.5) < 0.05 && Math.abs(moved.epochs![1] - 10.5) < 0.05,
        String(moved.epochs),
      );
      await over.dblclick();
      await panel.drawn();
      assert.deepEqual(await lookOf(panel), plainLook);
      const upright = await drag(at(5, 0.1), at(5.3, 0.9));
      assert.equal(upright.epochs, null);
      assert.ok(upright.values.loss![0] < upright.values.loss![1]);
      await over.dblclick();
      const both = await drag(at(2.7, 0.1), at(8.2, 0.9));
      assert.deepEqual(both.epochs, [2.5, 8.5]);
      assert.deepEqual(Object.keys(both.values), ['loss']);
    }));

  test('smoothing draws an average over the raw values, which stay visible and in the legend', () =>
    onPanel([finished], async (panel) => {
      const pixels = async () => (await panel.page.evaluate(countInk)).val;
      const before = await pixels();
      const legend = await chartOf(panel, 'loss').locator('.legend').innerText();
      await panel.page.getByRole('slider', { name: 'Smoothing' }).focus();
      await panel.page.keyboard.press('End');
      await panel.drawn();
      assert.equal((await lookOf(panel))!.smoothing, 0.99);
      assert.equal(await chartOf(panel, 'loss').locator('.legend').innerText(), legend);
      const faint = await panel.page.evaluate(countFaint);
      assert.ok(faint > 100, `${faint} pixels of the faint raw line`);
      assert.notEqual(await pixels(), before);
    }));

  test('a checkbox selects a logarithmic axis, which is kept and drops a range of values', () =>
    onPanel(
      [finished],
      async (panel) => {
        await panel.page.getByRole('checkbox', { name: 'Logarithmic: Loss' }).check();
        await panel.drawn();
        assert.deepEqual(await lookOf(panel), { ...plainLook, logarithmic: ['loss'] });
        await panel.page.getByRole('checkbox', { name: 'Logarithmic: Loss' }).uncheck();
        await panel.drawn();
        assert.deepEqual(await lookOf(panel), plainLook);
      },
      {
        restored: { ...plain, runId: chest.runId, threshold: null, look: { ...plainLook, values: { loss: [-1, 2] } } },
      },
    ));

  test('the host copies and saves the table', () =>
    onPanel([training], async (panel) => {
      for (const name of ['Copy as CSV', 'Copy as Markdown', 'Save as CSV…'])
        await panel.page.getByRole('button', { name }).click();
      assert.deepEqual((await panel.sent()).slice(1), [
        { type: 'copyTable', format: 'csv' },
        { type: 'copyTable', format: 'markdown' },
        { type: 'saveTable' },
      ]);
    }));

  test('a long run appears whole in the curves and with its newest rows in the table', () => {
    const row = training.run.epochs[0]!;
    const epochs = Array.from({ length: 3000 }, (_, i) => ({ ...row, epoch: i + 1 }));
    return onPanel([{ ...training, run: { ...training.run, epochs } }], async (panel) => {
      assert.equal(await panel.page.locator('sh-epoch-table tbody tr').count(), 100);
      assert.match(await textOf(panel.page.locator('sh-epoch-table')), /The newest 100 of 3,000 epochs/);
      assert.equal(await plotOf(panel, 'loss').getAttribute('aria-valuenow'), '3000');
    });
  });
});

/** Runs in the page: number of pixels of the first curve that have exactly the current colour of its legend. */
function countInk(): { train: number; val: number } {
  const chart = document
    .querySelector('sh-run-panel')!
    .shadowRoot!.querySelector('sh-curves')!
    .shadowRoot!.querySelector('sh-line-chart')!.shadowRoot!;
  const canvas = chart.querySelector('canvas')!;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  const samples = chart.querySelectorAll('.legend .sample');
  const count = (index: number) => {
    const color = getComputedStyle(samples[index]!).stroke;
    const probe = new OffscreenCanvas(1, 1).getContext('2d')!;
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    let pixels = 0;
    for (let i = 0; i < data.length; i += 4)
      if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) pixels += 1;
    return pixels;
  };
  return { train: count(0), val: count(1) };
}

/** Runs in the page: how many pixels of the first curve are neither clear nor opaque away from the edges of lines: an alpha of 0.45. */
function countFaint(): number {
  const chart = document
    .querySelector('sh-run-panel')!
    .shadowRoot!.querySelector('sh-curves')!
    .shadowRoot!.querySelector('sh-line-chart')!.shadowRoot!;
  const canvas = chart.querySelector('canvas')!;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  let pixels = 0;
  for (let i = 3; i < data.length; i += 4) if (Math.abs(data[i]! - 0.45 * 255) < 3) pixels += 1;
  return pixels;
}
