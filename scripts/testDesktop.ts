// npm run test:desktop: the suite of test/extensionHost in the desktop's VS Code, which @vscode/test-electron downloads (about 150 MB).
// `npm test` runs the same suite in a VS Code server, without that download.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { bundleSuite } from '../test/support/bundleSuite.ts';
import { createWorkspace } from '../test/workbench/harness/workspace.ts';
import { buildAll } from './build.ts';

const scratch = await mkdtemp(join(tmpdir(), 'shoulders-desktop-'));
const workspace = await createWorkspace();
const report = join(scratch, 'report.json');
try {
  await buildAll();
  await runTests({
    extensionDevelopmentPath: fileURLToPath(new URL('../', import.meta.url)),
    extensionTestsPath: await bundleSuite(scratch),
    extensionTestsEnv: { SHOULDERS_SUITE_REPORT: report },
    launchArgs: [workspace.folder, '--disable-extensions', '--disable-workspace-trust'],
  });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  console.log(await readFile(report, 'utf8').catch(() => 'The suite did not run.'));
  await workspace.remove();
  await rm(scratch, { recursive: true, force: true });
}
