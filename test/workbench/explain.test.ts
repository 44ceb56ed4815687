// Where a network looks, in the real VS Code: a run is trained, images are explained from the explorer and from the run, and what was
// chosen is there again after a reload.
import assert from 'node:assert/strict';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
import { startRun, stepsOf, until, whileTraining } from './harness/steps.ts';
import { themeNames, Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('Grad-CAM in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    const cats = join(workspace.folder, 'animals', 'test', 'cat');
    const [first] = (await readdir(cats)).sort();
    await copyFile(join(cats, first!), join(workspace.folder, 'new.jpg'));
    await sharp(join(cats, first!)).tiff().toFile(join(workspace.folder, 'scan.tif'));
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });

  const step = stepsOf(() => workbench);
  const cam = (): Promise<Frame> => workbench.panel('sh-explanation-panel');
  /** The colours that are drawn, as text; empty: no map is there. */
  const drawn = async (): Promise<string> =>
    (await cam())
      .locator('sh-explanation-panel sh-cam-pointer canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL(), undefined, { timeout: 1000 })
      .catch(() => '');
  const mapAppears = () => until(async () => (await drawn()) !== '');
  const pick = async (label: string, option: string) => {
    const panel = await cam();
    await panel.getByRole('combobox', { name: label }).click();
    await panel.getByRole('option', { name: option, exact: true }).click();
  };

  step('a run is trained', async () => {
    await startRun(workbench, workspace.folder, 'quick.shoulders.json');
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-run-header').getByText('Finished').waitFor({ timeout: whileTraining });
  });

  step('right-click an image, choose the run, and its map lies over the picture', async () => {
    await workbench.openExplorer();
    await workbench.explorerMenu('new.jpg', 'Explain with a Run…');
    await workbench.quickPick();
    await mapAppears();
    const panel = await cam();
    const picture = panel.locator('sh-cam-picture img').first();
    assert.ok(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth > 0)));
    assert.equal(await panel.locator('sh-cam-probabilities tbody tr').count(), 2);
    await workbench.screenshot('grad-cam');
  });

  step('another layer and another class change the map', async () => {
    const first = await drawn();
    await pick('Layer', 'layer3');
    await until(async () => !['', first].includes(await drawn()));
    const second = await drawn();
    const panel = await cam();
    const explained = () => panel.locator('sh-cam-probabilities tr.isTarget .name').innerText({ timeout: 5000 });
    const other = (await explained()) === 'cat' ? 'dog' : 'cat';
    await pick('Class', other);
    await until(async () => !['', second].includes(await drawn()));
    assert.equal(await explained(), other);
  });

  step('the slider moves by keyboard, and the arrow keys read the map', async () => {
    const panel = await cam();
    const slider = panel.getByRole('slider', { name: 'Opacity of the colours' });
    await slider.focus();
    await slider.press('ArrowRight');
    await slider.press('ArrowRight');
    await until(async () => (await slider.getAttribute('aria-valuetext')) === '60 %');
    await panel.getByRole('application').last().focus();
    await panel.getByText(/^(1\.000|0\.\d{3}) at \d+, \d+$/).waitFor();
  });

  step('the check doubts the map in words', async () => {
    const panel = await cam();
    await panel.getByText('Check Faithfulness').click();
    await panel.getByText(/tell whether the map can be believed/).waitFor({ timeout: whileTraining });
    await panel.locator('sh-deletion-chart svg').first().waitFor();
    await workbench.screenshot('grad-cam-checked');
  });

  step('a reloaded window shows the same map, as it was looked at', async () => {
    await workbench.reloadWindow();
    await mapAppears();
    const panel = await cam();
    assert.equal(
      await panel.getByRole('slider', { name: 'Opacity of the colours' }).getAttribute('aria-valuetext'),
      '60 %',
    );
    // A dropdown shows its choice in its shadow tree; the meaning below it says the same.
    await panel.getByText('Parts of objects on a grid of 14 x 14 at 224 pixels.').waitFor();
  });

  step('a TIFF, which no browser shows, lies under its map as a thumbnail', async () => {
    await workbench.openExplorer();
    await workbench.explorerMenu('scan.tif', 'Explain with a Run…');
    await workbench.quickPick();
    await workbench.page.getByRole('tab', { name: /Grad-CAM: scan\.tif/ }).waitFor();
    await until(async () => {
      const panel = await cam();
      return (
        (await drawn()) !== '' &&
        (await panel
          .locator('sh-cam-picture img')
          .first()
          .evaluate((image: HTMLImageElement) => image.naturalWidth, undefined, { timeout: 1000 })
          .catch(() => 0)) > 0
      );
    });
    await workbench.screenshot('grad-cam-tiff');
  });

  step('the panel is drawn in all four kinds of theme', async () => {
    for (const theme of themeNames) {
      await workbench.setTheme(theme);
      await mapAppears();
      await workbench.screenshot(`grad-cam-${theme}`);
    }
    await workbench.setTheme('dark');
  });

  step('no page broke its content security policy on the way', async () => {
    assert.deepEqual(workbench.refusals, []);
  });
});
