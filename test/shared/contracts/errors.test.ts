import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  briefOf,
  type ErrorCode,
  kindOf,
  type ProblemKind,
  sentenceOf,
  sentences,
} from '../../../shared/contracts/errors.ts';

/** Codes that scripts around the command line rely on: these end it with exit code 1, every other failure with 2. */
const world: readonly ErrorCode[] = [
  ...(['tooManyVanished', 'readingHangs', 'downloadFailed', 'downloadHash'] as const),
  ...(['installBusy', 'installBusyElsewhere', 'installNoSpace', 'installDownload', 'installHash'] as const),
  ...(['installNpmMissing', 'installNpm', 'installNativePart', 'installWithoutGpu', 'installDoesNotLoad'] as const),
  ...(['installCannotWrite', 'cannotWrite', 'cannotSave', 'exportDiffers', 'diskFull', 'noRoomForRun'] as const),
  ...(['noRoomToGoOn', 'cannotStart', 'noRoomToStart', 'cannotWriteInRun', 'diskFullInRun', 'notFinite'] as const),
  ...(['outputNotFinite', 'outOfMemory', 'outOfMemoryForStatistics', 'outOfMemoryForOne', 'engineFailed'] as const),
  ...(['engineUnavailable', 'engineNotInstalled', 'scoresAllNotFinite', 'runnerDied', 'runTakenOver'] as const),
  ...(['logGrew', 'datasetChanged', 'internal', 'starterBroken', 'weightsNotFetched'] as const),
  'outOfMemoryForBatchNorm',
  // Only the editor uses it: no command ends with it.
  'runnerOutOfMemory',
];

test('commands exit with code 1 for exactly the problems of kind "world"', () => {
  const codes = Object.keys(sentences) as ErrorCode[];
  assert.deepEqual(codes.filter((code) => kindOf(code) === 'world').sort(), [...world].sort());
});

for (const [code, kind] of [
  ['folderMissing', 'input'],
  ['diskFull', 'world'],
  ['alarmOverfitting', 'note'],
  ['testLooks', 'note'],
] as [ErrorCode, ProblemKind][])
  test(`${code} has the kind ${kind}`, () => assert.equal(kindOf(code), kind));

test('sentenceOf() shows an unknown code of a newer version with its parameters', () => {
  assert.equal(sentenceOf('toString', { count: 2 }), 'toString: {"count":2}');
  assert.equal(sentenceOf('folderMissing', { folder: '/a' }), 'Cannot find the folder "/a": check the path.');
});

test('briefOf() keeps the fact and leaves out examples, consequences and advice', () => {
  const cases: [code: string, params: Record<string, string | number>, brief: string][] = [
    ['smallSplit', { split: 'test', count: 8, step: 12.5 }, 'The test split has only 8 images'],
    ['randomWeights', {}, 'This run starts from random weights, not from ImageNet'],
    [
      'nearLeak',
      { count: 1, example: 'train/a.png, val/b.png' },
      '1 image looks almost the same as an image of another split',
    ],
    ['filesPassedOver', { used: 2, reasons: '1 too large' }, 'Only 2 images of this dataset are used'],
    ['alarmOneClass', { className: 'cat', percent: 50 }, 'Every validation image is predicted as "cat"'],
    [
      'alarmSmallValidation',
      { count: 40, value: '0.45', low: '0.31', high: '0.60' },
      'An accuracy of 0.45 on 40 validation images can mean anything between 0.31 and 0.60',
    ],
    ['newer', { count: 2 }, 'newer: {"count":2}'],
  ];
  for (const [code, params, brief] of cases) assert.equal(briefOf(code, params), brief);
});

test('briefOf() cuts the sentence, never a parameter', () => {
  const params = { name: 'a: b; c. d (for example e).pth' };
  assert.equal(
    briefOf('unverifiedWeights', params),
    `The weights file "${params.name}" is not an official one, so it was not checked against a published hash`,
  );
});

test('briefOf() of every note is one clause of a line or two', () => {
  for (const code of Object.keys(sentences) as ErrorCode[]) {
    if (kindOf(code) !== 'note') continue;
    const brief = briefOf(code, {});
    assert.match(brief, /^[A-Z{"].*[^.:;,]$/, code);
    assert.ok(!/[()]/.test(brief), `${code}: ${brief}`);
    assert.ok(brief.length <= 190 && brief.split(' ').length >= 2, `${code}: ${brief}`);
  }
});
