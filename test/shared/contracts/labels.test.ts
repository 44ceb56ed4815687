import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  cleanName,
  cleanNote,
  cleanTags,
  labelsFrom,
  labelsFromText,
  longestName,
  longestNote,
  longestTag,
  mostTags,
  noLabels,
  tagsFromText,
} from '../../../shared/contracts/labels.ts';
import { assertProperty } from '../../support/property.ts';

test('labelsFromText() reads what the editor writes', () => {
  const labels = { starred: true, name: 'Warm start', tags: ['pilot'], note: 'two\nlines' };
  assert.deepEqual(labelsFromText(JSON.stringify(labels)), labels);
});

test('labelsFrom() reads each valid field and omits the others', () => {
  assert.deepEqual(labelsFrom({ starred: 'yes', name: 7, tags: ['a', 1, null, 'b'], note: {} }), {
    ...noLabels,
    tags: ['a', 'b'],
  });
  assert.deepEqual(labelsFrom({ starred: true }), { ...noLabels, starred: true });
  for (const nothing of [null, [], 'x', 3]) assert.deepEqual(labelsFrom(nothing), noLabels);
  assert.deepEqual(labelsFromText('{"starred":tr'), noLabels);
});

test('labelsFrom() keeps fields of a newer version, so that a change loses none of them', () => {
  const later = { ...labelsFrom({ starred: true, colour: 'red' }), starred: false };
  assert.deepEqual(later, { ...noLabels, colour: 'red' });
});

test('labelsFrom() never throws, stays within its limits, and reads its own result unchanged', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record({ name: fc.string(), tags: fc.array(fc.string()), note: fc.string() }),
  );
  assertProperty(
    fc.property(anything, (json) => {
      const labels = labelsFrom(json);
      assert.deepEqual(labelsFrom(labels), labels);
      assert.ok((labels.name?.length ?? 0) <= 2 * longestName && labels.name !== '');
      assert.ok(labels.tags.length <= mostTags);
      assert.ok(labels.tags.every((tag) => tag !== '' && [...tag].length <= longestTag && !/[,\n]/.test(tag)));
      assert.ok([...labels.note].length <= longestNote);
    }),
  );
  assertProperty(fc.property(fc.string(), (text) => typeof labelsFromText(text).starred === 'boolean'));
});

test('cleanName() puts a name on one line without hidden characters; an empty one becomes null', () => {
  assert.equal(cleanName('  warm\n\tstart \u202eevil\u0007 '), 'warm start evil');
  assert.equal(cleanName(' \u200f \n'), null);
  assert.equal(cleanName('👩‍🔬 run'), '👩‍🔬 run');
});

test('tags are compared without regard to case or a leading #', () => {
  assert.deepEqual(tagsFromText(' #Pilot, to show,, pilot ,#'), ['Pilot', 'to show']);
  assert.deepEqual(cleanTags(['a,b']), ['a b']);
});

test('a note keeps its line breaks', () => {
  assert.equal(cleanNote(' one\r\ntwo\u2028three\u0000 '), 'one\ntwo\nthree');
});
