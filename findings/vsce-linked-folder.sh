#!/usr/bin/env bash
# @vscode/vsce 4.1.0 cannot pack an extension whose folder is given through a symbolic link.
#
# Expected: listFiles({ cwd }) and createVSIX({ cwd }) give the same result for a folder and for a symbolic link to it.
# Seen: for the link, listFiles() names every file by a path that leaves the folder ("../real/main.js"), and createVSIX() fails because
#   "extension/main.js" is missing. Paths of the files come from the resolved folder and are made relative to the unresolved one. Callers
#   have to pass the folder's real path.
# Exits with 0 as long as the behaviour persists.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @vscode/vsce@4.1.0 >/dev/null
mkdir real
cat > real/package.json <<'JSON'
{
  "name": "example", "version": "1.0.0", "publisher": "example", "engines": { "vscode": "^1.90.0" },
  "activationEvents": [], "main": "./main.js", "files": ["main.js"]
}
JSON
echo 'exports.activate = () => {};' > real/main.js
echo '# Example' > real/README.md
ln -s real link
cat > pack.mjs <<'JS'
import { createVSIX, listFiles } from '@vscode/vsce';
import { resolve } from 'node:path';

console.log = () => {}; // of the packager
const say = (...words) => process.stdout.write(`${words.join(' ')}\n`);
const outcomes = [];
for (const name of ['real', 'link']) {
  const cwd = resolve(name);
  const listed = await listFiles({ cwd });
  const packagePath = resolve(`${name}.vsix`);
  const packed = await createVSIX({ cwd, packagePath, skipLicense: true, allowMissingRepository: true }).then(
    () => 'packed',
    ({ message }) => message.replaceAll('\n', ' '),
  );
  say(`${name}: ${listed.join(', ')}; ${packed}`);
  outcomes.push({ inside: listed.every((path) => !path.startsWith('..')), packed: packed === 'packed' });
}
const [real, link] = outcomes;
process.exitCode = real.inside && real.packed && !link.inside && !link.packed ? 0 : 1;
JS
node pack.mjs 2>/dev/null
