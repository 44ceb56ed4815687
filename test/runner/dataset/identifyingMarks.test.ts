// From files to a finding that is safe to show to anybody.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { describeDataset } from '../../../runner/commands/check.ts';
import { checkIdentifyingMarks } from '../../../runner/dataset/checks/identifyingMarks.ts';
import { datasetSection } from '../../../runner/reports/sections/datasetSection.ts';
import { warningsOf } from '../../../runner/run/warnings.ts';
import type { Finding } from '../../../shared/contracts/finding.ts';
import { chestXray, photos } from '../../../shared/contracts/recipes.ts';
import { initialRunState } from '../../../shared/contracts/runState.ts';
import { folderWith, images } from '../../support/imageFolder.ts';
import { prepareDataset } from '../../support/prepareDataset.ts';

const found = (paths: readonly string[], classNames: readonly string[]) =>
  checkIdentifyingMarks(
    paths.map((relativePath) => ({ relativePath, folderName: relativePath.split('/')[0]!, metadataMarks: [] })),
    classNames,
    [],
  );

test('checkIdentifyingMarks() masks its examples but keeps the first letters, so the file can be found', () => {
  assert.deepEqual(found(['sick/Anna_Schmidt_1948-12-03_pa.png', 'well/x1.png'], ['sick', 'well']), [
    { kind: 'identifyingMarks', mark: 'personName', imageCount: 1, examples: ['sick/A…_S…_####-##-##_pa.png'] },
    { kind: 'identifyingMarks', mark: 'birthDate', imageCount: 1, examples: ['sick/A…_S…_####-##-##_pa.png'] },
  ]);
});

test('checkIdentifyingMarks() counts images and shows three examples', () => {
  const [finding, ...rest] = found(
    Array.from({ length: 7 }, (_, i) => `sick/Anna_Schmidt_${'abcdefg'[i]}.png`),
    ['sick', 'well'],
  ) as Extract<Finding, { kind: 'identifyingMarks' }>[];
  assert.deepEqual(rest, []);
  assert.equal(finding?.imageCount, 7);
  assert.deepEqual(finding?.examples, ['sick/A…_S…_a.png', 'sick/A…_S…_b.png', 'sick/A…_S…_c.png']);
});

test('checkIdentifyingMarks() checks folders within a class, but not a class that merely sounds like a person', () => {
  assert.deepEqual(
    found(['sick/Schmidt, Anna/1.png'], ['sick', 'well']).map((f) => 'examples' in f && f.examples),
    [['sick/S…, A…/1.png']],
  );
  assert.deepEqual(found(['004.Anna_Hummingbird/Anna_Hummingbird_1.jpg'], ['004.Anna_Hummingbird', 'Wren']), []);
});

test('checkIdentifyingMarks() checks class names when most of them are persons', () => {
  const classNames = ['Anna_Schmidt', 'John_Smith', 'Unknown'];
  assert.deepEqual(
    found(['Anna_Schmidt/1.png', 'John_Smith/2.png', 'Unknown/3.png'], classNames).map(
      (f) => 'imageCount' in f && f.imageCount,
    ),
    [2],
  );
});

const jpeg = (artist: string, gps = false) =>
  sharp({ create: { width: 40, height: 40, channels: 3, background: { r: artist.length, g: 99, b: 3 } } })
    .withExif({
      IFD0: { Artist: artist },
      ...(gps && { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } }),
    })
    .jpeg()
    .toBuffer();

async function marked(t: TestContext) {
  const dicom = Buffer.alloc(200);
  dicom.write('DICM', 128, 'latin1');
  const folder = await folderWith(t, {
    ...images('sick', 6),
    ...images('well', 6, (i) => `NORMAL2-IM-${1000 + i}-0001.bmp`),
    'sick/holiday.jpg': await jpeg('Berta Braun', true),
    'well/scan.png': dicom,
    'well/Anna_Schmidt.dcm': dicom,
  });
  const { groupPattern, split, seed, depth } = photos;
  return prepareDataset({ folder, groupPattern, split, seed, depth });
}

test('prepareDataset() finds identifying marks in metadata and DICOM files without leaking them', async (t) => {
  const dataset = await marked(t);
  const marks = dataset.findings.filter((finding) => finding.kind === 'identifyingMarks');
  assert.deepEqual(
    marks.map(({ mark, imageCount, examples }) => [mark, imageCount, ...examples]),
    [
      ['dicom', 2, 'well/scan.png', 'well/A…_S….dcm'],
      ['location', 1, 'sick/holiday.jpg: EXIF GPS'],
      ['author', 1, 'sick/holiday.jpg: EXIF Artist B… B…'],
    ],
  );
  const text = describeDataset('classification', dataset);
  assert.match(text, /May identify a person.* \(3\)/);
  assert.match(text, /photographers or camera owners in the image metadata: 1 image/);
  assert.doesNotMatch(text, /Berta|Braun/);
});

test('warningsOf() warns about identifying marks before training, and the report prints them', async (t) => {
  const dataset = await marked(t);
  const warning = warningsOf(photos, dataset).find(({ problem }) => problem.code === 'identifyingMarks');
  assert.equal(
    warning?.problem.params.marks,
    'DICOM files, whose header names the patient, GPS positions in the image metadata, photographers or camera owners in the image metadata',
  );
  const { classNames, counts, findings, fingerprint, splitOrigin } = dataset;
  const blocks = JSON.stringify(
    datasetSection({
      ...initialRunState('a-run'),
      classNames: [...classNames],
      counts,
      findings,
      fingerprint,
      splitOrigin,
    }),
  );
  assert.match(blocks, /May identify a person \(examples are masked\) \(3\)/);
  assert.match(blocks, /EXIF Artist B… B…/);
});

test('warningsOf() warns about flips when classes name left and right, and always in medical recipes', async (t) => {
  const prepared = async (names: readonly [string, string]) => {
    const folder = await folderWith(t, { ...images(names[0], 6), ...images(names[1], 6) });
    return prepareDataset({ folder, groupPattern: null, split: photos.split, seed: 1, depth: 'auto' });
  };
  const codes = async (names: readonly [string, string], medical: boolean, randomHorizontalFlip: number) => {
    const recipe = { ...chestXray, medical, trainViews: { ...chestXray.trainViews, randomHorizontalFlip } };
    return warningsOf(recipe, await prepared(names))
      .map(({ problem }) => problem.code)
      .filter((code) => code.startsWith('flip'));
  };
  assert.deepEqual(await codes(['sick', 'well'], true, 0.5), ['flipLaterality']);
  assert.deepEqual(await codes(['sick', 'well'], true, 0), []);
  assert.deepEqual(await codes(['sick', 'well'], false, 0.5), []);
  assert.deepEqual(await codes(['links', 'rechts'], false, 0.5), ['flipSides']);
  assert.deepEqual(await codes(['kneeL', 'kneeR'], true, 0.5), ['flipSides']);
  assert.deepEqual(await codes(['left', 'right'], true, 0), []);
});
