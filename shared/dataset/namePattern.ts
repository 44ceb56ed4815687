// Patterns from recipes: JavaScript's syntax (with the flag u) and results, from an engine whose time is linear in the
// text. JavaScript's own engine backtracks: a pattern such as (\w+)+- on one long name could run for hours, and
// neither a signal nor a time limit could end it. RE2 (here re2js) has a syntax of its own, so the pattern is translated; features
// that linear time rules out, or that RE2 treats differently, are refused.
// Absent: the choice of the text, the meaning of a match (groups.ts).
import type { RE2JS } from 're2js';
import { UserError } from '../contracts/errors.ts';

export interface NameMatch {
  readonly whole: string;
  /** Text of the first capture group; undefined: there is none, or it took no part in the match. */
  readonly first: string | undefined;
}

export type NamePattern = (text: string) => NameMatch | null;

/** recorded: of a run that an older version began, which had fewer reasons to refuse one. */
export type PatternOrigin = 'new' | 'recorded';

/** @throws UserError recipeInvalid with the reason of patternProblem() */
export async function namePattern(source: string, origin: PatternOrigin = 'new'): Promise<NamePattern> {
  const read = readPattern(source, origin);
  if ('problem' in read) throw new UserError('recipeInvalid', { field: 'groupPattern', reason: read.problem });
  // Its tables take a tenth of a second, so they are loaded only for a pattern.
  const { RE2JS } = await import('re2js');
  const engine = RE2JS.compile(read.re2);
  return (text) => matchOf(engine, read, text);
}

/** Reason why a pattern cannot be used, completing "…: {problem}."; undefined: it can. */
export function patternProblem(source: string, origin: PatternOrigin = 'new'): string | undefined {
  const read = readPattern(source, origin);
  return 'problem' in read ? read.problem : undefined;
}

/** `re2`: in RE2's syntax, where groups 1 to `rounds` are the repeated parts around the first group, and the next is that group itself. */
interface Read {
  readonly re2: string;
  readonly hasFirst: boolean;
  readonly rounds: number;
}

function matchOf(engine: RE2JS, { hasFirst, rounds }: Read, text: string): NameMatch | null {
  const match = engine.matcher(text);
  if (!match.find()) return null;
  const whole = match.group(0) ?? '';
  const first = rounds + 1;
  if (!hasFirst || match.start(first) < 0) return { whole, first: undefined };
  // At each round of a repetition JavaScript resets the groups inside; RE2 keeps their text from the round before.
  for (let round = 1; round <= rounds; round++)
    if (match.start(first) < match.start(round) || match.end(first) > match.end(round))
      return { whole, first: undefined };
  return { whole, first: match.group(first) ?? undefined };
}

/** Steps of the compiled pattern: matching takes their number times the length of the name. */
const mostSteps = 500;
const mostCharacters = 1000;

class Unusable extends Error {}

function readPattern(source: string, origin: PatternOrigin): Read | { readonly problem: string } {
  if (source.length > mostCharacters) return { problem: `it is longer than ${mostCharacters} characters` };
  try {
    new RegExp(source, 'u'); // checks the syntax; nothing is matched
  } catch {
    return { problem: 'it must be a valid regular expression' };
  }
  try {
    const reader = new Reader(source, origin);
    const { re2, steps } = reader.alternatives();
    if (steps > mostSteps) throw new Unusable('it repeats too much: shorten it, or repeat its parts less often');
    return { re2, hasFirst: reader.groups > 0, rounds: reader.rounds };
  } catch (error) {
    if (error instanceof Unusable) return { problem: error.message };
    throw error;
  }
}

/** A part of the pattern in RE2's syntax. */
interface Part {
  readonly re2: string;
  readonly steps: number;
  /** True if it can match the empty text. */
  readonly maybeEmpty: boolean;
  readonly holdsFirst: boolean;
  /** True if it can match without its first group. */
  readonly maybeWithoutFirst: boolean;
  /** True if its first group can match the empty text. */
  readonly maybeFirstEmpty: boolean;
}

const withoutFirst = { holdsFirst: false, maybeWithoutFirst: true, maybeFirstEmpty: false };
const nothing: Part = { re2: '', steps: 0, maybeEmpty: true, ...withoutFirst };
const oneOf = (re2: string): Part => ({ re2, steps: 1, maybeEmpty: false, ...withoutFirst });
const place = (re2: string): Part => ({ re2, steps: 1, maybeEmpty: true, ...withoutFirst });

