import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Counter, Gauge, Registry } from 'prom-client';
import type { ScalingStatus } from './autoscale.js';
import { cannotListen, hostAndPort } from './listen-address.js';

export interface EndpointOptions {
  /** `HOST:PORT`; loopback unless others on the network are meant to read it. Port 0 takes a free one. */
  readonly listen: string;
  readonly slotsPerWorker: number;
  /** A status older than this is no longer told: whoever scales by it must not act on it. Seconds. */
  readonly staleAfter: number;
}

const gaugeNames = ['backlog', 'inFlight', 'desired', 'target', 'draining'] as const;

/**
 * What the autoscaler sees and wants, over HTTP:
 * `GET /metrics/desired` JSON for KEDA's metrics-api trigger (valueLocation `desired`, targetValue 1), 503 when
 * unknown; `GET /metrics` for Prometheus; `GET /healthz` for a probe.
 */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #registry = new Registry();
  readonly #gauges: Readonly<Record<(typeof gaugeNames)[number], Gauge>>;
  readonly #changes: Counter<'direction'>;
  readonly #errors: Counter;
  #server: Server | undefined;
  #status: ScalingStatus | undefined;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const registers = [this.#registry];
    const gauge = (name: string, help: string): Gauge =>
      new Gauge({ name: `mipnet_autoscaler_${name}`, help, registers });
    this.#gauges = {
      backlog: gauge('backlog', 'Leaves that wait for a solver slot'),
      inFlight: gauge('in_flight', 'Leaves being solved'),
      desired: gauge('desired_workers', 'Solver workers that the demand asks for'),
      target: gauge('target_workers', 'Solver workers that there should be, cool-down included'),
      draining: gauge('draining_workers', 'Solver workers that finish their last leaves'),
    };
    this.#changes = new Counter({
      name: 'mipnet_autoscaler_changes_total',
      help: 'Workers started and drained',
      labelNames: ['direction'],
      registers,
    });
    this.#errors = new Counter({
      name: 'mipnet_autoscaler_errors_total',
      help: 'Looks at demand or pool that failed',
      registers,
    });
  }

  /** @returns http://host:port @throws AutoscalerError 'bad-input' when the address cannot be listened on */
  async listen(): Promise<string> {
    const { host, port } = hostAndPort(this.#options.listen);
    const server = createServer((request, response) => void this.#answer(request.url ?? '', response));
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (cause) {
      throw cannotListen(this.#options.listen, cause);
    }
    server.unref();
    this.#server = server;
    const bound = server.address() as { address: string; port: number; family: string };
    return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
  }

  show(status: ScalingStatus): void {
    this.#status = status;
    for (const name of gaugeNames) this.#gauges[name].set(status[name]);
    if (status.change !== 0)
      this.#changes.inc({ direction: status.change > 0 ? 'up' : 'down' }, Math.abs(status.change));
  }

  showError(): void {
    this.#errors.inc();
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    const fresh =
      this.#status && Date.now() - this.#status.at < this.#options.staleAfter * 1000 ? this.#status : undefined;
    const json = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const unknown = {
      error: `the demand is not known: nothing was read from the Temporal server for ${this.#options.staleAfter} s`,
    };
    if (url === '/metrics')
      response.writeHead(200, { 'content-type': this.#registry.contentType }).end(await this.#registry.metrics());
    else if (url === '/metrics/desired' && fresh) {
      // The target, not the demand of the moment: its cool-down keeps the workers from flapping.
      json(200, {
        desired: fresh.target,
        backlog: fresh.backlog,
        inFlight: fresh.inFlight,
        slots: this.#options.slotsPerWorker,
      });
    } else if (url === '/healthz' && fresh) json(200, { status: 'ok' });
    else if (url === '/metrics/desired' || url === '/healthz') json(503, unknown);
    else json(404, { error: 'there are /metrics/desired, /metrics and /healthz' });
  }
}
