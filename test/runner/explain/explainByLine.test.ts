// Questions line by line, as the editor sends them: one after another, only the newest is answered.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { jsonLines, linesOf } from '../../../runner/commands/askedByLine.ts';
import { type ExplainJob, explain } from '../../../runner/commands/explain.ts';
import { explainByLine } from '../../../runner/commands/explainByLine.ts';
import type { Engine } from '../../../runner/engine/engine.ts';
import { createCpuEngine } from '../../../runner/engine/onnx/onnxEngine.ts';
import { type ExplainAnswer, ExplainQuestion } from '../../../shared/contracts/explanation.ts';
import { tinyRun, tinySetup } from '../../support/tinyRun.ts';

const setup = await tinySetup({ train: 4, val: 2, test: 4 });
const { folder: runFolder } = await tinyRun(setup, { sets: ['stages.1.epochs=1'] });
const image = (number: number) => join(setup.dataset, 'test', 'red', `red-${number}.png`);
const images = [0, 1, 2, 3].map(image);
const usual = { target: 'predicted', of: 'probability', layer: 'layer4', method: 'grad-cam', check: false } as const;

/** A running program: `loaded` are the programs that its engine received. */
function program(folder = runFolder) {
  const input = new PassThrough();
  const answers: ExplainAnswer[] = [];
  const loaded: string[] = [];
  let heard: () => void = () => {};
  const createEngine = (threads: number): Engine => {
    const engine = createCpuEngine(threads);
    const load: Engine['load'] = (source) => {
      loaded.push(source.name);
      return engine.load(source);
    };
    return { ...engine, load };
  };
  const hear = (answer: ExplainAnswer) => {
    answers.push(answer);
    heard();
  };
  const questions = jsonLines(linesOf(input), ExplainQuestion, 'a question');
  const run = { runFolder: folder, engine: 'cpu', threads: 1 } as const;
  const ended = explainByLine(questions, run, hear, createEngine);
  const until = async (is: () => boolean) => {
    while (!is()) await new Promise<void>((resolve) => (heard = resolve));
  };
  return {
    answers,
    loaded,
    ended,
    ask: (question: Partial<ExplainQuestion> & { id: number }) =>
      input.write(`${JSON.stringify({ ...usual, images: [image(0)], ...question })}\n`),
    say: (line: string) => input.write(line),
    end: () => input.end(),
    until,
    answered: (id: number) => until(() => answers.some((answer) => answer.id === id && answer.line === null)),
    of: (id: number) => answers.filter((answer) => answer.id === id).map(({ line }) => line?.type ?? null),
  };
}

test('explainByLine() gives the maps of explain(), and reuses the loaded network for a similar question', async () => {
  const asked = program();
  asked.ask({ id: 1 });
  await asked.answered(1);
  const loaded = asked.loaded.length;
  asked.ask({ id: 2, images: [image(1)], method: 'layer-cam' });
  await asked.answered(2);
  assert.equal(asked.loaded.length, loaded);
  asked.ask({ id: 3, layer: 'layer3' });
  asked.end();
  await asked.ended;
  assert.equal(asked.loaded.length, loaded + 1);
  for (const [id, over] of [
    [1, {}],
    [2, { images: [image(1)], method: 'layer-cam' }],
    [3, { layer: 'layer3' }],
  ] as const) {
    const lines: unknown[] = [];
    const job: ExplainJob = {
      ...usual,
      images: [image(0)],
      runFolder,
      engine: 'cpu',
      threads: 1,
      overlayFolder: null,
      colors: 'jet',
      ...over,
    };
    await explain(job, { on: (line) => lines.push(line) });
    assert.deepEqual(
      asked.answers.filter((one) => one.id === id).map(({ line }) => line),
      [...lines, null],
    );
  }
});

test('explainByLine() replaces the current question by a new one, and reports the end of the old one', async () => {
  const asked = program();
  asked.ask({ id: 1, images, check: true });
  await asked.until(() => asked.answers.some(({ line }) => line?.type === 'explanation'));
  const loaded = asked.loaded.length;
  asked.ask({ id: 2, images: [] });
  asked.ask({ id: 3, images, check: true });
  asked.end();
  await asked.ended;
  assert.ok(asked.of(1).filter((type) => type === 'explanation').length < images.length);
  assert.deepEqual([asked.of(1).at(-1), asked.of(2)], [null, [null]]);
  assert.equal(asked.of(3).filter((type) => type === 'explanation').length, images.length);
  assert.equal(asked.loaded.length, loaded, 'the network is still there');
});

test('explainByLine() answers an impossible question with a sentence, and continues', async () => {
  const asked = program();
  asked.ask({ id: 1, target: 'green' });
  asked.ask({ id: 2, images: [join(setup.root, 'nothing.png')] });
  await asked.answered(2);
  asked.ask({ id: 3 });
  asked.end();
  await asked.ended;
  assert.equal(asked.of(2)[0], 'problem');
  assert.deepEqual(asked.of(3), ['explanation', null]);
  const nowhere = program(join(setup.root, 'runs', 'nowhere'));
  nowhere.ask({ id: 1 });
  nowhere.end();
  await nowhere.ended;
  const [first] = nowhere.answers;
  assert.ok(first?.line?.type === 'error' && first.line.code === 'runNotFound');
});

test('explainByLine() ends at a line that is no question, although the pipe is open', async () => {
  const asked = program();
  asked.say('{"id": 1}\n');
  await assert.rejects(asked.ended, /is not a question/);
});
