#!/usr/bin/env bash
# re2js 2.10.0 silently translates a JavaScript pattern with a named back-reference into one with another meaning.
#
# Expected: RE2 has no back-references, and compile() refuses \1. translateRegExp(), which rewrites JavaScript's syntax for it, should
#   refuse \k<name>, too, or leave it for compile() to refuse.
# Seen: \k<x> becomes the letters k<x>. So ^(?<x>\d)\k<x>$, a doubled digit, no longer matches "77" but matches "7k<x>".
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . re2js@2.10.0 >/dev/null
cat > match.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { RE2JS } from 're2js';

const refusal = (pattern) => {
  try {
    RE2JS.compile(pattern);
    return 'no error';
  } catch (error) {
    return error.message;
  }
};
const pattern = '^(?<x>\\d)\\k<x>$';
const translated = RE2JS.translateRegExp(pattern);
const own = RE2JS.compile(translated);
const rows = ['77', '7k<x>'].map((text) => [text, new RegExp(pattern, 'u').test(text), own.matcher(text).find()]);
console.log('re2js', JSON.parse(readFileSync('node_modules/re2js/package.json', 'utf8')).version, 'Node', process.version);
console.log('compile((\\d)\\1):', refusal('(\\d)\\1'));
console.log(`translateRegExp(${pattern}) gives ${translated}`);
for (const [text, expected, seen] of rows) console.log(`"${text}": JavaScript ${expected}, re2js ${seen}`);
const isSo = JSON.stringify(rows) === '[["77",true,false],["7k<x>",false,true]]' && refusal('(\\d)\\1') !== 'no error';
process.exitCode = isSo ? 0 : 1;
JS
node match.mjs
