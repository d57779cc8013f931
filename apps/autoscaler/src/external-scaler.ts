import { Server, ServerCredentials, status as grpcStatus } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { ScalingStatus } from './autoscale.js';
import { KedaScaler } from './keda-interface.js';
import { cannotListen, hostAndPort } from './listen-address.js';

export interface ExternalScalerOptions {
  /** `HOST:PORT`; use loopback unless other machines must call it. Port 0 takes a free one. */
  readonly listen: string;
  /** A status older than this is no longer given out, because nothing may scale by it. Seconds. */
  readonly staleAfter: number;
}

/** The only metric: the target number of workers. KEDA divides it by the target, 1 per worker. */
const METRIC = 'mipnet-workers';

interface Active {
  readonly result: boolean;
}
type ActiveStream = ServerWritableStream<object, Active>;

/**
 * The demand for KEDA's triggers `external` and `external-push`, over gRPC. With the second one, KEDA learns of new
 * work at once, not only at its next poll. Unknown or old demand is the error UNAVAILABLE, on which KEDA keeps the
 * current number of pods.
 */
export class ExternalScaler {
  readonly #options: ExternalScalerOptions;
  readonly #server = new Server();
  /** The listeners, each with the last value that it got. */
  readonly #streams = new Map<ActiveStream, boolean | undefined>();
  #status: ScalingStatus | undefined;

  constructor(options: ExternalScalerOptions) {
    this.#options = options;
    this.#server.addService(KedaScaler.service, {
      IsActive: this.#answer((status): Active => ({ result: isActive(status) })),
      GetMetricSpec: this.#answer(() => ({
        metricSpecs: [{ metricName: METRIC, targetSize: 1, targetSizeFloat: 1 }],
      })),
      // The target, not the demand of the moment: its cool-down keeps the workers from flapping.
      GetMetrics: this.#answer(({ target }) => ({
        metricValues: [{ metricName: METRIC, metricValue: target, metricValueFloat: target }],
      })),
      StreamIsActive: (stream: ActiveStream) => this.#keep(stream),
    });
  }

  /** @returns host:port @throws AutoscalerError 'bad-input' if the address cannot be listened on */
  async listen(): Promise<string> {
    const { listen } = this.#options;
    const host = listen.slice(0, listen.lastIndexOf(':'));
    hostAndPort(listen);
    const port = await new Promise<number>((bound, failed) =>
      this.#server.bindAsync(listen, ServerCredentials.createInsecure(), (error, port) =>
        error ? failed(cannotListen(listen, error)) : bound(port),
      ),
    );
    return `${host}:${port}`;
  }

  show(status: ScalingStatus): void {
    this.#status = status;
    for (const stream of this.#streams.keys()) this.#tell(stream, status);
  }

  async close(): Promise<void> {
    this.#server.forceShutdown();
  }

  #fresh(): ScalingStatus | undefined {
    const { staleAfter } = this.#options;
    return this.#status && Date.now() - this.#status.at < staleAfter * 1000 ? this.#status : undefined;
  }

  #answer<Response>(answerOf: (status: ScalingStatus) => Response) {
    return (_call: ServerUnaryCall<object, Response>, done: sendUnaryData<Response>): void => {
      const status = this.#fresh();
      if (status) return done(null, answerOf(status));
      const details = `nothing was read from the Temporal server for ${this.#options.staleAfter} s`;
      done({ code: grpcStatus.UNAVAILABLE, details: `the demand is not known: ${details}` });
    };
  }

  #keep(stream: ActiveStream): void {
    const forget = (): void => void this.#streams.delete(stream);
    stream.on('cancelled', forget).on('close', forget).on('error', forget);
    this.#streams.set(stream, undefined);
    const status = this.#fresh();
    if (status) this.#tell(stream, status);
  }

  /** Only changes are sent. */
  #tell(stream: ActiveStream, status: ScalingStatus): void {
    const result = isActive(status);
    if (this.#streams.get(stream) === result) return;
    this.#streams.set(stream, result);
    stream.write({ result });
  }
}

function isActive({ target }: ScalingStatus): boolean {
  return target > 0;
}
