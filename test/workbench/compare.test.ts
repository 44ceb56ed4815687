// Comparing two finished runs in a real VS Code: from the selection in the sidebar to the editor's own diff, and back after a reload.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { files } from '../../shared/contracts/run.ts';
import { stepsOf } from './harness/steps.ts';
import { writeTestedRun } from './harness/testedRun.ts';
import { themeNames, Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const ids = ['20261123-091500-animals-resnet50-1a2b', '20261123-101500-animals-resnet50-3c4d'] as const;

describe('comparing runs in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    await writeTestedRun(workspace.folder, ids[0], 7, (right) => (right ? 0.8 : 0.3));
    await writeTestedRun(workspace.folder, ids[1], 8, (right) => (right ? 0.6 : 0.9));
    workbench = await Workbench.open({ workspace: workspace.folder, env: { XDG_CACHE_HOME: workspace.cacheHome } });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });

  const step = stepsOf(() => workbench);

  step('comparing two selected rows shows curves, figures, tests and images', async () => {
    await workbench.openContainer('Shoulders');
    const rows = workbench.treeRows().filter({ hasText: 'animals' });
    await rows.nth(1).waitFor();
    await rows.nth(0).click();
    await rows.nth(1).click({ modifiers: ['ControlOrMeta'] });
    await workbench.rowMenu(rows.nth(1), 'Compare Runs');
    const panel = await workbench.panel('sh-compare-panel');
    await panel.locator('sh-compare-metrics tbody tr').nth(1).waitFor();
    assert.equal(await panel.locator('sh-compare-metrics tbody tr').count(), 2);
    await panel.locator('sh-overlay-chart canvas').waitFor();
    await panel
      .getByText(/this test set does not tell them apart|larger difference than chance explains/)
      .first()
      .waitFor();
    const picture = panel.locator('sh-compare-images img').first();
    await picture.scrollIntoViewIfNeeded();
    await panel.waitForFunction(() => {
      const page = document.querySelector('sh-compare-panel')?.shadowRoot;
      const list = page?.querySelector('sh-compare-pair')?.shadowRoot?.querySelector('sh-compare-images');
      return (list?.shadowRoot?.querySelector('img')?.naturalWidth ?? 0) > 0;
    });
    await workbench.screenshot('compare');
  });

  step('an image opens in the editor', async () => {
    const panel = await workbench.panel('sh-compare-panel');
    const tile = panel.locator('sh-compare-images li button').first();
    const name = (await tile.locator('.file').textContent())!.trim();
    await tile.click();
    await workbench.page.getByRole('tab', { name: new RegExp(name.replace('.', '\\.')) }).waitFor();
    await workbench.page.getByRole('tab', { name: 'Compare 2 Runs' }).click();
  });

  step('the recipes open in the editor’s own diff, read-only', async () => {
    const panel = await workbench.panel('sh-compare-panel');
    await panel.getByText('Open A and B in Diff Editor').click();
    const diff = workbench.page.locator('.monaco-diff-editor');
    await diff.waitFor();
    await diff.getByText('"seed"').first().waitFor();
    await workbench.page.getByRole('tab', { name: /^Recipes: / }).waitFor();
    await workbench.screenshot('compare-diff');
  });

  step('a reloaded window restores the comparison', async () => {
    await workbench.page.getByRole('tab', { name: 'Compare 2 Runs' }).click();
    await workbench.panel('sh-compare-panel');
    await workbench.reloadWindow();
    const panel = await workbench.panel('sh-compare-panel');
    await panel.locator('sh-compare-metrics tbody tr').nth(1).waitFor();
    await panel.locator('sh-compare-pair .tests').waitFor();
  });

  step('one row can be compared with runs picked from a list in which it is already checked', async () => {
    await workbench.openContainer('Shoulders');
    const rows = workbench.treeRows().filter({ hasText: 'animals' });
    await rows.nth(1).waitFor();
    await workbench.rowMenu(rows.nth(1), 'Compare with…');
    assert.equal((await workbench.quickPickRows()).length, 2);
    await workbench.page.keyboard.press('Enter');
    await workbench.page.getByText('Choose 2 to 10 runs to compare: 1 is chosen.').first().waitFor();
  });

  step(
    'a run panel is there while its disk hangs, says what it waits for in every theme, and is filled in the end',
    async () => {
      const log = join(workspace.folder, '.shoulders', 'runs', ids[0], files.events);
      await rename(log, `${log}.kept`);
      execFileSync('mkfifo', [log]); // opening it waits for a writer, as a network disk that is gone waits
      await workbench.page.keyboard.press('Escape');
      await workbench.treeRows().filter({ hasText: 'animals' }).nth(1).click();
      const waiting = await workbench.panel('main[role=status] progress');
      await waiting.getByText('Loading the run…').waitFor();
      await waiting.getByText(ids[0]).waitFor();
      for (const theme of themeNames) {
        await workbench.setTheme(theme);
        await workbench.screenshot(`waiting-${theme}`);
      }
      await (await workbench.panel('main[role=status] p:nth-of-type(3)')).getByText('This takes long').waitFor();
      await workbench.screenshot('waiting-long');
      await writeFile(log, '');
      const panel = await workbench.panel('sh-run-panel sh-run-header');
      await panel.locator('sh-run-header').getByText('Finished').waitFor();
      await rename(`${log}.kept`, log);
    },
  );

  step('no page violated its content security policy', async () => {
    assert.deepEqual(workbench.refusals, []);
  });
});
