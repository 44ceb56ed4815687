// Licences that may ship, notices, and the verdict of an audit without an answer.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { auditVerdict } from '../../scripts/audit.ts';
import { licenceProblem } from '../../scripts/licences/allowed.ts';
import { notices } from '../../scripts/licences/notices.ts';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

const licences: [license: unknown, name: string, ships: boolean][] = [
  ['MIT', 'a', true],
  ['(MIT OR GPL-3.0-only)', 'a', true],
  ['MIT AND GPL-3.0-only', 'a', false],
  ['(MIT OR GPL-3.0-only) AND (BSD-3-Clause OR Apache-2.0)', 'a', true],
  ['MIT OR GPL-3.0-only AND GPL-2.0-only', 'a', true],
  ['GPL-3.0-only AND GPL-2.0-only OR MIT', 'a', true],
  ['MIT MIT', 'a', false],
  ['(MIT', 'a', false],
  ['', 'a', false],
  [undefined, 'a', false],
  [{ type: 'MIT' }, 'a', false],
  ['SEE LICENSE IN LICENSE.md', 'a', false],
  ['Apache-2.0 WITH LLVM-exception', 'a', false],
  ['LGPL-3.0-or-later', '@img/sharp-libvips-linux-x64', true],
  ['Apache-2.0 AND LGPL-3.0-or-later', '@img/sharp-win32-x64', true],
  ['LGPL-3.0-or-later', 'a', false],
];
for (const [license, name, ships] of licences)
  test(`a package "${name}" under ${JSON.stringify(license)} ${ships ? 'ships' : 'does not ship, and is named'}`, () => {
    const problem = licenceProblem({ name, version: '1.2.3', license });
    if (ships) assert.equal(problem, undefined);
    else assert.match(problem ?? '', new RegExp(`^The licence of ${name} 1\\.2\\.3 \\(.*\\) is not among`));
  });

test('notices() lists every library of libvips with version, licence, source and file, and the texts of the LGPL', async () => {
  const { version } = JSON.parse(await readFile(join(modules, 'sharp', 'package.json'), 'utf8'));
  const platform = Object.keys(
    JSON.parse(await readFile(join(modules, 'sharp', 'package.json'), 'utf8')).optionalDependencies,
  );
  const here = [];
  for (const name of platform) {
    const file = join(modules, name, 'versions.json');
    const versions = await readFile(file, 'utf8').catch(() => undefined);
    if (versions !== undefined) here.push({ name, versions: JSON.parse(versions) as Record<string, string> });
  }
  assert.ok(here.length > 0, `sharp ${version} has no libvips here`);
  const text = await notices(['sharp', 'onnxruntime-node', ...here.map(({ name }) => name)], modules);
  for (const { name, versions } of here) {
    for (const [key, of] of Object.entries(versions))
      assert.match(text, new RegExp(`^  (lib|libultra)?(${key}|hdr) ${of.replaceAll('.', '\\.')}: \\S`, 'm'), key);
    assert.match(text, new RegExp(`  node_modules/${name}/lib/\\S*vips`));
  }
  for (const part of [
    'libvips 8',
    'glib 2',
    'libnsgif as in libvips',
    'GNU LESSER GENERAL PUBLIC LICENSE',
    'GNU GENERAL PUBLIC LICENSE',
    'github.com/lovell/sharp-libvips',
    'may be replaced',
    'Copyright (c) Microsoft Corporation',
  ])
    assert.ok(text.includes(part), part);
});

test('notices() refuses a package whose terms are unclear or forbidden, by name', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'notices-'));
  t.after(() => rm(folder, { recursive: true }));
  const add = async (name: string, manifest: object, files: Readonly<Record<string, string>> = {}) => {
    await mkdir(join(folder, name, 'lib'), { recursive: true });
    await writeFile(join(folder, name, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text);
  };
  await add('strict', { license: 'GPL-3.0-only' }, { LICENSE: 'text' });
  await add('silent', { license: 'MIT' });
  const table = '| Library | Used under the terms of |\n|---|---|\n| libvips | LGPLv3 |\n';
  await add(
    '@img/sharp-new',
    { license: 'LGPL-3.0-or-later' },
    { 'versions.json': '{"vips":"9","new":"1"}', 'README.md': table, 'lib/libvips.so': '' },
  );
  await assert.rejects(notices(['strict'], folder), /strict 1\.0\.0 \(GPL-3\.0-only\)/);
  await assert.rejects(notices(['silent'], folder), /silent 1\.0\.0 brings no licence text/);
  await assert.rejects(notices(['@img/sharp-new'], folder), /holds new 1 and does not say under which licence/);
});

const report = (vulnerabilities: object) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { dependencies: { total: 9 } } });
const severe = { name: 'lit', severity: 'high', range: '<3', via: ['x'] };
const answers: [what: string, output: string, state: string, says: RegExp][] = [
  ['no vulnerability', report({}), 'clean', /no vulnerability in the 2 packages/],
  ['one in what ships', report({ lit: severe }), 'vulnerable', /lit <3 \(high\)/],
  ['one in a tool', report({ esbuild: { ...severe, name: 'esbuild' } }), 'clean', /no vulnerability/],
  [
    'a registry without audits',
    '{"message":"405 Method Not Allowed","statusCode":405,"error":{"summary":"","detail":""}}',
    'unknown',
    /could not be checked: 405 Method Not Allowed/,
  ],
  ['no network', 'getaddrinfo ENOTFOUND registry', 'unknown', /could not be checked: getaddrinfo/],
  ['nothing', '', 'unknown', /could not be checked: npm audit gave no answer/],
  [
    'a report of no package',
    JSON.stringify({ vulnerabilities: {}, metadata: { dependencies: { total: 0 } } }),
    'unknown',
    /could not be checked/,
  ],
];
for (const [what, output, state, says] of answers)
  test(`auditVerdict() of ${what} is ${state}`, () => {
    const verdict = auditVerdict(output, ['lit', 'zod']);
    assert.equal(verdict.state, state);
    assert.match(verdict.sentence, says);
  });
