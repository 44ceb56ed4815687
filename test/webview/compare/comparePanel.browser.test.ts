// The compare panel in real Chromium, under the product's policy, in the editor's four default themes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunEvent } from '../../../shared/contracts/events.ts';
import type { FromComparePanel, ToComparePanel } from '../../../shared/messages/compare.ts';
import { pairingOf } from '../../../webview/compare/pair.ts';
import { formatMetric } from '../../../webview/page/format.ts';
import { chestState, compared, idOf, predictionsMessage, snapshotOf } from '../support/comparisons.ts';
import { noChromium, panelOf, type Scene, textOf } from '../support/panelPage.ts';

const [a, b, c] = [
  compared({ index: 0, separation: 0.6 }),
  compared({ index: 1, separation: 2, recipe: { seed: 7, imageSize: 256 } }),
  compared({ index: 2, separation: 1.2, recipe: { keep: 'last' } }),
] as const;
const ten = Array.from({ length: 10 }, (_, index) =>
  compared({
    index,
    separation: 0.4 + index / 5,
    recipe: { seed: index },
    name: `a rather long name of a run, number ${index}`,
  }),
);
const unlike = [
  a,
  compared({
    index: 1,
    state: { fingerprint: 'e'.repeat(64), weights: { kind: 'random', name: 'random', sha256: null, verified: false } },
  }),
  compared({ index: 2, state: { status: 'running', evaluation: null, epochs: chestState.epochs.slice(0, 3) } }),
];

