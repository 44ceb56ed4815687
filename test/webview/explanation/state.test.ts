import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualQuestion } from '../../../shared/messages/explanation.ts';
import {
  type ExplanationAction,
  type ExplanationViewState,
  initialExplanationState,
  keptExplanation,
  nextStep,
  reduceExplanation,
  stallOf,
} from '../../../webview/explanation/state.ts';
import { checkedAnswer, explained, pathOf, snapshot } from '../support/explanations.ts';

const after = (actions: readonly ExplanationAction[], from = initialExplanationState()): ExplanationViewState =>
  actions.reduce(reduceExplanation, from);
/** As the entry does it: what the state asks for is noted as asked. */
function asked(state: ExplanationViewState): ExplanationViewState {
  const step = nextStep(state);
  assert.equal(step?.type, 'explain');
  return step?.type === 'explain' ? after([{ type: 'requested', paths: step.paths, check: step.check }], state) : state;
}
const ended = (id: number, sentence: string | null = null): ExplanationAction => ({ type: 'ended', id, sentence });

test('nothing is asked for before the first snapshot, then all images of a wall at once', () => {
  assert.equal(nextStep(initialExplanationState()), null);
  const state = after([snapshot(3)]);
  assert.equal(state.shown, null);
  assert.deepEqual(nextStep(state), { type: 'explain', paths: [0, 1, 2].map(pathOf), check: false });
  assert.equal(nextStep(asked(state)), null, 'it is under way');
});

test('a lone image is shown large', () => {
  assert.equal(after([snapshot(1)]).shown, pathOf(0));
});

test('another question asks for what it lacks; back at the old one the work is ended and nothing asked', () => {
  const first = after([explained(pathOf(0)), ended(1)], asked(after([snapshot(1)])));
  assert.equal(nextStep(first), null);
  const other = asked(after([{ type: 'questionSet', question: { layer: 'layer2' } }], first));
  assert.equal(other.request?.id, 2);
  const back = after([{ type: 'questionSet', question: { layer: 'layer4' } }], other);
  assert.deepEqual(nextStep(back), { type: 'stop' });
  assert.equal(nextStep(after([{ type: 'requestDropped' }], back)), null);
});

test('an answer that comes late is kept under its own question', () => {
  const layer2 = { ...usualQuestion, layer: 'layer2' as const };
  const state = after([snapshot(1), explained(pathOf(0)), explained(pathOf(0), layer2)]);
  assert.equal(nextStep(after([{ type: 'questionSet', question: { layer: 'layer2' } }], state)), null);
});

test('the end of an older request changes nothing', () => {
  const state = asked(after([{ type: 'questionSet', question: { layer: 'layer3' } }], asked(after([snapshot(1)]))));
  assert.equal(after([ended(1, 'broken')], state), state);
});

test('a check is asked for one image, and a plain answer never takes its place', () => {
  const mapped = after([snapshot(2), { type: 'shown', path: pathOf(1) }, explained(pathOf(1))]);
  const checking = after([{ type: 'checkAsked' }], mapped);
  assert.deepEqual(nextStep(checking), { type: 'explain', paths: [pathOf(1)], check: true });
  const done = after([checkedAnswer(pathOf(1)), explained(pathOf(1))], asked(checking));
  assert.equal([...done.answers.values()][0]?.checked, true);
  assert.equal(nextStep(after([ended(1)], done)), null);
});

test('what broke off is told and not begun again before the person wishes it or asks something else', () => {
  const broken = after([ended(1, 'The engine failed.')], asked(after([snapshot(1)])));
  assert.deepEqual(stallOf(broken)?.sentence, 'The engine failed.');
  assert.equal(nextStep(broken), null);
  assert.equal(nextStep(after([{ type: 'tryAgain' }], broken))?.type, 'explain');
  assert.equal(nextStep(after([{ type: 'questionSet', question: { of: 'logit' } }], broken))?.type, 'explain');
});

test('a request that ends without all its answers is a failure, not a loop', () => {
  const state = after([explained(pathOf(0)), ended(1)], asked(after([snapshot(2)])));
  assert.equal(stallOf(state)?.reason, 'failed');
  assert.equal(nextStep(state), null);
});

test('a stopped check leaves the map and offers the check again', () => {
  const checking = asked(after([snapshot(1), explained(pathOf(0)), { type: 'checkAsked' }]));
  const stopped = after([{ type: 'stopped' }], checking);
  assert.equal(stopped.checks.size, 0);
  assert.equal(nextStep(stopped), null);
});

test('an image that cannot be explained is answered: it is not asked for again', () => {
  const failed = {
    type: 'failed',
    question: usualQuestion,
    path: pathOf(0),
    checked: false,
    sentence: 'cut off',
  } as const;
  assert.equal(nextStep(after([snapshot(1), failed])), null);
});

test('weights of another epoch make all answers old; the same ones keep them', () => {
  const state = after([snapshot(1), explained(pathOf(0))]);
  assert.equal(after([snapshot(1)], state).answers.size, 1);
  assert.equal(after([snapshot(1, { keptEpoch: 6 })], state).answers.size, 0);
});

test('a class that the run does not know is not asked about', () => {
  const restored = {
    runId: 'x',
    paths: [pathOf(0)],
    question: { ...usualQuestion, target: '=zebra' },
    look: initialExplanationState().look,
    shown: '/gone.jpg',
  };
  const state = after([snapshot(2)], initialExplanationState(restored));
  assert.equal(state.question.target, 'predicted');
  assert.equal(state.shown, null);
});

test('what is kept names run, images, question, look and the image that is shown', () => {
  assert.equal(keptExplanation(initialExplanationState()), undefined);
  const state = after([snapshot(2), { type: 'shown', path: pathOf(1) }, { type: 'lookSet', look: { opacity: 0.8 } }]);
  assert.deepEqual(keptExplanation(state), {
    runId: snapshot().runId,
    paths: [pathOf(0), pathOf(1)],
    question: usualQuestion,
    look: { opacity: 0.8, colors: 'jet', sideBySide: true },
    shown: pathOf(1),
  });
});
