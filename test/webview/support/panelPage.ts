// A panel in real Chromium: its entry (webview/PANEL/main.ts) bundled in memory, served under the product's policy, with a test double of
// the editor's API that records the panel's messages and lets a test post the host's.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { build } from 'esbuild';
import { chromium, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../../../scripts/workbench/install.ts';
import { panelPolicy } from '../../../shared/messages/run.ts';
import { darkModern, type Theme, themes } from '../../support/themes.ts';

const executablePath = findChromium() ?? '';

/** For `test(name, { skip: noChromium }, ...)`: false, or why browser tests cannot run here. */
export const noChromium: string | false = executablePath
  ? false
  : 'no Chromium: install it or name one in CHROMIUM_PATH';

const origin = 'http://panel.test';
/** Every address below it is a picture. */
const pictures = `${origin}/pictures`;
const square =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="gray"/></svg>';
const nonce = 'c2hvdWxkZXJz';
const policy = panelPolicy(origin, nonce);
const html = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <title>Run</title>
  </head>
  <body>
    <script type="module" nonce="${nonce}" src="${origin}/run.js"></script>
  </body>
</html>`;

interface Message {
  readonly type: string;
}

/** A scene: posted messages, then the user's actions. */
export interface Scene<From extends Message, To> {
  readonly name: string;
  readonly posts: readonly To[];
  readonly arrange?: (panel: PanelPage<From>) => Promise<void>;
}

/** Folder for pictures of every theme and width; absent: none are taken. */
const screenshots = process.env.SCREENSHOTS;

/** Within a `describe`: its panel, in a browser that opens before its tests and closes after them. `panel`: a folder of webview/. */
export function panelOf<From extends Message, To>(panel: string, usualWidth = 1200) {
  let panels: Panels<From>;
  before(async () => {
    panels = await launch(panel);
  });
  after(() => panels?.close());
  const open = (options: Partial<PanelOptions> = {}): Promise<PanelPage<From>> =>
    panels.open({ theme: darkModern, width: usualWidth, ...options });

  /** Opens, posts, waits for the drawing, runs the checks; then asserts that the page reported no errors. */
  async function onPanel(
    posts: readonly To[],
    checks: (panel: PanelPage<From>) => Promise<void>,
    options?: Partial<PanelOptions>,
  ): Promise<void> {
    const panel = await open(options);
    for (const message of posts) await panel.post(message);
    await panel.drawn();
    await checks(panel);
    assert.deepEqual(panel.troubles, []);
  }

  /** A test for each theme: one page shows the scenes in turn, at every width. */
  function looksRightInEveryTheme(name: string, widths: readonly number[], scenes: readonly Scene<From, To>[]): void {
    for (const theme of themes)
      void test(`${name} has no accessibility violation and no overflow in ${theme.name}`, () =>
        onPanel(
          [],
          async (panel) => {
            for (const scene of scenes) {
              for (const message of scene.posts) await panel.post(message);
              await scene.arrange?.(panel);
              for (const width of widths) {
                await panel.page.setViewportSize({ width, height: 900 });
                await panel.drawn();
                const seen = await panel.page.evaluate(() => document.documentElement.scrollWidth);
                assert.ok(seen <= width, `${scene.name}: ${seen} px wide in a view of ${width} px`);
                if (screenshots === undefined) continue;
                mkdirSync(screenshots, { recursive: true });
                const path = `${screenshots}/${scene.name}-${theme.name}-${width}.png`;
                await panel.page.screenshot({ path, fullPage: true });
              }
              assert.deepEqual(await panel.accessibilityFaults(), [], scene.name);
            }
          },
          { theme },
        ));
  }
  return { open, onPanel, looksRightInEveryTheme };
}

/** A browser with one tab, reloaded for each panel, because a new tab would take more than a second. */
export interface Panels<From extends Message> {
  open(options: PanelOptions): Promise<PanelPage<From>>;
  close(): Promise<void>;
}

/** `panel`: a folder of webview/. Pictures under `pictures` in the address are a grey square; all others are missing. */
export async function launch<From extends Message>(panel: string): Promise<Panels<From>> {
  const [browser, script] = await Promise.all([
    chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'] }),
    bundle(panel),
  ]);
  const page = await browser.newPage();
  await page.route(`${origin}/**`, (route) => {
    const url = route.request().url();
    if (url.endsWith('.js')) return route.fulfill({ contentType: 'text/javascript', body: script });
    if (url.startsWith(pictures)) return route.fulfill({ contentType: 'image/svg+xml', body: square });
    if (/\.(png|jpe?g)$/.test(url)) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: 'text/html', body: html });
  });
  await page.addInitScript(beforeThePage);
  return { open: (options) => openPanel<From>(page, options), close: () => browser.close() };
}

function bundle(panel: string): Promise<string> {
  return build({
    entryPoints: [fileURLToPath(new URL(`../../../webview/${panel}/main.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'chrome130',
    logLevel: 'silent',
  }).then(({ outputFiles }) => outputFiles[0]!.text);
}

export interface PanelPage<From extends Message> {
  readonly page: Page;
  post(message: unknown): Promise<void>;
  sent(): Promise<From[]>;
  sentOf<Type extends From['type']>(type: Type): Promise<Extract<From, { type: Type }>[]>;
  kept(): Promise<unknown[]>;
  /** Violations of the policy, uncaught errors and console errors, except for missing pictures, which the page handles. */
  readonly troubles: string[];
  /** Two frames: whatever was posted is drawn. */
  drawn(): Promise<void>;
  setTheme(theme: Theme): Promise<void>;
  /** axe-core's violations, a line each. */
  accessibilityFaults(): Promise<string[]>;
}

