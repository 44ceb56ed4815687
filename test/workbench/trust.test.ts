// An untrusted folder: past runs can be viewed, but no program starts on its files until the user trusts it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { files } from '../../shared/contracts/run.ts';
import { runsBelow, stepsOf, until, whileTraining } from './harness/steps.ts';
import { writeStoppedRun, writeTestedRun } from './harness/testedRun.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const tested = ['20261123-091500-animals-resnet50-1a2b', '20261123-101500-animals-resnet50-3c4d'] as const;
const stopped = '20261123-111500-animals-resnet50-5e6f';

/** Menu titles of commands that start a program. */
const needTrust = [
  'Fine-tune ResNet',
  'Fine-tune a Grid of Recipes…',
  'Try It on a Sample',
  'Check Dataset',
  'Resume Run',
  'Create Report…',
] as const;
const offeredAnyway = ['Open Run', 'Compare Runs', 'Open Metrics', 'Open Run Folder'] as const;

describe('Restricted Mode in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    await writeTestedRun(workspace.folder, tested[0], 7, (right) => (right ? 0.8 : 0.3));
    await writeTestedRun(workspace.folder, tested[1], 8, (right) => (right ? 0.6 : 0.9));
    await writeStoppedRun(workspace.folder, stopped);
    workbench = await Workbench.open({
      workspace: workspace.folder,
      env: { XDG_CACHE_HOME: workspace.cacheHome },
      restricted: true,
    });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);
  const runs = () => runsBelow(workspace.folder);
  const rows = () => workbench.treeRows().filter({ hasText: /(test|val) AUROC/ });
  const stoppedRow = () => rows().filter({ hasText: 'Stopped' }).first();

  const isInPalette = async (name: string): Promise<boolean> =>
    (await workbench.paletteRows(`Shoulders: ${name}`)).some((row) => row.includes(`Shoulders: ${name}`));

  step('past runs are listed, and one opens in the panel with its curves', async () => {
    await workbench.page.getByText('Restricted Mode').first().waitFor();
    await workbench.openContainer('Shoulders');
    await rows().nth(2).waitFor();
    assert.equal(await rows().count(), 3);
    await rows().last().click();
    const panel = await workbench.panel('sh-run-panel');
    await panel.locator('sh-epoch-table tbody tr').first().waitFor();
    await panel.locator('sh-run-header').getByText('Finished').waitFor();
    await workbench.screenshot('restricted');
  });

  step('runs can be compared, and metrics open', async () => {
    const finished = rows().filter({ hasNotText: 'Stopped' });
    await finished.nth(0).click();
    await finished.nth(1).click({ modifiers: ['ControlOrMeta'] });
    await workbench.rowMenu(finished.nth(1), 'Compare Runs');
    const panel = await workbench.panel('sh-compare-panel');
    await panel.locator('sh-compare-metrics tbody tr').nth(1).waitFor();
    await finished.nth(0).click();
    await workbench.rowMenu(finished.nth(0), 'Open Metrics');
    await workbench.page.getByRole('tab', { name: files.metrics }).waitFor();
  });

  step('neither menus nor the palette offer commands that start a program', async () => {
    const offered = [...(await workbench.menuItems(rows().first())), ...(await workbench.menuItems(stoppedRow()))];
    await workbench.openExplorer();
    offered.push(...(await workbench.menuItems(workbench.explorerItem('animals'))));
    for (const name of needTrust) assert.ok(!offered.includes(name), `a menu offers ${name}: ${offered.join(', ')}`);
    for (const name of needTrust) assert.ok(!(await isInPalette(name)), `the palette offers ${name}`);
    for (const name of offeredAnyway) assert.ok(await isInPalette(name), `the palette lacks ${name}`);
  });

  step('a command called by its id from a permanent button asks for trust and starts nothing', async () => {
    await workbench.openContainer('Shoulders');
    await stoppedRow().click();
    const panel = await workbench.panel('sh-run-panel sh-run-header');
    await panel.getByRole('button', { name: 'Resume' }).click();
    await workbench.notification('Shoulders trains only in trusted workspaces');
    await workbench.command('Notifications: Clear All Notifications');
    for (const [title, button] of [
      ['Check the images', 'Check Dataset'],
      ['Fine-tune a ResNet', 'Fine-tune ResNet'],
      ['Compare runs and report one', 'Create Report…'],
    ] as const) {
      await pressInWalkthrough(title, button);
      await workbench.notification('Shoulders trains only in trusted workspaces');
      await workbench.command('Notifications: Clear All Notifications');
    }
    assert.deepEqual(await runs().ids(), [...tested, stopped]);
    assert.equal((await runs().summaryOf(stopped)).status, 'stopped');
  });

  step('the question leads to the trust page, and granting trust enables every command', async () => {
    await pressInWalkthrough('Compare runs and report one', 'Create Report…');
    const asked = await workbench.notification('Shoulders trains only in trusted workspaces');
    await asked.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    const editor = workbench.page.locator('.workspace-trust-editor');
    await editor.getByRole('button', { name: 'Trust', exact: true }).click();
    await workbench.page.locator('.statusbar').getByText('Restricted Mode').waitFor({ state: 'hidden' });
    // The page covers the window, and Escape works once it has the focus.
    await until(async () => {
      await editor.press('Escape', { timeout: 2000 }).catch(() => {}); // closed meanwhile
      return !(await editor.isVisible());
    });
    for (const name of needTrust) assert.ok(await isInPalette(name), `the palette lacks ${name}`);
    await workbench.openContainer('Shoulders');
    const offered = await workbench.menuItems(stoppedRow());
    for (const name of ['Resume Run', 'Create Report…']) assert.ok(offered.includes(name), offered.join(', '));
  });

  step('training works after granting trust', async () => {
    await workbench.openExplorer();
    await workbench.explorerMenu('animals', 'Fine-tune ResNet');
    await workbench.quickPick('quick.shoulders.json');
    await workbench.page.getByText('are not on this machine yet').waitFor();
    await workbench.quickPick('Random Weights');
    await until(async () => (await runs().ids()).length === 4);
    const id = (await runs().ids()).at(-1)!;
    await until(
      async () =>
        (
          await runs()
            .summaryOf(id)
            .catch(() => undefined)
        )?.status === 'finished',
      whileTraining,
    );
    assert.match(await readFile(join(runs().folderOf(id), files.metrics), 'utf8'), /^epoch,/);
  });

  /** Escape returns to the page's overview, so it is reopened for each button. */
  async function pressInWalkthrough(title: string, name: string): Promise<void> {
    const page = workbench.page.locator('.gettingStartedContainer');
    const button = page.getByRole('button', { name }).first();
    await until(async () => {
      await workbench.command('Shoulders: Open Walkthrough');
      if (!(await button.isVisible()))
        await page
          .locator('.getting-started-step', { hasText: title })
          .click({ timeout: 5000 })
          .catch(() => {}); // the overview, still
      return button.click({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
  }
});
