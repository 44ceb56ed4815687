// The VSIX that users install: its content, its size, and that it trains where VS Code unpacks it.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { text as streamText } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { packageExtension } from '../../scripts/package.ts';
import { relativeLinks } from '../../scripts/shippedDocuments.ts';
import { installWorkbench } from '../../scripts/workbench/install.ts';
import { serverCommand } from '../../scripts/workbench/server.ts';
import type { StarterWeights } from '../../shared/contracts/architectures.ts';
import starterFiles from '../../shared/contracts/starterFiles.json' with { type: 'json' };
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

describe('the package', () => {
  let scratch: string;
  let vsix: string;
  let shipped: readonly string[];
  let workspace: Workspace;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'shoulders-package-'));
    ({ file: vsix, shipped } = await packageExtension(scratch));
    workspace = await createWorkspace();
  });
  after(async () => {
    await workspace?.remove();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  test('contains the product and nothing else', async () => {
    const names = await entriesOf(vsix);
    for (const wanted of [
      'extension/package.json',
      'extension/LICENSE.txt',
      'extension/THIRD-PARTY-NOTICES.txt',
      'extension/package.nls.de.json',
      'extension/l10n/bundle.l10n.de.json',
      'extension/media/icon.png',
      'extension/media/recipe.schema.json',
      'extension/dist/src/extension.cjs',
      'extension/dist/runner/cli.js',
      'extension/dist/runner/commands.js',
      'extension/dist/runner/worker.js',
      'extension/dist/runner/pixelWorker.js',
      'extension/dist/webview/run.js',
      ...Object.values<StarterWeights>(starterFiles).map(({ fileName }) => `extension/dist/runner/${fileName}`),
    ])
      assert.ok(names.includes(wanted), `${wanted} is missing`);
    const roots =
      /^extension\/(dist|docs|media|l10n|node_modules|samples\/animals)\/|^extension\/[^/]+$|^extension\.vsixmanifest$|^\[Content_Types\]\.xml$/;
    assert.deepEqual(
      names.filter((name) => !roots.test(name)),
      [],
      'unexpected places',
    );
    const sample = /^extension\/samples\/animals\/(train|val|test)\/(cat|dog)\/[^/]+\.jpg$/;
    assert.equal(names.filter((name) => sample.test(name)).length, 340, 'the sample dataset');
    assert.deepEqual(
      names
        .filter((name) => !sample.test(name))
        .filter((name) => /\.(map|ts|tsbuildinfo|env|pth|safetensors)$|(^|\/)(test|samples|\.git)(\/|$)/.test(name)),
      [],
      'sources, maps, tests or weights',
    );
  });

  test('contains what its documents link to', async () => {
    const names = await entriesOf(vsix);
    const documents = names.filter((name) => name.endsWith('.md') && !name.includes('/node_modules/'));
    assert.ok(documents.includes('extension/docs/using.md'));
    for (const document of documents)
      for (const link of relativeLinks(await textIn(vsix, document))) {
        const target = posix.join(posix.dirname(document), link);
        assert.ok(names.includes(target), `${document} links to ${link}`);
      }
  });

  test('contains the licence texts of every bundled package, and of the drawings that shipped starter weights are learned from', async () => {
    const shipsStarter = Object.keys(starterFiles).length > 0;
    const text = await textIn(vsix, 'extension/THIRD-PARTY-NOTICES.txt');
    const named = [...text.matchAll(/^={80}\n(\S+)[ \n]/gm)].map(([, name]) => name!);
    assert.deepEqual(
      named.toSorted(),
      [...shipped, 'LGPL-3.0', 'GPL-3.0', ...(shipsStarter ? ['Drawings'] : [])].toSorted(),
    );
    const packed = (await entriesOf(vsix)).flatMap(
      (name) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1] ?? [],
    );
    for (const name of new Set(packed)) assert.ok(named.includes(name), name);
    assert.match(text, /GNU LESSER GENERAL PUBLIC LICENSE/);
    if (shipsStarter) assert.match(text, /^Noto Emoji, .*\n {2}Copyright 2013 Google/m);
  });

  test("contains the native programs of this platform, and no other's", async () => {
    const names = await entriesOf(vsix);
    const here = `${process.platform}/${process.arch}/`;
    const engines = names.filter((name) => /onnxruntime-node\/bin\//.test(name));
    assert.ok(engines.some((name) => name.endsWith('onnxruntime_binding.node')));
    assert.deepEqual(
      engines.filter((name) => !name.includes(`/${here}`)),
      [],
    );
    const packages = new Set(
      names.map((name) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1]).filter(Boolean),
    );
    const platform = `${process.platform}-${process.arch}`;
    for (const name of packages) if (name?.startsWith('@img/sharp')) assert.ok(name.endsWith(platform), name);
    assert.ok(packages.has(`@img/sharp-${platform}`));
  });

  test('is smaller than the 100 MB limit of extension stores', async () => {
    const { size } = await stat(vsix);
    console.log(`VSIX: ${(size / 1e6).toFixed(1)} MB`);
    assert.ok(size < 100e6, `${size} bytes`);
  });

  test('installs into VS Code, activates there and trains', async () => {
    installWorkbench(console.log);
    const extensionsFolder = join(scratch, 'extensions');
    const install = await serverCommand([
      ...['--extensions-dir', extensionsFolder, '--server-data-dir', join(scratch, 'data')],
      ...['--accept-server-license-terms', '--install-extension', vsix],
    ]);
    assert.equal(install.code, 0, install.output);
    const workbench = await Workbench.open({
      workspace: workspace.folder,
      extensionsFolder,
      env: { XDG_CACHE_HOME: workspace.cacheHome },
    });
    try {
      await workbench.explorerMenu('animals', 'Fine-tune ResNet');
      await workbench.quickPick('quick.shoulders.json');
      await workbench.page.getByText('are not on this machine yet').waitFor();
      await workbench.quickPick('Random Weights');
      const panel = await workbench.panel('sh-run-panel');
      await panel.locator('sh-run-header').getByText('Finished').waitFor({ timeout: 180_000 });
    } catch (error) {
      await workbench.screenshot('failed-package');
      throw error;
    } finally {
      await workbench.close();
    }
  });
});

async function textIn(file: string, name: string): Promise<string> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(file, { lazyEntries: false });
  return new Promise((resolve, reject) => {
    zip.once('error', reject);
    zip.on('entry', (entry: yauzl.Entry) => {
      if (entry.fileName !== name) return;
      zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(streamText(stream))));
    });
  });
}

async function entriesOf(file: string): Promise<string[]> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(file, { lazyEntries: false });
  const names: string[] = [];
  zip.on('entry', (entry: yauzl.Entry) => names.push(entry.fileName));
  return new Promise((resolve, reject) => {
    zip.once('end', () => resolve(names));
    zip.once('error', reject);
  });
}
