// Runs inside an extension host with the whole `vscode` API: in the VS Code server of the workbench tests, and in the desktop's VS Code
// by `npm run test:desktop`. Bundled by test/support/bundleSuite.ts. Results go into the file that SHOULDERS_SUITE_REPORT names.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';

export interface SuiteResult {
  readonly name: string;
  /** null: passed. */
  readonly failure: string | null;
}

const extension = () => {
  const found = vscode.extensions.getExtension('shoulders.shoulders');
  assert.ok(found, 'the extension is not there');
  return found;
};

const tests: Readonly<Record<string, () => Promise<void>>> = {
  async 'activates and registers every command that its manifest names'() {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const { commands } = extension().packageJSON.contributes as { commands: { command: string }[] };
    assert.ok(commands.length > 5);
    assert.deepEqual(
      commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  },

  async 'flags an unknown field of a recipe file in the editor'() {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const uri = vscode.Uri.joinPath(folder, 'slip.shoulders.json');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('{ "base": "photos", "sed": 7 }'));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    const messages = await eventually(
      () => vscode.languages.getDiagnostics(uri).map(({ message }) => message),
      (found) => found.length > 0,
    );
    assert.match(messages.join('\n'), /sed/);
  },

  async 'knows which files are recipes and which folders are datasets'() {
    const { jsonValidation, menus } = extension().packageJSON.contributes as {
      jsonValidation: { url: string }[];
      menus: Record<string, { command: string; when?: string }[]>;
    };
    const schema = await vscode.workspace.openTextDocument(join(extension().extensionPath, jsonValidation[0]!.url));
    assert.equal((JSON.parse(schema.getText()) as { type: string }).type, 'object');
    const item = menus['explorer/context']?.find(({ command }) => command === 'shoulders.fineTune');
    assert.match(item?.when ?? '', /explorerResourceIsFolder/);
  },
};

export async function run(): Promise<void> {
  const results: SuiteResult[] = [];
  for (const [name, body] of Object.entries(tests)) {
    try {
      await body();
      results.push({ name, failure: null });
    } catch (error) {
      results.push({ name, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  await writeFile(process.env.SHOULDERS_SUITE_REPORT!, JSON.stringify(results));
  const failed = results.filter(({ failure }) => failure !== null);
  if (failed.length > 0) throw new Error(failed.map(({ name, failure }) => `${name}: ${failure}`).join('\n'));
}

async function eventually<T>(look: () => T, isThere: (value: T) => boolean): Promise<T> {
  for (let i = 0; i < 150; i++) {
    const value = look();
    if (isThere(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return look();
}
