// The run panel in real Chromium, under the product's policy, in the editor's four default themes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, type ErrorParams, sentenceOf, sentences } from '../../shared/contracts/errors.ts';
import type { Problem, RunEvent } from '../../shared/contracts/events.ts';
import type { Threshold } from '../../shared/contracts/scores.ts';
import { filled } from '../../shared/filled.ts';
import { fixed } from '../../shared/fixed.ts';
import { type CurveLook, type FromPanel, plainLook } from '../../shared/messages/run.ts';
import { aurocInterval, wilsonInterval } from '../../shared/metrics/intervals.ts';
import { problemStrings } from '../../shared/strings/problems.ts';
import { panelStrings } from '../../shared/strings/strings.ts';
import { formatLearningRate, formatMetric } from '../../webview/page/format.ts';
import { darkModern, highContrast, lightModern } from '../support/themes.ts';
import { countDecisions, largestYouden, pairwiseAuroc } from './support/bruteForce.ts';
import { noChromium, type PanelPage, panelOf, textOf } from './support/panelPage.ts';
import {
  animalsRun,
  chestXrayRun,
  oneVsRest,
  rowOf,
  samplesOf,
  snapshotOf,
  standingOf,
  upToEpoch,
} from './support/transcripts.ts';

const chest = chestXrayRun();
const animals = animalsRun();
const finished = snapshotOf(chest, chest.events, chest.predictions.get(null)!);
const animalsFinished = snapshotOf(animals, animals.events, animals.predictions.get(null)!);
const training = snapshotOf(chest, upToEpoch(chest.events, 8), chest.predictions.get(8)!);
const plain = { pickedClass: 0, pickedEpoch: null, look: plainLook };
/** With its twelve images. */
const pictured = (run: typeof chest, events: readonly RunEvent[]) =>
  snapshotOf(run, [...events, samplesOf(run)], null, { nextSeq: events.length });
const withImages = {
  ...pictured(chest, upToEpoch(chest.events, 8)),
  predictions: chest.predictions.get(8)!,
};

const german: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../l10n/bundle.l10n.de.json', import.meta.url)), 'utf8'),
);
/** What the host sends in a German editor. */
const inGerman = Object.fromEntries(
  Object.entries({ ...panelStrings, ...problemStrings }).map(([key, english]) => [key, german[english]!]),
);
const germanOf = (code: ErrorCode, params: ErrorParams): string => filled(german[sentences[code]]!, params);

type Page = PanelPage<FromPanel>;

