// The run panel in real Chromium: webview/run.ts bundled in memory, served under the product's policy, with a twin of the
// editor's API that records what the panel sends and lets a test post what the host would.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { build } from 'esbuild';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { type FromPanel, panelPolicy } from '../../../webview/contract.ts';
import type { Theme } from '../../support/themes.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** For `test(name, { skip: noChromium }, ...)`: false, or why browser tests cannot run here. */
export const noChromium: string | false = existsSync(executablePath)
  ? false
  : `no Chromium at ${executablePath}: install it or name one in CHROMIUM_PATH`;

const origin = 'http://panel.test';
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

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'] });

let bundled: Promise<string> | undefined;

function bundle(): Promise<string> {
  return (bundled ??= build({
    entryPoints: [fileURLToPath(new URL('../../../webview/run.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'chrome130',
    logLevel: 'silent',
  }).then(({ outputFiles }) => outputFiles[0]!.text));
}

export interface PanelPage {
  readonly page: Page;
  post(message: unknown): Promise<void>;
  sent(): Promise<FromPanel[]>;
  kept(): Promise<unknown[]>;
  /** Violations of the policy, uncaught errors and console errors. */
  readonly troubles: string[];
  /** Two frames: whatever was posted is drawn. */
  drawn(): Promise<void>;
  setTheme(theme: Theme): Promise<void>;
  /** axe-core's violations, a line each. */
  accessibilityFaults(): Promise<string[]>;
  close(): Promise<void>;
}

export interface PanelOptions {
  readonly theme: Theme;
  readonly width: number;
  readonly height?: number;
  /** What vscode.getState() gives. */
  readonly restored?: unknown;
  readonly reducedMotion?: boolean;
}

export async function openPanel(browser: Browser, options: PanelOptions): Promise<PanelPage> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.height ?? 900 },
    reducedMotion: options.reducedMotion === false ? 'no-preference' : 'reduce',
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  const script = await bundle();
  await page.route(`${origin}/**`, (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({ contentType: 'text/html', body: html }),
  );
  await page.addInitScript(editorTwin, options.restored);
  await page.addInitScript(applyTheme, { theme: options.theme, now: false });
  await page.goto(`${origin}/`);
  await page.waitForFunction(() => 'sent' in window && (window.sent as unknown[]).length > 0);
  return {
    page,
    troubles,
    post: (message) => page.evaluate((data) => window.postMessage(data, '*'), message),
    sent: () => page.evaluate(() => (window as unknown as Twin).sent as FromPanel[]),
    kept: () => page.evaluate(() => (window as unknown as Twin).kept),
    drawn: () =>
      page.evaluate(
        () =>
          new Promise<void>((resolve) => {
            setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))), 0);
          }),
      ),
    setTheme: (theme) => page.evaluate(applyTheme, { theme, now: true }),
    accessibilityFaults: () => faultsOf(page),
    close: () => context.close(),
  };
}

/** The text that a reader meets under an element, shadow trees included, spaces made single. */
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
}

/** Runs in the page before everything else. */
function editorTwin(restored: unknown): void {
  const twin: Twin = { sent: [], kept: [] };
  Object.assign(window, twin, {
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => twin.sent.push(message),
      getState: () => restored,
      setState: (state: unknown) => twin.kept.push(state),
    }),
  });
}

/** As the editor does it: custom properties on the root element, classes and attributes on body. */
function applyTheme({ theme, now }: { theme: Theme; now: boolean }): void {
  const apply = () => {
    const { style } = document.documentElement;
    for (const name of [...style]) if (name.startsWith('--vscode-')) style.removeProperty(name);
    for (const [name, value] of Object.entries(theme.tokens)) style.setProperty(`--vscode-${name}`, value);
    document.body.className = theme.bodyClasses.join(' ');
    document.body.dataset.vscodeThemeKind = theme.kind;
    document.body.style.backgroundColor = theme.tokens['editor-background'] ?? '';
    document.body.style.color = theme.tokens['editor-foreground'] ?? '';
  };
  if (now) {
    apply();
    return;
  }
  document.addEventListener('readystatechange', apply, { once: true });
  document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`),
  );
}

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().join(' ')}: ${node.failureSummary?.replaceAll('\n', ' ')}`),
  );
}
