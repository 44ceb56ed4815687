// Oddities that the checks of a dataset find. Findings never stop a run; they are listed, recorded and shown.
import { z } from 'zod';

/** Information that may identify a person. */
export const identityMarks = [
  /** A name in the name of a file or folder, or in a comment. */
  'personName',
  'birthDate',
  /** After words such as MRN or patient id, or in the form of a social security number. */
  'patientNumber',
  /** Fields of DICOM or XMP about a patient. */
  'patientData',
  /** DICOM files, which are left out: their header names the patient. */
  'dicom',
  /** An e-mail address. */
  'contact',
  /** GPS position. */
  'location',
  /** Photographer or camera owner. */
  'author',
] as const;
export type IdentityMark = (typeof identityMarks)[number];

/** `relativePath` is /-separated, relative to the dataset folder. */
export const Finding = z.discriminatedUnion('kind', [
  /** Left out: undecodable, empty, unreadable, refused (too large, too many channels). */
  z.strictObject({ kind: z.literal('corrupt'), relativePath: z.string(), reason: z.string() }),
  /** Kept, but the decoder complained (no end marker, trailing bytes), or the image is animated, 16-bit, CMYK, tiny, flat... */
  z.strictObject({ kind: z.literal('suspect'), relativePath: z.string(), reason: z.string() }),
  /** Not looked at: hidden folders, __MACOSX, .ipynb_checkpoints, Thumbs.db, empty files, other file types. */
  z.strictObject({ kind: z.literal('ignored'), relativePath: z.string(), reason: z.string() }),
  /** Byte-identical images; `splits` and `classNames` list where they appear. */
  z.strictObject({
    kind: z.literal('duplicate'),
    relativePaths: z.array(z.string()).min(2),
    splits: z.array(z.string()),
    classNames: z.array(z.string()),
  }),
  /**
   * Images that look almost the same (smaller, re-encoded copies, frames of one film) in more than one split or class, including copies
   * of one file. `relativePaths`: at most ten, starting with one of each split and class; `imageCount`: number of all.
   */
  z.strictObject({
    kind: z.literal('nearDuplicate'),
    relativePaths: z.array(z.string()).min(2),
    imageCount: z.int().min(2),
    splits: z.array(z.string()),
    classNames: z.array(z.string()),
  }),
  /** One group (patient) in more than one split. */
  z.strictObject({
    kind: z.literal('groupOverlap'),
    group: z.string(),
    splits: z.array(z.string()),
    imageCount: z.int(),
  }),
  /** Folders within class folders, perhaps of patients: nothing declares their meaning, and some have images in more than one split. */
  z.strictObject({
    kind: z.literal('innerFolders'),
    folderCount: z.int(),
    /** Number of folders with images in more than one split. */
    splitCount: z.int(),
    /** Number of images in those folders. */
    imageCount: z.int(),
    /** `class/folder`. */
    example: z.string(),
  }),
  /** These images contain something that may identify a person. `examples` are masked. */
  z.strictObject({
    kind: z.literal('identifyingMarks'),
    mark: z.enum(identityMarks),
    imageCount: z.int(),
    examples: z.array(z.string()),
  }),
  /** A remark about the whole set: imbalance, small splits, group pattern without a match. */
  z.strictObject({ kind: z.literal('note'), text: z.string() }),
]);
export type Finding = z.infer<typeof Finding>;
