import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { usualQuestion } from '../../../shared/messages/explanation.ts';
import { Explainer, explainArguments } from '../../../src/explanation/explainer.ts';
import { folderWith } from '../../support/imageFolder.ts';

/** A program that answers each question with a problem for each image, names its process, and waits at the image "wait". */
const program = `
const lines = require('node:readline').createInterface({ input: process.stdin });
const say = (answer) => console.log(JSON.stringify(answer));
let held;
lines.on('line', (line) => {
  if (held !== undefined) say({ id: held, line: null });
  held = undefined;
  const { id, images } = JSON.parse(line);
  if (images.includes('die')) process.exit(3);
  for (const image of images)
    say({ id, line: { type: 'problem', image, problem: { code: 'imageMissing', params: {} }, sentence: String(process.pid) } });
  if (images.includes('wait')) held = id;
  else say({ id, line: null });
});
`;

async function explainerOf(t: TestContext, idleMs?: number) {
  const folder = await folderWith(t, { 'program.cjs': program });
  const explainer = new Explainer({
    program: join(folder, 'program.cjs'),
    runFolder: folder,
    threads: () => null,
    environment: { PATH: process.env.PATH ?? '' },
    ...(idleMs !== undefined && { idleMs }),
  });
  t.after(() => explainer.end());
  const ask = async (...images: string[]) => {
    const said: string[] = [];
    const lost = await explainer.ask({ ...usualQuestion, images, check: false }, (line) => {
      if (line.type === 'problem') said.push(`${line.image} ${line.sentence}`);
    });
    return { said, lost };
  };
  return { explainer, ask };
}
const pidOf = (said: readonly string[]) => said[0]?.split(' ')[1];

test('one program answers successive questions', async (t) => {
  const { ask } = await explainerOf(t);
  const [one, two] = [await ask('a', 'b'), await ask('c')];
  assert.equal(one.said.length, 2);
  assert.equal(pidOf(one.said), pidOf(two.said));
  assert.deepEqual([one.lost, two.lost], [undefined, undefined]);
});

test('a replaced or stopped question settles at once, and receives nothing more', async (t) => {
  const { explainer, ask } = await explainerOf(t);
  const first = ask('wait');
  const second = await ask('b');
  assert.equal((await first).lost, undefined);
  assert.deepEqual(second.said.length, 1);
  const third = ask('wait');
  explainer.stop();
  assert.equal((await third).lost, undefined);
  assert.equal(pidOf((await ask('c')).said), pidOf(second.said));
});

test('a program that dies is reported and the next question starts another, also after end() and after idling', async (t) => {
  const { explainer, ask } = await explainerOf(t, 1);
  const { lost } = await ask('die');
  assert.match(lost!, /exit code 3/);
  const one = await ask('a');
  explainer.end();
  const two = await ask('b');
  assert.notEqual(pidOf(one.said), pidOf(two.said));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.notEqual(pidOf((await ask('c')).said), pidOf(two.said));
});

test('explainArguments() request JSON lines without an image', () => {
  assert.deepEqual(explainArguments('/runs/one', 2), ['explain', '/runs/one', '--threads=2', '--json']);
  assert.deepEqual(explainArguments('/runs/one', null), ['explain', '/runs/one', '--json']);
});