describe('run panel in Chromium', { skip: noChromium }, () => {
  const { open, onPanel, looksRightInEveryTheme } = panelOf<FromPanel, unknown>('run');

  const failed = snapshotOf(
    animals,
    [
      ...upToEpoch(animals.events, 4),
      {
        type: 'alarm',
        epoch: 3,
        problem: { code: 'alarmSmallValidation', params: { count: 16, value: '0.81', low: '0.57', high: '0.93' } },
      },
      {
        type: 'ended',
        reason: 'failed',
        problem: { code: 'runnerDied', params: { reason: 'signal 9', log: 'x.log' } },
        elapsedMs: 1,
      },
    ],
    animals.predictions.get(4)!,
    {
      standing: standingOf(animals, [], {
        phase: 'ended',
        resumable: true,
        lastLines: ['Reading 800 images', 'Killed'],
      }),
    },
  );
  const scenes = [
    { name: 'training', posts: [{ ...withImages, run: { ...withImages.run, status: 'paused' } }] },
    { name: 'failed', posts: [failed] },
    { name: 'finished', posts: [finished] },
    { name: 'animals', posts: [animalsFinished] },
  ];
  looksRightInEveryTheme('the panel', [400, 900, 1600], scenes);

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
    const chance = { epoch: 8, labels: [0, 1, 0, 1], logits: Array<number>(8).fill(0), classCount: 2 };
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
      const chart = panel.page.locator('sh-square-chart svg');
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
          ].map((value) => Number(fixed(value!, 3))),
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
      const send = (seq: number) => panel.post({ type: 'event', seq, event: chest.events[seq] });
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
    const panel = await open({ width: 900 });
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
      await panel.post({ type: 'event', seq: training.nextSeq, event: ended });
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
    { name: 'nothing has happened yet', events: [], words: /Starting[\s\S]*Waiting for the training process/ },
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

  test('the problem of a failed run and its warnings are said first, in the language of the editor', async () => {
    const problem = { code: 'diskFull', params: { file: 'model.onnx' } };
    const events: RunEvent[] = [
      ...upToEpoch(animals.events, 2),
      { type: 'ended', reason: 'failed', problem, elapsedMs: 1 },
    ];
    const texts = async (panel: Page) => ({
      problem: await textOf(panel.page.getByRole('alert')),
      rest: await textOf(panel.page.locator('sh-notices')),
    });
    const unusable = { code: 'rowsLeftOut', params: { file: 'x.csv', count: 7, total: 9, rows: '1 to 7', used: 2 } };
    const predictions = { ...animals.predictions.get(2)!, problems: [unusable] };
    await onPanel([snapshotOf(animals, events, predictions)], async (panel) => {
      const { problem, rest } = await texts(panel);
      assert.ok(problem.includes(sentenceOf('diskFull', { file: 'model.onnx' })), problem);
      const warnings = await textOf(panel.page.getByRole('list', { name: 'Warnings' }));
      assert.ok(warnings.includes(sentenceOf('randomWeights', {})), warnings);
      assert.match(rest, /7 of the 9 rows of x\.csv/);
    });
    // Words come once, problems as they happen: a warning of a newer version is shown with its parameters.
    await onPanel([snapshotOf(animals, upToEpoch(animals.events, 2), null, { strings: inGerman })], async (panel) => {
      const seq = upToEpoch(animals.events, 2).length;
      const warning = (i: number, problem: Problem) =>
        panel.post({ type: 'event', seq: seq + i, event: { type: 'warning', problem } });
      await warning(0, { code: 'imagesSkipped', params: { count: 1 } });
      await warning(1, { code: 'sunTooBright', params: { lux: 7 } });
      await panel.post({ type: 'event', seq: seq + 2, event: events.at(-1) });
      await panel.drawn();
      const { problem, rest } = await texts(panel);
      assert.ok(problem.includes(germanOf('diskFull', { file: 'model.onnx' })), problem);
      assert.ok(rest.includes(germanOf('imagesSkipped', { count: 1 })), rest);
      assert.match(rest, /sunTooBright: \{"lux":7\}/);
    });
  });

  test('what a run waits for is said first, and no more when it goes on', () => {
    const problem = { code: 'waitsForSpace' as const, params: { file: 'model.onnx' } };
    const before = upToEpoch(animals.events, 2);
    return onPanel([snapshotOf(animals, before, null, { strings: inGerman })], async (panel) => {
      const seq = before.length;
      await panel.post({ type: 'event', seq, event: { type: 'paused', problem } });
      await panel.drawn();
      const alert = await textOf(panel.page.getByRole('alert'));
      assert.ok(alert.includes(germanOf(problem.code, problem.params)), alert);
      await panel.post({ type: 'event', seq: seq + 1, event: { type: 'continued' } });
      await panel.drawn();
      assert.equal(await panel.page.getByRole('alert').count(), 0);
    });
  });

  test('random weights are said beside the numbers', () =>
    onPanel([animalsFinished], async (panel) => {
      for (const name of ['Test results', 'Validation ROC'])
        assert.match(
          await textOf(panel.page.getByRole('region', { name })),
          /Started from random weights, not pretrained/,
        );
    }));

  test('a small validation split is said beside its numbers, a large one is not', async () => {
    const few = /a single image changes sensitivity by 12\.5 and specificity by 12\.5 points/;
    await onPanel([training], async (panel) => assert.match(await textOf(panel.page.locator('sh-roc-view')), few));
    await onPanel([animalsFinished], async (panel) =>
      assert.doesNotMatch(await textOf(panel.page.locator('sh-roc-view')), /a single image changes/),
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
    const warnings = [{ code: 'x', params: { name: hostile } }];
    return onPanel([{ ...finished, run: { ...run, warnings } }], async (panel) => {
      assert.equal(await panel.page.evaluate(() => 'pwned' in window), false);
      assert.equal(await panel.page.locator('img').count(), 0);
      assert.ok((await textOf(panel.page.locator('sh-notices'))).includes('<img src=x onerror='));
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

  test('the threshold of the last life is restored for the same run, and kept when it moves', () =>
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

  const chartOf = (panel: Page, name: string) => panel.page.locator(`sh-line-chart.${name}`);
  const plotOf = (panel: Page, name: string) => chartOf(panel, name).getByRole('slider');
  const lookOf = async (panel: Page) => ((await panel.kept()).at(-1) as { look: CurveLook } | undefined)?.look;

  test('the chart is a slider over the epochs: arrows move the crosshair of all charts, and it is said what is there', () =>
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

  test('keys zoom, move what is in view and reset; the epochs in view are those of all charts', () =>
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

  test('a drag zooms a box, a level one the epochs, an upright one the values; a double click shows the whole run', () =>
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

  test('smoothing lays an average over the raw values, which stay in sight and in the legend', () =>
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

  test('a logarithmic axis is chosen by its box, kept, and drops a range of values', () =>
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

  test('the images show what was predicted at the picked epoch, asked for one at a time', () =>
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
      // Only the first is asked for while its answer is on its way, then the last.
      assert.deepEqual(await asked(), [{ type: 'predictionsWanted', epoch: 7 }]);
      assert.deepEqual(await images(), expected(8));
      await panel.post({ type: 'epochPredictions', epoch: 7, predictions: chest.predictions.get(7) });
      await panel.drawn();
      assert.deepEqual((await asked()).slice(1), [{ type: 'predictionsWanted', epoch: 1 }]);
      await panel.post({ type: 'epochPredictions', epoch: 1, predictions: chest.predictions.get(1) });
      await panel.drawn();
      assert.deepEqual(await images(), expected(1));
      assert.match(await textOf(panel.page.getByRole('region', { name: 'Validation ROC' })), /epoch 1\./);
      // What was read once is not asked for again.
      for (let i = 0; i < 6; i++) await panel.page.keyboard.press('ArrowRight');
      await panel.drawn();
      assert.deepEqual(await images(), expected(7));
      assert.equal(((await panel.kept()).at(-1) as { pickedEpoch: number }).pickedEpoch, 7);
      await panel.page.getByRole('checkbox', { name: 'Newest' }).check();
      await panel.drawn();
      assert.deepEqual(await images(), expected(8));
    }));

  test('predictions of an epoch that cannot be read are said to be gone', () =>
    onPanel(
      [withImages, { type: 'epochPredictions', epoch: 3, predictions: null }],
      async (panel) => {
        const section = panel.page.locator('sh-samples');
        assert.match(await textOf(section), /The predictions of epoch 3 cannot be read\./);
        assert.equal(await section.locator('.verdict').count(), 0);
      },
      { restored: { ...plain, runId: chest.runId, threshold: null, pickedEpoch: 3 } },
    ));

  const standings: { name: string; events: readonly RunEvent[]; standing: object; buttons: string[]; words: RegExp }[] =
    [
      {
        name: 'queued',
        events: [{ type: 'queued', ahead: 2 }],
        standing: {},
        buttons: ['Stop'],
        words: /Queued[\s\S]*2 runs on this machine are ahead/,
      },
      {
        name: 'next in turn',
        events: [{ type: 'queued', ahead: 0 }],
        standing: {},
        buttons: ['Stop'],
        words: /Next in the queue/,
      },
      { name: 'asked to pause', events: [], standing: { pauseRequested: true }, buttons: ['Stop'], words: /Pausing/ },
      {
        name: 'paused',
        events: [{ type: 'paused' }],
        standing: {},
        buttons: ['Continue', 'Stop'],
        words: /Paused[\s\S]*nothing is computed/,
      },
      {
        name: 'running',
        events: [{ type: 'paused' }, { type: 'continued' }],
        standing: {},
        buttons: ['Pause', 'Stop'],
        words: /Training/,
      },
      {
        name: 'stopped, resumable',
        events: [{ type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 }],
        standing: { phase: 'ended', resumable: true },
        buttons: ['Resume'],
        words: /Stopped/,
      },
      {
        name: 'stopped for good',
        events: [{ type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 }],
        standing: { phase: 'ended' },
        buttons: [],
        words: /Stopped/,
      },
      {
        name: 'waiting for its disk',
        events: [{ type: 'paused', problem: { code: 'waitsForSpace', params: { file: 'model.onnx' } } }],
        standing: {},
        buttons: ['Retry', 'Stop'],
        words: /Paused[\s\S]*until the pending write succeeds/,
      },
      {
        name: 'being resumed',
        events: [{ type: 'ended', reason: 'stopped', problem: null, elapsedMs: 1 }],
        standing: { phase: 'starting' },
        buttons: ['Stop'],
        words: /Starting/,
      },
    ];
  test('the header offers what can be asked of the run as it stands, and asks it', () =>
    onPanel([], async (panel) => {
      const header = panel.page.locator('sh-run-header');
      const start = chest.events.slice(0, 9);
      for (const { name, events, standing, buttons, words } of standings) {
        const all = [...start, ...events];
        await panel.post(snapshotOf(chest, all, null, { standing: standingOf(chest, all, standing) }));
        await panel.drawn();
        assert.match(await textOf(header), words, name);
        const offered = (await header.locator('vscode-button').allInnerTexts())
          .map((text) => text.trim())
          .filter((text) => /^(Pause|Continue|Retry|Resume|Stop)$/.test(text));
        assert.deepEqual(offered, buttons, name);
      }
      const asked: unknown[] = [];
      for (const [at, name, type] of [
        [4, 'Pause', 'pause'],
        [3, 'Continue', 'continue'],
        [5, 'Resume', 'resume'],
        [7, 'Retry', 'retry'],
      ] as const) {
        const { events, standing } = standings[at]!;
        const all = [...start, ...events];
        await panel.post(snapshotOf(chest, all, null, { standing: standingOf(chest, all, standing) }));
        await panel.drawn();
        await header.getByRole('button', { name }).click();
        asked.push({ type });
      }
      assert.deepEqual((await panel.sent()).slice(1), asked);
    }));

  test('what the editor knows changes the header without an event of the run', () =>
    onPanel([training], async (panel) => {
      const standing = standingOf(chest, upToEpoch(chest.events, 8), { name: 'Night run', pauseRequested: true });
      await panel.post({ type: 'standing', standing });
      await panel.drawn();
      assert.equal(await panel.page.getByRole('heading', { level: 1, name: /Night run/ }).count(), 1);
      assert.ok(await panel.page.getByRole('button', { name: 'Pausing' }).isDisabled());
    }));

  test('memory is told beside pace and time left', () => {
    const memory = { usedBytes: 3.25 * 2 ** 30, totalBytes: 16 * 2 ** 30 };
    const events = chest.events.slice(0, 9).map((event) => (event.type === 'progress' ? { ...event, memory } : event));
    return onPanel([snapshotOf(chest, events, null)], async (panel) =>
      assert.match(
        await textOf(panel.page.locator('sh-run-header')),
        /3\.3 of 16 GB memory · 42 images\/s · 15 min left/,
      ),
    );
  });

  test('a run that died shows its last lines as text, the alarms with their epochs, and the way to the log', () =>
    onPanel([failed], async (panel) => {
      const alert = panel.page.getByRole('alert');
      assert.match(await textOf(alert), /ended unexpectedly [\s\S]*Reading 800 images Killed/);
      await alert.getByRole('button', { name: 'Open Log' }).click();
      assert.deepEqual((await panel.sent()).at(-1), { type: 'openLog' });
      const alarms = panel.page.getByRole('list', { name: 'What the curves say' });
      assert.match(await textOf(alarms), /Epoch 3 16 validation images: an accuracy of 0\.81/);
      assert.equal(await panel.page.getByRole('button', { name: 'Resume' }).count(), 1);
    }));

  test('the table is copied and saved by the host', () =>
    onPanel([training], async (panel) => {
      for (const name of ['Copy as CSV', 'Copy as Markdown', 'Save as CSV…'])
        await panel.page.getByRole('button', { name }).click();
      assert.deepEqual((await panel.sent()).slice(1), [
        { type: 'copyTable', format: 'csv' },
        { type: 'copyTable', format: 'markdown' },
        { type: 'saveTable' },
      ]);
    }));

  test('the figures carry their 95 % intervals', () =>
    onPanel([training], async (panel) => {
      const { auroc, accuracy } = training.run.epochs.at(-1)!.metrics.val;
      const of = ([low, high]: readonly [number, number]) => `95 %: ${low.toFixed(3)}–${high.toFixed(3)}`;
      const text = await textOf(panel.page.getByRole('region', { name: /^Validation, epoch 8/ }));
      assert.ok(text.includes(of(aurocInterval(auroc!, 8, 8))), text);
      assert.ok(text.includes(of(wilsonInterval(Math.round(accuracy! * 16), 16))), text);
    }));

  test('a long run is drawn whole in the curves and by its newest rows in the table', () => {
    const row = training.run.epochs[0]!;
    const epochs = Array.from({ length: 3000 }, (_, i) => ({ ...row, epoch: i + 1 }));
    return onPanel([{ ...training, run: { ...training.run, epochs } }], async (panel) => {
      assert.equal(await panel.page.locator('sh-epoch-table tbody tr').count(), 100);
      assert.match(await textOf(panel.page.locator('sh-epoch-table')), /The newest 100 of 3,000 epochs/);
      assert.equal(await plotOf(panel, 'loss').getAttribute('aria-valuenow'), '3000');
    });
  });

  test("the host's words take the place of the English ones", () =>
    onPanel([{ ...training, strings: { stop: 'Anhalten', curves: 'Verläufe' } }], async (panel) => {
      await panel.page.getByRole('button', { name: 'Anhalten' }).waitFor();
      await panel.page.getByRole('region', { name: 'Verläufe' }).waitFor();
    }));
});

/** Runs in the page: how many pixels of the first curve have exactly the colour that its legend has now. */
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
