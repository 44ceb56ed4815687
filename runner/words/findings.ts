// Words for findings that terminal and report share.
import { sentenceOf } from '../../shared/contracts/errors.ts';
import type { Finding, IdentityMark } from '../../shared/contracts/finding.ts';
import type { SplitOrigin } from '../dataset/splitting/assign.ts';

export const markWords: Readonly<Record<IdentityMark, string>> = {
  personName: 'names of people in names or comments',
  birthDate: 'dates that may be dates of birth',
  patientNumber: 'numbers that may belong to a patient',
  patientData: 'patient data in the image metadata',
  dicom: 'DICOM files, whose header names the patient',
  contact: 'e-mail addresses',
  location: 'GPS positions in the image metadata',
  author: 'photographers or camera owners in the image metadata',
};

// Splits made here keep groups and copies together, so no class can be divided independently of the others.
export const splitOriginWords = {
  given: 'The splits are defined by the folder.',
  made: 'The folder has no splits: they were created here from the seed, with groups and identical images kept together and every class as close to its share as that allows.',
  validationMade:
    'Train and test are those of the folder; validation was taken from train, using the seed, with groups and identical images kept together and every class as close to its share as that allows.',
  testMade:
    'Train and validation are those of the folder; test was taken from train, using the seed, with groups and identical images kept together and every class as close to its share as that allows.',
} as const satisfies Record<SplitOrigin, string>;

export type InnerFoldersFinding = Extract<Finding, { kind: 'innerFolders' }>;

export const innerFoldersParams = ({ folderCount, splitCount, imageCount, example }: InnerFoldersFinding) => ({
  folders: folderCount,
  torn: splitCount,
  images: imageCount,
  example,
});

export const innerFoldersText = (finding: InnerFoldersFinding): string =>
  sentenceOf('innerFolders', innerFoldersParams(finding));
