import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { npmFilesOf } from '../../runner/install/tensorflow/tensorflow.ts';
import { recipeSchemaText, schemaFile } from '../../scripts/schema.ts';
import { stringsFile, stringsText } from '../../scripts/strings.ts';
import { imageExtensions } from '../../shared/dataset/imageNames.ts';
import { contextKeys } from '../../src/runs/runKinds.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const manifestText = await read('package.json');
const manifest = JSON.parse(manifestText);
const { contributes, capabilities } = manifest;
const words = JSON.parse(await read('package.nls.json')) as Record<string, string>;
const commandsSource = await read('src/commands.ts');

const declared = (contributes.commands as { command: string }[]).map(({ command }) => command).sort();
const menuItems = Object.entries(contributes.menus as Record<string, { command: string; when?: string }[]>);

test('every declared command has a handler, and every handler is declared', () => {
  const handled = [...commandsSource.matchAll(/^ {2}'(shoulders\.\w+)':/gm)].map(([, id]) => id);
  assert.deepEqual(handled.sort(), declared);
});

test('TensorFlow.js is an optional peer dependency, in the versions of the installer, and no install adds it by itself', async () => {
  const wanted = {
    ...npmFilesOf('tensorflow').manifest.dependencies,
    ...npmFilesOf('tensorflow-gpu').manifest.dependencies,
  };
  assert.deepEqual(manifest.peerDependencies, wanted);
  for (const name of Object.keys(wanted)) assert.deepEqual(manifest.peerDependenciesMeta[name], { optional: true });
  const { packages } = JSON.parse(await read('package-lock.json'));
  assert.deepEqual(packages[''].peerDependencies, wanted);
  for (const name of Object.keys(wanted)) assert.equal(packages[`node_modules/${name}`], undefined, name);
});

test('every command of a menu, a welcome view and the panel is declared', () => {
  for (const [menu, items] of menuItems)
    for (const { command } of items) assert.ok(declared.includes(command), `${command} in ${menu}`);
  const linked = [...JSON.stringify(words).matchAll(/command:(shoulders\.\w+)/g)].map(([, id]) => id!);
  assert.ok(linked.length > 0);
  for (const command of linked) assert.ok(declared.includes(command), command);
});

test('every %key% of the manifest has a text, and every text is used', () => {
  const used = new Set([...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));
  assert.deepEqual([...used].sort(), Object.keys(words).sort());
});

test('the palette hides or conditions every command, because none works on a virtual file system', () => {
  const conditioned = (contributes.menus.commandPalette as { command: string }[]).map(({ command }) => command);
  assert.deepEqual(
    declared.filter((command) => !conditioned.includes(command)),
    [],
  );
});

