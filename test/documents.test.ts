// Documents against the code: links, file names, and the tables of ARCHITECTURE.md.
import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RunEvent } from '../shared/contracts/events.ts';
import { files } from '../shared/contracts/run.ts';
import { compareProtocol } from '../shared/messages/compare.ts';
import { evaluationProtocol } from '../shared/messages/evaluation.ts';
import { explanationProtocol } from '../shared/messages/explanation.ts';
import { runProtocol } from '../shared/messages/run.ts';
import { sheetProtocol } from '../shared/messages/sheet.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const posix = (file: string): string => file.replaceAll('\\', '/');

const documents = globSync(['*.md', 'docs/**/*.md', 'samples/*.md'], { cwd: root }).map(posix);
const architecture = read('ARCHITECTURE.md');

const section = (heading: string): string => {
  const [, after] = architecture.split(`\n## ${heading}\n`);
  assert.ok(after, `ARCHITECTURE.md has no section "${heading}"`);
  return after.split('\n## ')[0]!;
};
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));
/** Inline code, without fenced blocks. */
const codeIn = (text: string): string[] =>
  [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
const sorted = (names: readonly string[]): string[] => [...names].sort();

/** Anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

test('every relative link in a document points to an existing file, and to an existing heading where it names one', () => {
  assert.ok(documents.includes('README.md') && documents.includes('docs/privacy.md'));
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
      if (/^[a-z]+:/.test(link!)) return [];
      const [path, anchor] = link!.split('#') as [string, string?];
      const target = path === '' ? document : posix(join(dirname(document), path));
      if (!existsSync(join(root, target))) return [`${document} links to ${link}, which does not exist`];
      if (anchor === undefined) return [];
      const anchors = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));
      return anchors.includes(anchor) ? [] : [`${document} links to ${link}, a heading that does not exist`];
    }),
  );
  assert.deepEqual(broken, []);
});

test('every source file that a document names exists', () => {
  const sources = globSync('{shared,runner,src,webview,scripts,test}/**/*.ts', { cwd: root }).map(posix);
  const isNamed = (name: string) => sources.some((file) => file === name || file.endsWith(`/${name}`));
  const gone = documents
    .filter((document) => document !== 'CHANGELOG.md')
    .flatMap((document) =>
      codeIn(read(document))
        .filter((code) => /^[\w./-]*\w\.ts$/.test(code) && !isNamed(code))
        .map((code) => `${document} names ${code}, which does not exist`),
    );
  assert.deepEqual(gone, []);
});

test('the code map of ARCHITECTURE.md has exactly one row for each room', () => {
  const rooms = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && ['shared', 'runner', 'src', 'webview'].includes(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(root, name), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => posix(`${join(entry.parentPath, entry.name)}`).slice(posix(root).length)),
    )
    .filter((room) => readdirSync(join(root, room)).some((name) => /\.ts$/.test(name)));
  const rows = rowsOf(section('Code map'))
    .flatMap(([room]) => codeIn(room!).slice(0, 1))
    // A file beside the rooms may have a row, too.
    .filter((room) => !room.endsWith('.ts'))
    .map((room) => room.replace(/\/$/, ''));
  assert.deepEqual(sorted(rows), sorted(rooms));
});

test('ARCHITECTURE.md lists exactly the messages of all panels', () => {
  const protocols = {
    'shared/messages/run.ts': runProtocol,
    'shared/messages/compare.ts': compareProtocol,
    'shared/messages/sheet.ts': sheetProtocol,
    'shared/messages/evaluation.ts': evaluationProtocol,
    'shared/messages/explanation.ts': explanationProtocol,
  };
  const rows = rowsOf(section('Messages')).filter((cells) => cells.length === 4 && codeIn(cells[1]!).length === 1);
  assert.deepEqual(sorted(rows.map(([, file]) => codeIn(file!)[0]!)), sorted(Object.keys(protocols)));
  for (const [panel, file, toHost, toPage] of rows) {
    const { sent, received } = protocols[codeIn(file!)[0] as keyof typeof protocols];
    const typesOf = (union: typeof sent | typeof received) => union.options.map(({ shape }) => shape.type.value);
    assert.deepEqual(sorted(codeIn(toHost!)), sorted(typesOf(sent)), `${panel}, page to host`);
    assert.deepEqual(sorted(codeIn(toPage!)), sorted(typesOf(received)), `${panel}, host to page`);
  }
});

test('ARCHITECTURE.md lists exactly the RunEvents of the contract', () => {
  const [, list] = /^RunEvents \([^)]*\): (.+)\.$/m.exec(section('Messages')) ?? [];
  assert.ok(list, 'the list of RunEvents');
  assert.deepEqual(sorted(codeIn(list)), sorted(RunEvent.options.map(({ shape }) => shape.type.value)));
});

test('ARCHITECTURE.md lists exactly the files of a run folder', () => {
  const { isTable: _, table, sample, predictions, epochPredictions, ...plain } = files;
  const hash = '0123456789abcdef'.repeat(4);
  const named = [
    ...Object.values(plain),
    table('field', hash).replace('field-0123456789abcdef', '<field>-<hash>'),
    sample(0).replace('00', 'NN'),
    predictions('val'),
    predictions('test'),
    epochPredictions(0).replace('0000', 'NNNN'),
  ];
  const listed = rowsOf(section('A run folder')).flatMap(([file]) => codeIn(file!));
  const withoutSlash = (name: string) => name.replace(/\/$/, '').replace('/<id>', '');
  assert.deepEqual(sorted(listed.map(withoutSlash)), sorted(named));
});

test('docs/decisions/README.md lists every decision by number and title', () => {
  const records = globSync('docs/decisions/[0-9]*.md', { cwd: root }).map(posix).sort();
  const wanted = records.map((file, i) => {
    const [heading, , status] = read(file).split('\n');
    assert.match(status!, /^\*(Accepted|Superseded by \d+), .+\*$/, `${file}: its third line is the status`);
    const [, number, title] = /^# (\d+)\. (.+)$/.exec(heading!) ?? [];
    assert.equal(Number(number), i + 1, file);
    assert.equal(basename(file).slice(0, 4), number!.padStart(4, '0'), file);
    return `| ${number} | [${title}](${basename(file)}) |`;
  });
  const listed = read('docs/decisions/README.md')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split('|').slice(0, 3).join('|') + '|');
  assert.deepEqual(listed, wanted);
});

test('README and the guide refer to commands by their titles', () => {
  const titles = Object.values(JSON.parse(read('package.nls.json')) as Record<string, string>);
  const named = ['README.md', 'docs/using.md'].flatMap((document) =>
    [...read(document).matchAll(/\*\*(Shoulders: [^*]+|[A-Z][^*]*…)\*\*/g)].map(([, name]) => name!),
  );
  assert.ok(named.length > 5, 'no command found: has the way to write them changed?');
  const unknown = named.filter((name) => !titles.includes(name.replace('Shoulders: ', '')));
  assert.deepEqual([...new Set(unknown)], []);
});
