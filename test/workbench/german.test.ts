// Shoulders in German, in a real VS Code: menus, palette, sidebar, questions and panels.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe } from 'node:test';
import { panelStrings } from '../../shared/strings/strings.ts';
import { stepsOf } from './harness/steps.ts';
import { writeStoppedRun, writeTestedRun } from './harness/testedRun.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const german = JSON.parse(
  await readFile(new URL('../../l10n/bundle.l10n.de.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

/** Words of the panels that occur in no German sentence: none may be visible. */
const germanWords = new Set(Object.values(german));
const englishOnly = new Set<string>(
  Object.values(panelStrings).filter((words) => !germanWords.has(words) && /[a-z]{3}/.test(words)),
);

describe('German in VS Code', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  before(async () => {
    workspace = await createWorkspace();
    await writeTestedRun(workspace.folder, '20261123-091500-animals-resnet50-1a2b', 7, (right) => (right ? 0.8 : 0.3));
    await writeTestedRun(workspace.folder, '20261123-101500-animals-resnet50-3c4d', 8, (right) => (right ? 0.6 : 0.9));
    await writeStoppedRun(workspace.folder, '20261123-111500-animals-resnet50-5e6f');
    workbench = await Workbench.open({
      workspace: workspace.folder,
      env: { XDG_CACHE_HOME: workspace.cacheHome },
      language: 'de',
    });
  });
  after(async () => {
    await workbench?.close();
    await workspace?.remove();
  });
  const step = stepsOf(() => workbench);

  /** Opens a container of the side bar, whose views have German names. */
  const rows = (text: string) => workbench.page.locator('.sidebar .monaco-list-row').filter({ hasText: text });

  step('the sidebar and the panel of a run are in German', async () => {
    await workbench.openContainer('Shoulders');
    await rows('Gestoppt').first().waitFor();
    await rows('Test-AUROC').first().click();
    const panel = await workbench.panel('sh-run-panel sh-run-header');
    await panel.getByText('Fertig').first().waitFor();
    await panel.getByText('Konfusionsmatrix').first().waitFor();
    assert.deepEqual(await englishWords(panel), []);
    await workbench.screenshot('german-run');
  });

  step('the compare panel is in German', async () => {
    const tested = rows('Test-AUROC');
    await tested.nth(0).click();
    await tested.nth(1).click({ modifiers: ['ControlOrMeta'] });
    await workbench.rowMenu(tested.nth(1), 'Läufe vergleichen');
    const panel = await workbench.panel('sh-compare-panel sh-compare-metrics');
    await panel.getByText('Testergebnisse').first().waitFor();
    assert.deepEqual(await englishWords(panel), []);
    await workbench.screenshot('german-compare');
  });

  step('the palette, the explorer and the questions before a run are in German', async () => {
    for (const title of [
      'Mit einem Beispiel ausprobieren',
      'Beispieldatensatz anlegen',
      'Lauf wiederaufnehmen',
      'Einführung öffnen',
    ]) {
      const rows = await workbench.paletteRows(title);
      assert.ok(
        rows.some((row) => row.includes(`Shoulders: ${title}`)),
        rows.join('\n'),
      );
    }
    await workbench.openExplorer();
    await workbench.explorerMenu('animals', 'ResNet fine-tunen');
    await workbench.quickPick('quick.shoulders.json');
    await workbench.page.getByText('sind noch nicht auf diesem Rechner').waitFor();
    assert.match((await workbench.quickPickRows()).join('\n'), /Zufällige Gewichte/);
    await workbench.page.keyboard.press('Escape');
  });
});

/** Whole texts of a page that are English words of the panels. */
async function englishWords(frame: Awaited<ReturnType<Workbench['panel']>>): Promise<string[]> {
  const texts = await frame.evaluate(() => {
    const found: string[] = [];
    const read = (node: Node): void => {
      if (node instanceof Text) found.push(node.data.trim());
      if (node instanceof HTMLStyleElement) return;
      if (node instanceof Element) {
        found.push(node.getAttribute('aria-label') ?? '', node.getAttribute('title') ?? '');
        for (const child of node.shadowRoot?.childNodes ?? []) read(child);
      }
      for (const child of node.childNodes) read(child);
    };
    read(document.body);
    return found;
  });
  assert.ok(texts.length > 20);
  return texts.filter((text) => englishOnly.has(text));
}
