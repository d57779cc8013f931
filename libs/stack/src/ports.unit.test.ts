import { createServer } from 'node:net';
import getPort from 'get-port';
import { expect, it } from 'vitest';
import { chooseServerPorts, LOCAL_HOST } from './ports.js';

it('moves on when the usual ports are in use, and never gives one port twice', async () => {
  const frontend = await getPort({ host: LOCAL_HOST });
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(frontend, LOCAL_HOST, resolve));
  try {
    const ports = await chooseServerPorts({ frontend, ui: frontend });
    expect(ports.frontend).toBeGreaterThan(0);
    expect(new Set([frontend, ports.frontend, ports.ui]).size).toBe(3);
  } finally {
    busy.close();
  }
});

it('prefers the ports it is told', async () => {
  const frontend = await getPort({ host: LOCAL_HOST });
  const ui = await getPort({ host: LOCAL_HOST });
  // get-port hands a port out once per process within its lock time; another process may take it meanwhile, a neighbour
  // of the wanted port is then right.
  const ports = await chooseServerPorts({ frontend: frontend + 1, ui: ui + 1 });
  expect(ports.frontend).toBeGreaterThanOrEqual(frontend + 1);
  expect(ports.frontend).toBeLessThanOrEqual(frontend + 100);
  expect(ports.ui).toBeGreaterThanOrEqual(ui + 1);
  expect(ports.ui).toBeLessThanOrEqual(ui + 100);
});
