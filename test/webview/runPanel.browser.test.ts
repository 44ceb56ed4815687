// The run panel in real Chromium, under the product's policy, in the editor's four default themes.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { RunEvent } from '../../runner/contracts/events.ts';
import { formatMetric } from '../../webview/format.ts';
import { darkModern, highContrast, lightModern, type Theme, themes } from '../support/themes.ts';
import { countDecisions, largestYouden, pairwiseAuroc } from './support/bruteForce.ts';
import { launch, noChromium, type PanelPage, type Panels, textOf } from './support/panelPage.ts';
import { animalsRun, chestXrayRun, oneVsRest, snapshotOf, upToEpoch } from './support/transcripts.ts';

const chest = chestXrayRun();
const animals = animalsRun();
const finished = snapshotOf(chest, chest.events, chest.predictions.get(null)!);
const animalsFinished = snapshotOf(animals, animals.events, animals.predictions.get(null)!);
const training = snapshotOf(chest, upToEpoch(chest.events, 8), chest.predictions.get(8)!);

/** Where to leave pictures of every theme and width; none are taken without it. */
const screenshots = process.env.SCREENSHOTS;

describe('run panel in Chromium', { skip: noChromium }, () => {
  let panels: Panels;
  before(async () => {
    panels = await launch();
  });
  after(() => panels?.close());

  /** Opens, posts, waits for the drawing, runs the checks; then nothing may have gone wrong in the page. */
  async function onPanel(
    posts: readonly unknown[],
    checks: (panel: PanelPage) => Promise<void>,
    { theme = darkModern, width = 1200, restored }: { theme?: Theme; width?: number; restored?: unknown } = {},
  ): Promise<void> {
    const panel = await panels.open({ theme, width, restored });
    for (const message of posts) await panel.post(message);
    await panel.drawn();
    await checks(panel);
    assert.deepEqual(panel.troubles, []);
  }

  const scenes = [
    { name: 'training', message: training },
    { name: 'finished', message: finished },
    { name: 'animals', message: animalsFinished },
  ];
  for (const theme of themes)
    test(`the panel has no accessibility fault and no overflow in ${theme.name}`, () =>
      onPanel(
        [],
        async (panel) => {
          for (const { name, message } of scenes) {
            await panel.post(message);
            for (const width of [400, 900, 1600]) {
              await panel.page.setViewportSize({ width, height: 900 });
              await panel.drawn();
              const seen = await panel.page.evaluate(() => document.documentElement.scrollWidth);
              assert.ok(seen <= width, `${name}: ${seen} px wide in a view of ${width} px`);
              if (screenshots === undefined) continue;
              mkdirSync(screenshots, { recursive: true });
              await panel.page.screenshot({
                path: `${screenshots}/${name}-${theme.name}-${width}.png`,
                fullPage: true,
              });
            }
            assert.deepEqual(await panel.accessibilityFaults(), [], name);
          }
        },
        { theme },
      ));

  const shown = async (panel: PanelPage) => {
    const table = panel.page.getByRole('table', { name: 'Decisions at this threshold' });
    const cells = await table.locator('td .count').allTextContents();
    const [tp, fn, fp, tn] = cells.map(Number);
    const threshold = await panel.page.locator('output').textContent();
    const valueText = await panel.page.getByRole('slider').getAttribute('aria-valuetext');
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

  test('the slider moved by keyboard shows the counts of brute force at every stop', () =>
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
      const point = panel.page.locator('sh-roc-chart circle.point');
      const at = async () => ({ x: Number(await point.getAttribute('cx')), y: Number(await point.getAttribute('cy')) });
      const before = await at();
      const box = (await panel.page.getByRole('slider').boundingBox())!;
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

  test("the button Youden's J puts the slider where brute force finds the largest J", () =>
    onPanel([training], async (panel) => {
      await panel.page.getByRole('button', { name: 'Youden’s J' }).click();
      await panel.drawn();
      const { counts } = await shown(panel);
      const { tp, fn, fp, tn } = counts as ReturnType<typeof countDecisions>;
      const largest = largestYouden(chestBinary.labels, chestBinary.scores);
      assert.ok(Math.abs(tp / (tp + fn) + tn / (tn + fp) - 1 - largest) < 1e-12);
    }));

  test('predictions no better than chance have no optimum to go to', () => {
    const chance = { epoch: 8, labels: [0, 1, 0, 1], probabilities: Array<number>(8).fill(0.5), classCount: 2 };
    return onPanel([{ ...training, predictions: chance }], async (panel) => {
      assert.ok(await panel.page.getByRole('button', { name: 'Youden’s J' }).isDisabled());
      const text = await textOf(panel.page.locator('sh-roc-view'));
      assert.match(text, /AUROC 0\.500/);
      assert.match(text, /J = 0\.000 here; no threshold is better than chance/);
      assert.match(text, /every validation image is predicted as PNEUMONIA/);
    });
  });

  test('a click on the ROC takes the nearest point of the curve', () =>
    onPanel([training], async (panel) => {
      const chart = panel.page.locator('sh-roc-chart svg');
      const box = (await chart.boundingBox())!;
      // The lower left corner: nothing is called positive.
      await panel.page.mouse.click(box.x + 46, box.y + box.height - 38);
      await panel.drawn();
      const { counts } = await shown(panel);
      assert.deepEqual([counts.tp, counts.fp], [0, 0]);
    }));

  test('the ROC is redrawn with the predictions of each epoch', () =>
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

  test('with more than two classes one class is set against the rest', () =>
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

  test('the epoch table holds every number of the curves and marks the kept epoch', () =>
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
          ].map((value) => Number(value!.toFixed(3))),
        );
        assert.equal(Number(rows[i]![11]), Number(learningRates.head.toPrecision(3)));
      }
      assert.match(rows[evaluation!.keptEpoch - 1]![0]!, /kept$/);
    }));

  test('the test results are those of the evaluation, by either rule', () =>
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

  test('events after the snapshot are drawn as they come, and a gap asks for a new snapshot', () =>
    onPanel([training], async (panel) => {
      const send = (seq: number) => panel.post({ type: 'event', seq, event: chest.events[seq], problemText: null });
      const rows = () => panel.page.locator('sh-epoch-table tbody tr').count();
      const start = training.nextSeq;
      await send(start);
      await send(start + 1);
      await panel.drawn();
      assert.equal(await rows(), 9);
      assert.deepEqual(await panel.sent(), [{ type: 'ready' }]);
      await send(start + 4);
      await panel.drawn();
      assert.equal(await rows(), 9);
      assert.deepEqual(await panel.sent(), [{ type: 'ready' }, { type: 'ready' }]);
      await panel.post(finished);
      await panel.drawn();
      assert.equal(await rows(), 15);
    }));

  test('a message that does not follow the contract is refused and a snapshot asked for', async () => {
    const panel = await panels.open({ theme: darkModern, width: 900 });
    await panel.post(training);
    await panel.drawn();
    await panel.post({ type: 'event', seq: training.nextSeq, event: { type: 'epoch', epoch: 'nine' } });
    await panel.drawn();
    assert.deepEqual(await panel.sent(), [{ type: 'ready' }, { type: 'ready' }]);
    assert.match(panel.troubles.join('\n'), /^console: A message of the editor was refused/);
    assert.equal(await panel.page.locator('sh-epoch-table tbody tr').count(), 8);
  });

  test('Stop asks the host once and says so until the run ends', () =>
    onPanel([training], async (panel) => {
      await panel.page.getByRole('button', { name: 'Stop' }).click();
      await panel.drawn();
      assert.deepEqual((await panel.sent()).at(-1), { type: 'stop' });
      assert.ok(await panel.page.getByRole('button', { name: 'Stopping' }).isDisabled());
      const ended: RunEvent = { type: 'ended', reason: 'stopped', problem: null, elapsedMs: 90_000 };
      await panel.post({ type: 'event', seq: training.nextSeq, event: ended, problemText: null });
      await panel.drawn();
      assert.match(await textOf(panel.page.locator('sh-run-header')), /Stopped/);
      assert.equal(await panel.page.getByRole('button', { name: /^Stop/ }).count(), 0);
    }));

  test('Open Log and Open Run Folder are handed to the host', () =>
    onPanel([finished], async (panel) => {
      await panel.page.getByRole('button', { name: 'Open Log' }).focus();
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('button', { name: 'Open Run Folder' }).click();
      assert.deepEqual((await panel.sent()).slice(1), [{ type: 'openLog' }, { type: 'revealFolder' }]);
    }));

  const moments: { name: string; events: readonly RunEvent[]; words: RegExp }[] = [
    { name: 'nothing has happened yet', events: [], words: /Starting[\s\S]*Waiting for the first word/ },
    { name: 'images are checked', events: chest.events.slice(0, 2), words: /Checking images · 2,500 of 5,856/ },
    { name: 'weights are loaded', events: chest.events.slice(0, 4), words: /Loading weights/ },
    {
      name: 'features are computed',
      events: chest.events.slice(0, 7),
      words: /Computing features · 1,200 of 5,216[\s\S]*24 images\/s · 3 min left/,
    },
    {
      name: 'a stage trains',
      events: chest.events.slice(0, 9),
      words: /Training[\s\S]*Stage 1 of 2 \(head\) · epoch 1 of 15 · batch 31 of 163[\s\S]*42 images\/s · 15 min left/,
    },
    { name: 'the test split is read', events: chest.events.slice(0, -2), words: /Testing/ },
    { name: 'all is done', events: chest.events, words: /Finished/ },
  ];
  test('the header says what the run is doing, from the first moment to the last', () =>
    onPanel([], async (panel) => {
      for (const { name, events, words } of moments) {
        await panel.post(snapshotOf(chest, events, null));
        await panel.drawn();
        assert.match(await textOf(panel.page.locator('sh-run-header')), words, name);
      }
    }));

  test('the problem of a failed run and its warnings are said first', () => {
    const problem = { code: 'diskFull', params: { file: 'model.onnx' } };
    const events: RunEvent[] = [
      ...upToEpoch(animals.events, 2),
      { type: 'ended', reason: 'failed', problem, elapsedMs: 1 },
    ];
    const message = snapshotOf(animals, events, null, {
      problemText: 'The disk is full.',
      warningTexts: ['Random weights.'],
    });
    return onPanel([message], async (panel) => {
      assert.match(await textOf(panel.page.getByRole('alert')), /The disk is full\./);
      assert.match(await textOf(panel.page.getByRole('list', { name: 'Warnings' })), /Random weights\./);
    });
  });

  test('random weights are said beside the numbers', () =>
    onPanel([animalsFinished], async (panel) => {
      for (const name of ['Test results', 'Validation ROC'])
        assert.match(await textOf(panel.page.getByRole('region', { name })), /From random weights, not pretrained/);
    }));

  test('a small validation split is said beside its numbers, a large one is not', async () => {
    const few = /one single image moves sensitivity by 12\.5 and specificity by 12\.5 points/;
    await onPanel([training], async (panel) => assert.match(await textOf(panel.page.locator('sh-roc-view')), few));
    await onPanel([animalsFinished], async (panel) =>
      assert.doesNotMatch(await textOf(panel.page.locator('sh-roc-view')), /one single image moves/),
    );
  });

  test('findings are folded away with their counts and unfold by keyboard', () =>
    onPanel([finished], async (panel) => {
      const findings = panel.page.locator('sh-findings');
      const suspect = findings.locator('details', { hasText: 'Suspect, kept' });
      assert.match(await textOf(suspect), /Suspect, kept\s*2/);
      const entry = findings.getByText('train/PNEUMONIA/person7_bacteria_21.jpeg');
      assert.equal(await entry.isVisible(), false);
      await suspect.locator('summary').focus();
      await panel.page.keyboard.press('Enter');
      assert.equal(await entry.isVisible(), true);
    }));

  test('class and file names are text, never markup', () => {
    const hostile = '<img src=x onerror="window.pwned = true">';
    const classNames = [hostile, '</script><script>window.pwned = true</script>'];
    const run = {
      ...finished.run,
      classNames,
      dataset: `/data/${hostile}`,
      findings: [{ kind: 'corrupt' as const, relativePath: hostile, reason: hostile }],
    };
    return onPanel([{ ...finished, run, warningTexts: [hostile] }], async (panel) => {
      assert.equal(await panel.page.evaluate(() => 'pwned' in window), false);
      assert.equal(await panel.page.locator('img').count(), 0);
      assert.ok((await textOf(panel.page.locator('sh-notices'))).includes(hostile));
    });
  });

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

  test('the crosshair tells the values of its epoch in all curves', () =>
    onPanel([finished], async (panel) => {
      const over = panel.page.locator('sh-line-chart .u-over').first();
      const box = (await over.boundingBox())!;
      // 15 epochs on an axis from 0.5 to 15.5: epoch 4 is at 3.5 / 15 of it.
      await panel.page.mouse.move(box.x + (box.width * 3.5) / 15, box.y + 30);
      await panel.drawn();
      const { train, val } = finished.run.epochs[3]!.metrics;
      const legends = await panel.page.locator('sh-line-chart .legend').allInnerTexts();
      for (const [i, metric] of (['loss', 'accuracy', 'auroc'] as const).entries()) {
        assert.match(legends[i]!, /epoch 4/);
        assert.ok(legends[i]!.includes(train[metric]!.toFixed(3)) && legends[i]!.includes(val[metric]!.toFixed(3)));
      }
    }));

  test('the threshold of the last life is restored for the same run, and kept when it moves', () =>
    onPanel(
      [training],
      async (panel) => {
        assert.equal(await panel.page.locator('output').textContent(), '0.310');
        await panel.page.getByRole('slider').focus();
        await panel.page.keyboard.press('ArrowRight');
        await panel.drawn();
        assert.deepEqual((await panel.kept()).at(-1), { runId: chest.runId, threshold: 0.311 });
      },
      { restored: { runId: chest.runId, threshold: 0.31 } },
    ));

  test("the host's words take the place of the English ones", () =>
    onPanel([{ ...training, strings: { stop: 'Anhalten', curves: 'Verläufe' } }], async (panel) => {
      await panel.page.getByRole('button', { name: 'Anhalten' }).waitFor();
      await panel.page.getByRole('region', { name: 'Verläufe' }).waitFor();
    }));
});

/** Runs in the page: how many pixels of the first curve have exactly the colour that its legend has now. */
function countInk(): { train: number; val: number } {
  const chart = document.querySelector('sh-run-panel')!.shadowRoot!.querySelector('sh-line-chart')!.shadowRoot!;
  const canvas = chart.querySelector('canvas')!;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  const count = (name: string) => {
    const color = getComputedStyle(chart.querySelector(`.legend .${name} .sample`)!).stroke;
    const probe = new OffscreenCanvas(1, 1).getContext('2d')!;
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    let pixels = 0;
    for (let i = 0; i < data.length; i += 4)
      if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) pixels += 1;
    return pixels;
  };
  return { train: count('train'), val: count('val') };
}
