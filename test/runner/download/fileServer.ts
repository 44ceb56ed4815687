// A server on 127.0.0.1 that serves one file well (ranges, ETag, If-Range) unless a test's script says otherwise, and a proxy.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { TestContext } from 'node:test';

export interface Served {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** Handles one request itself (true) or leaves it to the correct server. */
export type Script = (request: IncomingMessage, response: ServerResponse, count: number) => boolean | Promise<boolean>;

export async function serveFile(
  t: TestContext,
  file: { bytes: Uint8Array; etag: string },
  script: Script = () => false,
) {
  const requests: Served[] = [];
  const server = createServer(async (request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    requests.push({ path: request.url!, range, ifRange: ifRange as string | undefined });
    if (!(await script(request, response, requests.length))) serveWell(request, response, file);
  });
  const url = await listen(t, server);
  return { url, requests };
}

export function serveWell(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, etag }: { bytes: Uint8Array; etag: string },
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? NaN);
  const fits = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const headers = { etag, 'content-type': 'application/octet-stream' };
  if (Number.isNaN(from) || !fits) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
  } else if (from >= bytes.length) {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${bytes.length}` }).end();
  } else {
    const part = bytes.subarray(from);
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(206, { ...headers, 'content-length': part.length, 'content-range': range }).end(part);
  }
}

/** Forwards plain requests and CONNECT tunnels, whatever host they name, to `target`. */
export async function serveProxy(t: TestContext, target: string) {
  const asked: string[] = [];
  const { port } = new URL(target);
  const server = createServer((incoming, response) => {
    asked.push(incoming.url!);
    const { pathname } = new URL(incoming.url!, target);
    const onward = request({ host: '127.0.0.1', port, path: pathname, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.end();
  });
  server.on('connect', (incoming, socket) => {
    asked.push(incoming.url!);
    const onward = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  return { url: await listen(t, server), asked };
}

async function listen(t: TestContext, server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
