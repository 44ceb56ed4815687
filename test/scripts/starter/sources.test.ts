import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { drawingsNotice } from '../../../scripts/licences/drawings.ts';
import { sources } from '../../../scripts/starter/sources.ts';

test('drawingsNotice() names every icon set with its authors and licence', async () => {
  const notice = await drawingsNotice();
  for (const { name, version, title, licence, copyright, upstream } of sources)
    assert.ok(
      notice.includes(
        `\n${title}, ${upstream} (as @iconify-json/${name} ${version})\n  ${copyright}\n  Licence: ${licence}\n`,
      ),
      name,
    );
});

test('drawingsNotice() contains the text or the address of every licence', async () => {
  const notice = await drawingsNotice();
  for (const part of [
    'Permission is hereby granted, free of charge, to any person obtaining a copy',
    'Permission to use, copy, modify, and/or distribute this software for any\npurpose with or without fee',
    'Apache License\nVersion 2.0, January 2004',
    'creativecommons.org/licenses/by/4.0/legalcode',
    'creativecommons.org/licenses/by/3.0/legalcode',
    'creativecommons.org/publicdomain/zero/1.0/legalcode',
  ])
    assert.ok(notice.includes(part), part);
});

test('no icon set is under terms of share-alike or of non-commercial use, and each is named once, in a fixed version', () => {
  for (const { name, version, licence } of sources) {
    assert.doesNotMatch(licence, /SA|NC|ND|GPL/, name);
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
  assert.equal(new Set(sources.map(({ name }) => name)).size, sources.length);
});

test('docs/starter-weights.md lists the icon sets', async () => {
  const text = await readFile(new URL('../../../docs/starter-weights.md', import.meta.url), 'utf8');
  const rows = sources.map(
    ({ title, upstream, name, version, licence, readIn }) =>
      `| [${title}](${upstream}) | ${name} ${version} | ${licence} | ${readIn} |`,
  );
  const [, table] = text.split('|---|---|---|---|\n');
  assert.equal(table?.slice(0, rows.join('\n').length), rows.join('\n'));
});