describe('compare panel in Chromium', { skip: noChromium }, () => {
  const { onPanel, looksRightInEveryTheme } = panelOf<FromComparePanel, ToComparePanel>('compare');

  const scenes: Scene<FromComparePanel, ToComparePanel>[] = [
    { name: 'compare-two', posts: [snapshotOf([a, b]), predictionsMessage(a), predictionsMessage(b)] },
    { name: 'compare-unlike', posts: [snapshotOf(unlike, [...unlike.map(({ run }) => run.id), idOf(3)])] },
    { name: 'compare-ten', posts: [snapshotOf(ten), ...ten.slice(-2).map(predictionsMessage)] },
  ];
  looksRightInEveryTheme('the compare panel', [400, 1300], scenes);

  test('the page requests the test predictions of the pair once each, and shows counts and both tests', () =>
    onPanel([snapshotOf([a, b])], async (panel) => {
      assert.deepEqual(
        (await panel.sentOf('testPredictionsWanted')).map(({ runId }) => runId),
        [a.run.id, b.run.id],
      );
      for (const side of [a, b]) await panel.post(predictionsMessage(side));
      await panel.drawn();
      const pairing = pairingOf(a, b);
      const cells = await panel.page
        .getByRole('table', { name: 'Test images by which run was right' })
        .locator('td')
        .allTextContents();
      assert.deepEqual(
        cells.map((cell) => cell.trim()).filter((cell) => cell !== ''),
        [pairing.bothRight, pairing.onlyFirst, pairing.onlySecond, pairing.bothWrong].map(String),
      );
      const words = await textOf(panel.page.locator('sh-compare-pair .tests'));
      assert.match(words, new RegExp(`Of ${pairing.mcnemar!.discordant} images that only one of them got right`));
      assert.match(words, new RegExp(`differ by ${formatMetric(Math.abs(pairing.delong!.difference))}`));
      assert.doesNotMatch(words, /Bonferroni/);
    }));

  test('the panel lists images that only one run got right with both probabilities, and a click opens one', () =>
    onPanel(scenes[0]!.posts, async (panel) => {
      const pairing = pairingOf(a, b);
      const wanted = pairing.images.filter(({ first, second }) => second.right && !first.right);
      await panel.page.getByRole('radio', { name: `Only B right (${wanted.length})` }).check();
      await panel.drawn();
      const tiles = panel.page.locator('sh-compare-images li button');
      assert.equal(await tiles.count(), Math.min(24, wanted.length));
      const text = await textOf(tiles.first());
      for (const side of [wanted[0]!.first, wanted[0]!.second])
        assert.ok(text.includes(`${side.predicted}, ${formatMetric(side.probability)}`), text);
      await tiles.first().focus();
      await panel.page.keyboard.press('Enter');
      assert.deepEqual(await panel.sentOf('openImage'), [
        { type: 'openImage', runId: a.run.id, relativePath: wanted[0]!.relativePath },
      ]);
      // An odd file name reaches the picture: '#' and blanks are escaped.
      await panel.page.waitForFunction(
        (path) => performance.getEntriesByType('resource').some(({ name }) => name.endsWith(path)),
        encodeURI(wanted[0]!.relativePath).replaceAll('#', '%23'),
      );
    }));

  test('a missing picture is shown as missing', () => {
    const lost = { ...a, run: { ...a.run, imageRoot: 'http://panel.test/lost' } };
    return onPanel([snapshotOf([lost, b]), predictionsMessage(a), predictionsMessage(b)], async (panel) => {
      await panel.page.getByRole('radio', { name: /Only B right/ }).check();
      await panel.page.locator('sh-compare-images').scrollIntoViewIfNeeded();
      await panel.page.getByText('Missing, or not an image').first().waitFor();
    });
  });

  test('the curves support another metric, a hidden run, a logarithmic axis, and a crosshair moved by keyboard', () =>
    onPanel([snapshotOf([a, b, c])], async (panel) => {
      const legend = panel.page.locator('sh-compare-curves fieldset');
      const last = chestState.epochs.length;
      assert.match(await textOf(legend), new RegExp(`values at epoch ${last}`));
      await panel.page.locator('sh-overlay-chart .plot').focus();
      await panel.page.keyboard.press('Home');
      await panel.drawn();
      assert.match(await textOf(legend), /values at epoch 1 /);
      const values = await legend.locator('b.number').allTextContents();
      assert.deepEqual(
        values,
        [a, b, c].map(({ run }) => formatMetric(run.state.epochs[0]!.metrics.val.loss)),
      );
      await legend.getByRole('checkbox').nth(1).uncheck();
      await panel.page.getByRole('checkbox', { name: 'Logarithmic' }).check();
      await panel.page.getByText('Show as table').click();
      await panel.drawn();
      assert.equal(await panel.page.locator('sh-compare-curves tbody tr').count(), last);
      const kept = (await panel.kept()).at(-1) as { hidden: string[]; logScale: boolean };
      assert.deepEqual([kept.hidden, kept.logScale], [[b.run.id], true]);
      const label = await panel.page.locator('sh-overlay-chart .plot').getAttribute('aria-label');
      assert.match(label!, /Validation loss by epoch for 2 runs/);
    }));

  test('a new epoch of a live run appears in curves and table', () =>
    onPanel([snapshotOf(unlike)], async (panel) => {
      const row = { type: 'epoch', ...chestState.epochs[3]! } as RunEvent;
      const epochs = panel.page.locator('sh-compare-metrics tbody tr').nth(2).locator('td').nth(8);
      assert.equal((await epochs.textContent())?.trim(), '3');
      await panel.post({ type: 'event', seq: 5, runId: idOf(2), event: row });
      await panel.drawn();
      assert.equal((await epochs.textContent())?.trim(), '4');
    }));

  test('a word, not only bold type, marks the best value of a column', () =>
    onPanel([snapshotOf([a, b])], async (panel) => {
      const aurocs = await panel.page.locator('sh-compare-metrics tbody tr td:nth-child(2)').allTextContents();
      const [first, second] = [a, b].map(({ run }) => run.state.evaluation!.test.auroc!);
      assert.deepEqual(
        aurocs.map((text) => /best/.test(text)),
        [first! > second!, second! > first!],
      );
    }));

  test('with three runs any two can be picked, repeated comparisons cause a warning, and the pair is kept', () =>
    onPanel([snapshotOf([a, b, c]), ...[a, b, c].map(predictionsMessage)], async (panel) => {
      assert.match(await textOf(panel.page.locator('sh-compare-pair')), /3 pairs: one in twenty.*below 0\.017/);
      const second = panel.page.getByRole('combobox', { name: 'Second run' });
      await second.focus();
      await panel.page.keyboard.press('ArrowUp');
      await panel.drawn();
      const kept = (await panel.kept()).at(-1) as { pair: string[] };
      assert.equal(kept.pair.length, 2);
      assert.ok(kept.pair.includes(a.run.id));
    }));

  test('buttons diff the pair, open a run, and copy the table as CSV and Markdown', () =>
    onPanel([snapshotOf([a, b])], async (panel) => {
      await panel.page.getByText('Open A and B in Diff Editor').click();
      await panel.page.getByRole('button', { name: /^ ?B chest_xray/ }).click();
      await panel.page.getByText('Copy as CSV').click();
      await panel.page.getByText('Copy as Markdown').click();
      assert.deepEqual(await panel.sentOf('diffRecipes'), [{ type: 'diffRecipes', first: a.run.id, second: b.run.id }]);
      assert.deepEqual(await panel.sentOf('openRun'), [{ type: 'openRun', runId: b.run.id }]);
      const [csv, markdown] = (await panel.sentOf('copy')).map(({ text }) => text);
      assert.equal(csv!.trim().split('\n').length, 3);
      assert.match(markdown!, /^\| Run \| Test AUROC \|/);
    }));

  test('the table of recipes shows exactly the fields that differ', () =>
    onPanel([snapshotOf([a, b])], async (panel) => {
      const fields = await panel.page.locator('sh-recipe-differences tbody th').allTextContents();
      assert.deepEqual(fields.sort(), ['imageSize', 'seed']);
    }));

  test('a reloaded page restores metric, hidden runs and pair', () =>
    onPanel(
      [snapshotOf([a, b, c])],
      async (panel) => {
        assert.match(
          (await panel.page.locator('sh-overlay-chart .plot').getAttribute('aria-label'))!,
          /^Training AUROC.*for 2 runs/,
        );
        await panel.page.getByText('Open C and A in Diff Editor').waitFor();
      },
      {
        restored: {
          runIds: [a, b, c].map(({ run }) => run.id),
          curve: 'trainAuroc',
          logScale: false,
          hidden: [b.run.id],
          pair: [c.run.id, a.run.id],
        },
      },
    ));

  test('deleted runs are named, even when all are deleted', () =>
    onPanel([snapshotOf([a], [idOf(0), idOf(1)])], async (panel) => {
      await panel.page.getByText(`No longer there: ${idOf(1)}.`).waitFor();
      await panel.post(snapshotOf([], [idOf(0), idOf(1)]));
      await panel.page.getByText('None of these runs exists any more.').waitFor();
    }));
});
