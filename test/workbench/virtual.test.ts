// Folders that are on no disk: the runner reads files, so nothing is offered there, and nothing breaks.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { watched } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace } from './harness/workspace.ts';

const companions = [fileURLToPath(new URL('shoulders-test.memory-files-0.0.0', import.meta.url))];

describe('virtual workspaces in VS Code', () => {
  test('a folder of a virtual file system can be browsed without any menu, command, view or error of Shoulders', async () => {
    const workbench = await Workbench.open({ workspace: 'memoryfiles:/pets', companions });
    const steps = async () => {
      await workbench.explorerItem('dog').click();
      await workbench.explorerItem('3.jpg').waitFor();
      const menu = await workbench.menuItems(workbench.explorerItem('cat'));
      assert.ok(menu.includes('Copy Path'), menu.join(', '));
      assert.deepEqual(
        menu.filter((name) => /Fine-tune|Check Dataset/.test(name)),
        [],
      );
      assert.deepEqual(
        (await workbench.paletteRows('Shoulders: ')).filter((name) => name.includes('Shoulders')),
        [],
      );
      assert.deepEqual(workbench.faults, []);
      assert.deepEqual(await workbench.notifications(), []);
    };
    try {
      await watched('virtual folder', () => workbench, steps)();
    } finally {
      await workbench.close();
    }
  });

  test('a virtual folder beside one on disk is ignored: the menu appears only on the folder on disk', async () => {
    const workspace = await createWorkspace();
    const file = join(workspace.folder, '..', 'mixed.code-workspace');
    const folders = [{ path: workspace.folder }, { uri: 'memoryfiles:/pets', name: 'elsewhere' }];
    await writeFile(file, JSON.stringify({ folders }));
    const workbench = await Workbench.open({ workspace: file, companions });
    const steps = async () => {
      await workbench.explorerItem('elsewhere').click();
      await workbench.explorerItem('workspace').waitFor();
      await workbench.explorerMenu('animals', 'Check Dataset');
      await workbench.page.getByRole('tab', { name: 'Check of animals' }).waitFor({ timeout: 180_000 });
      const menu = await workbench.menuItems(workbench.explorerItem('elsewhere'));
      assert.deepEqual(
        menu.filter((name) => /Fine-tune|Check Dataset/.test(name)),
        [],
      );
      assert.ok((await workbench.paletteRows('Shoulders: ')).some((name) => name.includes('Fine-tune ResNet')));
      assert.deepEqual(workbench.faults, []);
    };
    try {
      await watched('mixed workspace', () => workbench, steps)();
    } finally {
      await workbench.close();
      await workspace.remove();
    }
  });
});
