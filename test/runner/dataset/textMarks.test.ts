import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { marksInText } from '../../../runner/dataset/checks/textMarks.ts';
import { assertProperty } from '../../support/property.ts';

const marksOf = (text: string, ordinary: readonly string[] = []) =>
  marksInText(text, new Set(ordinary)).map(({ mark, start, end }) => `${mark} ${text.slice(start, end)}`);

for (const [text, ...expected] of [
  ['Anna_Schmidt_01', 'personName Anna_Schmidt'],
  ['schmidt-anna', 'personName schmidt-anna'],
  ['SCHMIDT, ANNA 2024', 'personName SCHMIDT, ANNA'],
  ['JohnSmith3', 'personName JohnSmith'],
  ['José_García', 'personName José_García'],
  ['DOE^JOHN', 'personName DOE^JOHN'],
  ['Frau_Lehmann_li', 'personName Frau_Lehmann'],
  ['Mr. Oconnor', 'personName Mr. Oconnor'],
  ['scan_dob_1951-03-12', 'birthDate dob_1951-03-12'],
  ['geb. 12.3.2001', 'birthDate geb. 12.3.2001'],
  ['born 7/11/1988', 'birthDate born 7/11/1988'],
  ['x_1948-12-03_1', 'birthDate 1948-12-03'],
  ['03.12.1948', 'birthDate 03.12.1948'],
  ['19481203_pa', 'birthDate 19481203'],
  ['03121948_pa', 'birthDate 03121948'],
  ['MRN 00123456', 'patientNumber MRN 00123456'],
  ['mrn:A12345', 'patientNumber mrn:A12345'],
  ['PatID_4711', 'patientNumber PatID_4711'],
  ['patient-no 20231', 'patientNumber patient-no 20231'],
  ['patient_0012345678', 'patientNumber patient_0012345678'],
  ['078-05-1120', 'patientNumber 078-05-1120'],
  ['a.muster@klinik.example', 'contact a.muster@klinik.example'],
  ["(0010,0010) Patient's Name", 'patientData (0010,0010)', "patientData Patient's Name"],
] as const)
  test(`marksInText() finds the mark in "${text}"`, () => assert.deepEqual(marksOf(text), expected));

for (const [text, ...ordinary] of [
  ['person12_virus_45'],
  ['person1946_bacteria_4874'],
  ['NORMAL2-IM-0115-0001'],
  ['IM-0115-0001'],
  ['patient00011_study1_view1_frontal'],
  ['patient64541'],
  ['00000001_000'],
  ['ISIC_0024306'],
  ['TCGA-2A-A8VL-01'],
  ['LIDC-IDRI-0001'],
  ['1.2.840.113619.2.55.3'],
  ['IMG_20240513_101112'],
  ['IMG_19700101_000000'],
  ['2024-05-13 10.11.12'],
  ['WhatsApp Image 2023-01-02 at 10.00.00'],
  ['DSC_0042'],
  ['image (12)'],
  ['20180304_ct'],
  ['1280x1024'],
  ['48210305'],
  ['0013035_ant_1'],
  ['10870992_eebeeb3a12'],
  ['Golden_Retriever_12'],
  ['american_bulldog_7'],
  ['Boston_Terrier'],
  ['rose_garden_3'],
  ['April_May_2024'],
  ['House_Martin_02'],
  ['julia_set_4'],
  ['left_hand_anna'],
  ['Anna_Hummingbird_0001', 'anna', 'hummingbird'],
  ['normal-1000-pneumonia'],
  ['stern_born'],
  ['subject12_session3'],
] as const)
  test(`marksInText() ignores "${text}"`, () => assert.deepEqual(marksOf(text, ordinary), []));

test('marksInText() returns positions within the text, for any text', () => {
  const pieces = fc.constantFrom(
    'Anna',
    'Schmidt',
    '_',
    '^',
    'dob',
    '1948',
    '-',
    '03',
    'MRN',
    '@',
    '.',
    '12345',
    ' ',
    'ä',
  );
  assertProperty(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(pieces).map((all) => all.join('')),
      ),
      (text) => {
        for (const { start, end } of marksInText(text)) assert.ok(0 <= start && start < end && end <= text.length);
      },
    ),
    { numRuns: 2000 },
  );
});

test('marksInText() runs in time linear in the text', () => {
  for (const text of [
    'a'.repeat(200_000),
    'a@'.repeat(50_000),
    '1'.repeat(200_000),
    'Anna_'.repeat(20_000),
    'born '.repeat(20_000),
  ])
    marksInText(text);
});