/** Grouped by the handler's subject: a run of a kind, a set of two, the arrangement of the view, or no run. */
function neededContext(command: string): RegExp | undefined {
  const [, handler = ''] = new RegExp(`'${command}': ((?:.|\\n)*?)\\n {2}(?:'|\\})`).exec(commandsSource) ?? [];
  const [, kind] = /on(?:Run|Runs|TheRun)\(\s*'(\w+)'/.exec(handler) ?? [];
  if (kind !== undefined) return new RegExp(`^shoulders\\.has\\.${kind}\\b`);
  if (/explainImages/.test(handler)) return /^shoulders\.has\.withEpochs\b/;
  if (/compareRuns/.test(handler)) return /^(shoulders\.has\.several|false)$/;
  if (/withoutFilter/.test(handler)) return /^shoulders\.filtered$/;
  if (/arranging/.test(handler)) return /^shoulders\.has\.any$/;
  return undefined;
}

test('the palette offers commands about runs only while there is a run they apply to', () => {
  const known = contextKeys([]);
  const about = declared.filter((command) => neededContext(command));
  assert.ok(about.length >= 20, about.join(', '));
  const palette = contributes.menus.commandPalette as { command: string; when: string }[];
  for (const command of about) {
    const conditions = palette.filter((item) => item.command === command).map(({ when }) => when);
    assert.equal(conditions.length, 1, command);
    assert.match(conditions[0]!, neededContext(command)!, command);
    for (const [key] of conditions[0]!.matchAll(/shoulders\.has\.\w+/g))
      assert.ok(known.has(key), `${command}: ${key}`);
  }
  const others = declared.filter((command) => !about.includes(command));
  const runless =
    /fineTune|[Cc]heck|createSample|trySample|newRecipe|refreshRuns|openWalkthrough|openDocumentation|installEngine|ContactSheet|evaluateFolder|[Dd]ataset/;
  for (const command of others) assert.match(command, runless, 'say here what it needs');
});

test('row menus apply to runs, so that a heading offers none of them', () => {
  const rows = contributes.menus['view/item/context'] as { command: string; when: string }[];
  for (const { command, when } of rows.filter(({ when }) => when.includes('view == shoulders.runs')))
    assert.match(when, /viewItem =~ \/(\^run|\\\.epochs)/, command);
});

test('every command that starts a program requires trust: in its menus, in its handler, and for its settings', () => {
  for (const command of [
    'fineTune',
    'fineTuneGrid',
    'trySample',
    'check',
    'openContactSheet',
    'resumeRun',
    'reportRun',
    'evaluateFolder',
    'explainImage',
    'openGradCam',
    'installEngine',
  ].map((name) => `shoulders.${name}`)) {
    for (const [menu, items] of menuItems)
      for (const { when } of items.filter((item) => item.command === command))
        assert.match(when ?? '', /isWorkspaceTrusted/, `${command} in ${menu}`);
    assert.match(commandsSource, new RegExp(`'${command}': (\\{\\s*needsTrust: true|trusted\\()`));
  }
  assert.equal(capabilities.untrustedWorkspaces.supported, 'limited');
  assert.deepEqual(
    capabilities.untrustedWorkspaces.restrictedConfigurations.toSorted(),
    Object.keys(contributes.configuration.properties).sort(),
  );
});

test("each panel's view type activates the extension", async () => {
  for (const panel of ['run', 'compare', 'sheet', 'evaluation', 'explanation']) {
    const [, type] = /PanelType = '([\w.]+)'/.exec(await read(`src/panels/${panel}/${panel}Panel.ts`)) ?? [];
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${type}`), panel);
  }
  assert.ok(!manifest.activationEvents.some((event: string) => event === '*' || event === 'onStartupFinished'));
});

test('media/recipe.schema.json matches the recipe (npm run schema)', async () => {
  assert.equal(await readFile(schemaFile, 'utf8'), recipeSchemaText());
});

test('l10n/bundle.l10n.json contains every sentence of the editor (npm run strings)', async () => {
  assert.equal(await readFile(stringsFile, 'utf8'), await stringsText());
});

test('every walkthrough step has an action to click, a picture in theme colours with its texts, and an event that completes it', async () => {
  const [walkthrough] = contributes.walkthroughs as [Walkthrough];
  assert.match(commandsSource, new RegExp(`'shoulders.shoulders#${walkthrough.id}'`));
  assert.ok(walkthrough.steps.length <= 6, 'few steps');
  const wordsOf = (key: string): string => words[key.slice(1, -1)]!;
  for (const { id, description, media, completionEvents } of walkthrough.steps) {
    const pressed = [...wordsOf(description).matchAll(/^\[[^\]]+\]\(command:([\w.]+)[^)]*\)$/gm)].map(
      ([, command]) => command!,
    );
    const ours = pressed.filter((command) => command.startsWith('shoulders.'));
    assert.ok(ours.length > 0, id);
    for (const command of ours) assert.ok(completionEvents.includes(`onCommand:${command}`), `${id}: ${command}`);
    assert.ok(wordsOf(media.altText).length > 20, id);
    const picture = await read(media.svg);
    assert.match(picture, /var\(--vscode-/);
    assert.doesNotMatch(
      picture,
      /#[0-9a-f]{3,8}\b|rgb|<(script|style|text|title|image|a)\b|style=|href/i,
      `${id}: colours of the theme, no words`,
    );
  }
});

interface Walkthrough {
  readonly id: string;
  readonly steps: readonly {
    readonly id: string;
    readonly description: string;
    readonly media: { readonly svg: string; readonly altText: string };
    readonly completionEvents: readonly string[];
  }[];
}

test('the explorer offers to explain every possible image file', () => {
  const { when } = manifest.contributes.menus['explorer/context'].find(
    ({ command }: { command: string }) => command === 'shoulders.explainImage',
  );
  assert.ok(when.includes(`/^\\.(${imageExtensions.join('|')})$/i`), when);
});
