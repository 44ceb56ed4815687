// Missing inputs of a run: deleted images, and weights that no longer exist. Each command that needs them reports it.
import assert from 'node:assert/strict';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { tinyRun } from '../support/tinyRun.ts';
import { rowSaying, stepsOf, until } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('missing images and weights in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let run: string;
  before(async () => {
    workspace = await createWorkspace();
    const setup = { root: workspace.folder, dataset: join(workspace.folder, 'animals'), weights: 'none' };
    const { folder } = await tinyRun(setup, {
      sets: ['stages.0.epochs=1', 'stages.1.epochs=1'],
      job: { runsFolder: join(workspace.folder, '.shoulders', 'runs'), cacheFolder: workspace.cacheHome },
    });
    run = folder;
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const evaluation = () => workbench.panel('sh-evaluation-panel sh-evaluation-matrix');
  const weightsAreGone =
    /The run "\d+-\d+-tiny-resnet18-\w+" has no weights: there is no "model\.safetensors" in its folder\./;

  step('a deleted image is reported when it is clicked, and marked', async () => {
    await workbench.openContainer('Shoulders');
    await workbench.rowMenu(rowSaying(workbench, 'test AUROC'), 'Open Evaluation…');
    await workbench.quickPick('Test split');
    const panel = await evaluation();
    await panel.locator('sh-image-grid label', { hasText: /^All$/ }).click();
    const dogs = join(workspace.folder, 'animals', 'test', 'dog');
    const [name] = (await readdir(dogs)).sort();
    await rm(join(dogs, name!));
    const tile = panel.locator('sh-image-grid li', { hasText: name! });
    await tile.locator('button.open').click();
    await workbench.notification(`The image test/dog/${name} is no longer there.`);
    await workbench.page.keyboard.press('Escape');
    await tile.getByText('No longer in place: moved or deleted').waitFor();
    await panel.getByText(`No longer in place: 1 of these images, for example test/dog/${name}.`).waitFor();
    assert.equal(await tile.getByRole('button', { name: /^Explain/ }).count(), 0);
    await workbench.screenshot('missing-image');
  });

  step('the remaining images are explained together', async () => {
    const panel = await evaluation();
    await panel.getByText('Explain These').click();
    await workbench.page.getByRole('tab', { name: 'Grad-CAM: 11 images' }).waitFor();
    await until(async () => {
      const wall = await workbench.panel('sh-explanation-panel');
      return (await wall.locator('sh-cam-wall canvas').count()) === 11;
    });
    await workbench.notification('No longer there: 1 of these 12 images.');
    await workbench.page.keyboard.press('Escape');
  });

  step('the Grad-CAM panel reports missing weights of a run', async () => {
    await rename(join(run, 'model.safetensors'), join(run, 'moved.safetensors'));
    await workbench.page.getByRole('tab', { name: /^Evaluation: animals/ }).click();
    const panel = await evaluation();
    await panel
      .locator('sh-image-grid li', { hasText: 'cat-test-002' })
      .getByRole('button', { name: /^Explain/ })
      .click();
    await workbench.page.getByRole('tab', { name: 'Grad-CAM: cat-test-002.jpg' }).waitFor();
    const cam = await workbench.panel('sh-explanation-panel sh-notices');
    await cam.getByText(weightsAreGone).waitFor();
    await workbench.screenshot('missing-weights');
  });

  step('evaluating or exporting a run reports its missing weights', async () => {
    await workbench.rowMenu(rowSaying(workbench, 'test AUROC'), 'Evaluate on a Folder…');
    await workbench.quickPick('animals');
    await workbench.notification(weightsAreGone);
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.rowMenu(rowSaying(workbench, 'test AUROC'), 'Export Model');
    await workbench.quickPick('safetensors');
    await workbench.chooseFile('Export Model', join(workspace.folder, 'animals.safetensors'));
    await workbench.notification(weightsAreGone);
    await workbench.screenshot('missing-weights-export');
    assert.ok(!(await readdir(workspace.folder)).some((name) => name.includes('animals.safetensors')));
  });
});
