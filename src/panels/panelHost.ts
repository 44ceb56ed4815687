// Shared behaviour of all panels: one panel per subject, restored when a window reloads; messages in order; errors shown to the user.
// Absent: drawing (webview/), the meaning of messages (the panels).
import * as vscode from 'vscode';
import type { z } from 'zod';
import { problemOf, showError, wording } from '../words/showError.ts';
import { type PageOptions, showPage } from './showPage.ts';
import { showWaiting, type Waiting, type WaitingPage } from './waitingPage.ts';

/** Dependencies of every panel. */
export interface PanelParts {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The panel's strings in the editor's language; missing ones stay English. */
  readonly strings: Readonly<Record<string, string>>;
}

/** One panel per subject; `Content` is the data read for a subject, `Shown` the panel that shows it. */
export interface PanelKind<Subject, Kept, Content, ToPage, Shown> {
  /** View type under which the editor restores a panel. */
  readonly type: string;
  readonly parts: PanelParts;
  /** Equal for subjects that share a panel. */
  readonly key: (subject: Subject) => string;
  /** Schema of the state that a page keeps between reloads. */
  readonly kept: z.ZodType<Kept>;
  /** Subject of a page before the reload; undefined: it must not be shown again. */
  readonly restore: (kept: Kept) => Promise<Subject | undefined> | Subject | undefined;
  /** Describes the wait during `read` to the user. Accesses no disk. */
  readonly waiting: (subject: Subject) => Waiting;
  /** undefined: there is nothing to show, or no longer. */
  readonly read: (subject: Subject) => Promise<Content | undefined> | Content | undefined;
  /** Runs before a panel opens for a user, but not before one is restored. */
  readonly beforeOpen?: (content: Content) => Promise<void>;
  readonly title: (content: Content) => string;
  /** Sends content to the page with `LivePanel.show()` and listens. */
  readonly attach: (panel: LivePanel<ToPage>, content: Content) => Shown;
}

export interface Panels<Subject, Shown> extends vscode.Disposable {
  /**
   * Reveals the subject's panel, or creates one that appears at once and shows what it waits for. Resolves when its content is there;
   * to undefined when there is nothing to show, when reading fails (the panel shows why), or when the panel was closed meanwhile.
   */
  open(subject: Subject): Promise<Shown | undefined>;
  /** Closes the panels of removed subjects. */
  closeWhere(isGone: (key: string) => boolean): void;
}

/** Panel of a subject from the moment it is requested. */
interface Slot<Shown> {
  readonly panel: vscode.WebviewPanel;
  shown: Promise<Shown | undefined>;
  hasFailed: boolean;
  isGone: boolean;
}

