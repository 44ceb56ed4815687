// The contact sheet in real Chromium, under the product's policy, in the editor's four default themes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FromSheetPanel, SheetPanelState, ToSheetPanel } from '../../../shared/messages/sheet.ts';
import { noChromium, type PanelPage, panelOf, textOf } from '../support/panelPage.ts';
import { card, imageAt, manyClasses, pathOf, snapshot, thumbnailsFor } from '../support/sheets.ts';

type Page = PanelPage<FromSheetPanel>;

describe('contact sheet in Chromium', { skip: noChromium }, () => {
  const { onPanel, looksRightInEveryTheme } = panelOf<FromSheetPanel, ToSheetPanel>('sheet');
  /** Waits for the observer, which reports after the frame. */
  const wanted = async (panel: Page): Promise<string[]> => {
    await panel.drawn();
    await panel.drawn();
    return (await panel.sentOf('thumbnailsWanted')).flatMap(({ relativePaths }) => relativePaths);
  };
  const tiles = (panel: Page) => panel.page.locator('sh-sheet-group li button');
  const focused = (panel: Page) =>
    panel.page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return (active?.closest('li') as HTMLElement | null)?.dataset.path ?? active?.tagName;
    });

  const withThumbnails = async (panel: Page) => panel.post(thumbnailsFor(await wanted(panel)));
  const outdated = snapshot({ card: { ...card, isChecking: true, check: { ...card.check!, isOutdated: true } } });
  const empty = snapshot({ groups: [], card: { ...card, classNames: [], splits: [], check: null } });
  looksRightInEveryTheme(
    'the contact sheet',
    [400, 1300],
    [
      { name: 'sheet', posts: [snapshot()], arrange: withThumbnails },
      { name: 'sheet-outdated', posts: [outdated], arrange: withThumbnails },
      { name: 'sheet-classes', posts: [manyClasses(60)], arrange: withThumbnails },
      { name: 'sheet-empty', posts: [empty] },
    ],
  );

  test('only tiles near the viewport request thumbnails, once each, loaded lazily by address and with alternative text', () =>
    onPanel([snapshot()], async (panel) => {
      const first = await wanted(panel);
      const all = snapshot().groups.flatMap(({ sample }) => sample);
      assert.ok(first.length > 0 && first.length < all.length, `${first.length} of ${all.length}`);
      assert.equal(new Set(first).size, first.length, 'each once');
      await panel.post(thumbnailsFor(first));
      await panel.drawn();
      const picture = panel.page.locator('sh-sheet-group img').first();
      assert.equal(await picture.getAttribute('alt'), 'NORMAL, train: image #0 of many.jpeg');
      assert.equal(await picture.getAttribute('loading'), 'lazy');
      assert.equal(
        await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth > 0)),
        true,
      );
      await panel.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      const later = await wanted(panel);
      assert.ok(later.includes(pathOf('test', 'PNEUMONIA', 0)));
      assert.equal(new Set(later).size, later.length, 'none twice');
    }));

  test('after a snapshot visible tiles are requested again, because their files may have changed', () =>
    onPanel([snapshot()], async (panel) => {
      const before = await wanted(panel);
      await panel.post(snapshot());
      const after = await wanted(panel);
      assert.deepEqual(after.slice(before.length).sort(), before.toSorted());
    }));

  test('an image without a thumbnail shows the reason, and flags are explained in words', () =>
    onPanel([snapshot()], async (panel) => {
      await panel.post(thumbnailsFor(await wanted(panel)));
      await panel.drawn();
      const tile = panel.page.locator(`sh-sheet-group li[data-path="${pathOf('train', 'NORMAL', 1)}"]`);
      assert.equal(
        await textOf(tile),
        'NORMAL, train: image #1 of many.jpeg. No preview: premature end of JPEG image image #1 of many.jpeg Unusable',
      );
      const leak = panel.page.locator(`sh-sheet-group li[data-path="${pathOf('train', 'PNEUMONIA', 2)}"] button`);
      assert.match(await textOf(leak), /Leak: in several splits/);
      assert.match(
        (await leak.getAttribute('title'))!,
        /Leak: in several splits: test\/PNEUMONIA\/image #3 of many\.jpeg/,
      );
    }));

  test('a deleted thumbnail becomes a placeholder, and is requested again with the next snapshot', () =>
    onPanel([snapshot()], async (panel) => {
      const [path] = await wanted(panel);
      await panel.post({
        type: 'thumbnails',
        thumbnails: [{ relativePath: path!, address: 'http://panel.test/gone.jpg', reason: null }],
      });
      await panel.page.getByText('No preview: the thumbnail cannot be loaded').waitFor();
    }));

  test('arrow keys move through the grid and on to the next class, Enter opens the image', () =>
    onPanel([snapshot()], async (panel) => {
      await tiles(panel).first().focus();
      const press = async (key: string) => {
        await panel.page.keyboard.press(key);
        await panel.drawn();
        return focused(panel);
      };
      assert.equal(await press('ArrowRight'), pathOf('train', 'NORMAL', 1));
      const columns = await panel.page
        .locator('sh-sheet-group')
        .first()
        .locator('li')
        .evaluateAll(
          (all) => all.filter((one) => (one as HTMLElement).offsetTop === (all[0] as HTMLElement).offsetTop).length,
        );
      assert.equal(await press('ArrowDown'), pathOf('train', 'NORMAL', 1 + columns));
      assert.equal(await press('ArrowUp'), pathOf('train', 'NORMAL', 1));
      assert.equal(await press('Home'), pathOf('train', 'NORMAL', 0));
      assert.equal(await press('ArrowLeft'), pathOf('train', 'NORMAL', 0), 'nothing lies before the first');
      assert.equal(await press('End'), pathOf('train', 'NORMAL', 23));
      assert.equal(await press('ArrowRight'), pathOf('train', 'PNEUMONIA', 0));
      assert.equal(await press('ArrowLeft'), pathOf('train', 'NORMAL', 23));
      await panel.page.keyboard.press('Enter');
      assert.deepEqual(await panel.sentOf('openImage'), [
        { type: 'openImage', relativePath: pathOf('train', 'NORMAL', 23) },
      ]);
      // One tab stop per grid: Tab skips the other tiles.
      assert.equal(await panel.page.locator('sh-sheet-group').first().locator('li button[tabindex="0"]').count(), 1);
    }));

  test('filters by split, class and flags show matching images, and are kept', () =>
    onPanel([snapshot()], async (panel) => {
      const titles = async () =>
        (await panel.page.locator('sh-sheet-group h2').allTextContents()).map((title) => title.trim());
      assert.equal((await titles()).length, 6);
      await panel.page.getByRole('radio', { name: 'test' }).check();
      await panel.drawn();
      assert.deepEqual(await titles(), ['test: NORMAL', 'test: PNEUMONIA']);
      await panel.page.locator('vscode-dropdown').click();
      await panel.page.getByRole('option', { name: 'PNEUMONIA' }).click();
      await panel.drawn();
      assert.deepEqual(await titles(), ['test: PNEUMONIA']);
      await panel.page.getByRole('checkbox', { name: 'Flagged only (3)' }).check();
      await panel.drawn();
      assert.equal(await tiles(panel).count(), 1);
      const kept = (await panel.kept()).at(-1);
      const expected: SheetPanelState = {
        dataset: '/data/chest_xray',
        seed: 1,
        split: 'test',
        className: 'PNEUMONIA',
        markedOnly: true,
      };
      assert.deepEqual(kept, expected);
      await panel.post({ type: 'show', split: 'val', className: 'NORMAL' });
      await panel.drawn();
      assert.deepEqual(await titles(), ['val: NORMAL']);
    }));

  test('a reloaded page restores the selection', () =>
    onPanel(
      [snapshot()],
      async (panel) => {
        assert.deepEqual(
          (await panel.page.locator('sh-sheet-group h2').allTextContents()).map((title) => title.trim()),
          ['val: PNEUMONIA'],
        );
      },
      { restored: { dataset: '/data/chest_xray', seed: 1, split: 'val', className: 'PNEUMONIA', markedOnly: false } },
    ));

  test('the page requests more images of a class and shows them, also after the next snapshot', () =>
    onPanel([snapshot()], async (panel) => {
      await panel.page.getByText('Show 96 More of NORMAL').first().click();
      await panel.drawn();
      const asked = { type: 'moreWanted', split: 'train', className: 'NORMAL', count: 120 } as const;
      assert.deepEqual(await panel.sentOf('moreWanted'), [asked]);
      const sample = Array.from({ length: 120 }, (_, i) => imageAt('train', 'NORMAL', i));
      await panel.post({ type: 'sample', seed: 1, split: 'train', className: 'NORMAL', sample });
      await panel.drawn();
      const first = panel.page.locator('sh-sheet-group').first();
      assert.equal(await first.locator('li').count(), 120);
      await panel.post(snapshot());
      await panel.drawn();
      assert.deepEqual(await panel.sentOf('moreWanted'), [asked, asked]);
      await panel.post({ type: 'sample', seed: 2, split: 'train', className: 'NORMAL', sample: [] });
      await panel.drawn();
      assert.equal(await first.locator('li').count(), 24, 'an answer for another sample is not taken');
    }));

  test('the card shows counts, sizes, balance and the last check, and its buttons send requests', () =>
    onPanel([snapshot()], async (panel) => {
      const text = await textOf(panel.page.locator('sh-dataset-card'));
      assert.match(text, /NORMAL 1,341 8 234 1,583 27 %/);
      assert.match(text, /all 5,216 16 624 5,856/);
      assert.match(text, /384 × 127 to 2916 × 2583 pixels, median 1281 × 888 \(4,803 different\)/);
      assert.match(text, /1 unusable, 1 in several splits, 1 to check 14:05/);
      assert.match(text, /Used by 2 runs/);
      for (const name of ['Fine-tune ResNet', 'Check Again', 'Open Report', 'Reveal in Explorer', 'Another Sample'])
        await panel.page.locator('vscode-button', { hasText: name }).click();
      const sent = (await panel.sent()).map(({ type }) => type);
      assert.deepEqual(
        sent.filter((type) => !['ready', 'thumbnailsWanted'].includes(type)),
        ['fineTune', 'check', 'openReport', 'reveal', 'sampleAnew'],
      );
      await panel.post(
        snapshot({ card: { ...card, isChecking: true, check: { ...card.check!, isOutdated: true }, runCount: 0 } }),
      );
      await panel.drawn();
      assert.match(await textOf(panel.page.locator('sh-dataset-card')), /The folder has changed since/);
      assert.equal(await panel.page.locator('vscode-button', { hasText: 'Checking…' }).getAttribute('disabled'), '');
    }));

  test('hundreds of classes appear 40 at a time', () =>
    onPanel([manyClasses(100)], async (panel) => {
      assert.equal(await panel.page.locator('sh-sheet-group').count(), 40);
      await panel.page.getByText('Show 40 More Classes').click();
      await panel.drawn();
      assert.equal(await panel.page.locator('sh-sheet-group').count(), 80);
    }));
});
