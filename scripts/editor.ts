// npm run editor [-- FOLDER]: the samples (or another folder) in a real VS Code with this checkout as its extension.
// The desktop's `code` when there is one, else the VS Code server of .cache in the browser, on 127.0.0.1 only.
import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.ts';
import { playground } from './playground.ts';
import { findChromium, installWorkbench } from './workbench/install.ts';
import { startServer } from './workbench/server.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

await buildAll();
const folder = process.argv[2] === undefined ? await playground() : resolve(process.argv[2]);
if (spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0) openDesktop();
else await openInBrowser();

function openDesktop(): void {
  console.log(`Opening ${folder} in the desktop's VS Code.`);
  const args = [`--extensionDevelopmentPath=${root}`, folder];
  spawn('code', args, { stdio: 'inherit', shell: process.platform === 'win32' });
}

async function openInBrowser(): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error('There is no "code" command here. Install VS Code and its shell command, then start again.');
  installWorkbench(console.log);
  const data = join(root, '.cache', 'editor');
  const server = await startServer({
    dataFolder: join(data, 'data'),
    extensionsFolder: join(data, 'extensions'),
    port: 0,
  });
  const url = server.urlOf(folder, { development: true });
  console.log(`\nVS Code with ${folder} is at\n\n  ${url}\n\nCtrl+C ends it.`);
  openBrowser(url);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void server.stop().then(() => process.exit(0)));
}

/** Opens a browser if a user is in front of a screen. */
function openBrowser(url: string): void {
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const browser = findChromium();
  const child = browser
    ? spawn(browser, [`--app=${url}`], { stdio: 'ignore', detached: true })
    : spawn('xdg-open', [url], { stdio: 'ignore', detached: true });
  child.on('error', () => {}); // the address is printed above
  child.unref();
}
