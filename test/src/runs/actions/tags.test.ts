import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noLabels } from '../../../../shared/contracts/labels.ts';
import { retagged, sharedTags, tagsInUse } from '../../../../src/runs/actions/tags.ts';
import { runOf } from '../../support/runs.ts';

const tagged = (tags: string[]) => ({
  ...runOf('20261123-091500-pets-resnet18-1a2b', []),
  labels: { ...noLabels, tags },
});

test('sharedTags() are the tags that all runs share, regardless of case', () => {
  assert.deepEqual(sharedTags([tagged(['Pilot', 'a']), tagged(['b', 'pilot'])]), ['Pilot']);
  assert.deepEqual(sharedTags([]), []);
});

test('tagsInUse() starts with the most frequent tag', () => {
  assert.deepEqual(tagsInUse([tagged(['a', 'b']), tagged(['B']), tagged([])]), ['B', 'a']);
});

test('retagged() applies additions and removals, and keeps the other tags of each run', () => {
  assert.deepEqual(retagged(['own', 'pilot', 'old'], ['pilot', 'old'], ['pilot', 'new']), ['own', 'pilot', 'new']);
  assert.deepEqual(retagged(['pilot'], ['pilot'], ['PILOT']), ['PILOT']);
  assert.deepEqual(retagged(['own'], [], []), ['own']);
});
