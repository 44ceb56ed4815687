// The only connection to the editor: messages in and out, and the small state that survives a reload; each panel supplies its contract.
// Absent: the meaning of messages (state.ts). The test double at the end needs no editor.
import type { z } from 'zod';

/** Protocol of one kind of panel: messages it receives and sends, and the state it stores between reloads. */
export interface Protocol<In, Out, Kept> {
  readonly received: z.ZodType<In>;
  readonly sent: z.ZodType<Out>;
  readonly kept: z.ZodType<Kept>;
}

export interface Host<In, Out, Kept> {
  send(message: Out): void;
  /** `refused` gets the reason when a message violates the contract; such a message is dropped. */
  listen(received: (message: In) => void, refused: (reason: string) => void): void;
  /** State stored before the reload; undefined if there is none or it is invalid. */
  restore(): Kept | undefined;
  keep(state: Kept): void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Call once per page: the editor hands out its API only once. */
export function editorHost<In, Out, Kept>(protocol: Protocol<In, Out, Kept>): Host<In, Out, Kept> {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    listen: (received, refused) =>
      window.addEventListener('message', (event: MessageEvent<unknown>) =>
        receive(protocol, event.data, received, refused),
      ),
    restore: () => protocol.kept.safeParse(api.getState()).data,
    keep: (state) => api.setState(state),
  };
}

export interface MemoryHost<In, Out, Kept> extends Host<In, Out, Kept> {
  readonly sent: Out[];
  readonly kept: Kept[];
  /** A message as the editor would post it; parsed like a real one. */
  post(message: unknown): void;
}

export function memoryHost<In, Out, Kept>(
  protocol: Protocol<In, Out, Kept>,
  restored?: unknown,
): MemoryHost<In, Out, Kept> {
  let deliver: (message: unknown) => void = () => {};
  const sent: Out[] = [];
  const kept: Kept[] = [];
  return {
    sent,
    kept,
    send: (message) => void sent.push(message),
    listen: (received, refused) => {
      deliver = (message) => receive(protocol, message, received, refused);
    },
    restore: () => protocol.kept.safeParse(restored).data,
    keep: (state) => void kept.push(state),
    post: (message) => deliver(message),
  };
}

function receive<In>(
  protocol: Protocol<In, unknown, unknown>,
  data: unknown,
  received: (message: In) => void,
  refused: (reason: string) => void,
): void {
  const parsed = protocol.received.safeParse(data);
  if (parsed.success) received(parsed.data);
  else refused(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}