export interface PanelOptions {
  readonly theme: Theme;
  readonly width: number;
  readonly height?: number;
  /** Result of vscode.getState(). */
  readonly restored?: unknown;
  readonly reducedMotion?: boolean;
}

async function openPanel<From extends Message>(page: Page, options: PanelOptions): Promise<PanelPage<From>> {
  const { theme, width, height = 900, restored, reducedMotion = true } = options;
  const troubles: string[] = [];
  page.removeAllListeners('pageerror');
  page.removeAllListeners('console');
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/404/.test(message.text())) troubles.push(`console: ${message.text()}`);
  });
  await page.mouse.move(0, 0);
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ reducedMotion: reducedMotion ? 'reduce' : 'no-preference' });
  // The page reads its configuration from the address; a mere change of the fragment would not reload it.
  await page.goto('about:blank');
  await page.goto(`${origin}/#${encodeURIComponent(JSON.stringify({ theme, restored }))}`);
  await page.waitForFunction(() => 'sent' in window && (window.sent as unknown[]).length > 0);
  const sent = () => page.evaluate(() => (window as unknown as Twin).sent as From[]);
  return {
    page,
    troubles,
    post: (message) => page.evaluate((data) => window.postMessage(data, '*'), message),
    sent,
    sentOf: async <Type extends From['type']>(type: Type) =>
      (await sent()).filter((message): message is Extract<From, { type: Type }> => message.type === type),
    kept: () => page.evaluate(() => (window as unknown as Twin).kept),
    drawn: () =>
      page.evaluate(
        () =>
          new Promise<void>((resolve) => {
            setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))), 0);
          }),
      ),
    setTheme: (next) => page.evaluate((wanted) => (window as unknown as Twin).applyTheme(wanted), next),
    accessibilityFaults: () => faultsOf(page),
  };
}

/** Text under an element in reading order, shadow trees included, with single spaces. */
export const textOf = async (locator: Locator): Promise<string> =>
  (await locator.evaluate(readText)).replace(/\s+/g, ' ').trim();

/** Runs in the page. */
function readText(element: Node): string {
  const read = (node: Node): string => {
    if (node instanceof Text) return node.data;
    if (node instanceof Comment || node instanceof HTMLStyleElement) return '';
    const inner =
      node instanceof HTMLSlotElement ? node.assignedNodes() : ((node as Element).shadowRoot ?? node).childNodes;
    return ` ${[...inner].map(read).join('')} `;
  };
  return read(element);
}

interface Twin {
  sent: unknown[];
  kept: unknown[];
  applyTheme(theme: Theme): void;
}

/** Runs in the page before everything else: the editor's API and the theme, as the editor sets it. */
function beforeThePage(): void {
  if (location.hash === '') return;
  const { theme, restored } = JSON.parse(decodeURIComponent(location.hash.slice(1))) as Pick<
    PanelOptions,
    'theme' | 'restored'
  >;
  const twin: Twin = {
    sent: [],
    kept: [],
    applyTheme({ tokens, bodyClasses, kind }) {
      const { style } = document.documentElement;
      for (const name of [...style]) if (name.startsWith('--vscode-')) style.removeProperty(name);
      for (const [name, value] of Object.entries(tokens)) style.setProperty(`--vscode-${name}`, value);
      document.body.className = bodyClasses.join(' ');
      document.body.dataset.vscodeThemeKind = kind;
      document.body.style.backgroundColor = tokens['editor-background'] ?? '';
      document.body.style.color = tokens['editor-foreground'] ?? '';
    },
  };
  Object.assign(window, twin, {
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => twin.sent.push(message),
      getState: () => restored,
      setState: (state: unknown) => twin.kept.push(state),
    }),
  });
  document.addEventListener('readystatechange', () => twin.applyTheme(theme), { once: true });
  document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`),
  );
}

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'], preload: false }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().join(' ')}: ${node.failureSummary?.replaceAll('\n', ' ')}`),
  );
}
