// Privacy of images and habits: no program of the runner opens a connection or leaves files outside the folders that the
// README names. Traced without CI variables, which would switch a library's telemetry off by themselves.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tinySets, tinySetup } from '../support/tinyRun.ts';
import { cannotTrace, type Traced, traced } from '../support/traced.ts';

const program = fileURLToPath(new URL('../../runner/cli/main.ts', import.meta.url));

let home: string;
let setup: { root: string; dataset: string; weights: string };
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'person-'));
  setup = await tinySetup({ train: 6, val: 3, test: 3 });
});
after(() => rm(home, { recursive: true, force: true }));

const skip = cannotTrace;

test('a check, a fine-tune, an evaluation, an explanation and an export open no socket and write only where the README states', {
  skip,
}, async () => {
  const { dataset, weights } = setup;
  const sets = [...tinySets(weights), 'imageSize=32', 'stages.0.epochs=1', 'stages.1.epochs=1'];
  const image = join(dataset, 'test', 'red', 'red-0.png');
  await checkTraced(['check', dataset]);
  await checkTraced(['fine-tune', dataset, ...sets.flatMap((set) => ['--set', set])]);
  const [run] = await readdir(join(home, '.shoulders', 'runs'));
  const folder = join(home, '.shoulders', 'runs', run!);
  await checkTraced(['evaluate', folder, '--split', 'test']);
  await checkTraced(['explain', folder, image, '--out', join(home, 'maps')], ['maps']);
  await mkdir(join(home, 'exports'));
  await checkTraced(['export', folder, '--out', join(home, 'exports', 'model.onnx')], ['exports']);
});

test('the trace detects a socket, and files in the home folder and after a change of folder', { skip }, async () => {
  await mkdir(join(home, 'elsewhere'));
  const script = `
    import { createSocket } from 'node:dgram';
    import { writeFileSync } from 'node:fs';
    process.chdir('elsewhere');
    writeFileSync('relative', '');
    writeFileSync(process.env.HOME + '/.device-id', process.env.CI ?? 'no pipeline');
    createSocket('udp4').bind(0, '127.0.0.1', function () { this.close(); });`;
  await writeFile(join(home, 'script.mjs'), script);
  const { code, sockets, written } = await traced(['script.mjs'], home);
  assert.equal(code, 0);
  assert.ok(sockets.includes('AF_INET'), `${sockets}`);
  for (const file of ['.device-id', join('elsewhere', 'relative')])
    assert.ok(written.includes(join(home, file)), `${file} among ${written}`);
});

async function checkTraced(args: readonly string[], more: readonly string[] = []): Promise<void> {
  const seen = await traced([program, ...args], home);
  assert.equal(seen.code, 0, `${args[0]}: ${seen.output}`);
  assert.deepEqual(seen.sockets, [], `sockets of ${args[0]}`);
  assert.deepEqual(elsewhere(seen, more), [], `files of ${args[0]}`);
  assert.deepEqual(await readdir(join(home, 'tmp')), [], `left by ${args[0]} among the temporary files`);
}

/** Files outside the workspace's .shoulders, the cache, temporary folders named `shoulders-…`, and requested outputs. */
function elsewhere({ written }: Traced, more: readonly string[]): string[] {
  const allowed = ['.shoulders', join('.cache', 'shoulders'), ...more];
  return written
    .filter((path) => !/^\/(dev|proc|sys)\//.test(path))
    .map((path) => relative(home, path))
    .filter((path) => !allowed.some((own) => path === own || path.startsWith(own + sep)))
    .filter((path) => path !== '.cache' && !path.startsWith(join('tmp', 'shoulders-')));
}
