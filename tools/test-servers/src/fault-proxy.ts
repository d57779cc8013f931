import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/** What goes wrong with one request on its way to the server and back. */
export type Fault =
  /** The answer begins after so many milliseconds; for longer than a client waits, it never comes. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** The server is not asked; the proxy answers with this status and an S3 error document. */
  | { readonly kind: 'status'; readonly status: number; readonly code?: string }
  /** The connection breaks before any answer; the server is not asked. */
  | { readonly kind: 'reset' }
  /** The server does what it is asked, and the connection breaks before the answer. */
  | { readonly kind: 'lost-answer' }
  /** The connection breaks after so many bytes of the body. */
  | { readonly kind: 'truncate'; readonly after: number }
  /** The body ends after so many bytes as if that were all: length and checksums are made to agree. */
  | { readonly kind: 'silent-cut'; readonly after: number }
  /** So many bytes of the body arrive, then nothing, on an open connection. */
  | { readonly kind: 'stall'; readonly after: number }
  /** All bits of one byte of the answer are changed; its checksums are left out where `silent`. */
  | { readonly kind: 'flip-answer'; readonly at: number; readonly silent: boolean }
  /** All bits of one byte of the request's body are changed. */
  | { readonly kind: 'flip-request'; readonly at: number };

export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
}

export interface FaultProxy {
  /** http://127.0.0.1:port */
  readonly endpoint: string;
  /** All requests so far. */
  readonly requests: readonly ProxiedRequest[];
  /** Decides for each request, until it is set again. @default nothing goes wrong */
  fault: (request: ProxiedRequest) => Fault | undefined;
  stop(): Promise<void>;
}

/**
 * A loopback HTTP server in front of another one at `target` (http://host:port), which disturbs requests as configured.
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const requests: ProxiedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const seen = { method: incoming.method ?? '', url: incoming.url ?? '' };
    requests.push(seen);
    handle(target, incoming, outgoing, proxy.fault(seen)).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fault proxy got no port');
  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    fault: () => undefined,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

async function handle(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  if (fault?.kind === 'reset') {
    incoming.socket.resetAndDestroy();
    return;
  }
  const body = await buffer(incoming);
  if (fault?.kind === 'status') {
    outgoing.writeHead(fault.status, { 'content-type': 'application/xml' });
    outgoing.end(
      incoming.method === 'HEAD'
        ? undefined
        : `<Error><Code>${fault.code ?? 'InternalError'}</Code><Message>injected</Message></Error>`,
    );
    return;
  }
  const answer = await forward(target, incoming, fault?.kind === 'flip-request' ? flipped(body, fault.at) : body);
  if (fault?.kind === 'slow') await pause(fault.milliseconds, undefined, { ref: false });
  respond(outgoing, answer, fault);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Headers go through unchanged, Host too: S3 signatures cover it. */
async function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { hostname, port } = new URL(target);
  const upstream = send({ hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers });
  upstream.end(body);
  const [response] = (await once(upstream, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 502, headers: response.headers, body: await buffer(response) };
}

function respond(outgoing: ServerResponse, answer: Answer, fault: Fault | undefined): void {
  const { status, headers, body } = answer;
  switch (fault?.kind) {
    case 'lost-answer':
      outgoing.socket?.resetAndDestroy();
      return;
    case 'truncate':
      outgoing.writeHead(status, headers);
      outgoing.write(body.subarray(0, fault.after), () => outgoing.socket?.destroy());
      return;
    case 'stall':
      outgoing.writeHead(status, headers);
      outgoing.write(body.subarray(0, fault.after));
      return;
    case 'silent-cut':
      outgoing.writeHead(status, {
        ...withoutChecksums(headers),
        'content-length': Math.min(fault.after, body.length),
      });
      outgoing.end(body.subarray(0, fault.after));
      return;
    case 'flip-answer':
      outgoing.writeHead(status, fault.silent ? withoutChecksums(headers) : headers);
      outgoing.end(flipped(body, fault.at));
      return;
    default:
      outgoing.writeHead(status, headers);
      outgoing.end(body);
  }
}

function flipped(body: Buffer, at: number): Buffer {
  const spoiled = Buffer.from(body);
  if (at < spoiled.length) spoiled[at] ^= 0xff;
  return spoiled;
}

function withoutChecksums(headers: Answer['headers']): Answer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum') && name !== 'content-md5'),
  );
}
