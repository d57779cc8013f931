import getPort, { portNumbers } from 'get-port';

/** The host the embedded server listens on: this machine only, since a dev server has no access control. */
export const LOCAL_HOST = '127.0.0.1';

export interface ServerPorts {
  /** gRPC: clients and workers. */
  readonly frontend: number;
  readonly ui: number;
}

/** Temporal's usual ports 7233 and 8233 where they are free, otherwise the next free ones. */
export async function chooseServerPorts(first: ServerPorts = { frontend: 7233, ui: 8233 }): Promise<ServerPorts> {
  const frontend = await getPort({ host: LOCAL_HOST, port: portNumbers(first.frontend, first.frontend + 99) });
  const ui = await getPort({ host: LOCAL_HOST, port: portNumbers(first.ui, first.ui + 99), exclude: [frontend] });
  return { frontend, ui };
}
