// Threshold, ROC and images of the run panel in real Chromium: displayed counts equal brute force.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Threshold } from '../../../shared/contracts/scores.ts';
import type { FromPanel } from '../../../shared/messages/run.ts';
import { aurocInterval, wilsonInterval } from '../../../shared/metrics/intervals.ts';
import { formatMetric } from '../../../webview/page/format.ts';
import { countDecisions, largestYouden, pairwiseAuroc } from '../support/bruteForce.ts';
import { noChromium, type PanelPage, panelOf, textOf } from '../support/panelPage.ts';
import { animals, animalsFinished, chest, finished, plain, training, withImages } from '../support/runScenes.ts';
import { oneVsRest, rowOf } from '../support/transcripts.ts';

type Page = PanelPage<FromPanel>;

describe('threshold, ROC and images of the run panel in Chromium', { skip: noChromium }, () => {
  const { onPanel } = panelOf<FromPanel, unknown>('run');

  const shown = async (panel: Page) => {
    const table = panel.page.getByRole('table', { name: 'Decisions at this threshold' });
    const cells = await table.locator('td .count').allTextContents();
    const [tp, fn, fp, tn] = cells.map(Number);
    const threshold = await panel.page.locator('sh-threshold-slider output').textContent();
    const valueText = await panel.page.getByRole('slider', { name: 'Threshold' }).getAttribute('aria-valuetext');
    return { counts: { tp, fn, fp, tn }, threshold, valueText };
  };
  const chestBinary = oneVsRest(chest.predictions.get(8)!, 1);
  const expected = (threshold: number) => {
    const counts = countDecisions(chestBinary.labels, chestBinary.scores, threshold);
    const { tp, fn, fp, tn } = counts;
    const valueText =
      `${threshold.toFixed(3)}: sensitivity ${(tp / (tp + fn)).toFixed(3)}, specificity ${(tn / (tn + fp)).toFixed(3)}, ` +
      `precision ${formatMetric(tp + fp === 0 ? null : tp / (tp + fp))}`;
    return { counts, threshold: threshold.toFixed(3), valueText };
  };

  test('the slider moved by keyboard agrees with brute force at every step', () =>
    onPanel([training], async (panel) => {
      const slider = panel.page.getByRole('slider', { name: 'Threshold' });
      await slider.focus();
      assert.deepEqual(await shown(panel), expected(0.5));
      for (const [key, threshold] of [
        ['ArrowRight', 0.501],
        ['ArrowLeft', 0.5],
        ['PageUp', 0.6],
        ['Home', 0],
        ['End', 1],
        ['PageDown', 0.9],
      ] as const) {
        await panel.page.keyboard.press(key);
        await panel.drawn();
        assert.deepEqual(await shown(panel), expected(threshold), key);
      }
    }));

  test('the slider moved by mouse moves the point on the ROC', () =>
    onPanel([training], async (panel) => {
      const point = panel.page.locator('sh-square-chart circle.point');
      const at = async () => ({ x: Number(await point.getAttribute('cx')), y: Number(await point.getAttribute('cy')) });
      const before = await at();
      const box = (await panel.page.getByRole('slider', { name: 'Threshold' }).boundingBox())!;
      await panel.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await panel.page.mouse.down();
      await panel.page.mouse.move(box.x + box.width * 0.1, box.y + box.height / 2, { steps: 4 });
      await panel.page.mouse.up();
      await panel.drawn();
      const state = await shown(panel);
      const threshold = Number(state.threshold);
      assert.ok(threshold > 0.05 && threshold < 0.15, `threshold ${threshold}`);
      assert.deepEqual(state, expected(threshold));
      // A lower threshold moves up and to the right.
      const { x, y } = await at();
      assert.ok(x > before.x && y < before.y);
    }));

  test("the button Youden's J moves the slider to the largest J that brute force finds", () =>
    onPanel([training], async (panel) => {
      await panel.page.getByRole('button', { name: 'Youden’s J' }).click();
      await panel.drawn();
      const { counts } = await shown(panel);
      const { tp, fn, fp, tn } = counts as ReturnType<typeof countDecisions>;
      const largest = largestYouden(chestBinary.labels, chestBinary.scores);
      assert.ok(Math.abs(tp / (tp + fn) + tn / (tn + fp) - 1 - largest) < 1e-12);
    }));

  test('predictions no better than chance have no optimal threshold to jump to', () => {
    const chance = { epoch: 8, labels: [0, 1, 0, 1], logits: new Float32Array(8), classCount: 2 };
    return onPanel([{ ...training, predictions: chance }], async (panel) => {
      assert.ok(await panel.page.getByRole('button', { name: 'Youden’s J' }).isDisabled());
      const text = await textOf(panel.page.locator('sh-roc-view'));
      assert.match(text, /AUROC 0\.500/);
      assert.match(text, /J = 0\.000 here; no threshold is better than chance/);
      assert.match(text, /every validation image is predicted as PNEUMONIA/);
    });
  });

  test('predictions that are still being read are announced, and drawn or explained afterwards', () =>
    onPanel([{ ...training, predictions: null, isReading: true }], async (panel) => {
      const roc = panel.page.locator('sh-roc-view');
      assert.equal(await textOf(roc.getByRole('status')), 'Reading the predictions…');
      await panel.post({ type: 'predictions', predictions: null });
      await panel.drawn();
      assert.match(await textOf(roc), /The ROC curve is drawn from the validation predictions of each epoch/);
      await panel.post({ type: 'predictions', predictions: chest.predictions.get(8) });
      await panel.drawn();
      assert.match(await textOf(roc), /AUROC 0\.\d{3}/);
    }));

  test('a click on the ROC selects the nearest point of the curve', () =>
    onPanel([training], async (panel) => {
      const chart = panel.page.locator('sh-square-chart svg');
      const box = (await chart.boundingBox())!;
      // The lower left corner: nothing is predicted positive.
      await panel.page.mouse.click(box.x + 46, box.y + box.height - 38);
      await panel.drawn();
      const { counts } = await shown(panel);
      assert.deepEqual([counts.tp, counts.fp], [0, 0]);
    }));

  test('the ROC follows the predictions of each epoch', () =>
    onPanel([training], async (panel) => {
      for (const epoch of [2, 5, 13]) {
        await panel.post({ type: 'predictions', predictions: chest.predictions.get(epoch) });
        await panel.drawn();
        const { labels, scores } = oneVsRest(chest.predictions.get(epoch)!, 1);
        const section = panel.page.getByRole('region', { name: 'Validation ROC' });
        assert.match(await textOf(section), new RegExp(`AUROC ${pairwiseAuroc(labels, scores).toFixed(3)}`));
        assert.match(
          await textOf(section),
          new RegExp(`Validation split, 16 images \\(8 PNEUMONIA, 8 NORMAL\\), epoch ${epoch}\\.`),
        );
      }
    }));

  test('with more than two classes the panel compares one class with the rest', () =>
    onPanel([animalsFinished], async (panel) => {
      const picker = panel.page.getByRole('combobox', { name: 'Class against the rest' });
      for (const label of [1, 2, 3]) {
        await picker.focus();
        await panel.page.keyboard.press('ArrowDown');
        await panel.drawn();
        const { labels, scores } = oneVsRest(animals.predictions.get(null)!, label);
        const text = await textOf(panel.page.getByRole('region', { name: 'Validation ROC' }));
        assert.match(text, new RegExp(`AUROC ${pairwiseAuroc(labels, scores).toFixed(3)}`));
        const { counts } = await shown(panel);
        assert.deepEqual(counts, countDecisions(labels, scores, 0.5));
      }
    }));

  test('the test results match the evaluation, by either decision rule', () =>
    onPanel([finished], async (panel) => {
      const { test: results, threshold, keptEpoch } = finished.run.evaluation!;
      const section = panel.page.getByRole('region', { name: 'Test results' });
      const text = await textOf(section);
      for (const part of [
        `624 test images, weights of epoch ${keptEpoch}`,
        `Threshold ${threshold!.toFixed(3)}, by Youden’s J on validation`,
        'Not for diagnostic use.',
        results.auroc!.toFixed(3),
        results.auprc!.toFixed(3),
      ])
        assert.ok(text.includes(part), `${part} in ${text}`);
      const matrix = () =>
        section.getByRole('table', { name: 'Confusion matrix' }).locator('td .count').allTextContents();
      assert.deepEqual((await matrix()).map(Number), results.byThreshold!.confusionMatrix.flat());
      await section.getByRole('radio', { name: 'Most probable class' }).focus();
      await panel.page.keyboard.press('Space');
      await panel.drawn();
      assert.deepEqual((await matrix()).map(Number), results.byHighestProbability.confusionMatrix.flat());
      const report = await section
        .getByRole('table', { name: 'Classification report' })
        .locator('tbody tr')
        .allInnerTexts();
      const { className, precision, recall, f1, support } = results.byHighestProbability.report.perClass[1]!;
      assert.equal(
        report[1]!.replaceAll('\t', ' '),
        `${className} ${precision.toFixed(3)} ${recall.toFixed(3)} ${f1.toFixed(3)} ${support}`,
      );
    }));

  test('a note beside the numbers reports random weights', () =>
    onPanel([animalsFinished], async (panel) => {
      for (const name of ['Test results', 'Validation ROC'])
        assert.match(
          await textOf(panel.page.getByRole('region', { name })),
          /Started from random weights, not pretrained/,
        );
    }));

  test('a note beside the numbers reports a small validation split, but not a large one', async () => {
    const few = /a single image changes sensitivity by 12\.5 and specificity by 12\.5 points/;
    await onPanel([training], async (panel) => assert.match(await textOf(panel.page.locator('sh-roc-view')), few));
    await onPanel([animalsFinished], async (panel) =>
      assert.doesNotMatch(await textOf(panel.page.locator('sh-roc-view')), /a single image changes/),
    );
  });

  test('the threshold of an earlier page is restored for the same run, and stored when it moves', () =>
    onPanel(
      [training],
      async (panel) => {
        assert.equal(await panel.page.locator('sh-threshold-slider output').textContent(), '0.310');
        await panel.page.getByRole('slider', { name: 'Threshold' }).focus();
        await panel.page.keyboard.press('ArrowRight');
        await panel.drawn();
        const { threshold, ...kept } = (await panel.kept()).at(-1) as { threshold: Threshold };
        assert.deepEqual(kept, { ...plain, runId: chest.runId });
        assert.equal(threshold.probability, 0.311);
        assert.ok(Math.abs(threshold.logOdds - Math.log(0.311 / 0.689)) < 1e-12);
      },
      { restored: { runId: chest.runId, threshold: 0.31 } },
    ));

  test('the images show the predictions of the picked epoch, requested one epoch at a time', () =>
    onPanel([withImages], async (panel) => {
      const images = () =>
        panel.page.locator('sh-samples li').evaluateAll((all) =>
          all.map((one) => ({
            true: one.querySelector('.class')!.textContent,
            guess: one.querySelector('.guess')?.textContent?.replace(/\s+/g, ' ').trim(),
            verdict: one.querySelector('.verdict')?.textContent?.trim(),
          })),
        );
      const expected = (epoch: number) =>
        withImages.run.samples.map(({ label, row }) => {
          const own = rowOf(chest.predictions.get(epoch)!, row);
          const best = own[0]! >= own[1]! ? 0 : 1;
          return {
            true: chest.classNames[label],
            guess: `${chest.classNames[best]}${(own[best]! * 100).toFixed(0)} %`,
            verdict: best === label ? 'right' : 'wrong',
          };
        });
      assert.deepEqual(await images(), expected(8));
      const slider = panel.page.getByRole('slider', { name: 'Epoch shown' });
      await slider.focus();
      const asked = async () => (await panel.sent()).filter(({ type }) => type === 'predictionsWanted');
      for (const key of ['ArrowLeft', 'ArrowLeft', 'Home']) await panel.page.keyboard.press(key);
      await panel.drawn();
      // Only the first is requested while its reply is pending, then the last.
      assert.deepEqual(await asked(), [{ type: 'predictionsWanted', epoch: 7 }]);
      assert.deepEqual(await images(), expected(8));
      await panel.post({ type: 'epochPredictions', epoch: 7, predictions: chest.predictions.get(7) });
      await panel.drawn();
      assert.deepEqual((await asked()).slice(1), [{ type: 'predictionsWanted', epoch: 1 }]);
      await panel.post({ type: 'epochPredictions', epoch: 1, predictions: chest.predictions.get(1) });
      await panel.drawn();
      assert.deepEqual(await images(), expected(1));
      assert.match(await textOf(panel.page.getByRole('region', { name: 'Validation ROC' })), /epoch 1\./);
      // Loaded predictions are not requested again.
      for (let i = 0; i < 6; i++) await panel.page.keyboard.press('ArrowRight');
      await panel.drawn();
      assert.deepEqual(await images(), expected(7));
      assert.equal(((await panel.kept()).at(-1) as { pickedEpoch: number }).pickedEpoch, 7);
      await panel.page.getByRole('checkbox', { name: 'Newest' }).check();
      await panel.drawn();
      assert.deepEqual(await images(), expected(8));
    }));

  test('unreadable predictions of an epoch are reported as missing', () =>
    onPanel(
      [withImages, { type: 'epochPredictions', epoch: 3, predictions: null }],
      async (panel) => {
        const section = panel.page.locator('sh-samples');
        assert.match(await textOf(section), /The predictions of epoch 3 cannot be read\./);
        assert.equal(await section.locator('.verdict').count(), 0);
      },
      { restored: { ...plain, runId: chest.runId, threshold: null, pickedEpoch: 3 } },
    ));

  test('the figures show their 95 % intervals', () =>
    onPanel([training], async (panel) => {
      const { auroc, accuracy } = training.run.epochs.at(-1)!.metrics.val;
      const of = ([low, high]: readonly [number, number]) => `95 %: ${low.toFixed(3)}–${high.toFixed(3)}`;
      const text = await textOf(panel.page.getByRole('region', { name: /^Validation, epoch 8/ }));
      assert.ok(text.includes(of(aurocInterval(auroc!, 8, 8))), text);
      assert.ok(text.includes(of(wilsonInterval(Math.round(accuracy! * 16), 16))), text);
    }));
});
