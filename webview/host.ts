// The one door to the editor: messages in and out, and the small state that survives a reload.
// Absent: what the messages mean (state.ts). The twin at the end serves tests and takes no editor.
import { type FromPanel, PanelState, ToPanel } from './contract.ts';

export interface Host {
  send(message: FromPanel): void;
  /** `refused` gets the reason when a message does not follow the contract; such a message is dropped. */
  listen(received: (message: ToPanel) => void, refused: (reason: string) => void): void;
  /** The state of this panel's last life; undefined when there is none or it cannot be trusted. */
  restore(): PanelState | undefined;
  keep(state: PanelState): void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** May be called once a page: the editor hands its API out once. */
export function editorHost(): Host {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    listen: (received, refused) =>
      window.addEventListener('message', (event: MessageEvent<unknown>) => receive(event.data, received, refused)),
    restore: () => parseState(api.getState()),
    keep: (state) => api.setState(state),
  };
}

export interface MemoryHost extends Host {
  readonly sent: FromPanel[];
  readonly kept: PanelState[];
  /** What the editor would post; parsed as on the real way. */
  post(message: unknown): void;
}

export function memoryHost(restored?: unknown): MemoryHost {
  let deliver: (message: unknown) => void = () => {};
  const sent: FromPanel[] = [];
  const kept: PanelState[] = [];
  return {
    sent,
    kept,
    send: (message) => void sent.push(message),
    listen: (received, refused) => {
      deliver = (message) => receive(message, received, refused);
    },
    restore: () => parseState(restored),
    keep: (state) => void kept.push(state),
    post: (message) => deliver(message),
  };
}

function receive(data: unknown, received: (message: ToPanel) => void, refused: (reason: string) => void): void {
  const parsed = ToPanel.safeParse(data);
  if (parsed.success) received(parsed.data);
  else refused(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

const parseState = (data: unknown): PanelState | undefined => PanelState.safeParse(data).data;
