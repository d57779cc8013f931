import { createServer } from 'node:net';
import getPort from 'get-port';
import { expect, it } from 'vitest';
import { LOCAL_HOST, reserveServerPorts } from './ports.js';

/** Two ports that are free now, far from the usual ones: other servers may start on this machine meanwhile. */
const some = async (): Promise<{ frontend: number; ui: number }> => ({
  frontend: await getPort({ host: LOCAL_HOST }),
  ui: await getPort({ host: LOCAL_HOST }),
});

it('moves on to the next pair if one of the ports is in use', async () => {
  const { frontend, ui } = await some();
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(frontend, LOCAL_HOST, resolve));
  try {
    const ports = await reserveServerPorts({ frontend, ui });
    expect(ports.frontend).toBeGreaterThan(frontend);
    expect(ports.ui - ui).toBe(ports.frontend - frontend);
    await ports.release();
  } finally {
    busy.close();
  }
});

it('gives no pair twice while nobody listens yet', async () => {
  const { frontend, ui } = await some();
  const first = { frontend: frontend + 1, ui: ui + 1 };
  const reserved = await Promise.all([1, 2, 3].map(() => reserveServerPorts(first)));
  expect(new Set(reserved.map((ports) => ports.frontend)).size).toBe(3);
  expect(new Set(reserved.map((ports) => ports.ui)).size).toBe(3);
  await Promise.all(reserved.map((ports) => ports.release()));
});
