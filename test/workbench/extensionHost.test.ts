// The suite of test/extensionHost inside the extension host of a real VS Code.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { SuiteResult } from '../extensionHost/suite.ts';
import { bundleSuite } from '../support/bundleSuite.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace } from './harness/workspace.ts';

const scratch = await mkdtemp(join(tmpdir(), 'shoulders-suite-'));
const report = join(scratch, 'report.json');
const workspace = await createWorkspace();
after(async () => {
  await workspace.remove();
  await rm(scratch, { recursive: true, force: true });
});

test('the extension keeps the promises of its manifest inside a real extension host', async () => {
  const workbench = await Workbench.open({
    workspace: workspace.folder,
    env: { SHOULDERS_SUITE_REPORT: report, XDG_CACHE_HOME: workspace.cacheHome },
    suite: await bundleSuite(scratch),
  });
  try {
    const results = await reported();
    assert.ok(results.length >= 3);
    for (const { name, failure } of results) assert.equal(failure, null, `${name}: ${failure}`);
  } finally {
    await workbench.close();
  }
});

async function reported(): Promise<SuiteResult[]> {
  for (let i = 0; i < 240; i++) {
    const text = await readFile(report, 'utf8').catch(() => '');
    if (text.endsWith(']')) return JSON.parse(text) as SuiteResult[];
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The suite has not reported within two minutes');
}
