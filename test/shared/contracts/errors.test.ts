import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, kindOf, type ProblemKind, sentenceOf, sentences } from '../../../shared/contracts/errors.ts';

/** Codes that scripts around the command line rely on: these end it with exit code 1, every other failure with 2. */
const world: readonly ErrorCode[] = [
  ...(['tooManyVanished', 'readingHangs', 'downloadFailed', 'downloadHash'] as const),
  ...(['installBusy', 'installBusyElsewhere', 'installNoSpace', 'installDownload', 'installHash'] as const),
  ...(['installNpmMissing', 'installNpm', 'installNativePart', 'installWithoutGpu', 'installDoesNotLoad'] as const),
  ...(['installCannotWrite', 'cannotWrite', 'cannotSave', 'exportDiffers', 'diskFull', 'noRoomForRun'] as const),
  ...(['noRoomToGoOn', 'cannotStart', 'noRoomToStart', 'cannotWriteInRun', 'diskFullInRun', 'notFinite'] as const),
  ...(['outputNotFinite', 'outOfMemory', 'outOfMemoryForStatistics', 'outOfMemoryForOne', 'engineFailed'] as const),
  ...(['engineUnavailable', 'engineNotInstalled', 'scoresAllNotFinite', 'runnerDied', 'runTakenOver'] as const),
  ...(['logGrew', 'datasetChanged', 'internal', 'starterBroken'] as const),
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
