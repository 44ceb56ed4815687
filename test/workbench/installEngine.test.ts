// Install Engine… in a real VS Code: consent before a byte, a cancelled download, a file that differs from the published one, and
// the state after the installation. The files have the right names and sizes, but not the right content: nothing loads them.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe } from 'node:test';
import { cudaPackages, cudaVersion } from '../../runner/install/cuda/cuda.ts';
import { installTensorFlow } from '../support/fakeTensorFlow.ts';
import { isThere, stepsOf, until } from './harness/steps.ts';
import { Workbench } from './harness/workbench.ts';
import { createWorkspace, type Workspace } from './harness/workspace.ts';

const skip = process.platform !== 'linux' || process.arch !== 'x64' ? 'CUDA is installed on Linux x64 only' : false;

describe('installing an engine in VS Code', { skip }, () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let server: Server;
  let data: string;
  const asked: string[] = [];
  let answer: (response: ServerResponse) => void = () => {};
  before(async () => {
    workspace = await createWorkspace();
    data = await mkdtemp(join(tmpdir(), 'data-'));
    server = createServer((request, response) => {
      asked.push(request.url!);
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    workbench = await Workbench.open({
      workspace: workspace.folder,
      settings: { 'shoulders.installMirror': `http://127.0.0.1:${port}/` },
      env: { XDG_CACHE_HOME: workspace.cacheHome, XDG_DATA_HOME: data },
    });
  });
  after(async () => {
    await workbench?.close();
    server?.closeAllConnections();
    server?.close();
    await workspace?.remove();
    if (data !== undefined) await rm(data, { recursive: true, force: true });
  });
  const step = stepsOf(() => workbench);
  const folder = () => join(data, 'shoulders', 'cuda', cudaVersion);
  const dialog = () => workbench.page.locator('.monaco-dialog-box');
  const choose = async (row: string) => {
    await workbench.command('Shoulders: Install Engine');
    await workbench.quickPick(row);
  };

  step('the command lists the engines, and sends no request before consent', async () => {
    await workbench.command('Shoulders: Install Engine');
    const rows = await workbench.quickPickRows();
    assert.match(rows[0]!, /cuda[\s\S]*1\.3 GB from 127\.0\.0\.1/);
    assert.match(rows[1]!, /cuda from a Folder…/);
    await workbench.screenshot('install-engine-choice');
    await workbench.quickPick();
    await dialog().getByText('Install the engine cuda?').waitFor();
    await dialog()
      .getByText(/1\.3 GB are downloaded from 127\.0\.0\.1.*NVIDIA CUDA Toolkit EULA/s)
      .waitFor();
    await workbench.screenshot('install-engine-consent');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(asked, []);
    assert.equal(await isThere(join(data, 'shoulders', 'cuda')), false);
  });

  step('a cancelled download reports that it keeps what has arrived', async () => {
    answer = (response) => {
      response.writeHead(200, { etag: '"1"', 'content-length': cudaPackages[0]!.sizeBytes });
      const more = setInterval(() => response.write(Buffer.alloc(100_000, 1)), 50);
      response.on('close', () => clearInterval(more));
    };
    await choose('GB from');
    await dialog().getByRole('button', { name: 'Agree and Install' }).click();
    const running = await workbench.notification(/Installing the engine cuda: [1-9]\d* of 1280 MB/);
    await workbench.screenshot('install-engine-progress');
    await running.getByRole('button', { name: 'Cancel' }).click();
    await workbench.notification('What has been downloaded is kept for next time.');
    await until(() => isThere(join(folder(), 'downloads')));
    assert.deepEqual([...new Set(asked)], [`/${cudaPackages[0]!.path}`]);
  });

  step('a file that differs from the published one is refused with a sentence', async () => {
    await rm(folder(), { recursive: true });
    answer = (response) => void response.writeHead(200).end('not a library');
    await choose('GB from');
    await dialog().getByRole('button', { name: 'Agree and Install' }).click();
    await workbench.notification(/is not the published file.*install from a folder with the files/);
    assert.equal(await isThere(join(folder(), cudaPackages[0]!.name)), false);
  });

  step('a click selects an installed engine for this and later runs', async () => {
    await choose('GB from');
    await dialog().getByText('Install the engine cuda?').waitFor();
    await placeFiles(folder()); // as another window would
    await dialog().getByRole('button', { name: 'Agree and Install' }).click();
    const told = await workbench.notification('The engine cuda is installed.');
    await told.getByRole('button', { name: 'Use It' }).click();
    await until(async () => {
      await workbench.command('Shoulders: Install Engine');
      const rows = await workbench.quickPickRows();
      await workbench.page.keyboard.press('Escape');
      return !rows.some((row) => row.includes('Use cuda')) && rows.some((row) => row.includes('Uninstall cuda'));
    });
  });

  step('uninstalling an engine lets runs choose automatically again', async () => {
    await choose('Uninstall cuda');
    await workbench.notification('The engine cuda has been removed.');
    assert.equal(await isThere(join(data, 'shoulders', 'cuda')), false);
    await placeFiles(folder());
    await workbench.command('Shoulders: Install Engine');
    const rows = await workbench.quickPickRows();
    await workbench.screenshot('install-engine-installed');
    assert.match(rows[0]!, /Use cuda/);
    await workbench.page.keyboard.press('Escape');
  });

  step('TensorFlow.js is copied from a folder, and the window reports the device', async () => {
    const elsewhere = join(data, 'elsewhere');
    await installTensorFlow({ folder: elsewhere });
    await choose('tensorflow from a Folder…');
    await workbench.chooseFile('Folder with the files of the engine', elsewhere);
    await dialog()
      .getByText(/The files are taken from .*elsewhere.*npm, which comes with Node\.js.*Apache 2\.0/s)
      .waitFor();
    await dialog().getByRole('button', { name: 'Agree and Install' }).click();
    const told = await workbench.notification('The engine tensorflow is installed: tfjs-node 4.22.0 runs on the CPU.');
    await workbench.screenshot('install-engine-tensorflow');
    await told.getByRole('button', { name: 'Use It' }).click();
    await until(async () => {
      await workbench.command('Shoulders: Install Engine');
      const rows = await workbench.quickPickRows();
      await workbench.page.keyboard.press('Escape');
      return (
        rows.some((row) => row.includes('Uninstall tensorflow')) && !rows.some((row) => row.includes('Use tensorflow'))
      );
    });
    await choose('Uninstall tensorflow');
    await workbench.notification('The engine tensorflow has been removed.');
    assert.equal(await isThere(join(data, 'shoulders', 'tensorflow')), false);
  });

  step('a folder without TensorFlow.js is refused with advice on how to make one', async () => {
    await choose('tensorflow from a Folder…');
    await workbench.chooseFile('Folder with the files of the engine', workspace.folder);
    await dialog().getByRole('button', { name: 'Agree and Install' }).click();
    await workbench.notification(/has no complete @tensorflow\/tfjs-node 4\.22\.0 .*npm install --prefix FOLDER/);
  });
});

/** Sparse files of the right sizes, which take no space. */
async function placeFiles(folder: string): Promise<void> {
  for (const { name, members } of cudaPackages) {
    await mkdir(join(folder, name), { recursive: true });
    for (const [path, bytes] of Object.entries(members)) {
      const file = join(folder, name, basename(path));
      await writeFile(file, '');
      await truncate(file, bytes);
    }
  }
}
