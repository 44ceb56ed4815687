// Marks of identity in a text: a file or folder name, a comment. Finds likely ones, and ignores the usual content of data sets:
// capture dates, camera counters, pseudonymous ids (person12_virus_45, patient00011), class names.
import type { IdentityMark } from '../../../shared/contracts/finding.ts';
import { givenNames } from './givenNames.ts';

export interface TextMark {
  readonly mark: IdentityMark;
  /** Position in the text: [start, end). */
  readonly start: number;
  readonly end: number;
}

/** @param ordinary  words in lower case that do not count as surnames: those of the class names */
export function marksInText(whole: string, ordinary: ReadonlySet<string> = new Set()): TextMark[] {
  const text = whole.slice(0, longest);
  const marks = [
    ...patterns.flatMap(({ mark, pattern }) =>
      [...text.matchAll(pattern)].map((match) => ({ mark, start: match.index, end: match.index + match[0].length })),
    ),
    ...oldDates(text),
    ...personNames(text, ordinary),
  ];
  // A keyword with its date is one mark, not two.
  return marks
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((one, i, all) => !all.slice(0, i).some((other) => other.mark === one.mark && one.end <= other.end));
}

/** File names have at most 255 characters; only the beginning of longer comments is searched. */
const longest = 2000;

const separator = '[\\s_.:#=-]{0,4}';
const date = `\\d{1,4}[-._/ ]?\\d{1,2}[-._/ ]?\\d{2,4}`;
const word = (words: string) => `(?<![\\p{L}])(?:${words})(?![\\p{L}])`;

const patterns: readonly { readonly mark: IdentityMark; readonly pattern: RegExp }[] = [
  {
    mark: 'birthDate',
    pattern: new RegExp(
      `${word('dob|d\\.o\\.b\\.?|born|birth[ _-]?da(?:te|y)|date of birth|geb|geboren|geburtsdatum|naissance|nacimiento|nascita')}${separator}${date}`,
      'giu',
    ),
  },
  {
    mark: 'patientNumber',
    pattern: new RegExp(
      `${word('mrn|ssn|nhs(?:[ _-]?(?:no|number))?|pat(?:ient)?[ _-]?(?:id|nr|no|num|number)|patnr|fallnr|fallnummer|hospital[ _-]?(?:id|no|number)|accession(?:[ _-]?(?:no|nr|number))?')}${separator}[a-z]{0,2}\\d{4,}`,
      'giu',
    ),
  },
  // Shorter numbers after "patient" are common in data sets without names.
  { mark: 'patientNumber', pattern: new RegExp(`${word('patient|pid')}${separator}\\d{6,}`, 'giu') },
  { mark: 'patientNumber', pattern: /(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])/g }, // a social security number
  { mark: 'contact', pattern: /[\w.+-]{2,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}/g },
  { mark: 'patientData', pattern: /\(?0010, ?00(?:10|20|30|40)\)?|Patient'?s?[ _]?(?:Name|Birth[ _]?Date|DOB)/gi }, // DICOM's tags
  { mark: 'personName', pattern: /(?<![\p{L}\d])\p{Lu}[\p{L}'-]{1,30}\^\p{Lu}[\p{L}'-]{0,30}/gu }, // DOE^JOHN, as DICOM writes
  {
    mark: 'personName',
    pattern:
      /(?<!\p{L})(?:Mr|Mrs|Herrn?|Frau|Mme|Monsieur|Sig(?:nora)?|Señora?)[ _.]{1,2}\p{Lu}\p{Ll}{1,30}(?!\p{L})/gu,
  },
];

/** Cameras name files by the capture date, which begins at these days while the clock is not set. */
const camera = /(?:IMG|DSC[NF]?|PXL|VID|PANO|MVIMG|Screenshot|DCIM)[-_]?$/i;
const unsetClock = /^19(?:70|80)\D?01\D?01$/;

/** A complete date before digital cameras were common is hardly a capture date. */
function oldDates(text: string): TextMark[] {
  const month = '(?:0[1-9]|1[0-2])';
  const day = '(?:0[1-9]|[12]\\d|3[01])';
  const year = '(?:19(?:[0-8]\\d|9[0-4]))';
  const orders = [
    `(?<!\\d)${year}([-._ ]?)${month}\\1${day}(?!\\d)`,
    `(?<![\\d.-])${day}([-._ ])${month}\\1${year}(?!\\d)`,
    `(?<!\\d)${day}${month}${year}(?!\\d)`,
  ];
  return orders.flatMap((order) =>
    [...text.matchAll(new RegExp(order, 'g'))].flatMap((match): TextMark[] =>
      camera.test(text.slice(0, match.index)) || unsetClock.test(match[0])
        ? []
        : [{ mark: 'birthDate', start: match.index, end: match.index + match[0].length }],
    ),
  );
}

/** A given name beside another word that may be a surname, in the same case: Anna_Muster, MUSTER-ANNA, but not annaMuster. */
function personNames(text: string, ordinary: ReadonlySet<string>): TextMark[] {
  const words = [...text.matchAll(/\p{Lu}?\p{Ll}+|\p{Lu}+/gu)].map((match) => ({
    text: match[0],
    plain: plainOf(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
  const isSurname = ({ plain }: { plain: string }) =>
    plain.length >= 3 && !ordinary.has(plain) && !everydayWords.has(plain);
  return words.flatMap((first, i): TextMark[] => {
    const second = words[i + 1];
    if (!second || caseOf(first.text) !== caseOf(second.text)) return [];
    if (!/^[\s_.,-]{0,2}$/.test(text.slice(first.end, second.start))) return [];
    const isName = [
      [first, second],
      [second, first],
    ].some(([given, other]) => givenNames.has(given!.plain) && !ordinary.has(given!.plain) && isSurname(other!));
    return isName ? [{ mark: 'personName', start: first.start, end: second.end }] : [];
  });
}

const plainOf = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const caseOf = (text: string): 'upper' | 'lower' | 'capitalised' => {
  if (text === text.toLowerCase()) return 'lower';
  return text.length > 1 && text === text.toUpperCase() ? 'upper' : 'capitalised';
};

/** Words that form no full name beside a given name: Julia set, Simon's photo. */
const everydayWords: ReadonlySet<string> = new Set(
  `and the for with from set sets img image images photo photos picture pic scan scans xray ray view left right front back side
  frontal lateral test train val sample samples copy edited final crop cropped mask original new old day night small large big
  black white red green blue brown virus bacteria normal pneumonia class dataset data frame video camera phone house car dog cat
  hand foot knee arm leg eye ear head chest breast hip shoulder ankle wrist elbow lung lungs tooth teeth skin spine skull heart brain
  street park river lake island beach church school hospital airport station bridge tower square market zoo garden`.split(
    /\s+/,
  ),
);
