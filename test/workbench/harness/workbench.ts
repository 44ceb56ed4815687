// A real VS Code window for a test: a server from .cache, Chromium, and the few gestures that the journeys need.
// Absent: knowledge of Shoulders; the journeys name the menus, views and panels.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Frame, type Locator, type Page } from 'playwright-core';
import { installWorkbench } from '../../../scripts/workbench/install.ts';
import { machineSettingsOf, startServer, type WorkbenchServer } from '../../../scripts/workbench/server.ts';

const screenshots = fileURLToPath(new URL('../../../.cache/screenshots/', import.meta.url));

/** The four kinds of theme: the name in the theme picker, and the theme's file, which is in the window's class. */
const colorThemes = {
  light: { label: 'Light Modern', file: 'light_modern' },
  dark: { label: 'Dark Modern', file: 'dark_modern' },
  'hc-black': { label: 'Dark High Contrast', file: 'hc_black' },
  'hc-light': { label: 'Light High Contrast', file: 'hc_light' },
} as const;
export type ThemeName = keyof typeof colorThemes;
export const themeNames = Object.keys(colorThemes) as ThemeName[];

export interface WorkbenchOptions {
  /** Absolute path of the folder or workspace file to open, or the URI of a folder in another file system. */
  readonly workspace: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For the server, its extension hosts and the runners they start. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder of installed extensions; absent: an empty folder, and this checkout runs as an extension under development. */
  readonly extensionsFolder?: string;
  /** A file that exports run(), for the extension host to call. */
  readonly suite?: string;
  /** Folders of further extensions, which are installed. */
  readonly companions?: readonly string[];
  /** Language that extensions see; the editor itself stays English, as it has no language pack here. */
  readonly language?: string;
  /** true: the folder opens in Restricted Mode. */
  readonly restricted?: boolean;
}

/** A timeout, not a measurement: two slow cores share an editor, a browser and a training. */
const patience = 60_000;

export class Workbench {
  readonly page: Page;
  /** Violations of a page's content security policy, in the browser's words. */
  readonly refusals: string[] = [];
  /** Uncaught errors of the window's scripts, and errors of ours that extension hosts reported. */
  readonly faults: string[] = [];
  private readonly url: string;
  private readonly server: WorkbenchServer;
  private readonly browser: Browser;
  private readonly scratch: string;

