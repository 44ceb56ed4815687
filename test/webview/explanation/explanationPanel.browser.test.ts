// The Grad-CAM panel in real Chromium, under the product's policy, in the editor's four default themes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { heatLevel, heatTable, upsampledMap } from '../../../shared/contracts/heatMap.ts';
import {
  type ExplanationPanelState,
  type FromExplanationPanel,
  type ToExplanationPanel,
  usualLook,
  usualQuestion,
} from '../../../shared/messages/explanation.ts';
import { checkedAnswer, explained, pathOf, snapshot } from '../support/explanations.ts';
import { mapWith } from '../support/maps.ts';
import { noChromium, type PanelPage, panelOf, textOf } from '../support/panelPage.ts';

type Page = PanelPage<FromExplanationPanel>;

describe('Grad-CAM panel in Chromium', { skip: noChromium }, () => {
  const { onPanel, looksRightInEveryTheme } = panelOf<FromExplanationPanel, ToExplanationPanel>('explanation');
  const pick = async (panel: Page, label: string, option: string) => {
    await panel.page.getByRole('combobox', { name: label }).click();
    await panel.page.getByRole('option', { name: option, exact: true }).click();
    await panel.drawn();
  };
  const output = (panel: Page) => textOf(panel.page.locator('sh-explanation-panel output[aria-live]'));
  const overlay = (panel: Page) => panel.page.locator('sh-cam-picture canvas').first();

  const toTheWall = async (panel: Page) => {
    await panel.drawn();
    const back = panel.page.getByText('All 12 Images');
    if (await back.isVisible()) await back.click();
  };
  const failed: ToExplanationPanel = {
    type: 'failed',
    question: usualQuestion,
    path: pathOf(9),
    checked: false,
    sentence: '"image 9.jpeg" cannot be used: premature end of JPEG image.',
  };
  const wall = [snapshot(12), ...Array.from({ length: 9 }, (_, i) => explained(pathOf(i))), failed];
  looksRightInEveryTheme(
    'the panel',
    [400, 1300],
    [
      { name: 'cam-waiting', posts: [snapshot()] },
      { name: 'cam-single', posts: [explained(pathOf(0))] },
      { name: 'cam-checked', posts: [checkedAnswer(pathOf(0))] },
      { name: 'cam-wall', posts: wall, arrange: toTheWall },
      { name: 'cam-broken', posts: [{ type: 'ended', id: 2, sentence: 'The engine "cpu" failed: no memory.' }] },
    ],
  );

  test('the first snapshot requests the default map, drawn over the crop at half opacity', () =>
    onPanel([snapshot()], async (panel) => {
      assert.deepEqual(await panel.sentOf('explain'), [
        { type: 'explain', id: 1, question: usualQuestion, paths: [pathOf(0)], check: false },
      ]);
      await panel.post(explained(pathOf(0)));
      await panel.drawn();
      const place = await overlay(panel).evaluate((canvas: HTMLCanvasElement) => {
        const [inner, outer] = [canvas.getBoundingClientRect(), canvas.parentElement!.getBoundingClientRect()];
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, 224, 224);
        return {
          left: (inner.left - outer.left) / outer.width,
          top: (inner.top - outer.top) / outer.height,
          width: inner.width / outer.width,
          height: inner.height / outer.height,
          ratio: outer.width / outer.height,
          opacity: getComputedStyle(canvas).opacity,
          pixels: [0, 100, 222].flatMap((y) =>
            [0, 60, 223].map((x) => [...data.slice(4 * (224 * y + x), 4 * (224 * y + x) + 4)]),
          ),
        };
      });
      const near = (value: number, wanted: number) => assert.ok(Math.abs(value - wanted) < 0.01, `${value}, ${wanted}`);
      near(place.left, 50 / 300);
      near(place.top, 0);
      near(place.width, 200 / 300);
      near(place.height, 1);
      near(place.ratio, 1.5);
      assert.equal(place.opacity, '0.5');
      const values = upsampledMap(mapWith(7, [0.3, 0.3]), 7, 7, 224);
      const expected = [0, 100, 222].flatMap((y) =>
        [0, 60, 223].map((x) => {
          const color = 3 * heatLevel(values[224 * y + x]!);
          return [...heatTable('jet').slice(color, color + 3), 255];
        }),
      );
      assert.deepEqual(place.pixels, expected);
    }));

  test('another layer, method, class or score sends a request, unless it was answered before', () =>
    onPanel([snapshot(), explained(pathOf(0))], async (panel) => {
      const layer3 = { ...usualQuestion, layer: 'layer3' as const };
      await pick(panel, 'Layer', 'layer3');
      await panel.post(explained(pathOf(0), layer3));
      await pick(panel, 'Class', 'NORMAL');
      await panel.page.getByRole('radio', { name: 'Logit' }).check();
      await pick(panel, 'Method', 'HiResCAM');
      const asked = (await panel.sentOf('explain')).map(({ question }) => question);
      const steps = [
        usualQuestion,
        layer3,
        { ...layer3, target: '=NORMAL' },
        { ...layer3, target: '=NORMAL', of: 'logit' },
        { ...layer3, target: '=NORMAL', of: 'logit', method: 'hires-cam' },
      ];
      assert.deepEqual(asked, steps);
      await pick(panel, 'Class', 'Most probable class');
      await panel.page.getByRole('radio', { name: 'Probability' }).check();
      await pick(panel, 'Method', 'Grad-CAM');
      const again = await panel.sentOf('explain');
      assert.ok(!again.slice(steps.length).some(({ question }) => JSON.stringify(question) === JSON.stringify(layer3)));
      assert.equal((await panel.sentOf('stop')).length, 1, 'nobody waits for the last one any more');
      assert.equal(await overlay(panel).count(), 1);
    }));

  test('an explanation of each choice appears below it', () =>
    onPanel([snapshot(), explained(pathOf(0))], async (panel) => {
      const controls = () => textOf(panel.page.locator('sh-cam-controls'));
      assert.match(await controls(), /Every channel is weighted by its average gradient over the image/);
      assert.match(await controls(), /The last convolutional stage, nearest to the decision/);
      assert.match(await controls(), /What raises the probability of the class, against all other classes/);
      await pick(panel, 'Colours', 'Viridis');
      assert.match(await controls(), /Violet to yellow in even steps of brightness/);
    }));

  test("arrow keys and the mouse read the map's value at a point", () =>
    onPanel([snapshot(), explained(pathOf(0))], async (panel) => {
      assert.match(await output(panel), /Point at the image/);
      const pointer = panel.page.getByRole('application').last();
      await pointer.focus();
      await panel.drawn();
      // The strongest position: the third of seven in both directions, within the crop of 200 pixels from 50.
      assert.match(await output(panel), /^0\.9\d\d at 121, 71$/);
      await panel.page.keyboard.press('ArrowRight');
      await panel.drawn();
      assert.match(await output(panel), /^0\.7\d\d at 150, 71$/);
      const box = (await pointer.boundingBox())!;
      await panel.page.mouse.move(box.x + 3, box.y + box.height / 2);
      await panel.drawn();
      assert.equal(await output(panel), 'Outside what the network saw');
      await pointer.press('Escape');
      await panel.drawn();
      assert.match(await output(panel), /Point at the image/);
    }));

  test('the opacity slider works by keyboard, and view settings are kept', () =>
    onPanel([snapshot(), explained(pathOf(0))], async (panel) => {
      const slider = panel.page.getByRole('slider', { name: 'Opacity of the colours' });
      await slider.focus();
      for (let i = 0; i < 3; i++) await panel.page.keyboard.press('ArrowRight');
      await panel.drawn();
      assert.equal(await slider.getAttribute('aria-valuetext'), '65 %');
      assert.equal(await overlay(panel).evaluate((canvas) => getComputedStyle(canvas).opacity), '0.65');
      await panel.page.getByRole('checkbox', { name: 'Image beside overlay' }).uncheck();
      await panel.drawn();
      assert.equal(await panel.page.locator('sh-cam-pointer').count(), 1);
      const kept = (await panel.kept()).at(-1) as ExplanationPanelState;
      assert.deepEqual(kept.look, { ...usualLook, opacity: 0.65, sideBySide: false });
    }));

  test('probabilities of all classes mark the predicted, the true and the explained class', () =>
    onPanel([snapshot(), explained(pathOf(0), usualQuestion)], async (panel) => {
      const rows = await panel.page.locator('sh-cam-probabilities tbody tr').allInnerTexts();
      assert.deepEqual(
        rows.map((row) => row.replace(/\s+/g, ' ').trim()),
        ['PNEUMONIA predicted, explained 0.9300', 'NORMAL folder 0.0700'],
      );
    }));

  test('a button requests the check, and its verdict, curve and random-weights map appear', () =>
    onPanel([snapshot(), explained(pathOf(0))], async (panel) => {
      await panel.page.getByText('Check Faithfulness').click();
      await panel.drawn();
      const [, check] = await panel.sentOf('explain');
      assert.deepEqual(check, { type: 'explain', id: 2, question: usualQuestion, paths: [pathOf(0)], check: true });
      await panel.post(checkedAnswer(pathOf(0)));
      await panel.drawn();
      const said = await textOf(panel.page.locator('sh-faithfulness'));
      assert.match(said, /the map points at what this network uses in this image/);
      assert.match(said, /they show whether the map can be trusted, not whether the network is right/);
      const chart = panel.page.locator('sh-deletion-chart svg[role=img]');
      assert.match(
        (await chart.getAttribute('aria-label'))!,
        /mean 0\.210\. Random orders: mean 0\.460, from 0\.410 to 0\.500/,
      );
      assert.equal(await panel.page.locator('sh-faithfulness canvas').count(), 2);
      await panel.post({ type: 'ended', id: 2, sentence: null });
      await panel.drawn();
      assert.equal((await panel.sentOf('explain')).length, 2, 'nothing is left to ask');
    }));

  test('tiles of a wall fill as replies arrive; Enter enlarges one, Back returns to its tile', () =>
    onPanel([snapshot(12)], async (panel) => {
      const [request] = await panel.sentOf('explain');
      assert.equal(request?.paths.length, 12);
      await panel.post(explained(pathOf(0)));
      await panel.post(explained(pathOf(1)));
      await panel.drawn();
      assert.equal(await panel.page.locator('sh-cam-wall canvas').count(), 2);
      await panel.page.getByText('Computing the maps: 2 of 12').waitFor();
      await panel.page.locator('sh-cam-wall button').first().focus();
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.keyboard.press('Enter');
      await panel.drawn();
      assert.equal(await panel.page.getByRole('heading', { level: 1 }).innerText(), 'image 1.jpeg');
      assert.equal((await panel.sentOf('explain')).length, 1, 'it is answered already');
      await panel.page.getByText('All 12 Images').click();
      await panel.drawn();
      const focused = await panel.page.evaluate(() => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return active?.getAttribute('title');
      });
      assert.equal(focused, pathOf(1));
    }));

  test('a failing engine is reported in a sentence and restarts only on request', () =>
    onPanel([snapshot()], async (panel) => {
      await panel.post({ type: 'ended', id: 1, sentence: 'The engine "cpu" failed: not enough memory.' });
      await panel.drawn();
      await panel.page.getByText('not enough memory').waitFor();
      assert.equal((await panel.sentOf('explain')).length, 1);
      await panel.page.getByText('Try Again').click();
      await panel.drawn();
      assert.equal((await panel.sentOf('explain')).length, 2);
    }));

  test('a file that the browser cannot show is replaced by a thumbnail, or by the reason', () => {
    const image = { ...snapshot().images[0]!, address: 'http://panel.test/scan.tif.jpg' };
    return onPanel([snapshot(1, { images: [image] }), explained(pathOf(0))], async (panel) => {
      await panel.page.waitForFunction(() =>
        (window as unknown as { sent: { type: string }[] }).sent.some(({ type }) => type === 'pictureWanted'),
      );
      assert.deepEqual(await panel.sentOf('pictureWanted'), [{ type: 'pictureWanted', path: pathOf(0) }]);
      await panel.post({ type: 'picture', path: pathOf(0), address: null, reason: 'the file is cut off' });
      await panel.drawn();
      await panel.page.getByText('No preview: the file is cut off').first().waitFor();
      await panel.post({ type: 'picture', path: pathOf(0), address: 'http://panel.test/pictures/t.svg', reason: null });
      await panel.drawn();
      assert.equal(await panel.page.locator('sh-cam-picture img').count(), 2);
    });
  });

  test('the overlay is saved as a PNG of the original with its colours, and values can be copied', () =>
    onPanel([snapshot(), explained(pathOf(0))], async (panel) => {
      await panel.page.getByText('Save Overlay as PNG').click();
      await panel.page.waitForFunction(() =>
        (window as unknown as { sent: { type: string }[] }).sent.some(({ type }) => type === 'savePicture'),
      );
      const [saved] = await panel.sentOf('savePicture');
      assert.equal(saved?.name, 'image 0.PNEUMONIA.grad-cam.layer4.probability');
      const colours = await panel.page.evaluate(async (data) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        const at = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data];
        return {
          width: image.width,
          outside: at(10, 100),
          strongest: at(Math.round((121 * image.width) / 300), Math.round((71 * image.width) / 300)),
        };
      }, saved!.data);
      assert.equal(colours.width, 320, 'small originals are enlarged');
      assert.deepEqual(colours.outside, [128, 128, 128, 255], 'the grey picture, untouched');
      // Half of the grey, half of JET's dark red, whose red falls by 4 a level: the pixel is not the very top.
      const [red, ...others] = colours.strongest;
      assert.deepEqual(others, [64, 64, 255]);
      assert.ok(red! >= 128 && red! <= 136, String(red));
      await panel.page.getByText('Copy as CSV').click();
      await panel.page.getByText('Copy as Markdown').click();
      const [csv, markdown] = await panel.sentOf('copy');
      assert.match(csv!.text, /Probability: PNEUMONIA,0\.93,/);
      assert.equal(csv!.text.split('\n').filter((line) => line.startsWith('"Map, row')).length, 7);
      assert.match(markdown!.text, /\| Layer \| layer4 \|/);
    }));

  test('a reloaded page requests what was displayed before', () =>
    onPanel(
      [snapshot(3)],
      async (panel) => {
        const question = { ...usualQuestion, layer: 'layer2' };
        assert.deepEqual(await panel.sentOf('explain'), [
          { type: 'explain', id: 1, question, paths: [pathOf(2)], check: false },
        ]);
        const slider = panel.page.getByRole('slider', { name: 'Opacity of the colours' });
        assert.equal(await slider.inputValue(), '0.3');
      },
      {
        restored: {
          runId: snapshot().runId,
          paths: [0, 1, 2].map(pathOf),
          question: { ...usualQuestion, layer: 'layer2' },
          look: { ...usualLook, opacity: 0.3 },
          shown: pathOf(2),
        },
      },
    ));
});
