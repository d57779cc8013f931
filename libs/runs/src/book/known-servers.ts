// Tested by ../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import { findKeptStack, serverOfEnvironment } from '@mipnet/stack';
import type { DataFolder } from '../records/run-folder.js';
import type { ServerPlace } from '../records/run-request.js';
import type { RunServer } from '../server/run-server.js';

/** Connections to the servers of runs, one per server, until `close`. */
export class KnownServers {
  readonly #servers = new Map<string, Promise<RunServer | undefined>>();

  constructor(
    private readonly paths: DataFolder,
    private readonly say: (line: string) => void,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** The environment's server, otherwise the kept one; new runs use the same. */
  async present(): Promise<RunServer | undefined> {
    const named = serverOfEnvironment(this.env);
    return named ? this.#connected({ kind: 'environment', ...named, uiUrl: null }) : this.#kept();
  }

  /** The server of a run, if it answers now. */
  of(place: ServerPlace): Promise<RunServer | undefined> {
    if (place.kind === 'own') return this.#connected(place);
    // The kept server may have been restarted at another address; it still has its runs.
    if (place.kind === 'kept') return this.#kept();
    const named = serverOfEnvironment(this.env);
    return named?.address === place.address && named.namespace === place.namespace
      ? this.present()
      : Promise.resolve(undefined);
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) await (await server)?.close();
  }

  async #kept(): Promise<RunServer | undefined> {
    const kept = await findKeptStack(this.paths);
    if (!kept) return undefined;
    const { address, namespace, uiUrl } = kept;
    return this.#connected({ kind: 'kept', address, namespace, uiUrl });
  }

  #connected(place: ServerPlace): Promise<RunServer | undefined> {
    const key = `${place.address} ${place.namespace}`;
    let server = this.#servers.get(key);
    if (!server) {
      server = this.#connect(place).catch((error: Error) => void this.say(error.message));
      this.#servers.set(key, server);
    }
    return server;
  }

  /** Loads the client of Temporal on demand: on a machine without a server no command needs it. */
  async #connect(place: ServerPlace): Promise<RunServer> {
    const { RunServer } = await import('../server/run-server.js');
    return RunServer.connect(place, this.say);
  }
}
