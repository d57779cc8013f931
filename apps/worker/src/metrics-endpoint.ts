// Tested by metrics.int.test.ts.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import type { Registry } from 'prom-client';
import { WorkerError } from './worker-error.js';

export interface Health {
  /** False while the worker cannot take work: a probe then gets status 503. */
  readonly healthy: boolean;
  readonly state: string;
  /** Activities under way. */
  readonly busy: number;
  readonly slots: number;
}

export interface MetricsEndpointOptions {
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly listen: string;
  readonly registry: Registry;
  /** Port on the loopback where Temporal's core serves its own metrics. */
  readonly corePort: number;
  readonly health: () => Health;
}

/** `GET /metrics`: this worker's metrics and those of Temporal's core (`temporal_...`); `GET /healthz`: for a probe. */
export async function serveMetrics(options: MetricsEndpointOptions): Promise<string> {
  const { host, port } = hostAndPort(options.listen);
  const server = createServer((request, response) => {
    answer(options, request.url, response).catch((error: unknown) =>
      response.writeHead(500).end(`${(error as Error).message}\n`),
    );
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new WorkerError(
      'bad-input',
      `--metrics: cannot listen on ${options.listen}: ${(cause as Error).message}; choose another address`,
      { cause },
    );
  }
  server.unref();
  const bound = server.address() as { address: string; port: number; family: string };
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

async function answer(
  { registry, corePort, health }: MetricsEndpointOptions,
  url: string | undefined,
  response: ServerResponse,
): Promise<void> {
  if (url === '/metrics') {
    const core = await fetch(`http://127.0.0.1:${corePort}/metrics`, { signal: AbortSignal.timeout(2000) });
    response
      .writeHead(200, { 'content-type': registry.contentType })
      .end((await registry.metrics()) + (await core.text()));
  } else if (url === '/healthz') {
    const now = health();
    response.writeHead(now.healthy ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(now));
  } else response.writeHead(404).end('there are /metrics and /healthz\n');
}

/** Temporal's core takes no port 0 that it would tell afterwards. */
export async function freeLoopbackPort(): Promise<number> {
  const probe = createSocketServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** @throws WorkerError 'bad-input' */
export function hostAndPort(listen: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:\[(?<six>[\da-f:]+)\]|(?<four>[^:]+)):(?<port>\d{1,5})$/i.exec(listen)?.groups;
  if (!parts || Number(parts.port) > 65_535)
    throw new WorkerError('bad-input', `--metrics is '${listen}': give HOST:PORT, such as 127.0.0.1:9478`);
  return { host: parts.six ?? parts.four, port: Number(parts.port) };
}
