// Runs test files by node:test, each in its own process, and collects their results.
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));

export interface TestsSeen {
  readonly passed: number;
  /** `text` is complete, with name and file. */
  readonly failures: readonly { readonly file: string; readonly name: string; readonly text: string }[];
  /** One line each, with the reason. */
  readonly skipped: readonly string[];
}

/**
 * @param files      paths from the project's root
 * @param fileEnded  gets one line for each file
 */
export async function runTestFiles(
  files: readonly string[],
  options: { readonly concurrency: number; readonly fileEnded: (line: string) => void },
): Promise<TestsSeen> {
  const failures: { file: string; name: string; text: string }[] = [];
  const skipped: string[] = [];
  let passed = 0;
  if (files.length === 0) return { passed, failures, skipped };
  const printed = new Map<string, string[]>();
  const paths = files.map((file) => join(root, file));
  for await (const event of run({ files: paths, concurrency: options.concurrency, timeout: 15 * 60_000 })) {
    switch (event.type) {
      case 'test:stdout':
      case 'test:stderr':
        printed.set(event.data.file, [...(printed.get(event.data.file) ?? []), event.data.message]);
        break;
      case 'test:pass': {
        const { name, details, skip, todo, file } = event.data;
        if (skip || todo) skipped.push(`${fileName(file)}: ${name} (${reasonOf(skip ?? todo)})`);
        else if (details.type !== 'suite') passed++;
        break;
      }
      case 'test:fail': {
        const { name, details, file } = event.data;
        if (hasOnlyFailingParts(details.error)) break;
        const said = name === file ? (printed.get(file) ?? []).join('') : '';
        const title = name === file ? 'the file itself' : name;
        const text = `✖ ${fileName(file)}: ${title}\n${described(details.error)}${said}`;
        failures.push({ file: fileName(file), name: title, text });
        break;
      }
      case 'test:summary': {
        const { file, counts, duration_ms, success } = event.data;
        if (file === undefined) break;
        options.fileEnded(`${success ? '✔' : '✖'} ${fileName(file)}: ${countsText(counts)} (${seconds(duration_ms)})`);
        break;
      }
    }
  }
  return { passed, failures, skipped };
}

function countsText({
  tests,
  passed,
  skipped,
  todo,
}: Readonly<Record<'tests' | 'passed' | 'skipped' | 'todo', number>>): string {
  const left = skipped + todo;
  const failed = tests - passed - left;
  return [`${passed} passed`, failed > 0 && `${failed} failed`, left > 0 && `${left} skipped`]
    .filter(Boolean)
    .join(', ');
}

/** Skips a group whose parts failed, because they are reported themselves. */
function hasOnlyFailingParts(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}

function described(error: Error): string {
  const cause = error.cause ?? error;
  return `${inspect(cause, { depth: 8, colors: false, maxStringLength: 20_000 })}\n`;
}

function reasonOf(skip: string | boolean | undefined): string {
  return typeof skip === 'string' ? skip : 'no reason given';
}

function fileName(file: string | undefined): string {
  return relative(root, file ?? '').replaceAll('\\', '/');
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
