import { afterEach, describe, expect, it } from 'vitest';
import { Endpoint } from './endpoint.js';

const status = { at: Date.now(), backlog: 7, inFlight: 3, desired: 5, target: 6, change: 2, draining: 1 };

describe('endpoint', () => {
  const open: Endpoint[] = [];
  afterEach(() => Promise.all(open.splice(0).map((endpoint) => endpoint.close())));
  const start = async (staleAfter = 60) => {
    const endpoint = new Endpoint({ listen: '127.0.0.1:0', slotsPerWorker: 2, staleAfter });
    open.push(endpoint);
    return { endpoint, url: await endpoint.listen() };
  };

  it('tells the target to KEDA', async () => {
    const { endpoint, url } = await start();
    endpoint.show({ ...status, at: Date.now() });
    const answer = await fetch(`${url}/metrics/desired`);
    expect([answer.status, await answer.json()]).toEqual([200, { desired: 6, backlog: 7, inFlight: 3, slots: 2 }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('tells nothing that it does not know, or that is too old', async () => {
    const { endpoint, url } = await start(5);
    expect((await fetch(`${url}/metrics/desired`)).status).toBe(503);
    endpoint.show({ ...status, at: Date.now() - 6000 });
    expect((await fetch(`${url}/metrics/desired`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
    expect((await fetch(`${url}/other`)).status).toBe(404);
  });

  it('counts for Prometheus', async () => {
    const { endpoint, url } = await start();
    endpoint.show(status);
    endpoint.show({ ...status, change: -1 });
    endpoint.showError();
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('mipnet_autoscaler_in_flight 3');
    expect(text).toContain('mipnet_autoscaler_changes_total{direction="up"} 2');
    expect(text).toContain('mipnet_autoscaler_changes_total{direction="down"} 1');
    expect(text).toContain('mipnet_autoscaler_errors_total 1');
  });

  it('refuses an address that is none, or taken', async () => {
    const { url } = await start();
    const second = (listen: string) => new Endpoint({ listen, slotsPerWorker: 1, staleAfter: 1 }).listen();
    await expect(second(url.replace('http://', ''))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(second('9477')).rejects.toThrow(/'9477' is no address.*HOST:PORT/);
    await expect(second('127.0.0.1:99999')).rejects.toMatchObject({ code: 'bad-input' });
  });
});
