// The help of every command matches help.txt, which users and their scripts rely on. A change there is a change of the command line.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Command } from 'commander';

// Set before the options are created, because the folder is printed as a default.
process.env.XDG_CACHE_HOME = '/c';
const { createProgram } = await import('../../../runner/cli/program.ts');

const expected = new Map(
  readFileSync(new URL('help.txt', import.meta.url), 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((part): [string, string] => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
);
const program = createProgram({ json: false });
const commands = [program, ...program.commands];

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 80,
  });
  command.outputHelp();
  return text;
}

test('help.txt covers every command', () => {
  assert.deepEqual(
    commands.map((command) => command.name()),
    [...expected.keys()],
  );
});

const skip = process.platform !== 'linux' && 'the cache folder is another there';
for (const command of commands)
  test(`the help of ${command.name()} equals its section of help.txt`, { skip }, () =>
    assert.equal(helpOf(command), expected.get(command.name())),
  );
