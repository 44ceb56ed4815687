// The arrows between rooms: who may import whom. A wrong arrow is printed in words.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

interface Arrow {
  /** /-separated, from the project's root. */
  readonly from: string;
  /** A file of ours from the project's root, or a package's name. */
  readonly to: string;
  readonly isOurs: boolean;
  /** `import type`, or only `type` names: gone when it runs. */
  readonly typeOnly: boolean;
}

const arrows = ['runner', 'src', 'webview', 'scripts'].flatMap(arrowsOf);
const testArrows = arrowsOf('test');

const within =
  (...folders: readonly string[]) =>
  (path: string) =>
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/**
 * Which official weights there are, whether a process is still the one that wrote a run, on which machine, and what a killed one left half written, what a
 * recipe's setting means, where the large lists of a run are, how a look at the test split is counted, what is an image by its name and in which order, how chance is drawn:
 * one answer for both sides.
 */
const sharedWithSrc = [
  'webview/contract.ts',
  'webview/compareContract.ts',
  'webview/sheetContract.ts',
  'webview/evaluationContract.ts',
  'webview/explanationContract.ts',
  'webview/strings.ts',
  'runner/weights/catalogue.ts',
  'runner/store/processIdentity.ts',
  'runner/store/machine.ts',
  'runner/store/lastSign.ts',
  'runner/store/atomicFile.ts',
  'runner/store/leftovers.ts',
  'runner/store/labels.ts',
  'runner/store/places.ts',
  'runner/store/tables.ts',
  'runner/store/verified.ts',
  'runner/store/evaluationRecords.ts',
  'runner/recipes/resolve.ts',
  'runner/dataset/ignored.ts',
  'runner/dataset/codePoints.ts',
  'runner/dataset/linkScope.ts',
  'runner/dataset/innerFolders.ts',
  'runner/dataset/groups.ts',
  'runner/dataset/namePattern.ts',
  'runner/random.ts',
  'runner/store/testLooks.ts',
];

/** A rule holds for the files it is about; `allowed` says which of our files they may import. */
function checkImports(
  name: string,
  about: (file: string) => boolean,
  allowed: (arrow: Arrow) => boolean,
  because: string,
  among: readonly Arrow[] = arrows,
): void {
  test(name, () => {
    assert.ok(
      among.some(({ from }) => about(from)),
      'no file to check: has the room moved?',
    );
    const wrong = among.filter((arrow) => about(arrow.from) && !allowed(arrow));
    assert.deepEqual(
      wrong.map(({ from, to }) => `${from} imports ${to}, but ${because}`),
      [],
    );
  });
}

checkImports(
  'runner imports neither src nor webview',
  within('runner'),
  ({ to, isOurs }) => !isOurs || within('runner', 'package.json')(to),
  'the runner stands on its own: it runs without the editor',
);
checkImports(
  'contracts import nothing of ours outside contracts',
  within('runner/contracts'),
  ({ to, isOurs }) => !isOurs || within('runner/contracts')(to),
  'what every process shares depends on none of them',
);
checkImports(
  'metrics import nothing of ours outside metrics but contracts and random',
  within('runner/metrics'),
  ({ to, isOurs }) => !isOurs || within('runner/metrics', 'runner/contracts', 'runner/random.ts')(to),
  'runner and panel compute with the same few pure files',
);
checkImports(
  'contracts and metrics use no module of Node',
  within('runner/contracts', 'runner/metrics'),
  ({ to }) => !to.startsWith('node:'),
  'the panel, a browser page, loads them too',
);
checkImports(
  'webview imports only contracts, metrics and its own',
  within('webview'),
  ({ to, isOurs }) => !isOurs || within('webview', 'runner/contracts', 'runner/metrics')(to),
  'a panel draws what it is sent',
);
checkImports(
  'src imports only contracts, the panel contract with its words, and a few small files of the runner',
  within('src'),
  ({ to, isOurs }) => !isOurs || within('src', 'runner/contracts', ...sharedWithSrc)(to),
  'the editor starts and reads runs, it computes nothing',
);
checkImports(
  'only src imports vscode',
  (file) => !within('src')(file),
  ({ to }) => to !== 'vscode',
  'everything else must run without the editor',
);
checkImports(
  'only images/decode.ts and images/encode.ts import sharp',
  (file) => !within('runner/images/decode.ts', 'runner/images/encode.ts', 'scripts/samples')(file),
  ({ to }) => to !== 'sharp',
  'pixels enter through one door, and leave through the one beside it',
);
checkImports(
  'only engine/onnxRuntime.ts imports onnxruntime-node',
  (file) => file !== 'runner/engine/onnxRuntime.ts',
  ({ to, typeOnly }) => to !== 'onnxruntime-node' || typeOnly,
  'a second engine must be able to take its place',
);
checkImports(
  'tests load onnxruntime-node through support/onnxRuntime.ts alone',
  (file) => file !== 'test/support/onnxRuntime.ts',
  ({ to, typeOnly }) => to !== 'onnxruntime-node' || typeOnly,
  'it must not report to its maker from a test either',
  testArrows,
);
checkImports(
  'only download/download.ts can open a connection',
  (file) => !within('runner/download/download.ts', 'scripts')(file),
  ({ to }) => !['undici', 'node:http', 'node:https', 'node:net', 'node:tls', 'node:http2', 'node:dgram'].includes(to),
  'nothing else of the product uses the network',
);