  private constructor(page: Page, url: string, server: WorkbenchServer, browser: Browser, scratch: string) {
    this.page = page;
    this.url = url;
    this.server = server;
    this.browser = browser;
    this.scratch = scratch;
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && /shoulders/i.test(message.text())) this.faults.push(message.text());
      if (/content security policy/i.test(message.text())) this.refusals.push(message.text());
    });
  }

  /** Opens a window and waits until its explorer shows the folder. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const { chromium: executablePath } = installWorkbench((line) => console.log(line));
    const scratch = await mkdtemp(join(tmpdir(), 'shoulders-workbench-'));
    const extensionsFolder = options.extensionsFolder ?? join(scratch, 'extensions');
    for (const folder of options.companions ?? [])
      await cp(folder, join(extensionsFolder, basename(folder)), { recursive: true });
    const server = await startServer({
      dataFolder: join(scratch, 'data'),
      extensionsFolder,
      port: 0,
      ...(options.settings ? { settings: options.settings } : {}),
      ...(options.env ? { env: options.env } : {}),
      asksForTrust: options.restricted ?? false,
    });
    let browser: Browser | undefined;
    try {
      const args = [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ];
      browser = await chromium.launch({ executablePath, args });
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(patience);
      if (options.language !== undefined)
        await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(options.language)}`);
      const url = server.urlOf(options.workspace, {
        development: options.extensionsFolder === undefined,
        suite: options.suite,
      });
      const workbench = new Workbench(page, url, server, browser, scratch);
      await page.goto(workbench.url);
      await workbench.settled();
      return workbench;
    } catch (error) {
      await browser?.close();
      await server.stop();
      throw error;
    }
  }

  /** Another window on the same folder: a page of the same browser with its own extension host. */
  async anotherWindow(): Promise<Workbench> {
    const page = await this.browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(patience);
    const another = new Workbench(page, this.url, this.server, this.browser, this.scratch);
    await page.goto(this.url);
    await another.settled();
    return another;
  }

  /**
   * Opens another folder or workspace file in the same window, as a user does; null: none. Retries when its folders do not appear: an
   * editor on a busy machine may read a workspace file before it has a disk, and then treats it as empty.
   */
  async openInstead(workspace: string | null): Promise<void> {
    for (const end = Date.now() + 3 * patience; ; ) {
      await this.page.goto(this.server.urlOf(workspace, { development: true }));
      await this.page.locator('.monaco-workbench').waitFor();
      const rows = this.page.locator('.explorer-folders-view .monaco-list-row');
      if (workspace === null || (await soon(rows.first().waitFor({ state: 'attached', timeout: 20_000 })))) return;
      if (Date.now() > end) throw new Error(`The window never showed the folders of ${workspace}.`);
    }
  }

  /** Changes settings of this machine as a user does; its windows react by themselves. */
  async changeSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const file = machineSettingsOf(join(this.scratch, 'data'));
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...changes }, null, 2));
  }

  /** Closes only the page: the server and other windows stay. */
  async closeWindow(): Promise<void> {
    await this.page.close({ runBeforeUnload: false });
  }

  /** Process ids of the extension hosts of all windows. */
  extensionHosts(): number[] {
    return this.server
      .processes()
      .filter(({ command }) => command.includes('--type=extensionHost'))
      .map(({ pid }) => pid);
  }

  /** Stops the first process of the server whose command line matches `command`, at once, and returns its id: SIGCONT continues it. */
  async frozen(command: RegExp): Promise<number> {
    for (const end = Date.now() + patience; ; await sleep(50)) {
      const found = this.server.processes().find((process) => command.test(process.command));
      if (found) {
        process.kill(found.pid, 'SIGSTOP');
        return found.pid;
      }
      if (Date.now() > end) throw new Error(`No process of the window fits ${command}.`);
    }
  }

  private async settled(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ state: 'attached' });
  }

  explorerItem(name: string): Locator {
    return this.page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true });
  }

  /** Selects exactly these items of the explorer by clicks with Ctrl: a plain click opens a file, and opening selects only that. */
  async selectInExplorer(...names: readonly string[]): Promise<void> {
    const rows = this.page.locator('.explorer-folders-view .monaco-list-row');
    const wrong = async (): Promise<string[]> => {
      const isSelected = await rows.evaluateAll((all) =>
        all.map((row) => [row.getAttribute('aria-label') ?? '', row.classList.contains('selected')] as const),
      );
      return isSelected.filter(([name, is]) => is !== names.includes(name)).map(([name]) => name);
    };
    for (const end = Date.now() + patience; ; ) {
      const [first] = await wrong();
      if (first === undefined) return;
      if (Date.now() > end) throw new Error(`The explorer never had exactly ${names.join(', ')} selected.`);
      await this.explorerItem(first).click({ modifiers: ['ControlOrMeta'] });
    }
  }

  /** Right-click on an explorer item, then a menu item. Retries when the menu lacks it: menus fill as extensions activate. */
  async explorerMenu(item: string, menuItem: string): Promise<void> {
    const wanted = this.page.getByRole('menuitem', { name: menuItem });
    for (let attempt = 0; ; attempt++) {
      await this.explorerItem(item).click({ button: 'right' });
      await this.page.locator('.monaco-menu').first().waitFor();
      if ((await wanted.count()) > 0 && (await this.chooseInMenu(menuItem))) return;
      if (attempt === 20)
        throw new Error(
          `The menu of "${item}" never offered "${menuItem}": ${await this.page.locator('.monaco-menu').innerText()}`,
        );
      await this.page.keyboard.press('Escape');
      await this.page.waitForTimeout(1000);
    }
  }

  /** Right-click on a row of the side bar's tree, then a menu item. Retries when something else (an opening page) closed the menu. */
  async rowMenu(row: Locator, menuItem: string): Promise<void> {
    for (const end = Date.now() + patience; ; ) {
      await row.click({ button: 'right' });
      if (await this.chooseInMenu(menuItem)) return;
      if (Date.now() > end) throw new Error(`The menu of the row never offered "${menuItem}".`);
      await this.page.keyboard.press('Escape');
    }
  }

  /**
   * A menu that has just opened ignores the mouse at first and stays open: then it clicks again, as users do. false: there is no such
   * menu, or it closed without a click.
   */
  private async chooseInMenu(name: string): Promise<boolean> {
    const item = this.page.getByRole('menuitem', { name }).first();
    if (!(await soon(item.waitFor({ timeout: 5000 })))) return false;
    let clicked = false;
    for (const end = Date.now() + patience; Date.now() < end; ) {
      clicked = (await soon(item.click({ timeout: 2000 }))) || clicked;
      if (await soon(item.waitFor({ state: 'hidden', timeout: 2000 }))) return clicked;
    }
    throw new Error(`The menu did not take the choice of "${name}".`);
  }

  /** Texts in the list of notifications. */
  async notifications(): Promise<string[]> {
    const center = this.page.locator('.notifications-center');
    if (!(await center.isVisible())) await this.command('Notifications: Show Notifications');
    await center.waitFor();
    return center.locator('.notification-list-item-message').allInnerTexts();
  }

  /** Contents of a file of this name below the server's data, where extensions keep their logs; '' if there is none. */
  async logNamed(name: string): Promise<string> {
    const folder = join(this.scratch, 'data');
    const found = (await readdir(folder, { recursive: true })).find((path) => basename(path) === name);
    return found === undefined ? '' : readFile(join(folder, found), 'utf8');
  }

  /** The notification that contains `text`, in the list of notifications: a window under test shows none by itself. */
  async notification(text: string | RegExp): Promise<Locator> {
    const item = this.page.locator('.notifications-center .notification-list-item', { hasText: text }).first();
    const end = Date.now() + patience;
    for (;;) {
      if (!(await this.page.locator('.notifications-center.visible').isVisible()))
        await this.command('Notifications: Show Notifications');
      const isThere = await item.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (isThere) return item;
      if (Date.now() > end) throw new Error(`No notification says "${text}".`);
    }
  }

  /** Rows of the open QuickPick, top down, once they are stable: an arriving list is drawn more than once, and empty in between. */
  async quickPickRows(): Promise<string[]> {
    const rows = this.page.locator('.quick-input-widget').locator('.monaco-list-row');
    const end = Date.now() + patience;
    for (let before = ''; ; ) {
      await rows.first().waitFor();
      const now = await rows.allInnerTexts();
      if (now.length > 0 && now.join('\n') === before) return now;
      if (Date.now() > end) throw new Error(`The QuickPick never rests; last it said: ${before}`);
      before = now.join('\n');
      await sleep(150);
    }
  }

  /** Chooses the QuickPick row that contains `text`, or the proposed one (Enter). */
  async quickPick(text?: string): Promise<void> {
    await this.quickPickRows();
    if (text === undefined) await this.page.keyboard.press('Enter');
    else await this.page.locator('.quick-input-widget .monaco-list-row', { hasText: text }).first().click();
  }

  quickPickTitle(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-title');
  }

  /** The editor's own file dialog, which a window in a browser shows as a quick input: its box, once the proposed path is stable. */
  async fileDialog(title: string): Promise<Locator> {
    await this.quickPickTitle().filter({ hasText: title }).waitFor();
    const box = this.page.locator('.quick-input-widget input[type=text]').first();
    const end = Date.now() + patience;
    for (let before = ''; ; await sleep(500)) {
      const now = await box.inputValue();
      if (now.startsWith('/') && now === before) return box;
      if (Date.now() > end) throw new Error(`The dialog "${title}" proposes no place; last it said: ${before}`);
      before = now;
    }
  }

  /** Types a path into the file dialog. It accepts Enter only once it has processed the text. */
  async chooseFile(title: string, path: string): Promise<void> {
    const box = await this.fileDialog(title);
    for (const end = Date.now() + patience; ; ) {
      await box.fill(path);
      await box.press('Enter');
      if (await soon(this.quickPickTitle().filter({ hasText: title }).waitFor({ state: 'hidden', timeout: 3000 })))
        return;
      if (Date.now() > end) throw new Error(`The dialog "${title}" did not take "${path}".`);
    }
  }

  async command(title: string): Promise<void> {
    await this.palette(title, async (rows) => soon(rows.filter({ hasText: title }).first().click({ timeout: 5000 })));
  }

  /** Types into the palette and acts on its rows. Retries when it does not react: a closing palette ignores input. */
  private async palette(text: string, act: (rows: Locator) => Promise<boolean>): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    for (const end = Date.now() + patience; ; ) {
      await this.page.keyboard.press('F1');
      const isOpen = await soon(widget.locator('input').first().fill(`>${text}`, { timeout: 3000 }));
      if (isOpen && (await act(widget.locator('.monaco-list-row')))) return;
      if (Date.now() > end) throw new Error(`The palette never offered "${text}".`);
      await this.page.keyboard.press('Escape');
    }
  }

  /** Titles that the palette offers for `text`. */
  async paletteRows(text: string): Promise<string[]> {
    let rows: string[] = [];
    await this.palette(text, async (found) => {
      const isThere = await soon(found.first().waitFor({ timeout: 5000 }));
      if (isThere) rows = await found.allInnerTexts();
      return isThere;
    });
    await this.page.keyboard.press('Escape');
    return rows;
  }

  /** Items of the context menu of `item`. */
  async menuItems(item: Locator): Promise<string[]> {
    await item.click({ button: 'right' });
    const menu = this.page.locator('.monaco-menu').first();
    await menu.waitFor();
    const names = await menu.getByRole('menuitem').allInnerTexts();
    await this.page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    return names.map((name) => name.trim().split('\n')[0]!); // without its keys
  }

  async openExplorer(): Promise<void> {
    const tab = this.page
      .locator('.activitybar')
      .getByRole('tab', { name: /Explorer/ })
      .first();
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  }

  /** Brings a view container of the activity bar to the front. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page
      .locator('.activitybar')
      .getByRole('tab', { name: new RegExp(title) })
      .first();
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    await this.page
      .locator('.sidebar')
      .getByRole('heading', { name: new RegExp(title, 'i') })
      .first()
      .waitFor();
  }

  /** Rows of a view's tree in the side bar. */
  treeRows(view = 'Runs'): Locator {
    const header = this.page.locator('.pane-header', { hasText: view });
    return this.page.locator('.sidebar .pane').filter({ has: header }).locator('.monaco-list-row');
  }

  /** The frame of the webview that contains `selector`. Webviews are nested frames, created and removed at any time. */
  async panel(selector: string): Promise<Frame> {
    const end = Date.now() + patience;
    while (Date.now() < end) {
      for (const frame of this.page.frames()) if ((await frame.$(selector).catch(() => null)) !== null) return frame;
      await this.page.waitForTimeout(200);
    }
    const frames = this.page.frames().map((frame) => frame.url().slice(0, 120));
    throw new Error(`No webview shows "${selector}". Frames:\n${frames.join('\n')}`);
  }

  /** Uses the theme picker, as a user does. Its list fills as extensions activate. */
  async setTheme(theme: ThemeName): Promise<void> {
    const { label, file } = colorThemes[theme];
    const row = this.page.locator('.quick-input-widget').getByRole('option', { name: new RegExp(`^${label}`) });
    for (let attempt = 0; ; attempt++) {
      await this.command('Preferences: Color Theme');
      await this.page.locator('.quick-input-widget').getByPlaceholder(/theme/i).fill(label);
      await this.page.waitForTimeout(500);
      if ((await row.count()) > 0) break;
      if (attempt === 20) throw new Error(`The theme picker never offered "${label}".`);
      await this.page.keyboard.press('Escape');
      await this.page.waitForTimeout(1000);
    }
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.vscode-theme-defaults-themes-${file}-json`).waitFor();
  }

  /** Uses the editor's own command, which first saves the state of its pages. */
  async reloadWindow(): Promise<void> {
    await Promise.all([this.page.waitForEvent('domcontentloaded'), this.command('Developer: Reload Window')]);
    await this.page.locator('.monaco-workbench').waitFor();
  }

  /** Reloads like F5 in the browser: the extension host is a new one; state that pages stored in the last seconds may be lost. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator('.monaco-workbench').waitFor();
  }

  /** Into .cache/screenshots. */
  async screenshot(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  /** Texts of dialogs and notifications above the editor: a picture stays on the machine that took it. */
  async overlays(): Promise<string> {
    const shown = this.page.locator(
      '.notification-list-item-message, .quick-input-widget, .monaco-dialog-box, .monaco-menu',
    );
    return (await shown.filter({ visible: true }).allInnerTexts()).join('\n') || 'nothing';
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await rm(this.scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Whether a wait ended before its time was over. */
const soon = (wait: Promise<unknown>): Promise<boolean> =>
  wait.then(
    () => true,
    () => false,
  );
