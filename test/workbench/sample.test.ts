// From an empty folder to a dataset for trying everything, and to a first run on it: Create Sample Dataset and Try It on a Sample in a
// real VS Code.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { endRunners, runsBelow, stepsOf, whileTraining } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';

const bundled = fileURLToPath(new URL('../../samples/animals/', import.meta.url));

describe('the sample dataset in VS Code', () => {
  let folder: string;
  let cacheHome: string;
  let workbench: Workbench;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shoulders-sample-'));
    await writeFile(join(folder, 'notes.txt'), 'a folder with something in it');
    // Without any weights, whatever the machine has.
    cacheHome = await mkdtemp(join(tmpdir(), 'shoulders-cache-'));
    workbench = await Workbench.open({ workspace: folder, env: { XDG_CACHE_HOME: cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await endRunners(join(folder, 'third'));
    for (const path of [folder, cacheHome])
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
  const step = stepsOf(() => workbench);

  step('the empty sidebar offers the sample, and one click copies it and reveals it in the explorer', async () => {
    await workbench.openContainer('Shoulders');
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Create Sample Dataset' }).first().click();
    await workbench.explorerItem('animals').waitFor();
    await workbench.screenshot('sample');
    const names = await filesBelow(bundled);
    assert.equal(names.length, 340);
    assert.deepEqual(await filesBelow(join(folder, 'animals')), names);
    for (const name of names)
      assert.ok((await readFile(join(folder, 'animals', name))).equals(await readFile(join(bundled, name))), name);
    assert.deepEqual((await readdir(folder)).sort(), ['animals', 'notes.txt']);
  });

  step('its notification starts fine-tuning', async () => {
    const told = await workbench.notification('The sample dataset is in animals: drawn cats and dogs');
    await workbench.screenshot('sample-told');
    await told.getByRole('button', { name: 'Fine-tune ResNet' }).click();
    assert.match((await workbench.quickPickRows())[0]!, /^photos/);
    await workbench.page.keyboard.press('Escape');
  });

  step('a taken name prompts for another, and invalid names are refused', async () => {
    await workbench.command('Create Sample Dataset');
    const box = workbench.page.locator('.quick-input-widget input[type=text]').first();
    await workbench.page.getByText('"animals" already exists: enter a name for the new folder').waitFor();
    assert.equal(await box.inputValue(), 'animals-2');
    await box.fill('../elsewhere');
    await workbench.page.getByText('Enter the name of a single folder.').waitFor();
    await box.fill('animals');
    await workbench.page.getByText('"animals" already exists.', { exact: true }).waitFor();
    await box.fill('pets');
    await workbench.page.keyboard.press('Enter');
    await workbench.explorerItem('pets').waitFor();
    assert.equal((await filesBelow(join(folder, 'pets'))).length, 340);
  });

  step('with several open folders the command asks which one to use', async () => {
    const [first, second] = ['first', 'second'].map((name) => join(folder, name));
    for (const path of [first!, second!]) await mkdir(path);
    const file = join(folder, 'two.code-workspace');
    await writeFile(file, JSON.stringify({ folders: [{ path: first }, { path: second }] }));
    await workbench.openInstead(file);
    await workbench.command('Create Sample Dataset');
    await workbench.page.getByPlaceholder('Folder to create it in').waitFor();
    assert.deepEqual(await workbench.quickPickRows(), [`first${first}`, `second${second}`]);
    await workbench.screenshot('sample-which');
    await workbench.quickPick('second');
    await workbench.explorerItem('animals').waitFor();
    assert.equal((await filesBelow(join(second!, 'animals'))).length, 340);
    assert.deepEqual(await readdir(first!), []);
  });

  step('without an open folder the command asks for one, copies the sample there and opens it', async () => {
    const place = join(folder, 'first');
    await workbench.openInstead(null);
    await workbench.openContainer('Shoulders');
    await workbench.screenshot('sample-no-folder');
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Create Sample Dataset' }).first().click();
    await workbench.chooseFile('Folder to create the sample dataset in and to work in', `${place}/`);
    await workbench.page.waitForURL((url) => url.searchParams.get('folder') === place);
    await workbench.explorerItem('animals').waitFor();
    await workbench.screenshot('sample-opened');
    assert.equal((await filesBelow(join(place, 'animals'))).length, 340);
  });

  step('without an open folder, Try It on a Sample asks for one, and trains in the window that opens it', async () => {
    const place = join(folder, 'third');
    await mkdir(place);
    await workbench.openInstead(null);
    await workbench.openContainer('Shoulders');
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Try It on a Sample' }).first().click();
    await workbench.chooseFile('Folder to create the sample dataset in and to work in', `${place}/`);
    await workbench.page.waitForURL((url) => url.searchParams.get('folder') === place);
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-epoch-table tbody tr').first().waitFor({ timeout: whileTraining });
    await workbench.screenshot('sample-first-run');
    assert.equal((await runsBelow(place).ids()).length, 1);
  });
});

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.replace(/\/$/, '').length + 1))
    .sort();
}