/** Registers the restoring of panels; call during activation. */
export function createPanels<Subject, Kept, Content, ToPage, Shown>(
  kind: PanelKind<Subject, Kept, Content, ToPage, Shown>,
): Panels<Subject, Shown> {
  const { type, parts } = kind;
  const open = new Map<string, Slot<Shown>>();

  /** Creates the panel of a subject and starts to read its content. */
  function fill(panel: vscode.WebviewPanel, subject: Subject, isAsked: boolean): Promise<Shown | undefined> {
    const key = kind.key(subject);
    const slot: Slot<Shown> = { panel, shown: Promise.resolve(undefined), hasFailed: false, isGone: false };
    open.set(key, slot);
    panel.onDidDispose(() => {
      slot.isGone = true;
      if (open.get(key) === slot) open.delete(key);
    });
    slot.shown = read(slot, subject, isAsked);
    return slot.shown;
  }

  async function read(slot: Slot<Shown>, subject: Subject, isAsked: boolean): Promise<Shown | undefined> {
    const { panel } = slot;
    const page = showWaiting(panel, parts.extensionUri, kind.waiting(subject));
    try {
      const content = await kind.read(subject);
      if (slot.isGone) return undefined;
      if (content === undefined) {
        panel.dispose();
        return undefined;
      }
      if (isAsked) await kind.beforeOpen?.(content);
      if (slot.isGone) return undefined;
      page.end();
      panel.title = kind.title(content);
      return kind.attach(new LivePanel<ToPage>(panel, type, parts), content);
    } catch (error) {
      slot.hasFailed = true;
      tellFailed(page, error, slot.isGone);
      return undefined;
    }
  }

  function tellFailed(page: WaitingPage, error: unknown, isGone: boolean): void {
    parts.log.warn(`A panel ${type} cannot be shown: ${reasonOf(error)}`);
    const problem = problemOf(error, parts.log);
    if (!isGone) page.failed(wording(problem));
  }

  async function restored(panel: vscode.WebviewPanel, kept: Kept): Promise<void> {
    let isGone = false;
    panel.onDidDispose(() => {
      isGone = true;
    });
    const sentence = vscode.l10n.t('Restoring this panel…');
    const page = showWaiting(panel, parts.extensionUri, { title: panel.title, sentence, place: '' });
    try {
      const subject = await kind.restore(kept);
      page.end();
      if (isGone) return;
      if (subject === undefined || open.has(kind.key(subject))) panel.dispose();
      else await fill(panel, subject, false);
    } catch (error) {
      tellFailed(page, error, isGone);
    }
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(type, {
    // Not awaited: the editor shows nothing of the panel until this resolves.
    async deserializeWebviewPanel(panel, state) {
      const kept = kind.kept.safeParse(state);
      if (kept.success) void restored(panel, kept.data);
      else panel.dispose();
    },
  });

  return {
    async open(subject) {
      const found = open.get(kind.key(subject));
      if (!found) {
        const { title } = kind.waiting(subject);
        return fill(vscode.window.createWebviewPanel(type, title, vscode.ViewColumn.Active), subject, true);
      }
      found.panel.reveal();
      return found.hasFailed ? fill(found.panel, subject, true) : found.shown;
    },
    closeWhere(isGone) {
      for (const [key, { panel }] of [...open]) if (isGone(key)) panel.dispose();
    },
    dispose: () => vscode.Disposable.from(serializer, ...[...open.values()].map(({ panel }) => panel)).dispose(),
  };
}

/** One panel of the editor: its page, the order of its messages, and the destination of its errors. */
export class LivePanel<ToPage> {
  readonly #panel: vscode.WebviewPanel;
  readonly #name: string;
  readonly #parts: PanelParts;
  readonly #owned: vscode.Disposable[] = [];
  #isLive = false;
  #isGone = false;
  /** Keeps messages in order although handlers read files in between. */
  #queue: Promise<void> = Promise.resolve();

  /** @param name  for the log */
  constructor(panel: vscode.WebviewPanel, name: string, parts: PanelParts) {
    this.#panel = panel;
    this.#name = name;
    this.#parts = parts;
    panel.onDidDispose(() => {
      this.#isGone = true;
      vscode.Disposable.from(...this.#owned).dispose();
    });
  }

  /** The page has sent `ready`: before that, posted messages are lost. */
  get isLive(): boolean {
    return this.#isLive;
  }

  set title(title: string) {
    this.#panel.title = title;
  }

  /** Sets the panel's page, once. */
  show(page: Pick<PageOptions, 'script' | 'folders'>): void {
    showPage(this.#panel, { ...page, extensionUri: this.#parts.extensionUri, title: this.#panel.title });
  }

  /** Address by which the page may load this file of `folders`. @param path  absolute */
  address(path: string): string {
    return this.#panel.webview.asWebviewUri(vscode.Uri.file(path)).toString();
  }

  /** Disposed with the panel. */
  own(...parts: readonly vscode.Disposable[]): void {
    this.#owned.push(...parts);
  }

  /** Calls `act` with each valid message of the page, by `schema`, and logs the others. */
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

  /** Starts `work` now; an error is shown to the user. */
  attempt(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.#failed(error));
  }

  /** Starts `work` after all previously queued work has ended; an error is shown to the user, and the queue continues. */
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

  close(): void {
    this.#panel.dispose();
  }

  /** Not awaited, because a notification may stay unanswered. An error in a panel closed meanwhile is only logged. */
  #failed(error: unknown): void {
    const { log } = this.#parts;
    if (this.#isGone) log.warn(`In a panel ${this.#name} that was closed: ${reasonOf(error)}`);
    else showError(error, log).catch((again: unknown) => log.error(reasonOf(again)));
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
