import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { linkedFiles, relativeLinks } from '../../scripts/shippedDocuments.ts';

async function folderWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'shoulders-documents-'));
  t.after(() => rm(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

test('relativeLinks() ignores addresses and anchors of the same page', () => {
  const text =
    '[a](docs/a.md#part) ![b](media/b%20c.png) [web](https://example.org/x.md) [mail](mailto:a@b.c) [up](#top)';
  assert.deepEqual(relativeLinks(text), ['docs/a.md', 'media/b c.png']);
});

test('linkedFiles() follows links from document to document, also in circles', async (t) => {
  const root = await folderWith(t, {
    'README.md': '[a](docs/a.md)',
    'docs/a.md': '[b](deep/b.md#x) [home](../README.md)',
    'docs/deep/b.md': '![c](../../media/c.png)',
    'docs/unlinked.md': '',
    'media/c.png': '[not](markdown.md)',
  });
  assert.deepEqual(await linkedFiles(root, ['README.md']), ['README.md', 'docs/a.md', 'docs/deep/b.md', 'media/c.png']);
});

test('linkedFiles() refuses a link that leads nowhere, or out of the project', async (t) => {
  const root = await folderWith(t, { 'a.md': '[b](b.md)', 'c.md': '[d](../d.md)' });
  await assert.rejects(linkedFiles(root, ['a.md']), /a\.md links to b\.md, which does not exist/);
  await assert.rejects(linkedFiles(root, ['c.md']), /c\.md links to \.\.\/d\.md, outside of the project/);
});

test('the documents that ship are texts and pictures, and the guide is one of them', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const files = await linkedFiles(root, ['README.md', 'CHANGELOG.md', 'SUPPORT.md']);
  assert.ok(files.includes('docs/using.md') && files.includes('docs/privacy.md'));
  for (const file of files) assert.match(file, /^[A-Z]+\.md$|^docs\/.+\.md$|^(?:media|docs\/pictures)\/[\w-]+\.png$/);
});
