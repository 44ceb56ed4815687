// Imports between rooms. A forbidden import is reported in words.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

interface Arrow {
  /** Path with /, from the project's root. */
  readonly from: string;
  /** File of the project, from its root, or a package's name. */
  readonly to: string;
  readonly isOurs: boolean;
  /** `import type`, or only `type` names: erased at run time. */
  readonly typeOnly: boolean;
}

const arrows = ['shared', 'runner', 'src', 'webview', 'scripts'].flatMap(arrowsOf);
const testArrows = arrowsOf('test');

const within =
  (...folders: readonly string[]) =>
  (path: string) =>
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** Rule for the files it covers; `allowed` lists the project files they may import. */
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

/** Folders that a page loads in a browser, so without Node. */
const ofPages = (file: string): boolean =>
  within('shared/contracts', 'shared/metrics', 'shared/messages', 'shared/strings')(file) ||
  /^shared\/\w+\.ts$/.test(file);

for (const program of ['runner', 'src', 'webview'])
  checkImports(
    `${program} imports nothing of ours but itself and shared`,
    within(program),
    ({ to, isOurs }) => !isOurs || within(program, 'shared', 'package.json')(to),
    'what two programs load belongs in shared',
  );
checkImports(
  'shared imports nothing of ours outside shared',
  within('shared'),
  ({ to, isOurs }) => !isOurs || within('shared')(to),
  'what every program shares depends on none of them',
);
checkImports(
  'webview imports of shared only what runs in a browser',
  within('webview'),
  ({ to }) => !within('shared')(to) || ofPages(to),
  'a panel draws what it is sent',
);
/** Rooms of webview that several panels share, and the rooms below each. */
const sharedRooms: Readonly<Record<string, readonly string[]>> = {
  styles: [],
  page: [],
  charts: ['page', 'styles'],
  components: ['page', 'styles'],
  classification: ['charts', 'components', 'page', 'styles'],
};
const webviewRooms = readdirSync(join(root, 'webview'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
for (const [room, below] of Object.entries(sharedRooms))
  checkImports(
    `webview/${room} imports no panel's folder, and no room of webview but ${below.join(', ') || 'itself'}`,
    within(`webview/${room}`),
    ({ to }) => !within('webview')(to) || within(...[room, ...below].map((name) => `webview/${name}`))(to),
    'what several panels draw with knows none of them',
  );
for (const panel of webviewRooms.filter((room) => !(room in sharedRooms)))
  checkImports(
    `webview/${panel} imports no other panel's folder`,
    within(`webview/${panel}`),
    ({ to }) =>
      !within('webview')(to) || within(...[panel, ...Object.keys(sharedRooms)].map((name) => `webview/${name}`))(to),
    'what two panels draw belongs in a room that they share',
  );
checkImports(
  'contracts, metrics, messages, strings and the root of shared run in a browser',
  ofPages,
  ({ to, isOurs }) => (isOurs ? ofPages(to) : !to.startsWith('node:')),
  'a page, which has no module of Node, loads them too',
);
checkImports(
  'contracts import nothing of ours but contracts and the root of shared',
  within('shared/contracts'),
  ({ to, isOurs }) => !isOurs || within('shared/contracts')(to) || /^shared\/\w+\.ts$/.test(to),
  'a contract is data, not a deed',
);
checkImports(
  'metrics import nothing of ours but metrics, contracts and the root of shared',
  within('shared/metrics'),
  ({ to, isOurs }) => !isOurs || within('shared/metrics', 'shared/contracts')(to) || /^shared\/\w+\.ts$/.test(to),
  'runner and panel compute with the same few pure files',
);
checkImports(
  'only src imports vscode',
  (file) => !within('src')(file),
  ({ to }) => to !== 'vscode',
  'everything else must run without the editor',
);
checkImports(
  'only images/decode.ts and images/encode.ts import sharp',
  (file) => !within('runner/images/images.ts', 'runner/images/encode.ts', 'scripts/samples')(file),
  ({ to }) => to !== 'sharp',
  'pixels enter through one door, and leave through the one beside it',
);
checkImports(
  'only engine/onnxRuntime.ts imports onnxruntime-node',
  (file) => file !== 'runner/engine/onnx/onnxRuntime.ts',
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
checkImports(
  'rooms that serve every task, from the dataset to the evaluation, import no room of a task',
  within(
    ...['dataset', 'images', 'views', 'batches', 'features', 'programs', 'training', 'run', 'store', 'evaluation'].map(
      (room) => `runner/${room}`,
    ),
  ),
  ({ to }) => !within('runner/classification', 'runner/commands')(to),
  'they serve every task alike',
);
checkImports(
  'task.ts imports no room that asks a task',
  within('runner/task.ts'),
  ({ to }) => !within('runner/training', 'runner/classification', 'runner/commands')(to),
  'a question depends neither on the asker nor on an answer',
);

/** Folders of more than eight files that are not divided, with the reason. */
const crowded: Readonly<Record<string, string>> = {
  'runner/commands': 'a story a file',
  'runner/dataset/checks': 'a check a file, or what several use',
  'runner/graph/ops': 'an operator a file',
  'runner/network': 'a question about a network a file',
  'runner/programs': 'a program a file, or what several use',
  'shared/contracts': 'a contract a file',
  'shared/metrics': 'a metric a file, or what several use',
  'shared/runFolder': 'a file of the run folder a file, or what reads them together',
  'src/runs/index': 'the index, and what it asks of one run a file',
  'webview/charts': 'a chart a file, or what all are drawn with',
  'webview/classification': 'an element a file, or what it computes',
  'webview/compare': 'an element a file, or what it computes',
  'webview/components': 'a control a file',
  'webview/evaluation': 'an element a file, or what it computes',
  'webview/explanation': 'an element a file, or what it computes',
  'webview/run': 'an element a file, or what it computes',
};

const ownFiles = ['shared', 'runner', 'src', 'webview'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts')),
);

test('a folder holds at most eight files, unless a reason is written', () => {
  const counts = new Map<string, number>();
  for (const file of ownFiles) counts.set(posix.dirname(file), (counts.get(posix.dirname(file)) ?? 0) + 1);
  const full = [...counts].filter(([, count]) => count > 8).map(([folder]) => folder);
  assert.deepEqual(full.sort(), Object.keys(crowded).sort());
});

test('each room states its purpose in the file named after it', () => {
  const doors = ownFiles.flatMap((file) => {
    const [, room] = /^\/\/ ([a-z]+)\/: /i.exec(readFileSync(join(root, file), 'utf8')) ?? [];
    return room === undefined ? [] : [{ file, room }];
  });
  assert.ok(doors.length > 15);
  const elsewhere = doors.filter(({ file, room }) => !file.endsWith(`/${room}/${room}.ts`)).map(({ file }) => file);
  assert.deepEqual(elsewhere, ['src/extension.ts'], 'VS Code loads that one');
});

test('every relative import names a file that exists, with its ending', () => {
  const missing = arrows.filter(({ to, isOurs }) => isOurs && !existsSync(join(root, to)));
  assert.deepEqual(
    missing.map(({ from, to }) => `${from} imports ${to}, which does not exist`),
    [],
  );
});

test('every test draws random cases through test/support/property.ts, so npm test runs the same cases on every machine', () => {
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
  'webview/compare/curvesCard.ts': 1,
  'webview/compare/pairCard.ts': 1,
  'webview/components/controls.ts': 10,
  'webview/evaluation/imageGrid.ts': 2,
  'webview/evaluation/thresholdBar.ts': 1,
  'webview/explanation/camControls.ts': 1,
  'webview/evaluation/exportMenu.ts': 3,
  'webview/components/segmentsStyle.ts': 2,
  'webview/sheet/sheetFilters.ts': 1,
};

/** Names of elements; the editor's colours begin with two dashes. */
const toolkitElement =
  /(?<!-)\bvscode-(?:badge|button|checkbox|data-grid|divider|dropdown|link|option|panel|progress-ring|radio|tag|text-area|text-field)\b(?!-)/g;

test('no new control uses the archived toolkit', () => {
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
