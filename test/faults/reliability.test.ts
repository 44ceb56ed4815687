// docs/reliability.md against the tests: 64 faults, each with tests that exist under these names, or the reason why none holds it.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const document = readFileSync(join(root, 'docs', 'reliability.md'), 'utf8');

interface Row {
  readonly number: number;
  readonly held: readonly string[];
}

const rows: readonly Row[] = document.split('\n').flatMap((line) => {
  const cells = /^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/.exec(line);
  return cells ? [{ number: Number(cells[1]), held: cells[4]!.split('<br>') }] : [];
});

/** File below test/ and start of the name of a test; undefined: a sentence that explains why there is none. */
function testOf(held: string): { readonly file: string; readonly name: string } | undefined {
  const [, file, name] = /^\*\*(\S+)\*\*: (.+)$/.exec(held) ?? [];
  return file === undefined ? undefined : { file: `test/${file}.test.ts`, name: name!.replace(/…$/, '') };
}

/** Names as in the source; those with cases up to the first case. */
const namesIn = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/\b(?:test|step)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs)].map(
    ([, , name]) => name!.replace(/\\(['"`\\])/g, '$1'),
  );

test('docs/reliability.md lists each of the 64 faults once, and counts those that tests hold', () => {
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 64 }, (_, i) => i + 1),
  );
  const unheld = rows.filter(({ held }) => held.some((each) => testOf(each) === undefined));
  for (const { number, held } of unheld)
    for (const each of held) assert.match(each, /^Not held: .{20,}\.$/, `fault ${number} has neither test nor reason`);
  assert.ok(document.includes(`${64 - unheld.length} of 64 faults`), `${64 - unheld.length} of 64 are held`);
});

test('docs/reliability.md names tests that exist', () => {
  const gone = rows.flatMap(({ number, held }) =>
    held.flatMap((each) => {
      const named = testOf(each);
      if (!named) return [];
      const { file, name } = named;
      const known = existsSync(join(root, file)) ? namesIn(file) : [];
      const found = each.endsWith('…') ? known.some((one) => one.startsWith(name)) : known.includes(name);
      return found ? [] : [`fault ${number}: ${file} has no test "${name}"`];
    }),
  );
  assert.deepEqual(gone, []);
});

test('docs/reliability.md names every test of the fault suite', () => {
  const named = new Set(rows.flatMap(({ held }) => held.map((each) => testOf(each)?.name)));
  const unnamed = globSync('test/faults/*.test.ts', { cwd: root })
    .filter((file) => !file.endsWith('reliability.test.ts'))
    .flatMap((file) => namesIn(file).filter((name) => !name.includes('${') && !named.has(name)));
  assert.deepEqual(unnamed, []);
});
