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
/** Marks the state's next request as sent, like the entry. */
function asked(state: ExplanationViewState): ExplanationViewState {
  const step = nextStep(state);
  assert.equal(step?.type, 'explain');
  return step?.type === 'explain' ? after([{ type: 'requested', paths: step.paths, check: step.check }], state) : state;
}
const ended = (id: number, sentence: string | null = null): ExplanationAction => ({ type: 'ended', id, sentence });

test('the first snapshot triggers the first requests, at once for all images of a wall', () => {
  assert.equal(nextStep(initialExplanationState()), null);
  const state = after([snapshot(3)]);
  assert.equal(state.shown, null);
  assert.deepEqual(nextStep(state), { type: 'explain', paths: [0, 1, 2].map(pathOf), check: false });
  assert.equal(nextStep(asked(state)), null, 'it is under way');
});

test('a single image is shown large', () => {
  assert.equal(after([snapshot(1)]).shown, pathOf(0));
});

test('another question requests what it lacks; returning to an answered one cancels that and requests nothing', () => {
  const first = after([explained(pathOf(0)), ended(1)], asked(after([snapshot(1)])));
  assert.equal(nextStep(first), null);
  const other = asked(after([{ type: 'questionSet', question: { layer: 'layer2' } }], first));
  assert.equal(other.request?.id, 2);
  const back = after([{ type: 'questionSet', question: { layer: 'layer4' } }], other);
  assert.deepEqual(nextStep(back), { type: 'stop' });
  assert.equal(nextStep(after([{ type: 'requestDropped' }], back)), null);
});

test('a late reply is stored under its own question', () => {
  const layer2 = { ...usualQuestion, layer: 'layer2' as const };
  const state = after([snapshot(1), explained(pathOf(0)), explained(pathOf(0), layer2)]);
  assert.equal(nextStep(after([{ type: 'questionSet', question: { layer: 'layer2' } }], state)), null);
});

test('the end of a superseded request changes nothing', () => {
  const state = asked(after([{ type: 'questionSet', question: { layer: 'layer3' } }], asked(after([snapshot(1)]))));
  assert.equal(after([ended(1, 'broken')], state), state);
});

test('a check is requested for one image, and a plain reply never replaces it', () => {
  const mapped = after([snapshot(2), { type: 'shown', path: pathOf(1) }, explained(pathOf(1))]);
  const checking = after([{ type: 'checkAsked' }], mapped);
  assert.deepEqual(nextStep(checking), { type: 'explain', paths: [pathOf(1)], check: true });
  const done = after([checkedAnswer(pathOf(1)), explained(pathOf(1))], asked(checking));
  assert.equal([...done.answers.values()][0]?.checked, true);
  assert.equal(nextStep(after([ended(1)], done)), null);
});

test('an interrupted request is reported and repeats only when the user retries or asks something else', () => {
  const broken = after([ended(1, 'The engine failed.')], asked(after([snapshot(1)])));
  assert.deepEqual(stallOf(broken)?.sentence, 'The engine failed.');
  assert.equal(nextStep(broken), null);
  assert.equal(nextStep(after([{ type: 'tryAgain' }], broken))?.type, 'explain');
  assert.equal(nextStep(after([{ type: 'questionSet', question: { of: 'logit' } }], broken))?.type, 'explain');
});

test('a request that ends without all its replies is a failure, and does not repeat forever', () => {
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

test('an image that cannot be explained counts as answered and is not requested again', () => {
  const failed = {
    type: 'failed',
    question: usualQuestion,
    path: pathOf(0),
    checked: false,
    sentence: 'cut off',
  } as const;
  assert.equal(nextStep(after([snapshot(1), failed])), null);
});

test('weights of another epoch invalidate all replies, and the same weights keep them', () => {
  const state = after([snapshot(1), explained(pathOf(0))]);
  assert.equal(after([snapshot(1)], state).answers.size, 1);
  assert.equal(after([snapshot(1, { keptEpoch: 6 })], state).answers.size, 0);
});

test('an unknown class is never requested', () => {
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

test('stored state contains run, images, question, view settings and the displayed image', () => {
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
