// The evaluation panel in real Chromium, under the product's policy, in the editor's four default themes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atProbability, probabilityAt } from '../../../shared/contracts/scores.ts';
import type { FromEvaluationPanel, Scores, ToEvaluationPanel } from '../../../shared/messages/evaluation.ts';
import { logitColumns } from '../../../shared/messages/scoreColumns.ts';
import { thresholdBy } from '../../../shared/metrics/threshold.ts';
import { countDecisions } from '../support/bruteForce.ts';
import {
  drawScores,
  manyNames,
  manySnapshot,
  scoresOf,
  snapshotOf,
  twoNames,
  twoTest,
  twoVal,
  unlabelledSnapshot,
} from '../support/evaluations.ts';
import { noChromium, type PanelPage, panelOf, type Scene, textOf } from '../support/panelPage.ts';

type Page = PanelPage<FromEvaluationPanel>;

describe('evaluation panel in Chromium', { skip: noChromium }, () => {
  const { onPanel, looksRightInEveryTheme } = panelOf<FromEvaluationPanel, ToEvaluationPanel>('evaluation', 1300);

  const scenes: Scene<FromEvaluationPanel, ToEvaluationPanel>[] = [
    { name: 'evaluation-two', posts: [snapshotOf()] },
    { name: 'evaluation-many', posts: [manySnapshot()] },
    { name: 'evaluation-unlabelled', posts: [unlabelledSnapshot()] },
    { name: 'evaluation-matrix', posts: [snapshotOf({ compact: true })] },
  ];
  looksRightInEveryTheme('the evaluation panel', [400, 1300], scenes);

  const test2 = { labels: twoTest.labels!, scores: scoresOf(twoTest) };
  const val2 = { labels: twoVal.labels!, scores: scoresOf(twoVal) };

  /** Everything that depends on the threshold, as displayed. */
  async function shown(panel: Page) {
    const text = await textOf(panel.page.locator('sh-evaluation-figures'));
    const value = (name: string) => new RegExp(`${name} (\\d\\.\\d{3}|–|[a-z ]+) `).exec(text)?.[1];
    const cells = await panel.page.locator('sh-confusion-table td .count').allTextContents();
    const [tp, fn, fp, tn] = cells.map(Number);
    return {
      threshold: Number(await panel.page.getByRole('spinbutton', { name: 'Type a threshold' }).inputValue()),
      sensitivity: value('Sensitivity'),
      specificity: value('Specificity'),
      counts: { tp, fn, fp, tn },
    };
  }

  function expected(threshold: number) {
    const counts = countDecisions(test2.labels, test2.scores, atProbability(threshold).logOdds);
    const { tp, fn, fp, tn } = counts;
    return { threshold, sensitivity: (tp / (tp + fn)).toFixed(3), specificity: (tn / (tn + fp)).toFixed(3), counts };
  }

  test('the slider moved by keyboard updates every number, and all equal brute force', () =>
    onPanel([snapshotOf()], async (panel) => {
      await panel.page.getByRole('slider', { name: 'Threshold' }).focus();
      await panel.page.keyboard.press('Home');
      for (let i = 0; i < 5; i++) await panel.page.keyboard.press('PageUp');
      await panel.page.keyboard.press('ArrowRight');
      await panel.drawn();
      const state = await shown(panel);
      assert.ok(state.threshold > 0 && state.threshold < 1);
      assert.deepEqual(state, expected(state.threshold));
      assert.match(await textOf(panel.page.locator('sh-threshold-bar')), /Set by hand/);
    }));

  test('a typed threshold applies, and one outside of 0 to 1 is reset', () =>
    onPanel([snapshotOf()], async (panel) => {
      const field = panel.page.getByRole('spinbutton', { name: 'Type a threshold' });
      await field.fill('0.7');
      await field.press('Enter');
      await panel.drawn();
      assert.deepEqual(await shown(panel), expected(0.7));
      await field.fill('7');
      await field.press('Enter');
      await panel.drawn();
      assert.deepEqual(await shown(panel), expected(0.7));
    }));

  test('dragging the point on the ROC or the line in the histogram updates the other charts', () =>
    onPanel([snapshotOf()], async (panel) => {
      const roc = panel.page.locator('.roc svg');
      const box = (await roc.boundingBox())!;
      // The lower left corner: nothing is predicted positive.
      await panel.page.mouse.click(box.x + 44, box.y + box.height - 35);
      await panel.drawn();
      const { counts } = await shown(panel);
      assert.deepEqual([counts.tp, counts.fp], [0, 0]);
      const line = panel.page.locator('sh-histogram-chart line.threshold');
      const before = Number(await line.getAttribute('x1'));
      const scores = (await panel.page.locator('sh-histogram-chart svg').boundingBox())!;
      await panel.page.mouse.move(scores.x + before, scores.y + 100);
      await panel.page.mouse.down();
      await panel.page.mouse.move(scores.x + 44 + (scores.width - 56) * 0.4, scores.y + 100, { steps: 5 });
      await panel.page.mouse.up();
      await panel.drawn();
      const state = await shown(panel);
      assert.ok(Math.abs(state.threshold - 0.4) < 0.02, String(state.threshold));
      assert.deepEqual(state, expected(state.threshold));
      const point = panel.page.locator('.precisionRecall circle.point');
      const recall = (Number(await point.getAttribute('cx')) - 44) / (box.width - 54);
      assert.ok(Math.abs(recall - Number(state.sensitivity)) < 0.02, `${recall} ${state.sensitivity}`);
    }));

  test('presets are fitted on validation, and the panel states that with the number of images', () =>
    onPanel([snapshotOf()], async (panel) => {
      const bar = panel.page.locator('sh-threshold-bar');
      const pick = async (name: string) => {
        await bar.locator('vscode-dropdown').click();
        await panel.page.getByRole('option', { name }).click();
        await panel.drawn();
      };
      assert.match(await textOf(bar), /Fitted on the validation split \(90 images\), applied to the images shown/);
      await pick('Sensitivity at least…');
      const least = panel.page.getByRole('spinbutton', { name: 'Minimum sensitivity on validation' });
      await least.fill('0.98');
      await least.press('Enter');
      await panel.drawn();
      const { threshold } = thresholdBy({ rule: 'sensitivity', atLeast: 0.98 }, val2.labels, val2.scores);
      const state = await shown(panel);
      assert.equal(state.threshold, probabilityAt(threshold!));
      assert.deepEqual(state.counts, countDecisions(test2.labels, test2.scores, threshold!));
      await pick('0.5');
      assert.deepEqual(await shown(panel), expected(0.5));
      assert.match(await textOf(bar), /0\.5 is not fitted on anything/);
    }));

  test('a model without its run is named, and its threshold claims no validation images', () => {
    const source = { kind: 'record', folder: '/w/.shoulders/evaluations/one' } as const;
    const threshold = { ...atProbability(0.62), from: 'val' } as const;
    const subject = { source, split: null, runId: null, epoch: null, modelFile: 'ward.onnx', threshold };
    return onPanel([snapshotOf({ validation: null, testLooks: null }, subject)], async (panel) => {
      const { page } = panel;
      await page.getByText('ward.onnx').waitFor();
      await page.getByText('Saved with the model: Youden’s J on its validation split, applied to').waitFor();
      assert.equal(await page.getByText('(0 images)').count(), 0);
    });
  });

  test('predictive values use the typed prevalence', () =>
    onPanel([snapshotOf()], async (panel) => {
      const field = panel.page.getByRole('spinbutton', { name: /share of positives\) in percent/ });
      await field.fill('1');
      await field.press('Enter');
      await panel.drawn();
      const { counts } = await shown(panel);
      const { tp, fn, fp, tn } = counts as ReturnType<typeof countDecisions>;
      const [se, sp] = [tp / (tp + fn), tn / (tn + fp)];
      const ppv = (se * 0.01) / (se * 0.01 + (1 - sp) * 0.99);
      const text = await textOf(panel.page.locator('sh-evaluation-figures'));
      assert.match(text, new RegExp(`PPV elsewhere ${ppv.toFixed(3)}`));
      await panel.page.getByRole('button', { name: 'As in These Images' }).click();
      await panel.drawn();
      assert.doesNotMatch(await textOf(panel.page.locator('sh-evaluation-figures')), /PPV elsewhere/);
    }));

  test('a cell lists its images, worst first; arrow keys move among them, Enter opens one', () =>
    onPanel([snapshotOf()], async (panel) => {
      const { threshold } = thresholdBy({ rule: 'youden' }, val2.labels, val2.scores);
      await panel.page.getByRole('button', { name: /^FN/ }).focus();
      await panel.page.keyboard.press('Enter');
      await panel.drawn();
      const missed = test2.scores
        .map((score, i) => ({ score, i }))
        .filter(({ score, i }) => test2.labels[i] === 1 && score < threshold!)
        .sort((a, b) => a.score - b.score);
      const tiles = panel.page.locator('sh-image-grid button.open');
      assert.equal(await tiles.count(), missed.length);
      const names = await tiles.locator('.file').allTextContents();
      assert.deepEqual(
        names.map((name) => name.trim()),
        missed.map(({ i }) => `image #${i}.png`),
      );
      await tiles.first().focus();
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.keyboard.press('Enter');
      assert.deepEqual(await panel.sentOf('openImage'), [
        { type: 'openImage', relativePath: twoTest.relativePaths[missed[1]!.i]! },
      ]);
      // At another threshold the cell contains other images.
      const field = panel.page.getByRole('spinbutton', { name: 'Type a threshold' });
      await field.fill('0.1');
      await field.press('Enter');
      await panel.drawn();
      assert.equal(await tiles.count(), countDecisions(test2.labels, test2.scores, atProbability(0.1).logOdds).fn);
    }));

  test('a button explains the displayed list as a wall of maps', () =>
    onPanel([snapshotOf()], async (panel) => {
      const grid = panel.page.locator('sh-image-grid');
      await grid.getByText('Explain These').click();
      const [message] = await panel.sentOf('explainThese');
      const titles = await grid
        .locator('button.open')
        .evaluateAll((all) => all.map((one) => (one as HTMLElement).title));
      assert.ok(message!.relativePaths.length >= titles.length && titles.length > 1);
      for (const [i, title] of titles.entries()) assert.ok(title.includes(message!.relativePaths[i]!), title);
    }));

  test('an image can be explained, and moved to the picked class', () =>
    onPanel([snapshotOf()], async (panel) => {
      const first = panel.page.locator('sh-image-grid li').first();
      const path = twoTest.relativePaths.find((one) => one.endsWith('image #118.png'))!;
      await first.getByRole('button', { name: /^Explain/ }).click();
      await first.getByRole('combobox').focus();
      await first.getByRole('combobox').selectOption('NORMAL');
      assert.deepEqual(await panel.sentOf('explain'), [{ type: 'explain', relativePath: path }]);
      assert.deepEqual(await panel.sentOf('relabel'), [
        { type: 'relabel', relativePaths: [path], className: 'NORMAL' },
      ]);
      await panel.post({
        type: 'places',
        places: { gone: [], moved: [{ from: path, to: 'test/NORMAL/image #118.png' }] },
      });
      await panel.drawn();
      assert.match(await textOf(first), /now test\/NORMAL\/image #118\.png/);
      assert.equal(await first.getByRole('combobox').count(), 0);
    }));

  test('a tile lists the classes only when its list is opened, by mouse or keyboard', () =>
    onPanel([manySnapshot()], async (panel) => {
      const tiles = panel.page.locator('sh-image-grid li:has(select)');
      const options = panel.page.locator('sh-image-grid option');
      const tileCount = await tiles.count();
      assert.equal(await options.count(), tileCount);
      await tiles.nth(1).getByRole('combobox').click();
      assert.equal(await tiles.nth(1).locator('option').count(), manyNames.length);
      await panel.page.keyboard.press('Escape');
      await tiles.nth(0).locator('button.open').focus();
      await panel.page.keyboard.press('Tab');
      await panel.page.keyboard.press('Tab');
      assert.equal(await tiles.nth(0).locator('option').count(), manyNames.length);
      assert.equal(await options.count(), tileCount + manyNames.length - 1);
      const second = await tiles.nth(0).locator('option').nth(1).getAttribute('value');
      await panel.page.keyboard.press('ArrowDown');
      const sent = await panel.sentOf('relabel');
      assert.deepEqual(
        sent.map(({ className }) => className),
        [second],
      );
    }));

  test('actions that are not allowed have no button', () =>
    onPanel([snapshotOf({}, { mayExplain: false, mayRelabel: false })], async (panel) => {
      const grid = panel.page.locator('sh-image-grid');
      assert.equal(await grid.getByRole('button', { name: /^Explain/ }).count(), 0);
      assert.equal(await grid.getByRole('combobox').count(), 0);
    }));

  test('missing pictures are explained: deleted, or not viewable here', () =>
    onPanel(
      [snapshotOf({ places: { gone: [...twoTest.relativePaths], moved: [] } }, { imageRoot: null })],
      async (panel) => {
        assert.match(await textOf(panel.page.locator('sh-image-grid li').first()), /No longer in place/);
        await panel.post(snapshotOf({}, { imageRoot: 'http://panel.test/lost' }));
        await panel.page.locator('sh-image-grid').scrollIntoViewIfNeeded();
        await panel.page.getByText('Missing, or not an image').first().waitFor();
      },
    ));

  test('calibration changes the probability scale, not the decisions', () =>
    onPanel([snapshotOf()], async (panel) => {
      const before = await shown(panel);
      await panel.page.locator('sh-evaluation-calibration').getByRole('checkbox').check();
      await panel.drawn();
      const after = await shown(panel);
      assert.notEqual(after.threshold, before.threshold);
      assert.deepEqual(after.counts, before.counts);
      assert.match(await textOf(panel.page.locator('sh-evaluation-calibration')), /validation split \(90 images\)/);
    }));

  test('every table can be copied as CSV and Markdown, and every chart saved as a standalone file', () =>
    onPanel([snapshotOf()], async (panel) => {
      const menu = async (of: string, item: string | RegExp) => {
        await panel.page.getByLabel(`Export: ${of}`, { exact: true }).click();
        await panel.page.getByRole('button', { name: item }).filter({ visible: true }).click();
      };
      await menu('Figures', 'Copy as CSV');
      await menu('Confusion matrix', 'Copy as Markdown');
      await menu('Images', 'Copy as CSV');
      for (const [of, name] of [
        ['ROC curve', 'ROC curve'],
        ['Precision and recall', 'Precision and recall'],
        ['Scores by class', 'Scores by class'],
        ['Calibration', 'Calibration'],
      ] as const) {
        await menu(of, `Save as SVG…: ${name}`);
        await menu(of, `Save as PNG…: ${name}`);
      }
      const texts = (await panel.sentOf('copy')).map(({ text }) => text);
      assert.match(texts[0]!, /^Figure,Value,low,high,95 % interval,n,Threshold,Log-odds,Split\nAUROC,0\.\d+,/);
      assert.match(texts[1]!, /^\| actual \\\\ predicted \| PNEUMONIA \| NORMAL \|\n/);
      const lines = texts[2]!.trim().split('\n');
      assert.equal(lines.length, 151);
      assert.equal(lines[0], 'path,Actual,Predicted,p(NORMAL),p(PNEUMONIA),Loss');
      // Drawing a PNG takes a moment.
      while ((await panel.sentOf('savePicture')).length < 8) await panel.page.waitForTimeout(50);
      const pictures = await panel.sentOf('savePicture');
      assert.deepEqual(
        new Set(pictures.map(({ name }) => name)),
        new Set(['roc', 'precision-recall', 'scores', 'calibration']),
      );
      for (const { format, data } of pictures) {
        if (format === 'png') {
          assert.deepEqual([...Buffer.from(data, 'base64').subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
          continue;
        }
        assert.match(data, /^<svg[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
        assert.doesNotMatch(data, /var\(|color-mix|class=|style=|<!--/);
        assert.match(data, /<title>[^<]+<\/title><rect [^>]*fill="#1f1f1f"/);
      }
    }));

  test('with one class only, figures that need both are called undefined, and the rest remains', () => {
    const labels = twoTest.labels!.map(() => 1);
    return onPanel([snapshotOf({ shown: { ...twoTest, labels } })], async (panel) => {
      const text = await textOf(panel.page.locator('sh-evaluation-panel'));
      assert.match(
        text,
        /All of these images are PNEUMONIA: AUROC and everything else that needs a second class is undefined/,
      );
      assert.match(text, /AUROC one class only/);
      assert.match(text, /There is no ROC curve/);
      assert.match(text, /Specificity no negatives/);
    });
  });

  const two = (sizes: readonly number[]) => drawScores({ split: 'test', sizes, classNames: twoNames, separation: 1.2 });
  const many = (sizes: readonly number[]) =>
    drawScores({ split: 'test', sizes, classNames: manyNames, separation: 1.5 });
  const alike = (scores: Scores): Scores => ({
    ...scores,
    logits: scores.logits.map(() => 0),
  });
  const sure = (scores: Scores): Scores => ({
    ...scores,
    logits: logitColumns(scores.labels!.flatMap((label) => Array.from({ length: scores.classCount }, (_, k) => (k === label ? 50 : 0)))), // biome-ignore format: a row
  });
  const oneOfTwo = /All of these images are NORMAL: AUROC and everything else that needs a second class is undefined/;
  const oneOfMany = /All of these images are cat: AUROC and everything else that needs a second class is undefined/;
  for (const [what, snapshot, said] of [
    ['one image of two classes', snapshotOf({ shown: two([1, 0]) }), oneOfTwo],
    ['one image of many classes', manySnapshot({ shown: many([1, 0, 0, 0]) }), oneOfMany],
    ['one class of many', manySnapshot({ shown: many([9, 0, 0, 0]) }), oneOfMany],
    [
      'many classes, one without images',
      manySnapshot({ shown: many([30, 30, 0, 30]) }),
      /None of these images is horse with .*: means over classes exclude that.*each of 3 classes against the rest/s,
    ],
    ['equal scores, two classes', snapshotOf({ shown: alike(two([20, 30])) }), /AUROC\s+0\.500/],
    ['equal scores, many classes', manySnapshot({ shown: alike(many([9, 9, 9, 9])) }), /AUROC, macro\s+0\.500/],
    ['certain and right, two classes', snapshotOf({ shown: sure(two([20, 30])) }), /AUROC\s+1\.000/],
    ['certain and right, many classes', manySnapshot({ shown: sure(many([3, 1, 4, 9])) }), /AUROC, macro\s+1\.000/],
    ['validation of one class', snapshotOf({ validation: two([30, 0]) }), /all of one class/],
    ['no images', snapshotOf({ shown: two([0, 0]) }), /no images/],
  ] as const)
    test(`odd predictions are explained, and no number is invented: ${what}`, () =>
      onPanel([snapshot], async (panel) => {
        const text = await textOf(panel.page.locator('sh-evaluation-panel'));
        assert.match(text, said);
        assert.doesNotMatch(text.replaceAll('is undefined', ''), /NaN|Infinity|undefined|null|\[object/);
      }));

  test('unreadable predictions are reported in a sentence', () =>
    onPanel(
      [
        snapshotOf({
          shown: null,
          validation: null,
          problem: 'The predictions have no rows: restore the file, or evaluate again.',
        }),
      ],
      async (panel) => {
        await panel.page.getByRole('alert').getByText('The predictions have no rows').waitFor();
        assert.equal(await panel.page.locator('sh-threshold-bar').count(), 0);
      },
    ));

  test('with more than two classes a confused pair lists its images, and the table copies every figure', () =>
    onPanel([manySnapshot()], async (panel) => {
      const pair = panel.page.locator('sh-evaluation-classes ol button').first();
      const [, count] = /: (\d+) \(/.exec((await pair.textContent())!)!;
      await pair.click();
      await panel.drawn();
      assert.equal(await panel.page.locator('sh-image-grid button.open').count(), Number(count));
      assert.equal(await panel.page.locator('sh-threshold-bar').count(), 0);
    }));

  test('a reloaded page restores its threshold, list and matrix', () =>
    onPanel([snapshotOf()], async (panel) => {
      const field = panel.page.getByRole('spinbutton', { name: 'Type a threshold' });
      await field.fill('0.25');
      await field.press('Enter');
      await panel.page.getByRole('button', { name: /^FP/ }).click();
      await panel.page.getByRole('radio', { name: 'By predicted class' }).check();
      await panel.drawn();
      const restored = (await panel.kept()).at(-1);
      await onPanel(
        [snapshotOf()],
        async (again) => {
          const field = again.page.getByRole('spinbutton', { name: 'Type a threshold' });
          assert.equal(await field.inputValue(), '0.25');
          assert.equal(await again.page.getByRole('button', { name: /^FP/ }).getAttribute('aria-pressed'), 'true');
          assert.ok(await again.page.getByRole('radio', { name: 'By predicted class' }).isChecked());
        },
        { restored },
      );
    }));
});
