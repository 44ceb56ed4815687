// What all panels of the editor share: one panel a subject, brought back when a window is reloaded; messages in their order; an error is
// shown to the person. Absent: what is drawn (webview/), what a message means (the panels).
import * as vscode from 'vscode';
import type { z } from 'zod';
import { UserError } from '../../shared/contracts/errors.ts';
import { showError, wording } from '../words/showError.ts';
import { type PageOptions, showPage } from './showPage.ts';
import { showWaiting, type Waiting, type WaitingPage } from './waitingPage.ts';

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
  /** What a person waits for while `read` goes on. Asks no disk. */
  readonly waiting: (subject: Subject) => Waiting;
  /** undefined: there is nothing to show, or no longer. */
  readonly read: (subject: Subject) => Promise<Content | undefined> | Content | undefined;
  /** Runs before a panel that a person asked for is there, not for one that is brought back. */
  readonly beforeOpen?: (content: Content) => Promise<void>;
  readonly title: (content: Content) => string;
  /** Gives the page its content with `LivePanel.show()` and listens. */
  readonly attach: (panel: LivePanel<ToPage>, content: Content) => Shown;
}

export interface Panels<Subject, Shown> extends vscode.Disposable {
  /**
   * Reveals the subject's panel, or makes one, which is there at once and says what it waits for. Resolves when its content is there;
   * to undefined when there is nothing to show, when reading fails (the panel says why), or when the panel was closed meanwhile.
   */
  open(subject: Subject): Promise<Shown | undefined>;
  /** Closes the panels of subjects that are gone. */
  closeWhere(isGone: (key: string) => boolean): void;
}

/** A panel of a subject, from the moment that it is asked for. */
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

  /** The panel of a subject, whose content is read from now on. */
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
    if (!isGone) page.failed(error instanceof UserError ? wording(error) : reasonOf(error));
  }

  async function restored(panel: vscode.WebviewPanel, kept: Kept): Promise<void> {
    let isGone = false;
    panel.onDidDispose(() => {
      isGone = true;
    });
    const sentence = vscode.l10n.t('Looking for what this panel showed…');
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
    // Not awaited: until this resolves, the editor shows nothing of the panel.
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

/** One panel of the editor: its page, the order of its messages, and where its errors go. */
export class LivePanel<ToPage> {
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

  close(): void {
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
