// What all panels of the editor share: one panel a subject, brought back when a window is reloaded; messages in their order; an error is
// shown to the person. Absent: what is drawn (webview/), what a message means (the panels).
import * as vscode from 'vscode';
import type { z } from 'zod';
import { showError } from '../words/showError.ts';
import { type PageOptions, showPage } from './showPage.ts';

/** What every panel needs of the extension. */
export interface PanelParts {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The panel's strings in the editor's language; what is missing stays English. */
  readonly strings: Readonly<Record<string, string>>;
}

/** A panel for each subject; `Content` is what was read of a subject, `Shown` the panel that shows it. */
export interface PanelKind<Subject, Kept, Content, ToPage, Shown> {
  /** The view type, under which the editor remembers a panel. */
  readonly type: string;
  readonly parts: PanelParts;
  /** Equal for subjects that share a panel. */
  readonly key: (subject: Subject) => string;
  /** What a page keeps between reloads. */
  readonly kept: z.ZodType<Kept>;
  /** The subject of a page's last life; undefined: it must not be shown again. */
  readonly restore: (kept: Kept) => Promise<Subject | undefined> | Subject | undefined;
  /** undefined: there is nothing to show, or no longer. */
  readonly read: (subject: Subject) => Promise<Content | undefined> | Content | undefined;
  /** Runs before a panel that a person asked for is there, not for one that is brought back. */
  readonly beforeOpen?: (content: Content) => Promise<void>;
  readonly title: (content: Content) => string;
  /** Gives the page its content with `LivePanel.show()` and listens. */
  readonly attach: (panel: LivePanel<ToPage>, content: Content) => Shown;
}

export interface Panels<Subject, Shown> extends vscode.Disposable {
  /** Reveals the subject's panel, or makes one. Resolves to undefined when there is nothing to show. @throws what reading throws */
  open(subject: Subject): Promise<Shown | undefined>;
  /** Closes the panels of subjects that are gone. */
  closeWhere(isGone: (key: string) => boolean): void;
}

/** Registers the restoring of panels; call during activation. */
export function createPanels<Subject, Kept, Content, ToPage, Shown>(
  kind: PanelKind<Subject, Kept, Content, ToPage, Shown>,
): Panels<Subject, Shown> {
  const { type, parts } = kind;
  const open = new Map<string, { readonly live: LivePanel<ToPage>; readonly shown: Shown }>();

  function attach(panel: vscode.WebviewPanel, key: string, content: Content): Shown {
    panel.title = kind.title(content);
    const live = new LivePanel<ToPage>(panel, type, parts);
    const shown = kind.attach(live, content);
    open.set(key, { live, shown });
    live.own({ dispose: () => open.delete(key) });
    return shown;
  }

  async function restored(panel: vscode.WebviewPanel, state: unknown): Promise<boolean> {
    const kept = kind.kept.safeParse(state);
    const subject = kept.success ? await kind.restore(kept.data) : undefined;
    const content = subject === undefined ? undefined : await kind.read(subject);
    if (subject === undefined || content === undefined || open.has(kind.key(subject))) return false;
    attach(panel, kind.key(subject), content);
    return true;
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(type, {
    async deserializeWebviewPanel(panel, state) {
      const isShown = await restored(panel, state).catch((error: unknown) => {
        parts.log.warn(`A panel ${type} is not brought back: ${reasonOf(error)}`);
        return false;
      });
      if (!isShown) panel.dispose();
    },
  });

  return {
    async open(subject) {
      const key = kind.key(subject);
      const revealed = (): Shown | undefined => {
        const found = open.get(key);
        found?.live.reveal();
        return found?.shown;
      };
      if (open.has(key)) return revealed();
      const content = await kind.read(subject);
      if (content === undefined) return undefined;
      // A second click came in between.
      if (open.has(key)) return revealed();
      await kind.beforeOpen?.(content);
      if (open.has(key)) return revealed();
      return attach(
        vscode.window.createWebviewPanel(type, kind.title(content), vscode.ViewColumn.Active),
        key,
        content,
      );
    },
    closeWhere(isGone) {
      for (const [key, { live }] of [...open]) if (isGone(key)) live.dispose();
    },
    dispose: () => vscode.Disposable.from(serializer, ...[...open.values()].map(({ live }) => live)).dispose(),
  };
}

/** One panel of the editor: its page, the order of its messages, and where its errors go. */
export class LivePanel<ToPage> implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #name: string;
  readonly #parts: PanelParts;
  readonly #owned: vscode.Disposable[] = [];
  #isLive = false;
  #isGone = false;
  /** Messages keep their order although files are read in between. */
  #queue: Promise<void> = Promise.resolve();

  /** @param name  in the log */
  constructor(panel: vscode.WebviewPanel, name: string, parts: PanelParts) {
    this.#panel = panel;
    this.#name = name;
    this.#parts = parts;
    panel.onDidDispose(() => {
      this.#isGone = true;
      vscode.Disposable.from(...this.#owned).dispose();
    });
  }

  /** The page has said `ready`: before that nobody listens to what is posted. */
  get isLive(): boolean {
    return this.#isLive;
  }

  set title(title: string) {
    this.#panel.title = title;
  }

  /** Gives the panel its page, once. */
  show(page: Pick<PageOptions, 'script' | 'folders'>): void {
    showPage(this.#panel, { ...page, extensionUri: this.#parts.extensionUri, title: this.#panel.title });
  }

  /** What the page may load this file of `folders` by. @param path  absolute */
  address(path: string): string {
    return this.#panel.webview.asWebviewUri(vscode.Uri.file(path)).toString();
  }

  /** What ends with the panel. */
  own(...parts: readonly vscode.Disposable[]): void {
    this.#owned.push(...parts);
  }

  /** Calls `act` with each message of the page that follows `schema`; the others are logged. */
  received<Message extends { readonly type: string }>(
    schema: z.ZodType<Message>,
    act: (message: Message) => Promise<unknown> | unknown,
  ): void {
    this.own(
      this.#panel.webview.onDidReceiveMessage((data: unknown) => {
        const message = schema.safeParse(data);
        if (!message.success) {
          this.#parts.log.warn(`A message of a panel ${this.#name} was refused: ${message.error.message}`);
          return;
        }
        if (message.data.type === 'ready') this.#isLive = true;
        this.attempt(async () => act(message.data));
      }),
    );
  }

  /** Starts `work` now; an error is shown to the person. */
  attempt(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.#failed(error));
  }

  /** Starts `work` when all work enqueued before has ended; an error is shown to the person, and the queue goes on. */
  enqueue(work: () => Promise<unknown>): void {
    this.#queue = this.#queue.then(work).then(
      () => {},
      (error: unknown) => this.#failed(error),
    );
  }

  /** Does nothing once the panel is closed. */
  async post(message: ToPage): Promise<void> {
    if (!this.#isGone) await this.#panel.webview.postMessage(message);
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  /** Nobody waits for the answer to a notification. What fails in a panel that was closed meanwhile concerns nobody. */
  #failed(error: unknown): void {
    const { log } = this.#parts;
    if (this.#isGone) log.warn(`In a panel ${this.#name} that was closed: ${reasonOf(error)}`);
    else showError(error, log).catch((again: unknown) => log.error(reasonOf(again)));
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
