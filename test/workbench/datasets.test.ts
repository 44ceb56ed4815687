// Datasets in a real VS Code: found, counted, checked, viewed as a contact sheet, trained on.
import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { Frame } from 'playwright-core';
import { bitmapOf } from '../support/imageFolder.ts';
import { stepsOf, whileTraining } from './harness/steps.ts';
import { themeNames, Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('datasets in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    const inside = (...path: string[]) => join(workspace.folder, 'animals', ...path);
    const [first, second] = (await readdir(inside('train', 'cat'))).sort();
    const jpeg = await readFile(inside('train', 'cat', first!));
    await writeFile(inside('train', 'cat', 'cut.jpg'), jpeg.subarray(0, jpeg.length / 2));
    await writeFile(inside('train', 'dog', 'scan.bmp'), bitmapOf(7));
    await copyFile(inside('train', 'cat', second!), inside('test', 'cat', 'twin.jpg'));
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });

  const step = stepsOf(() => workbench);
  const rows = (text: string | RegExp) => workbench.treeRows('Datasets').filter({ hasText: text });
  const sheetTab = () => workbench.page.getByRole('tab', { name: /Contact Sheet: animals/ });
  const tile = (panel: Frame, path: string) => panel.locator(`sh-sheet-group li[data-path="${path}"]`);
  const isDrawn = (panel: Frame, path: string) =>
    tile(panel, path)
      .locator('img')
      .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));

  step('the view lists the dataset with its counts, and warns about splits that are too small', async () => {
    await workbench.openContainer('Shoulders');
    const row = rows(/animals/).first();
    await row.waitFor();
    await rows(/51 images · 2 classes · train\+val\+test/).waitFor();
    assert.equal(await workbench.treeRows('Datasets').count(), 1, 'the folder of a split is no dataset of its own');
    await row.click();
    await rows(/Too few images in val: cat \(6\), dog \(6\)/).waitFor();
    await rows(/Too few images in test: cat \(7\), dog \(6\)/).waitFor();
    await rows(/^train\s*26 images/).waitFor();
    await workbench.screenshot('datasets-view');
  });

  step(
    'the contact sheet opens from the row: thumbnails, also of a bitmap, and the reason where there is none',
    async () => {
      await workbench.rowMenu(rows(/animals/).first(), 'Open Contact Sheet');
      const panel = await workbench.panel('sh-sheet-panel');
      await panel.locator('sh-sheet-group img').first().waitFor({ timeout: whileTraining });
      assert.ok((await isDrawn(panel, 'train/dog/scan.bmp')) > 0);
      await tile(panel, 'train/cat/cut.jpg')
        .getByText(/No preview: .*ends early/i)
        .waitFor();
      await workbench.screenshot('contact-sheet');
    },
  );

  step('an image opens in the editor', async () => {
    const panel = await workbench.panel('sh-sheet-panel');
    await tile(panel, 'train/dog/scan.bmp').locator('button').click();
    await workbench.page.getByRole('tab', { name: /scan\.bmp/ }).waitFor();
    await sheetTab().click();
  });

  step('a check from the sheet flags images in words, and its result appears in the row', async () => {
    const panel = await workbench.panel('sh-sheet-panel');
    await panel.getByText('Check Dataset').click();
    await tile(panel, 'train/cat/cut.jpg').getByText('Unusable').waitFor({ timeout: whileTraining });
    await tile(panel, 'test/cat/twin.jpg').getByText('Leak: in several splits').waitFor();
    await panel
      .locator('sh-dataset-card')
      .getByText(/1 unusable, 1 in several splits/)
      .waitFor();
    await rows(/check found \d/).waitFor();
    await rows(/^Checked .*1 unusable, 1 in several splits/).waitFor();
    await workbench.screenshot('contact-sheet-checked');
  });

  step('the report of the last check opens from its row', async () => {
    await rows(/^Checked /).click();
    await workbench.page.getByRole('tab', { name: /Check of animals/ }).waitFor();
    await workbench.page.locator('.monaco-editor').getByText(/LEAK/).first().waitFor();
  });

  step('a new image is counted, and makes the check outdated', async () => {
    await writeFile(join(workspace.folder, 'animals', 'val', 'dog', 'new.bmp'), bitmapOf(8));
    await rows(/52 images .*changed since the check/).waitFor();
    await sheetTab().click();
    const panel = await workbench.panel('sh-sheet-panel');
    await panel.getByText(/The folder has changed since/).waitFor();
  });

  step('a class row shows that class of that split', async () => {
    await rows(/^val\s*13 images/).click();
    await rows(/^dog\s*7 images/).click();
    const panel = await workbench.panel('sh-sheet-panel');
    await panel.waitForFunction(
      () => document.querySelector('sh-sheet-panel')?.shadowRoot?.querySelectorAll('sh-sheet-group').length === 1,
    );
    await tile(panel, 'val/dog/new.bmp').waitFor();
  });

  step('a reloaded window restores the sheet with its filter, and the check', async () => {
    await workbench.reloadWindow();
    const panel = await workbench.panel('sh-sheet-panel');
    await tile(panel, 'val/dog/new.bmp').locator('img').waitFor({ timeout: whileTraining });
    assert.equal(await panel.locator('sh-sheet-group').count(), 1);
    await workbench.openContainer('Shoulders');
    await rows(/changed since the check/).waitFor();
  });

  step('the sheet appears in all four kinds of theme', async () => {
    for (const theme of themeNames) {
      await workbench.setTheme(theme);
      const panel = await workbench.panel('sh-sheet-panel');
      await panel.locator('sh-sheet-group img').first().waitFor();
      await workbench.screenshot(`contact-sheet-${theme}`);
    }
    await workbench.setTheme('dark');
  });

  step('fine-tuning starts from the row, and the dataset then lists its run', async () => {
    await workbench.rowMenu(rows(/animals/).first(), 'Fine-tune ResNet');
    await workbench.quickPick('quick.shoulders.json');
    await workbench.page.getByText('are not on this machine yet').waitFor();
    await workbench.quickPick('Random Weights');
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-run-header').getByText('Finished').waitFor({ timeout: whileTraining });
    await rows(/animals/)
      .first()
      .click(); // closed since the reload
    await rows(/Used by 1 run/).waitFor();
  });

  step('no page violated its content security policy', async () => {
    assert.deepEqual(workbench.refusals, []);
  });
});
