// The part of the editor that panels and commands use, in memory: panels whose pages a test simulates, commands that fail on demand,
// notifications and questions as a list. Modules that import `vscode` get it when they are imported after `withFakeVscode()`.
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Listener<T> = (value: T) => unknown;

class Emitter<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>) => {
    this.#listeners.add(listener);
    return new Disposable(() => void this.#listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

class Disposable {
  readonly #end: () => void;
  constructor(end: () => void) {
    this.#end = end;
  }
  static from(...parts: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const part of parts) part.dispose();
    });
  }
  dispose(): void {
    this.#end();
  }
}

class Uri {
  readonly scheme: string;
  readonly path: string;
  private constructor(scheme: string, path: string) {
    this.scheme = scheme;
    this.path = path;
  }
  static file = (path: string): Uri => new Uri('file', path);
  static from = ({ scheme, path }: { scheme: string; path: string }): Uri => new Uri(scheme, path);
  static joinPath = (base: Uri, ...parts: string[]): Uri => new Uri(base.scheme, join(base.path, ...parts));
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return this.scheme === 'file' ? pathToFileURL(this.path).href : `${this.scheme}:${this.path}`;
  }
}

/** A panel without a page: `say()` sends messages as the page, `posted` has those to the page. */
export class FakePanel {
  readonly type: string;
  title: string;
  iconPath: unknown;
  isDisposed = false;
  revealed = 0;
  readonly posted: { readonly type: string }[] = [];
  readonly #ended = new Emitter<void>();
  readonly #said = new Emitter<unknown>();
  readonly onDidDispose = this.#ended.event;
  readonly #webview = {
    html: '',
    options: {} as { readonly localResourceRoots?: readonly Uri[] },
    cspSource: 'https://panel.test',
    asWebviewUri: (uri: Uri) => uri,
    onDidReceiveMessage: this.#said.event,
    postMessage: async (message: { readonly type: string }) => {
      // Cloned like the editor's messages.
      this.posted.push(structuredClone(message));
      return true;
    },
  };

  constructor(type: string, title: string) {
    this.type = type;
    this.title = title;
  }
  /** A disposed panel has no page, like the editor's. */
  get webview() {
    if (this.isDisposed) throw new Error('Webview is disposed');
    return this.#webview;
  }
  reveal(): void {
    this.revealed += 1;
  }
  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.#ended.fire();
  }
  say(message: unknown): void {
    this.#said.fire(message);
  }
}

export interface FakeVscode {
  readonly panels: FakePanel[];
  /** Sentences, `error: …`, `warning: …`, `information: …`, and questions, `input: …`. */
  readonly shown: string[];
  /** Button or text that the user answers with next; undefined: none. */
  answer: string | undefined;
  /** Absolute paths of the open workspace folders. */
  folders: readonly string[];
  /** Values by name within their section. */
  readonly settings: Map<string, unknown>;
  isTrusted: boolean;
  grantTrust(): void;
  /** Brings the window to the front. */
  focus(): void;
  /** Names of the commands that were executed. */
  readonly executed: string[];
  readonly clipboard: string[];
  /** Folder that the user picks next; undefined: none. */
  picked: string | undefined;
  /** Failing commands with their errors; includes `clipboard`. */
  readonly failing: Map<string, Error>;
  readonly serializers: Map<string, { deserializeWebviewPanel(panel: unknown, state: unknown): Promise<void> }>;
}

/** For the whole test file; call before the first import of a module that imports `vscode`. */
export function withFakeVscode(): FakeVscode {
  const trusted = new Emitter<void>();
  const windowState = new Emitter<{ focused: boolean }>();
  const fake: FakeVscode = {
    panels: [],
    shown: [],
    answer: undefined,
    folders: [],
    settings: new Map(),
    isTrusted: true,
    grantTrust() {
      fake.isTrusted = true;
      trusted.fire();
    },
    focus: () => windowState.fire({ focused: true }),
    executed: [],
    clipboard: [],
    picked: undefined,
    failing: new Map(),
    serializers: new Map(),
  };
  const editor = editorOf(fake, trusted, windowState);
  Object.assign(globalThis, { fakeVscode: editor });
  const names = Object.keys(editor).join(', ');
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode' ? { url: 'fake:vscode', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) =>
      url === 'fake:vscode'
        ? { format: 'module', source: `export const { ${names} } = globalThis.fakeVscode`, shortCircuit: true }
        : next(url, context),
  });
  return fake;
}

function editorOf(fake: FakeVscode, trusted: Emitter<void>, windowState: Emitter<{ focused: boolean }>) {
  const fail = (name: string): void => {
    const error = fake.failing.get(name);
    if (error) throw error;
  };
  const say = (kind: string) => async (sentence: string) => {
    fake.shown.push(`${kind}: ${sentence}`);
    return fake.answer;
  };
  const workspaceFolder = (path: string) => ({ uri: Uri.file(path), name: path.split('/').at(-1) });
  const nothing = new Disposable(() => {});
  return {
    Disposable,
    EventEmitter: Emitter,
    Uri,
    ViewColumn: { Active: -1 },
    ProgressLocation: { Window: 10 },
    l10n: {
      t: (message: string, ...values: unknown[]) =>
        message.replace(/\{(\d+)\}/g, (_, i: string) => String(values[Number(i)])),
    },
    env: {
      language: 'en',
      clipboard: {
        writeText: async (text: string) => {
          fail('clipboard');
          fake.clipboard.push(text);
        },
      },
    },
    window: {
      createWebviewPanel(type: string, title: string) {
        const panel = new FakePanel(type, title);
        fake.panels.push(panel);
        return panel;
      },
      registerWebviewPanelSerializer(
        type: string,
        serializer: { deserializeWebviewPanel(panel: unknown, state: unknown): Promise<void> },
      ) {
        fake.serializers.set(type, serializer);
        return nothing;
      },
      state: { focused: true },
      onDidChangeWindowState: windowState.event,
      showErrorMessage: say('error'),
      showWarningMessage: say('warning'),
      showInformationMessage: say('information'),
      showInputBox: ({ prompt }: { prompt: string }) => say('input')(prompt),
      withProgress: (_: unknown, work: () => Promise<unknown>) => work(),
      showOpenDialog: async () => (fake.picked === undefined ? undefined : [Uri.file(fake.picked)]),
      setStatusBarMessage: () => nothing,
    },
    commands: {
      async executeCommand(name: string) {
        fake.executed.push(name);
        fail(name);
      },
      getCommands: async () => [],
    },
    workspace: {
      get isTrusted() {
        return fake.isTrusted;
      },
      onDidGrantWorkspaceTrust: trusted.event,
      get workspaceFolders() {
        return fake.folders.map(workspaceFolder);
      },
      asRelativePath: (uri: Uri) => uri.fsPath,
      getWorkspaceFolder: (uri: Uri) =>
        fake.folders.filter((folder) => uri.fsPath.startsWith(`${folder}/`)).map(workspaceFolder)[0],
      getConfiguration: () => ({ get: (name: string) => fake.settings.get(name) }),
      registerTextDocumentContentProvider: () => nothing,
    },
  };
}
