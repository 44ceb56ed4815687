// The confusion matrix of 500 classes in real Chromium: a readable part, every cell reachable, the copied table complete.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FromEvaluationPanel, ToEvaluationPanel } from '../../../shared/messages/evaluation.ts';
import { manySnapshot } from '../support/evaluations.ts';
import { noChromium, type PanelPage, panelOf, textOf } from '../support/panelPage.ts';

const classCount = 500;
const classNames = Array.from({ length: classCount }, (_, label) => `class ${String(label).padStart(3, '0')}`);
/** One image of each class, misclassified in the thirty classes that start at 200. */
const predicted = classNames.map((_, label) => (label >= 200 && label < 230 ? label + 200 : label));
const snapshot = manySnapshot(
  {
    compact: true,
    validation: null,
    shown: {
      relativePaths: classNames.map((name) => `test/${name}/image of ${name}.png`),
      labels: classNames.map((_, label) => label),
      logits: new Float32Array(),
      classCount,
    },
  },
  { classNames, mayRelabel: false },
);

/** Runs in the page: creates the 250,000 logits there, which would take long to send. */
function postWithLogits({ message, predicted }: { message: typeof snapshot; predicted: readonly number[] }): void {
  const logits = predicted.flatMap((winner) => predicted.map((_, label) => (label === winner ? 1 : 0)));
  const shown = { ...message.shown, logits: Float32Array.from(logits) };
  window.postMessage({ ...message, shown }, '*');
}

type Page = PanelPage<FromEvaluationPanel>;
const cells = (panel: Page) => panel.page.locator('sh-confusion-table tbody td');
const names = (panel: Page, scope: 'row' | 'col') =>
  panel.page.locator(`sh-confusion-table th[scope=${scope}] .name`).allTextContents();
const part = (panel: Page) => textOf(panel.page.locator('sh-confusion-table').getByRole('status'));

describe('the confusion matrix of 500 classes in Chromium', { skip: noChromium }, () => {
  const { onPanel } = panelOf<FromEvaluationPanel, ToEvaluationPanel>('evaluation', 1300);

  test('shows a readable part and says which, responds quickly, reaches every cell, and copies the whole matrix', () =>
    onPanel([], async (panel) => {
      const { page } = panel;
      await page.evaluate(postWithLogits, { message: snapshot, predicted });
      await cells(panel).first().waitFor();
      assert.equal(await cells(panel).count(), 40 * 40);
      // 60 classes have one wrong decision each: the first ones win the tie.
      const first = [...classNames.slice(200, 230), ...classNames.slice(400, 410)];
      assert.deepEqual(await names(panel, 'row'), first);
      assert.deepEqual(await names(panel, 'col'), first);
      const said =
        /^40 rows and 40 columns of 500 classes are shown\. These cells hold 10 of the 30 wrong decisions\.$/;
      assert.match(await part(panel), said);

      const began = performance.now();
      await page.getByRole('radio', { name: 'By true class' }).check();
      await panel.drawn();
      const tookMs = performance.now() - began;
      // Loose, for a busy machine: 250,000 cells take a minute there.
      assert.ok(tookMs < 10_000, `a choice took ${Math.round(tookMs)} ms`);
      assert.equal(await cells(panel).nth(0).locator('.count').textContent(), '0.0 %');

      await page.getByLabel('Actual classes').selectOption('201–240: class 200 … class 239');
      await page.getByLabel('Predicted classes').selectOption('401–440: class 400 … class 439');
      await panel.drawn();
      assert.deepEqual(await names(panel, 'row'), classNames.slice(200, 240));
      assert.deepEqual(await names(panel, 'col'), classNames.slice(400, 440));
      assert.match(await part(panel), /These cells hold 30 of the 30 wrong decisions/);
      const cell = cells(panel).nth(40 * 3 + 3);
      await cell.getByRole('button').click();
      await panel.drawn();
      assert.match((await cell.getAttribute('class'))!, /chosen/);
      assert.equal(await cell.getAttribute('title'), 'Actual class 203, Predicted class 403: 1 (100.0 %)');
      assert.match(await textOf(page.locator('sh-image-grid')), /image of class 203\.png/);
      await page.getByLabel('Predicted classes').selectOption('481–500: class 480 … class 499');
      await panel.drawn();
      assert.equal(await cells(panel).count(), 40 * 20);
      await page.getByLabel('Actual classes').selectOption('481–500: class 480 … class 499');
      await panel.drawn();
      assert.equal(await cells(panel).count(), 20 * 20);
      // The other blocks keep their names while the last, shorter one is drawn.
      await page.getByLabel('Actual classes').selectOption('201–240: class 200 … class 239');
      await panel.drawn();

      assert.match(await textOf(page.locator('sh-evaluation-matrix')), /The copied table contains all classes\./);
      await page.getByRole('radio', { name: 'Counts' }).check();
      await page.getByLabel('Export: Confusion matrix', { exact: true }).click();
      await page.getByRole('button', { name: 'Copy as CSV' }).filter({ visible: true }).click();
      const [copied] = await panel.sentOf('copy');
      const rows = copied!.text
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(','));
      assert.equal(rows.length, classCount + 1);
      assert.ok(rows.every((row) => row.length === classCount + 1));
      assert.equal(rows[1 + 203]![1 + 403], '1');
      assert.equal(rows.flat().filter((text) => text === '1').length, classCount);
    }));
});