test('every relative import names a file that exists, with its ending', () => {
  const missing = arrows.filter(({ to, isOurs }) => isOurs && !existsSync(join(root, to)));
  assert.deepEqual(
    missing.map(({ from, to }) => `${from} imports ${to}, which does not exist`),
    [],
  );
});

test('every test draws random cases through test/support/property.ts, so that npm test has the same ones on every machine', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts') && !['test/support/property.ts', 'test/house.test.ts'].includes(file));
  const draws = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    if (/\bMath\.random\(/.test(text)) return [`${file}: Math.random()`];
    if (!text.includes("'fast-check'")) return [];
    // Under another name it would escape this test.
    if (!text.includes("\nimport fc from 'fast-check';\n")) return [`${file}: fast-check under another name`];
    const ways = text.matchAll(/\bfc\s*[;,)]|\bfc\s*\.\s*(?:assert|check|sample|statistics|configureGlobal)\b/g);
    return [...ways].map(([way]) => `${file}: ${way}`);
  });
  assert.deepEqual(draws, []);
});

/** Places that name an element of @vscode/webview-ui-toolkit, which is archived: docs/decisions/0001-webview-ui-toolkit.md. They may only become fewer. */
const toolkitUses: Readonly<Record<string, number>> = {
  'webview/components/compare/compareCurves.ts': 1,
  'webview/components/compare/comparePair.ts': 1,
  'webview/components/controls.ts': 10,
  'webview/components/evaluation/imageGrid.ts': 2,
  'webview/components/evaluation/thresholdBar.ts': 1,
  'webview/components/explanation/camControls.ts': 1,
  'webview/components/exportMenu.ts': 3,
  'webview/components/segmentsStyle.ts': 2,
  'webview/components/sheet/sheetFilters.ts': 1,
};

/** As elements; colours of the editor begin with two dashes. */
const toolkitElement =
  /(?<!-)\bvscode-(?:badge|button|checkbox|data-grid|divider|dropdown|link|option|panel|progress-ring|radio|tag|text-area|text-field)\b(?!-)/g;

test('no new control is drawn with the archived toolkit', () => {
  const importers = arrows.filter(({ to }) => to === '@vscode/webview-ui-toolkit').map(({ from }) => from);
  assert.deepEqual(importers, ['webview/components/controls.ts']);
  const own = new Set(
    readdirSync(join(root, 'webview'), { recursive: true, encoding: 'utf8' }).map(
      (name) => `webview/${name.replaceAll('\\', '/')}`,
    ),
  );
  const uses = [...own].flatMap((file) => {
    if (!file.endsWith('.ts')) return [];
    const count = readFileSync(join(root, file), 'utf8').match(toolkitElement)?.length ?? 0;
    return count > (toolkitUses[file] ?? 0) ? [`${file}: ${count} instead of ${toolkitUses[file] ?? 0}`] : [];
  });
  assert.deepEqual(uses, [], 'draw it with a native element: see docs/decisions/0001-webview-ui-toolkit.md');
  assert.equal(
    readFileSync(join(root, 'webview/components/controls.ts'), 'utf8').match(/^ {4}vsCode\w+\(\),$/gm)?.length,
    5,
  );
});

function arrowsOf(folder: string): Arrow[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      const from = relative(root, file).replaceAll('\\', '/');
      return importsOf(readFileSync(file, 'utf8')).map(({ specifier, typeOnly }) => ({
        from,
        to: specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : packageName(specifier),
        isOurs: specifier.startsWith('.'),
        typeOnly,
      }));
    });
}

/** Static and dynamic imports, re-exports and `new URL(…, import.meta.url)` of our own files. */
function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  const code = text.replace(/^\s*\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
  const statements = [...code.matchAll(/^\s*(?:import|export)\s+(type\s)?([^'"`;]*?\bfrom\s*)?['"]([^'"]+)['"]/gm)].map(
    ([, type, names, specifier]) => ({ specifier: specifier!, typeOnly: type !== undefined || onlyTypes(names ?? '') }),
  );
  const dynamic = [...code.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g)].map(([, specifier]) => ({
    specifier: specifier!,
    typeOnly: false,
  }));
  return [...statements, ...dynamic];
}

function onlyTypes(names: string): boolean {
  const list = /^\s*\{([^}]*)\}\s*from\s*$/.exec(names)?.[1];
  return list?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false;
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
