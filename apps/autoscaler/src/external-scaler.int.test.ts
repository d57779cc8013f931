import { once } from 'node:events';
import { credentials, status as grpcStatus, type Client, type ClientReadableStream } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExternalScaler } from './external-scaler.js';
import { KedaScaler } from './keda-interface.js';

const status = { at: 0, backlog: 7, inFlight: 3, desired: 5, target: 6, change: 2, draining: 1 };
const now = (target: number) => ({ ...status, target, at: Date.now() });

type Call = (request: object, done: (error: Error | null, answer: unknown) => void) => void;
type KedaClient = Client &
  Record<'IsActive' | 'GetMetricSpec' | 'GetMetrics', Call> & {
    StreamIsActive(request: object): ClientReadableStream<{ result: boolean }>;
  };

describe('external scaler', () => {
  let scaler: ExternalScaler;
  let keda: KedaClient;

  beforeEach(async () => {
    scaler = new ExternalScaler({ listen: '127.0.0.1:0', staleAfter: 60 });
    keda = new KedaScaler(await scaler.listen(), credentials.createInsecure()) as unknown as KedaClient;
  });
  afterEach(async () => {
    keda.close();
    await scaler.close();
  });

  const ask = (method: 'IsActive' | 'GetMetricSpec' | 'GetMetrics', request: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) =>
      keda[method](request, (error, answer) => (error ? reject(error) : resolve(answer))),
    );

  it('tells KEDA how many workers there should be, with a target of one each', async () => {
    scaler.show(now(6));
    expect(await ask('IsActive')).toEqual({ result: true });
    expect(await ask('GetMetricSpec')).toMatchObject({
      metricSpecs: [{ metricName: 'mipnet-workers', targetSizeFloat: 1 }],
    });
    expect(await ask('GetMetrics', { metricName: 'mipnet-workers' })).toMatchObject({
      metricValues: [{ metricName: 'mipnet-workers', metricValueFloat: 6 }],
    });
    scaler.show(now(0));
    expect(await ask('IsActive')).toEqual({ result: false });
    expect(await ask('GetMetrics')).toMatchObject({ metricValues: [{ metricValueFloat: 0 }] });
  });

  it('tells nothing that it does not know, or that is too old', async () => {
    for (const at of [undefined, Date.now() - 61_000]) {
      if (at !== undefined) scaler.show({ ...status, at });
      for (const method of ['IsActive', 'GetMetricSpec', 'GetMetrics'] as const) {
        await expect(ask(method)).rejects.toMatchObject({
          code: grpcStatus.UNAVAILABLE,
          details: 'the demand is not known: nothing was read from the Temporal server for 60 s',
        });
      }
    }
  });

  it('tells at once when work comes and when it has gone, and only then', async () => {
    scaler.show(now(0));
    const stream = keda.StreamIsActive({});
    const next = async (): Promise<unknown> => (await once(stream, 'data'))[0];
    expect(await next()).toEqual({ result: false });
    const work = next();
    scaler.show(now(0));
    scaler.show(now(2));
    expect(await work).toEqual({ result: true });
    const end = next();
    scaler.show(now(3));
    scaler.show(now(0));
    expect(await end).toEqual({ result: false });
    const cancelled = once(stream, 'error');
    stream.cancel();
    await cancelled;
    scaler.show(now(1));
  });

  it('a stream that is opened before anything is known gets the first demand', async () => {
    const stream = keda.StreamIsActive({});
    const first = once(stream, 'data');
    // The stream is open when the server has answered something after it.
    await ask('IsActive').catch(() => undefined);
    scaler.show(now(4));
    expect((await first)[0]).toEqual({ result: true });
    stream.on('error', () => undefined).cancel();
  });

  it('refuses an address that is none, or taken', async () => {
    const first = new ExternalScaler({ listen: '127.0.0.1:0', staleAfter: 1 });
    const taken = await first.listen();
    expect(taken).toMatch(/^127\.0\.0\.1:\d+$/);
    const second = (listen: string) => new ExternalScaler({ listen, staleAfter: 1 }).listen();
    await expect(second(taken)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(second('9401')).rejects.toThrow(/'9401' is no address.*HOST:PORT/);
    await first.close();
  });
});
