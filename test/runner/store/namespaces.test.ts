import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { reopenRun } from '../../../runner/store/store.ts';
import { UserError } from '../../../shared/contracts/errors.ts';
import { files } from '../../../shared/contracts/run.ts';
import { readRun } from '../../../shared/runFolder/readRun.ts';
import { runId } from '../../support/storyOfARun.ts';

const inNamespace = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const mayUnshare = process.platform === 'linux' && spawnSync('unshare', [...inNamespace, 'true']).status === 0;
const skip = mayUnshare ? false : 'PID namespaces are not permitted here';

let scratch: string;
before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'namespaces-'))));
after(() => rm(scratch, { recursive: true, force: true }));

const urlOf = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
const program = `
import { createRun } from ${urlOf('../../../runner/store/store.ts')};
import { thisMachine } from ${urlOf('../../../shared/processes/machine.ts')};
import { epochEvent, runId, storyOfARun } from ${urlOf('../../support/storyOfARun.ts')};
const run = await createRun({ runsFolder: process.argv[1], runId, versions: {} });
await run.record(storyOfARun(process.pid, await thisMachine())[0]);
console.log(process.pid);
process.stdin.once('data', () => run.record(epochEvent(1, 0.5)).then(() => 'written', (error) => error.code)
  .then(async (said) => { await run.close(); console.log(said); process.exit(0); }));
`;

test('a run in another PID namespace is listed as alive, refused by resume, can be taken over, and then gives way', {
  skip,
}, async () => {
  const node = [process.execPath, '--input-type=module', '-e', program, scratch];
  const child = spawn('unshare', [...inNamespace, ...node], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  const folder = join(scratch, runId);
  const { state, elsewhere } = await readRun(folder);
  assert.deepEqual([state.status, state.pid], ['running', pid]);
  assert.match(elsewhere!.host, new RegExp(`^${hostname()} \\((container|host)\\)$`));

  const reopened = (takeOver: boolean) =>
    reopenRun(
      folder,
      () => ({}),
      () => {},
      { takeOver },
    );
  await assert.rejects(reopened(false), (error) => error instanceof UserError && error.code === 'runElsewhere');
  const ours = await reopened(true);
  const log = await readFile(join(folder, files.events), 'utf8');
  child.stdin.write('\n');
  assert.equal((await lines.next()).value, 'runTakenOver');
  await exit;
  assert.equal(await readFile(join(folder, files.events), 'utf8'), log);
  await ours.close();
});
