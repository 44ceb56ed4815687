// The walkthrough in a real VS Code: its command opens it, its buttons act, its steps are checked off.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { stepsOf, until } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('the walkthrough in VS Code', () => {
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
  const page = () => workbench.page.locator('.gettingStartedContainer');
  const stepNamed = (title: string) => page().locator('.getting-started-step', { hasText: title });
  /** Escape, which the theme picker may need, returns the page to its overview. */
  const openStep = (title: string) =>
    until(async () => {
      if (!(await stepNamed(title).isEnabled())) await workbench.command('Shoulders: Open Walkthrough');
      return stepNamed(title)
        .click({ timeout: 5000 })
        .then(
          () => true,
          () => false,
        );
    });

  step('the walkthrough opens only by its command', async () => {
    await workbench.openContainer('Shoulders');
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Fine-tune ResNet' }).first().waitFor();
    assert.equal(await page().count(), 0);
    await workbench.command('Shoulders: Open Walkthrough');
    await page().getByText('Get Started with Shoulders').first().waitFor();
    assert.equal(await page().locator('.getting-started-step').count(), 6);
  });

  step('the Welcome page lists the walkthrough, and opens it', async () => {
    await workbench.command('Help: Welcome');
    const listed = page().getByRole('button', { name: 'Get Started with Shoulders' });
    await workbench.screenshot('walkthrough-welcome');
    await listed.first().click();
    await stepNamed('Try it on a sample').waitFor();
    await workbench.screenshot('walkthrough-opened');
  });

  step('each step shows its picture in the colours of the theme', async () => {
    for (const theme of ['light', 'dark'] as const) {
      await workbench.setTheme(theme);
      await openStep('Watch the run');
      const curve = 'svg[viewBox="0 0 480 320"] path[stroke="var(--vscode-charts-blue)"]';
      // The picture of the previous step may still be there for a moment.
      await until(async () => {
        const drawn = (await workbench.panel(curve)).locator(curve).first();
        return /^rgb/.test(await drawn.evaluate((path) => getComputedStyle(path).stroke).catch(() => ''));
      });
      await workbench.screenshot(`walkthrough-${theme}`);
    }
    for (const [id, title] of Object.entries(otherSteps)) {
      await openStep(title);
      await workbench.panel('svg[viewBox="0 0 480 320"]');
      await stepNamed(title).locator('.step-description-container').first().waitFor();
      await workbench.screenshot(`walkthrough-${id}`);
    }
  });

  step('the documentation that the extension brings along opens, and its links lead on', async () => {
    await workbench.command('Shoulders: Open Documentation');
    await workbench.page.getByRole('tab', { name: /using\.md/ }).waitFor();
    const guide = await workbench.panel('a[href*="intervals.md"]');
    await guide.locator('a[href*="intervals.md"]').first().click();
    await workbench.page.getByRole('tab', { name: /intervals\.md/ }).waitFor();
    await workbench.screenshot('documentation');
    await workbench.command('Shoulders: Open Walkthrough');
  });

  step('a button performs its action and checks off its step', async () => {
    await openStep('Try it on a sample');
    await page().getByRole('button', { name: 'Create Sample Dataset' }).first().click();
    await workbench.page.getByText('"animals" already exists: enter a name for the new folder').waitFor();
    await workbench.page.keyboard.press('Escape');
    await stepNamed('Try it on a sample').locator('.codicon.complete').first().waitFor();
  });
});

const otherSteps = {
  sample: 'Try it on a sample',
  check: 'Check the images',
  fineTune: 'Fine-tune a ResNet',
  compare: 'Compare runs and report one',
  kept: 'Find what a run saves',
};
