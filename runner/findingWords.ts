// Words for findings that terminal and report share.
import { sentenceOf } from './contracts/errors.ts';
import type { Finding, IdentityMark } from './contracts/finding.ts';

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

export type InnerFoldersFinding = Extract<Finding, { kind: 'innerFolders' }>;

export const innerFoldersParams = ({ folderCount, splitCount, imageCount, example }: InnerFoldersFinding) => ({
  folders: folderCount,
  torn: splitCount,
  images: imageCount,
  example,
});

export const innerFoldersText = (finding: InnerFoldersFinding): string =>
  sentenceOf('innerFolders', innerFoldersParams(finding));
