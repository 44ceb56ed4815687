// Grad-CAM in the real VS Code: a run trains, images are explained from the explorer and from the run, and the choices are
// restored after a reload.
import assert from 'node:assert/strict';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
import { isThere, rowSaying, startRun, stepsOf, until, whileTraining } from './harness/steps.ts';
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
  /** Drawn colours as text; empty: no map. */
  const drawn = async (): Promise<string> =>
    (await cam())
      .locator('sh-explanation-panel sh-cam-pointer canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL(), undefined, { timeout: 1000 })
      .catch(() => '');
  const mapAppears = () => until(async () => (await drawn()) !== '');
  /** The panel that shows a wall, once each of its images has its map. */
  const wall = async (count: number): Promise<Frame> => {
    await until(async () => (await (await cam()).locator('sh-cam-wall canvas').count()) === count);
    return cam();
  };
  const showTab = (name: string) => workbench.page.getByRole('tab', { name }).click();
  const pick = async (label: string, option: string) => {
    const panel = await cam();
    await panel.getByRole('combobox', { name: label }).click();
    await panel.getByRole('option', { name: option, exact: true }).click();
  };

  step('a run trains', async () => {
    await startRun(workbench, workspace.folder, 'quick.shoulders.json');
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-run-header').getByText('Finished').waitFor({ timeout: whileTraining });
  });

  step('the context menu of an image and a choice of run draw its map over the picture', async () => {
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

  step(
    'its overlay is saved as a picture with the image below the colours; a dialog that is left leaves nothing',
    async () => {
      const panel = await cam();
      const save = () => panel.getByText('Save Overlay as PNG…').click();
      const before = await readdir(workspace.folder);
      await save();
      const proposed = await (await workbench.fileDialog('Save the picture as PNG')).inputValue();
      assert.match(basename(proposed), /^new\.(cat|dog)\.grad-cam\.layer4\.probability\.png$/);
      await workbench.screenshot('grad-cam-save');
      await workbench.page.keyboard.press('Escape');
      await workbench.quickPickTitle().waitFor({ state: 'hidden' });
      assert.deepEqual(await readdir(workspace.folder), before);
      await save();
      const file = join(workspace.folder, 'overlay.png');
      await workbench.chooseFile('Save the picture as PNG', file);
      await until(() => isThere(file));
      // The network gets the middle of the picture, so in its corner the overlay is the picture itself.
      const [saved, original] = await Promise.all([file, join(workspace.folder, 'new.jpg')].map(cornerOf));
      assert.equal(saved!.format, 'png');
      assert.ok(saved!.width >= 320 && saved!.height > (saved!.width * original!.height) / original!.width);
      for (const [i, mean] of saved!.means.entries())
        assert.ok(Math.abs(mean - original!.means[i]!) < 4, `${saved!.means} is not ${original!.means}`);
    },
  );

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

  step('the check explains in words why the map is doubtful', async () => {
    const panel = await cam();
    await panel.getByText('Check Faithfulness').click();
    await panel.getByText(/show whether the map can be trusted/).waitFor({ timeout: whileTraining });
    await panel.locator('sh-deletion-chart svg').first().waitFor();
    await workbench.screenshot('grad-cam-checked');
  });

  step('a reloaded window shows the same map with the same settings', async () => {
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

  step('a TIFF, which browsers cannot show, appears under its map as a thumbnail', async () => {
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

  step('several images selected in the explorer make a wall of maps', async () => {
    await workbench.openExplorer();
    await workbench.selectInExplorer('new.jpg', 'scan.tif');
    await workbench.explorerMenu('new.jpg', 'Explain with a Run…');
    await workbench.quickPick();
    await workbench.page.getByRole('tab', { name: 'Grad-CAM: 2 images' }).waitFor();
    const panel = await wall(2);
    await workbench.screenshot('grad-cam-wall');
    await panel.locator('sh-cam-wall button', { hasText: 'scan.tif' }).click();
    await panel.getByRole('heading', { name: 'scan.tif' }).waitFor();
    await panel.getByText('All 2 Images').click();
  });

  step('a folder among them is skipped and reported', async () => {
    await workbench.openExplorer();
    await workbench.selectInExplorer('new.jpg', 'animals', 'quick.shoulders.json');
    await workbench.explorerMenu('new.jpg', 'Explain with a Run…');
    await workbench.quickPick();
    await mapAppears();
    await workbench.notification('Only images are explained. Left out: animals, quick.shoulders.json.');
    await workbench.page.keyboard.press('Escape');
  });

  step('the palette asks for a run, then for an image', async () => {
    await workbench.command('Shoulders: Open Grad-CAM…');
    await workbench.quickPick();
    const test = join(workspace.folder, 'animals', 'test');
    assert.equal(dirname(`${await (await workbench.fileDialog('Images to explain')).inputValue()}.`), test);
    await workbench.screenshot('grad-cam-dialog');
    const [dog] = (await readdir(join(test, 'dog'))).sort();
    await workbench.chooseFile('Images to explain', join(test, 'dog', dog!));
    await workbench.page.getByRole('tab', { name: `Grad-CAM: ${dog}` }).waitFor();
    await (await cam()).locator('h1', { hasText: dog! }).waitFor();
    await mapAppears();
  });

  step('the images behind a cell of the evaluation are explained together', async () => {
    await workbench.openContainer('Shoulders');
    await workbench.rowMenu(rowSaying(workbench, 'animals'), 'Open Evaluation…');
    await workbench.quickPick('Test split');
    const panel = await workbench.panel('sh-evaluation-panel sh-evaluation-matrix');
    await panel.locator('sh-image-grid label', { hasText: /^All$/ }).click();
    const tiles = panel.locator('sh-image-grid button.open');
    await until(async () => (await tiles.count()) === 12);
    await panel.getByText('Explain These').click();
    await workbench.page.getByRole('tab', { name: 'Grad-CAM: 12 images' }).waitFor();
    await wall(12);
    await workbench.screenshot('grad-cam-these');
  });

  step('map and wall appear in all four kinds of theme', async () => {
    for (const theme of themeNames) {
      await workbench.setTheme(theme);
      await showTab('Grad-CAM: new.jpg');
      await mapAppears();
      await workbench.screenshot(`grad-cam-${theme}`);
      await showTab('Grad-CAM: 12 images');
      await wall(12);
      await workbench.screenshot(`grad-cam-wall-${theme}`);
    }
    await workbench.setTheme('dark');
  });

  step('no page violated its content security policy', async () => {
    assert.deepEqual(workbench.refusals, []);
  });
});

/** Size of an image, and the mean colour of its corner, the first 2 % in each direction. */
async function cornerOf(file: string) {
  const bytes = await readFile(file); // sharp caches opened files and their sizes
  const { format, width, height } = await sharp(bytes).metadata();
  const side = Math.max(1, Math.round(0.02 * Math.min(width, height)));
  const corner = sharp(bytes).extract({ left: 0, top: 0, width: side, height: side }).removeAlpha().toBuffer();
  const { channels } = await sharp(await corner).stats();
  return { format, width, height, means: channels.map(({ mean }) => mean) };
}
