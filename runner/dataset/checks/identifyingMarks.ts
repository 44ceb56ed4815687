// Marks that may identify a person, in the names of files and folders, and in metadata. Examples are masked, because a finding
// goes into logs, panels and reports. Only the user can decide whether it matters.
import { type Finding, type IdentityMark, identityMarks } from '../../../shared/contracts/finding.ts';
import { groupedBy } from '../../../shared/groupedBy.ts';
import type { ImageMetadata } from '../../images/metadata.ts';
import { marksInText } from './textMarks.ts';

/** An identifying mark found in a file's metadata. */
export interface MetadataMark {
  readonly mark: IdentityMark;
  /** Field and content, masked. */
  readonly example: string;
}

const authors = [
  'EXIF Artist',
  'EXIF XPAuthor',
  'EXIF CameraOwnerName',
  'IPTC By-line',
  'IPTC Writer',
  'IPTC Contact',
  'XMP creator',
  'XMP OwnerName',
  'PNG Author',
];
const patients = /(?:Patient(?:'s)?[ _]?\w+|PersonInImage|ReferringPhysician)$/i;

/** Masked at once: text that is not kept cannot leak. */
export function marksInMetadata({ texts, hasPosition }: ImageMetadata): MetadataMark[] {
  const marks = texts.flatMap(({ field, text }): MetadataMark[] => {
    if (authors.includes(field) && /\p{L}{2}/u.test(text))
      return [{ mark: 'author', example: `${field} ${masked(text)}` }];
    if (patients.test(field)) return [{ mark: 'patientData', example: `${field} ${masked(text)}` }];
    return marksInText(text).map(({ mark, start, end }) => ({
      mark,
      example: `${field} ${masked(text.slice(start, end))}`,
    }));
  });
  return hasPosition ? [...marks, { mark: 'location', example: 'EXIF GPS' }] : marks;
}

interface Marked {
  readonly relativePath: string;
  /** The folder that gives the image's target; null: none does. */
  readonly folderName: string | null;
  readonly metadataMarks: readonly MetadataMark[];
}

const mostExamples = 3;

/**
 * One finding per kind of mark.
 * @param dicomFiles  paths of skipped DICOM files, whose header names the patient
 */
export function checkIdentifyingMarks(
  images: readonly Marked[],
  folderNames: readonly string[],
  dicomFiles: readonly string[],
): Finding[] {
  const ordinary = new Set(folderNames.flatMap(wordsOf));
  const ofClasses = classesAsPersons(folderNames);
  const found = images.flatMap(({ relativePath, folderName, metadataMarks }) => {
    const inName = marksInPath(relativePath, folderName, ordinary, ofClasses);
    const path = maskedAt(relativePath, inName);
    // An image counts once per kind of mark.
    return [
      ...new Map([
        ...metadataMarks.map(({ mark, example }) => [mark, { mark, example: `${path}: ${example}` }] as const),
        ...inName.map(({ mark }) => [mark, { mark, example: path }] as const),
      ]).values(),
    ];
  });
  const dicom = dicomFiles.map((path) => ({
    mark: 'dicom' as const,
    example: maskedAt(path, marksInPath(path, null, ordinary, false)),
  }));
  const byMark = groupedBy([...found, ...dicom], ({ mark }) => mark);
  return identityMarks.flatMap((mark): Finding[] => {
    const own = byMark.get(mark) ?? [];
    const examples = [...new Set(own.map(({ example }) => example))].slice(0, mostExamples);
    return own.length === 0 ? [] : [{ kind: 'identifyingMarks', mark, imageCount: own.length, examples }];
  });
}

/** The class folder counts only if classes are persons: a bird called Anna's hummingbird is not. */
function marksInPath(
  relativePath: string,
  folderName: string | null,
  ordinary: ReadonlySet<string>,
  classesCount: boolean,
) {
  let at = 0;
  return relativePath.split('/').flatMap((segment, i, all) => {
    const start = at;
    at += segment.length + 1;
    const isClass = segment === folderName && i < all.length - 1;
    if (isClass && !classesCount) return [];
    const name = i === all.length - 1 ? segment.replace(/\.[^.]{1,5}$/, '') : segment;
    const own = classesCount ? new Set<string>() : ordinary;
    return marksInText(name, own).map((mark) => ({ ...mark, start: start + mark.start, end: start + mark.end }));
  });
}

/** True if most classes look like names of persons: a set of faces, or one folder per patient. */
const classesAsPersons = (classNames: readonly string[]): boolean =>
  2 * classNames.filter((name) => marksInText(name).some(({ mark }) => mark !== 'contact')).length > classNames.length;

const wordsOf = (name: string): string[] =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');

/** Enough to recognize one's own file, too little to identify a person: the first letter of each word. */
const masked = (text: string): string => {
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return short.replace(/(\p{L})[\p{L}\p{M}]+/gu, '$1…').replace(/\d/g, '#');
};

function maskedAt(text: string, marks: readonly { readonly start: number; readonly end: number }[]): string {
  let out = '';
  let at = 0;
  for (const { start, end } of marks.toSorted((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    out += text.slice(at, Math.max(at, start)) + masked(text.slice(Math.max(at, start), end));
    at = end;
  }
  return out + text.slice(at);
}