/** Reads a pattern that JavaScript accepts, so only differences need attention. */
class Reader {
  groups = 0;
  rounds = 0;
  readonly #source: string;
  readonly #origin: PatternOrigin;
  #at = 0;

  constructor(source: string, origin: PatternOrigin) {
    this.#source = source;
    this.#origin = origin;
  }

  alternatives(): Part {
    let all = this.#sequence();
    while (this.#takes('|')) {
      const next = this.#sequence();
      all = {
        re2: `${all.re2}|${next.re2}`,
        steps: all.steps + next.steps + 1,
        maybeEmpty: all.maybeEmpty || next.maybeEmpty,
        holdsFirst: all.holdsFirst || next.holdsFirst,
        maybeWithoutFirst: all.maybeWithoutFirst || next.maybeWithoutFirst,
        maybeFirstEmpty: all.maybeFirstEmpty || next.maybeFirstEmpty,
      };
    }
    return all;
  }

  #sequence(): Part {
    let all = nothing;
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      const next = this.#quantified();
      all = {
        re2: all.re2 + next.re2,
        steps: all.steps + next.steps,
        maybeEmpty: all.maybeEmpty && next.maybeEmpty,
        holdsFirst: all.holdsFirst || next.holdsFirst,
        maybeWithoutFirst: all.maybeWithoutFirst && next.maybeWithoutFirst,
        maybeFirstEmpty: all.maybeFirstEmpty || next.maybeFirstEmpty,
      };
      if (all.steps > 1e6) throw new Unusable('it repeats too much: shorten it, or repeat its parts less often');
    }
    return all;
  }

  #quantified(): Part {
    const from = this.#at;
    const part = this.#atom();
    const written = this.#match(/(?:[*+?]|\{(\d+)(,(\d*))?\})\??/y);
    if (written === undefined) return part;
    const [quantifier, low, range, high] = written;
    const least = low !== undefined ? Number(low) : quantifier.startsWith('+') ? 1 : 0;
    const most =
      low === undefined
        ? quantifier.startsWith('?')
          ? 1
          : Number.POSITIVE_INFINITY
        : range === undefined
          ? least
          : high
            ? Number(high)
            : Number.POSITIVE_INFINITY;
    // Rounds with an empty match do not count in JavaScript, but count once in RE2.
    if (part.maybeEmpty && most > least)
      throw new Unusable(
        `it repeats a part that can be empty, ${shown(this.#source.slice(from, this.#at))}: let each repetition match at least one character, as in (\\d+)? for (\\d*)?`,
      );
    const times = Number.isFinite(most) ? most : least + 1;
    if (times > 1000) throw new Unusable('it repeats a part more than 1000 times: repeat it less often, or use +');
    const isRound = part.holdsFirst && most > 1;
    // RE2 keeps the empty text of an earlier round, whose place may be the start of the last one: matchOf() could not tell them apart.
    if (isRound && part.maybeWithoutFirst && part.maybeFirstEmpty && this.#origin === 'new')
      throw new Unusable(
        `it repeats a part, ${shown(this.#source.slice(from, this.#at))}, that can leave out its group, and the group can be empty: let the group match at least one character, as in (\\d+) for (\\d*)`,
      );
    if (isRound) this.rounds++;
    const inner = isRound ? `(${part.re2})` : `(?:${part.re2})`;
    return {
      re2: inner + quantifier,
      steps: part.steps * Math.max(1, times) + 2,
      maybeEmpty: part.maybeEmpty || least === 0,
      holdsFirst: part.holdsFirst,
      maybeWithoutFirst: part.maybeWithoutFirst || least === 0,
      maybeFirstEmpty: part.maybeFirstEmpty,
    };
  }

  #atom(): Part {
    if (this.#takes('(')) return this.#group();
    if (this.#takes('[')) return this.#class();
    if (this.#takes('^')) return place('\\A');
    if (this.#takes('$')) return place('\\z');
    if (this.#takes('.')) return oneOf('[^\\n\\r\\x{2028}\\x{2029}]');
    if (this.#takes('\\b')) return place('\\b');
    if (this.#takes('\\B')) return place('\\B');
    const back = this.#match(/\\(?:[1-9]\d*|k<[^>]*>)/y);
    if (back)
      throw new Unusable(
        `it refers back to a group by ${back[0]}, which takes unbounded time: write what the group may hold a second time`,
      );
    const set = this.#set();
    return oneOf(set === undefined ? codePoint(this.#character()) : `[${set}]`);
  }

  #group(): Part {
    const kind = this.#match(/\?(?:<?[=!]|:|<[^>]*>|[a-z-]+:)/y)?.[0];
    if (kind !== undefined && /[=!]$/.test(kind))
      throw new Unusable(
        `it looks ${kind.includes('<') ? 'behind' : 'ahead'} by (${kind}…), which takes unbounded time: match that part, too, and put brackets around the one that names the group, as in ID-(\\d+)`,
      );
    if (kind !== undefined && /^\?[a-z-]+:$/.test(kind))
      throw new Unusable(
        `it changes flags by (${kind}…), which not every version can do: write [Pp] for p in any case`,
      );
    const isFirst = kind !== '?:' && ++this.groups === 1;
    const inner = this.alternatives();
    this.#at++; // )
    return {
      ...inner,
      re2: isFirst ? `(${inner.re2})` : `(?:${inner.re2})`,
      steps: inner.steps + (isFirst ? 2 : 0),
      holdsFirst: isFirst || inner.holdsFirst,
      maybeWithoutFirst: !isFirst && inner.maybeWithoutFirst,
      maybeFirstEmpty: isFirst ? inner.maybeEmpty : inner.maybeFirstEmpty,
    };
  }

  #class(): Part {
    const negated = this.#takes('^');
    let items = '';
    while (!this.#takes(']')) {
      const set = this.#set();
      if (set !== undefined) {
        items += set;
        continue;
      }
      const low = this.#classCharacter();
      // A - before a set or the end is a literal.
      const isRange = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']';
      if (isRange) this.#at++;
      items += isRange ? `${codePoint(low)}-${codePoint(this.#classCharacter())}` : codePoint(low);
    }
    if (items === '') return oneOf(negated ? any : `[^${any.slice(1)}`);
    return oneOf(`[${negated ? '^' : ''}${items}]`);
  }

  #classCharacter(): number {
    return this.#takes('\\b') ? 8 : this.#character();
  }

  /** \d and the like, in the form used inside [brackets]. */
  #set(): string | undefined {
    const set = this.#match(/\\([dDwW])/y)?.[0];
    if (set !== undefined) return set;
    const property = this.#match(/\\(?:[sS]|[pP]\{[^}]*\})/y)?.[0];
    return property === undefined ? undefined : rangesOf(property);
  }

  #character(): number {
    const pair = this.#match(/\\u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})/y);
    if (pair) return String.fromCharCode(hex(pair[1]!), hex(pair[2]!)).codePointAt(0)!;
    const number = this.#match(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]+)\})/y);
    if (number) return hex(number[1] ?? number[2] ?? number[3]!);
    const control = this.#match(/\\c([A-Za-z])/y);
    if (control) return control[1]!.charCodeAt(0) % 32;
    const escaped = this.#takes('\\');
    const code = this.#source.codePointAt(this.#at)!;
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return escaped ? (controls.get(character) ?? code) : code;
  }

  #takes(text: string): boolean {
    const found = this.#source.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  /** @param pattern  sticky and ours, without nested repetition */
  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source) ?? undefined;
    if (match) this.#at += match[0].length;
    return match;
  }
}

