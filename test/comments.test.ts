// Comments are English that every engineer reads at once (docs/style.md): patterns of a dialect that this project once had do not return.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { plainerWords } from './support/plainerWords.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders whose comments are checked, all below them included. */
const rooms = ['runner', 'shared', 'src', 'webview', 'scripts', 'test'];

interface Comment {
  readonly where: string;
  /** Without its delimiters, its lines joined. */
  readonly text: string;
  readonly isDoc: boolean;
}

/** Comments on lines of their own, of which neighbors form one, and those at the ends of lines. */
function commentsOf(name: string, source: string): Comment[] {
  const comments: { where: string; text: string; isDoc: boolean }[] = [];
  let open: 'block' | 'line' | undefined;
  const begin = (line: number, text: string, isDoc: boolean) =>
    comments.push({ where: `${name}:${line}`, text: text.trim(), isDoc });
  const extend = (text: string) => {
    const last = comments.at(-1)!;
    last.text = `${last.text} ${text.trim()}`.trim();
  };
  for (const [i, raw] of source.split('\n').entries()) {
    const line = raw.trim();
    const body = line.replace(/^(\/\*\*?|\*(?!\/)|\/\/)/, '').replace(/\*\/$/, '');
    if (open === 'block') {
      extend(body);
      if (line.endsWith('*/')) open = undefined;
    } else if (line.startsWith('/*')) {
      begin(i + 1, body, line.startsWith('/**'));
      open = line.includes('*/') ? undefined : 'block';
    } else if (line.startsWith('//')) {
      if (open === 'line') extend(body);
      else begin(i + 1, body, false);
      open = 'line';
    } else {
      open = undefined;
      const trailing = /(?<!:)\s\/\/\s(.*)$|\s\/\*\*(.*)\*\//.exec(raw);
      if (trailing) begin(i + 1, trailing[1] ?? trailing[2]!, trailing[2] !== undefined);
    }
  }
  return comments;
}

const things =
  'file|log|run|graph|panel|engine|page|header|name|program|device|driver|disk|table|message|model|recipe|it';
const dialect: readonly (readonly [pattern: RegExp, plainer: string])[] = [
  ...plainerWords,
  [/\b(who(ever)?|what) asks\b/i, 'the client, the caller'],
  [/\bgo(es)? by\b/i, 'uses, follows'],
  [/\blies? (in the (folder|file|log|cache|run)|beside|below|there|on (the|its) disk)\b/i, 'is'],
  [new RegExp(`\\b(${things}) (knows|tells|speaks|meets|owes)\\b`, 'i'), 'contains, records, reports, receives'],
  [/\bfor want of\b/i, 'without'],
  [/^(<{7}|={7}|>{7})( |$)/, 'resolve the conflict'],
];
/** A doc comment must make sense without the name below it. */
const openings = /^(Of|As|What|Where|Who|Whose|Those|That|To be) /;

function oddIn({ where, text, isDoc }: Comment): string[] {
  const found = dialect
    .filter(([pattern]) => pattern.test(text))
    .map(([, plainer]) => `${where} ${text} (write: ${plainer})`);
  return isDoc && openings.test(text) ? [...found, `${where} ${text} (begin with a noun phrase or a verb)`] : found;
}

test('comments use the words of the field, and doc comments begin with what they describe', () => {
  const comments = rooms
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${room}/${name.replaceAll('\\', '/')}`,
      ),
    )
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => commentsOf(file, readFileSync(join(root, file), 'utf8')));
  assert.ok(comments.length > 1500);
  assert.deepEqual(comments.flatMap(oddIn), []);
});

test('commentsOf() reads blocks, neighboring lines and the ends of lines, and no address', () => {
  const source = [
    '/** One. */',
    'f(); // two',
    '// three',
    '// four',
    "const address = 'http://x';",
    '/**',
    ' * Five,',
    ' * six.',
    ' */',
  ];
  assert.deepEqual(commentsOf('a.ts', source.join('\n')), [
    { where: 'a.ts:1', text: 'One.', isDoc: true },
    { where: 'a.ts:2', text: 'two', isDoc: false },
    { where: 'a.ts:3', text: 'three four', isDoc: false },
    { where: 'a.ts:6', text: 'Five, six.', isDoc: true },
  ]);
});

test('oddIn() finds words of the dialect, and leaves plain English alone', () => {
  const count = (text: string, isDoc = false) => oddIn({ where: '', text, isDoc }).length;
  for (const text of ['who asks is gone', 'The log knows it.', 'It is told of events.', 'the files lie in the cache'])
    assert.equal(count(text), 1, text);
  assert.equal(count('Of its device.', true), 1);
  for (const text of [
    'the point lies within',
    'classes that cannot be told apart',
    'Whether it is met exactly',
    'a fake stands in for it',
  ])
    assert.equal(count(text, true), 0, text);
});
