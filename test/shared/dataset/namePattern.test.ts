import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { groupingBy } from '../../../shared/dataset/groups.ts';
import { namePattern, patternProblem } from '../../../shared/dataset/namePattern.ts';
import { assertProperty } from '../../support/property.ts';

const characters = [
  ...['a', 'b', '1', '_', '-', 'é', '\\d', '\\w', '.', '\\.', '\\s', '\\S', '[ab]', '[^a]', '[\\d_-]', '\\b', '^', '$'],
  ...['\\p{L}', '\\P{Lu}', '\\p{Script=Greek}', '\\u{1F600}', '[^\\W\\d]', '[\\s\\S]', '[a-c1-3]', '\\u0061', '\\x62'],
];
const quantifiers = ['', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,2}', '{2,}', '*?', '+?', '??', '{0}', '{1,3}?'];
const isPlace = (pattern: string) => ['\\b', '^', '$'].includes(pattern);
const { alternatives } = fc.letrec<{ alternatives: string; sequence: string; part: string }>((tie) => ({
  alternatives: fc.oneof(
    { depthSize: 'small' },
    tie('sequence'),
    fc.tuple(tie('sequence'), tie('sequence')).map((both) => both.join('|')),
  ),
  sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { depthSize: 'small' },
    fc
      .tuple(fc.constantFrom(...characters), fc.constantFrom(...quantifiers))
      .map(([one, times]) => (isPlace(one) ? one : one + times)),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?<id>'), tie('alternatives'), fc.constantFrom(...quantifiers))
      .map(([opening, inside, times]) => `${opening}${inside})${times}`),
  ),
}));
const names = fc
  .array(fc.constantFrom('a', 'b', '1', '_', '-', 'é', 'λ', '😀', ' ', '\n', '.', '\u2028'), { maxLength: 8 })
  .map((parts) => parts.join(''));

/** undefined: JavaScript refuses it, too. */
const javaScripts = (pattern: string): RegExp | undefined => {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
};

test('namePattern() matches what JavaScript matches, and captures the same first group', async () => {
  let [drawn, compared] = [0, 0];
  await assertProperty(
    fc.asyncProperty(alternatives, fc.array(names, { minLength: 4, maxLength: 4 }), async (pattern, texts) => {
      drawn++;
      const expected = javaScripts(pattern);
      if (expected === undefined || patternProblem(pattern) !== undefined) return;
      const actual = await namePattern(pattern);
      for (const text of texts) {
        const match = expected.exec(text);
        assert.deepEqual(actual(text), match && { whole: match[0], first: match[1] }, `${pattern} in ${text}`);
        compared++;
      }
    }),
    { numRuns: 400 },
  );
  // The longer run of the properties may be cut short by its time limit.
  assert.ok(compared > 200 || drawn < 400, `${compared} compared in ${drawn} cases`);
});

test('namePattern() clears its first group at each repetition, as JavaScript does', async () => {
  const pattern = '^(?:(?:P(\\d)|x)_)+';
  for (const text of ['P1_x_', 'x_P2_', 'P1_P2_', 'P1_x_P3_', 'x_'])
    assert.equal((await namePattern(pattern))(text)?.first, new RegExp(pattern, 'u').exec(text)?.[1], text);
  // A group that can be empty is in every round, or a group that a round can leave out is not empty.
  for (const pattern of ['^(?:P(\\d*)_)+', '^(?:P(\\d+)|_)+', '^(?:P(\\d*)|x)?_'])
    for (const text of ['P1_P_', 'P_P1_', 'P1__', '_P2_'])
      assert.equal((await namePattern(pattern))(text)?.first, new RegExp(pattern, 'u').exec(text)?.[1], text);
});

test('namePattern() treats the same code points as spaces as JavaScript', async () => {
  const [space, other] = [await namePattern('^\\s$'), await namePattern('^\\S$')];
  for (let code = 0; code <= 0x10ffff; code += code < 0x3100 || code > 0xfe00 ? 1 : 97) {
    const text = String.fromCodePoint(code);
    assert.equal(space(text) !== null, /^\s$/u.test(text), code.toString(16));
    assert.equal(other(text) !== null, /^\S$/u.test(text), code.toString(16));
  }
});

test('namePattern() runs in linear time for patterns that never end in JavaScript', async () => {
  const name = `${'a'.repeat(5000)}!`;
  for (const pattern of ['^(([a-z])+.)+[A-Z]([a-z])+$', '^(a+)+$', '^(a|aa)+$', '^(?:a|b|ab)+c', '(\\w+\\s?)+$!']) {
    const find = await namePattern(pattern);
    const startMs = performance.now();
    find(name);
    assert.ok(performance.now() - startMs < 5000, pattern);
  }
});

const refused: [what: string, pattern: string, words: RegExp][] = [
  ['a pattern that JavaScript refuses', '(', /valid regular expression/],
  ['look-behind', '(?<=ID-)\\d+', /looks behind by \(\?<=…\).*put brackets around.*ID-\(\\d\+\)/],
  ['look-behind that denies', '(?<!ID-)\\d+', /looks behind by \(\?<!…\)/],
  ['look-ahead', '\\d+(?=_)', /looks ahead by \(\?=…\)/],
  ['look-ahead that denies', '\\d+(?!_)', /looks ahead by \(\?!…\)/],
  ['a back-reference', '(\\d+)_\\1', /refers back to a group by \\1/],
  ['a back-reference by name', '(?<id>\\d+)_\\k<id>', /refers back to a group by \\k<id>/],
  ['a repeated part that can be empty', '^(\\d*)?_', /can be empty, \(\\d\*\)/],
  [
    'a repeated part whose group can be empty or left out',
    '^(?:P(\\d*)|x)+_',
    /can leave out its group.*\(\\d\+\) for \(\\d\*\)/,
  ],
  ['an exactly repeated part of that kind', '(?:[\\d_-]()|){2}|', /can leave out its group/],
  ['too many steps', '(?:\\w{1,30}_){30}', /repeats too much/],
  ['more repetitions than RE2 has', '\\d{2000}', /more than 1000 times/],
  ['a long text', 'a'.repeat(1001), /longer than 1000 characters/],
];
for (const [what, pattern, words] of refused)
  test(`a group pattern with ${what} is refused, with advice on what to write`, async () => {
    assert.match(patternProblem(pattern) ?? 'accepted', words);
    await assert.rejects(namePattern(pattern), { name: 'UserError', code: 'recipeInvalid' });
  });

test('a run that began with a group pattern keeps it where only a newer version refuses it', async () => {
  const pattern = '^(?:P(\\d*)|x)+_';
  assert.equal(patternProblem(pattern, 'recorded'), undefined);
  assert.equal((await namePattern(pattern, 'recorded'))('P7_1.png')?.first, '7');
  assert.equal((await groupingBy({ groups: 'pattern', groupPattern: pattern }))(placed('cat/P7_1.png')), '7');
  // No version since has read it.
  assert.match(patternProblem('(\\d+)_\\1', 'recorded') ?? 'accepted', /refers back/);
});

const placed = (relativePath: string) => ({ relativePath, split: null });

test('parentheses in a character class and escaped ones form no groups', async () => {
  assert.deepEqual((await namePattern('[(?=]\\((a)[)\\]-]'))('((a-'), { whole: '((a-', first: 'a' });
});