const any = '[\\x{0}-\\x{10FFFF}]';
const controls = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['f', 12],
  ['0', 0],
]);

const hex = (digits: string) => Number.parseInt(digits, 16);
const codePoint = (code: number) => `\\x{${code.toString(16)}}`;
const shown = (part: string) => (part.length > 40 ? `${part.slice(0, 40)}…` : part);

// ECMAScript's definition; RE2's \s covers ASCII only.
const spaces =
  '\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const notSpaces =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';
const known = new Map([
  ['\\s', spaces],
  ['\\S', notSpaces],
]);

/** Code points of \p{L} and the like in this JavaScript, as ranges for a class, whatever version of Unicode RE2 has. */
function rangesOf(set: string): string {
  const before = known.get(set);
  if (before !== undefined) return before;
  const pattern = new RegExp(`^${set}$`, 'u');
  let ranges = '';
  let low: number | undefined;
  for (let code = 0; code <= 0x110000; code++) {
    const isIn = code < 0x110000 && pattern.test(String.fromCodePoint(code));
    if (isIn) low ??= code;
    else if (low !== undefined) {
      ranges += low === code - 1 ? codePoint(low) : `${codePoint(low)}-${codePoint(code - 1)}`;
      low = undefined;
    }
  }
  if (ranges === '') throw new Unusable(`${set} matches no character: leave it out`);
  known.set(set, ranges);
  return ranges;
}
