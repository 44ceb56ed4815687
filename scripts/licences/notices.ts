// THIRD-PARTY-NOTICES.txt of the VSIX: the licence texts of everything that ships, and for libvips, whose libraries are under the LGPL,
// the libraries with versions, the address of their source, and how to replace them. Anything unclear stops the packaging.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licenceProblem } from './allowed.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8');

/** Licence texts of packages whose archive contains none, by package name. */
const ownTexts: Readonly<Record<string, string>> = {
  '@microsoft/fast-element': 'microsoft-MIT.txt',
  '@microsoft/fast-foundation': 'microsoft-MIT.txt',
  '@microsoft/fast-web-utilities': 'microsoft-MIT.txt',
  'onnxruntime-common': 'microsoft-MIT.txt',
  'onnxruntime-node': 'microsoft-MIT.txt',
};
const engineNotice = (version: string): string =>
  `Its library contains further software, listed in\nhttps://github.com/microsoft/onnxruntime/blob/v${version}/ThirdPartyNotices.txt\n`;

/** @param packages  names in node_modules @throws Error naming a package that may not ship, or not in this form */
export async function notices(packages: readonly string[], modules = join(root, 'node_modules')): Promise<string> {
  const parts = ['Shoulders contains the following packages.\n'];
  let hasLgpl = false;
  for (const name of [...new Set(packages)].sort()) {
    const folder = join(modules, name);
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const problem = licenceProblem({ name, version, license });
    if (problem !== undefined) throw new Error(problem);
    const files = await readdir(folder);
    const texts = await Promise.all(
      files
        .filter((file) => /^(licen[cs]e|notice|third|copying)/i.test(file))
        .sort()
        .map((file) => readFile(join(folder, file), 'utf8')),
    );
    const own = ownTexts[name];
    if (own) texts.push(await textOf(own));
    if (name === 'onnxruntime-node') texts.push(engineNotice(version));
    if (files.includes('versions.json')) {
      texts.push(await librariesNotice(name, version, folder));
      hasLgpl = true;
    }
    if (texts.every((text) => text.trim() === ''))
      throw new Error(`${name} ${version} brings no licence text: add it to scripts/licences/notices.ts.`);
    parts.push(`${'='.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n\n').trim()}\n`);
  }
  if (hasLgpl)
    for (const name of ['LGPL-3.0', 'GPL-3.0'])
      parts.push(`${'='.repeat(80)}\n${name}\n\n${(await textOf(`${name}.txt`)).trim()}\n`);
  return parts.join('\n');
}

/** Section of a package with libvips, on any platform. */
async function librariesNotice(name: string, version: string, folder: string): Promise<string> {
  const versions: Readonly<Record<string, string>> = JSON.parse(await readFile(join(folder, 'versions.json'), 'utf8'));
  const licences = licenceTable(await readFile(join(folder, 'README.md'), 'utf8'));
  const rows = Object.entries(versions).map(([key, of]) => {
    const library = [key, `lib${key}`, renamed[key]].find((each) => each !== undefined && licences.has(each));
    if (library === undefined)
      throw new Error(`${name} ${version} holds ${key} ${of} and does not say under which licence: look for it.`);
    return [library, of, licences.get(library)!] as const;
  });
  // Parts without a version of their own, such as libnsgif in libvips.
  for (const [library, licence] of licences)
    if (!rows.some(([known]) => known === library)) rows.push([library, 'as in libvips', licence]);
  const libraries = (await readdir(join(folder, 'lib'))).filter((file) => /vips/.test(file)).sort();
  if (libraries.length === 0) throw new Error(`${name} ${version} holds no libvips in lib/: say where it is.`);
  const releases = 'https://github.com/lovell/sharp-libvips';
  return `This package contains libvips and the libraries that it uses:

${rows
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([library, of, licence]) => `  ${library} ${of}: ${licence}`)
  .join('\n')}

Libraries under the LGPL v2 or v2.1 are used under its version 3, by their clause "any later version". The texts of LGPL-3.0 and
GPL-3.0, which it refers to, are at the end of this file.

Source: ${releases} holds the scripts that these libraries are built with, which
fetch the source of each library in the version above.${/^@img\/sharp-libvips/.test(name) ? `\nThose of this package are at ${releases}/tree/v${version}.` : ''}

The libraries may be replaced: they are in files of their own, which are loaded when an image is first read:
${libraries.map((file) => `  node_modules/${name}/lib/${file}`).join('\n')}
in the folder of the extension. Put a build of libvips with the same interface in their place, made with those scripts or your own.
You may modify these libraries for your own use, and reverse engineer Shoulders for debugging such modifications.
`;
}

const renamed: Readonly<Record<string, string>> = { uhdr: 'libultrahdr' };

/** Rows of "| library | licence |", with links as text with their address. */
export function licenceTable(readme: string): Map<string, string> {
  const [, table = ''] = readme.split(/\| Library +\| Used under the terms of +\|\n/);
  const rows = table.split('\n').flatMap((line) => {
    const [, library, licence] = /^\| ([^|]+?) +\| (.+?) +\|$/.exec(line) ?? [];
    return library === undefined || licence === undefined || /^-+$/.test(licence) ? [] : [[library, licence] as const];
  });
  return new Map(rows.map(([library, licence]) => [library, licence.replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 <$2>')]));
}
