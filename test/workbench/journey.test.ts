// A user's path in a real VS Code: right-click, choose, watch, reload, stop, delete.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { stepsOf } from './harness/steps.ts';
import { themeNames, Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

/** Two slow cores train, draw and run an editor at once. */
const whileTraining = 180_000;

describe('the journey in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });

  const step = stepsOf(() => workbench);

  step('Enter accepts the proposed recipe, and no download starts without consent', async () => {
    await workbench.explorerMenu('animals', 'Fine-tune ResNet');
    assert.match((await workbench.quickPickRows())[0]!, /^photos/);
    await workbench.quickPick();
    await workbench.page.getByText('are not on this machine yet').waitFor();
    const rows = (await workbench.quickPickRows()).join('\n');
    assert.match(rows, /Download/);
    assert.match(rows, /download\.pytorch\.org/);
    assert.match(rows, /Random Weights/);
    await workbench.page.keyboard.press('Escape');
    assert.deepEqual(await runIds(), []);
  });

  step('the context menu of a dataset folder starts training, with live epochs and ROC in the panel', async () => {
    await start('quick.shoulders.json');
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-epoch-table tbody tr').first().waitFor({ timeout: whileTraining });
    await panel.locator('sh-roc-view svg[role=img]').first().waitFor();
    await panel.locator('sh-run-header').getByText('Finished').waitFor({ timeout: whileTraining });
    assert.equal(await panel.locator('sh-epoch-table tbody tr').count(), 2);
    await panel.getByRole('heading', { name: /animals/ }).waitFor();
    await panel.getByText('random weights', { exact: false }).first().waitFor();
    await panel.locator('sh-test-results').waitFor();
  });

  step('the sidebar lists the run with its test AUROC and notes its random weights', async () => {
    await workbench.openContainer('Shoulders');
    const row = workbench.treeRows().filter({ hasText: 'animals' }).first();
    await row.waitFor();
    await workbench
      .treeRows()
      .filter({ hasText: /test AUROC \d\.\d{3}/ })
      .first()
      .waitFor();
    assert.match(await row.innerText(), /random weights/);
  });

  step('the run is on disk as plain files', async () => {
    const [id] = await runIds();
    const names = await readdir(join(workspace.folder, '.shoulders', 'runs', id!));
    for (const name of [
      'run.json',
      'events.jsonl',
      'evaluation.json',
      'model.safetensors',
      'model.onnx',
      'predictions',
    ])
      assert.ok(names.includes(name), `${name} is missing among ${names.join(', ')}`);
    const run = JSON.parse(await readFile(join(workspace.folder, '.shoulders', 'runs', id!, 'run.json'), 'utf8'));
    assert.equal(run.status, 'finished');
  });

  step("a reloaded window restores the run's panel and row", async () => {
    await workbench.reloadWindow();
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-epoch-table tbody tr').nth(1).waitFor();
    await panel.locator('sh-test-results').waitFor();
    await workbench.openContainer('Shoulders');
    await workbench
      .treeRows()
      .filter({ hasText: /test AUROC/ })
      .first()
      .waitFor();
  });

  step('the panel appears in all four kinds of theme', async () => {
    for (const theme of themeNames) {
      await workbench.setTheme(theme);
      const panel = await workbench.panel('sh-run-panel');
      await panel.locator(`body[data-vscode-theme-kind="${kindOf[theme]}"]`).waitFor();
      await workbench.page.waitForTimeout(500); // the charts redraw a frame after the class
      await workbench.screenshot(`journey-${theme}`);
    }
  });

  step('Stop ends a run and keeps its weights', async () => {
    await workbench.openExplorer();
    await start('endless.shoulders.json');
    await workbench.openContainer('Shoulders');
    const running = workbench
      .treeRows()
      .filter({ hasText: /epoch \d+ of 5000/ })
      .first();
    await running.waitFor({ timeout: whileTraining });
    await workbench.screenshot('journey-running');
    await running.hover();
    await running.getByRole('button', { name: 'Stop Run' }).click();
    await workbench.treeRows().filter({ hasText: 'Stopped' }).first().waitFor({ timeout: whileTraining });
    const id = (await runIds()).at(-1)!;
    const names = await readdir(join(workspace.folder, '.shoulders', 'runs', id));
    assert.ok(names.includes('model.safetensors'), names.join(', '));
  });

  step('Delete asks for consent, then removes the run from sidebar and disk', async () => {
    const before = await runIds();
    const row = workbench.treeRows().filter({ hasText: 'Stopped' }).first();
    await workbench.rowMenu(row, 'Delete Run');
    const dialog = workbench.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Move to Bin' }).click();
    const forGood = dialog.getByRole('button', { name: 'Delete Permanently' });
    await Promise.race([forGood.click().catch(() => {}), row.waitFor({ state: 'detached' })]);
    await row.waitFor({ state: 'detached' });
    assert.equal((await runIds()).length, before.length - 1);
  });

  step('no page violated its content security policy', async () => {
    assert.deepEqual(workbench.refusals, []);
  });

  async function start(recipe: string): Promise<void> {
    await workbench.explorerMenu('animals', 'Fine-tune ResNet');
    await workbench.quickPick(recipe);
    await workbench.page.getByText('are not on this machine yet').waitFor();
    await workbench.quickPick('Random Weights');
  }

  async function runIds(): Promise<string[]> {
    return (await readdir(join(workspace.folder, '.shoulders', 'runs')).catch(() => [])).sort();
  }
});

const kindOf = {
  light: 'vscode-light',
  dark: 'vscode-dark',
  'hc-black': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
} as const;
