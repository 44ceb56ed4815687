// Class folders of patients in a real VS Code: one question keeps each patient in one split; a moved dataset is recognised by its images;
// links are followed where a setting allows.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe } from 'node:test';
import { parseImageList } from '../../shared/contracts/imageList.ts';
import { files } from '../../shared/contracts/run.ts';
import { bitmapOf } from '../support/imageFolder.ts';
import { picture } from '../support/picture.ts';
import { sixteenBitPng } from '../support/sixteenBits.ts';
import { endRunners, pressInRow, rowSaying, runsBelow, stepsOf, until, whileTraining } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const sidePx = 96;

/** A grey slice of 12 bits in 16, different for every number; `gain` below 1: the same one, darker. */
function slice(number: number, gain = 1): Buffer {
  const { data } = picture(number, 'slice', sidePx, sidePx);
  const grey = Uint16Array.from({ length: sidePx * sidePx }, (_, i) => Math.round((gain * 4095 * data[3 * i]!) / 255));
  return sixteenBitPng({ width: sidePx, height: sidePx, channels: 1, data: grey });
}

/** Two classes of five patients with three slices each. A darker copy of one slice is in the other class, too. */
async function writePatients(folder: string): Promise<void> {
  for (let patient = 0; patient < 10; patient++) {
    const inside = join(folder, patient < 5 ? 'benign' : 'malignant', `patient${String(patient + 1).padStart(2, '0')}`);
    await mkdir(inside, { recursive: true });
    for (let i = 0; i < 3; i++) await writeFile(join(inside, `slice-${i}.png`), slice(3 * patient + i));
  }
  await writeFile(join(folder, 'malignant', 'patient10', 'slice-0.png'), slice(0, 0.9));
}

/** Two classes of two images, each a link into `store`. */
async function writeLinks(folder: string, store: string): Promise<void> {
  for (let number = 1; number <= 4; number++) {
    const target = join(store, `${number}.bmp`);
    const link = join(folder, number % 2 === 0 ? 'even' : 'odd', `${number}.bmp`);
    await mkdir(dirname(link), { recursive: true });
    await writeFile(target, bitmapOf(number));
    await symlink(target, link);
  }
}

describe('folders of patients in VS Code', () => {
  let workspace: Workspace;
  let store: string;
  let workbench: Workbench;
  let run = '';
  before(async () => {
    workspace = await createWorkspace();
    store = await mkdtemp(join(tmpdir(), 'shoulders-store-'));
    await writePatients(join(workspace.folder, 'tissue'));
    await writeLinks(join(workspace.folder, 'linked'), store);
    workbench = await Workbench.open({
      workspace: workspace.folder,
      env: { XDG_CACHE_HOME: workspace.cacheHome },
      settings: { 'shoulders.followLinks': [store] },
    });
  });
  after(async () => {
    await endRunners(workspace.folder);
    await workbench?.close();
    await workspace?.remove();
    await rm(store, { recursive: true, force: true });
  });
  const step = stepsOf(() => workbench);
  const runs = () => runsBelow(workspace.folder);
  const statusOf = async () => (await runs().summaryOf(run)).status;
  const row = (text: string | RegExp) => rowSaying(workbench, text);
  const datasetRow = (text: string | RegExp) => workbench.treeRows('Datasets').filter({ hasText: text }).first();

  step('a dataset of links is counted when a setting allows following them', async () => {
    await workbench.openContainer('Shoulders');
    await datasetRow(/^linked\s*4 images · 2 classes/).waitFor();
    await datasetRow(/^tissue\s*30 images · 2 classes/).waitFor();
    assert.equal(await datasetRow(/^(benign|malignant)/).count(), 0);
  });

  step('links are counted again when that setting changes', async () => {
    await workbench.changeSettings({ 'shoulders.followLinks': [] });
    await datasetRow(/^linked\s*0 images/).waitFor();
    await workbench.changeSettings({ 'shoulders.followLinks': [store] });
    await datasetRow(/^linked\s*4 images · 2 classes/).waitFor();
  });

  step('look-alikes are marked in the sheet', async () => {
    await workbench.rowMenu(datasetRow(/^tissue/), 'Open Contact Sheet');
    const panel = await workbench.panel('sh-sheet-panel');
    await panel.getByText('Check Dataset').click();
    await panel.getByText('Looks almost the same as another image').first().waitFor({ timeout: whileTraining });
    await workbench.screenshot('patients-sheet');
  });

  step("fine-tuning asks what the folders are, and keeps each patient's folder in one split", async () => {
    await workbench.openExplorer();
    await workbench.explorerMenu('tissue', 'Fine-tune ResNet');
    await workbench.quickPick('endless.shoulders.json');
    await workbench.page
      .getByPlaceholder('The class folders contain 10 folders, such as benign/patient01: what are they?')
      .waitFor();
    await workbench.quickPickRows();
    await workbench.screenshot('patients-question');
    await workbench.quickPick('Patients, or other groups');
    await workbench.quickPick('Random Weights');
    await until(async () => {
      [run = ''] = await runs().ids();
      return (
        run !== '' &&
        ((
          await runs()
            .summaryOf(run)
            .catch(() => undefined)
        )?.epochCount ?? 0) > 0
      );
    });
    assert.equal((await runs().summaryOf(run)).recipe?.groups, 'folder');
    const splitsOf = new Map<string, Set<string>>();
    for (const { relativePath, split } of parseImageList(
      await readFile(join(runs().folderOf(run), files.images), 'utf8'),
    )) {
      const patient = dirname(relativePath);
      splitsOf.set(patient, (splitsOf.get(patient) ?? new Set()).add(split));
    }
    assert.equal(splitsOf.size, 10);
    assert.deepEqual(
      [...splitsOf].filter(([, splits]) => splits.size > 1),
      [],
    );
    assert.equal(new Set([...splitsOf.values()].flatMap((splits) => [...splits])).size, 3);
  });

  step('a run whose dataset was moved asks for its folder, and accepts no other', async () => {
    await workbench.openContainer('Shoulders');
    await pressInRow(row('tissue'), 'Stop Run', async () => (await statusOf()) === 'stopped');
    await rename(join(workspace.folder, 'tissue'), join(workspace.folder, 'tissue 2026'));
    const before = (await runs().summaryOf(run)).epochCount;
    await workbench.rowMenu(row('Stopped'), 'Resume Run');
    const moved = await workbench.notification(`no longer at "${join(workspace.folder, 'tissue')}"`);
    await workbench.screenshot('patients-moved');
    await moved.getByRole('button', { name: 'Choose Folder…' }).click();
    await workbench.fileDialog('Where is the dataset now?');
    await workbench.screenshot('patients-where');
    await workbench.chooseFile('Where is the dataset now?', join(workspace.folder, 'animals'));
    const wrong = await workbench.notification(/animals" are not those that this run started with/);
    await workbench.screenshot('patients-wrong');
    assert.equal(await statusOf(), 'stopped');
    await wrong.getByRole('button', { name: 'Choose Folder…' }).click();
    await workbench.chooseFile('Where is the dataset now?', join(workspace.folder, 'tissue 2026'));
    await until(async () => (await runs().summaryOf(run)).epochCount > before);
    const { status, dataset } = await runs().summaryOf(run);
    assert.equal(status, 'running');
    assert.match(dataset ?? '', /tissue 2026$/);
  });
});
