import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noLabels } from '../../../../shared/contracts/labels.ts';
import { retagged, sharedTags, tagsInUse } from '../../../../src/runs/actions/tags.ts';
import { runOf } from '../../support/runs.ts';

const tagged = (tags: string[]) => ({
  ...runOf('20261123-091500-pets-resnet18-1a2b', []),
  labels: { ...noLabels, tags },
});

test('sharedTags() are those of every run, without regard to case', () => {
  assert.deepEqual(sharedTags([tagged(['Pilot', 'a']), tagged(['b', 'pilot'])]), ['Pilot']);
  assert.deepEqual(sharedTags([]), []);
});

test('tagsInUse() begins with the most frequent', () => {
  assert.deepEqual(tagsInUse([tagged(['a', 'b']), tagged(['B']), tagged([])]), ['B', 'a']);
});

test('retagged() adds and takes out what was changed, and leaves the other tags of each run', () => {
  assert.deepEqual(retagged(['own', 'pilot', 'old'], ['pilot', 'old'], ['pilot', 'new']), ['own', 'pilot', 'new']);
  assert.deepEqual(retagged(['pilot'], ['pilot'], ['PILOT']), ['PILOT']);
  assert.deepEqual(retagged(['own'], [], []), ['own']);
});
