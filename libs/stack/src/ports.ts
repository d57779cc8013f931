import getPort from 'get-port';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { tryLock } from './folders/process-lock.js';
import { StackError } from './stack-error.js';

/** The host the embedded server listens on: this machine only, since a dev server has no access control. */
export const LOCAL_HOST = '127.0.0.1';

export interface ServerPorts {
  /** gRPC: clients and workers. */
  readonly frontend: number;
  readonly ui: number;
}

export interface ReservedPorts extends ServerPorts {
  /** When the server listens, or will not. */
  release(): Promise<void>;
}

/** Pairs of ports that are tried. */
const mostPairs = 100;

/** One for all mipnet processes of a user on this machine, whatever their MIPNET_HOME. */
const reservations = (): string => join(tmpdir(), `mipnet-ports-${userInfo().uid}`);

/**
 * Temporal's usual ports 7233 and 8233 if they are free, otherwise the next pair. Until they are released, no other
 * mipnet process takes them. Otherwise two servers that start at once could both find a port free; one of them could
 * not listen, and its run would use the other's server.
 * @throws StackError 'server' if none of a hundred pairs is free
 */
export async function reserveServerPorts(first: ServerPorts = { frontend: 7233, ui: 8233 }): Promise<ReservedPorts> {
  for (let step = 0; step < mostPairs; step++) {
    const ports = { frontend: first.frontend + step, ui: first.ui + step };
    const lock = await tryLock(join(reservations(), String(ports.frontend)));
    if (lock === undefined) continue;
    if ((await isFree(ports.frontend)) && (await isFree(ports.ui))) return { ...ports, release: () => lock.release() };
    await lock.release();
  }
  const last = { frontend: first.frontend + mostPairs - 1, ui: first.ui + mostPairs - 1 };
  throw new StackError(
    'server',
    `no pair of ports from ${first.frontend} and ${first.ui} to ${last.frontend} and ${last.ui} is free ` +
      `on ${LOCAL_HOST}; end a server`,
  );
}

const isFree = async (port: number): Promise<boolean> => (await getPort({ host: LOCAL_HOST, port })) === port;
