import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { getDocument, getObject, openStore, putDocument, putObject, type ObjectStore } from '@mipnet/object-store';
import { objectStoreConformance } from '@mipnet/object-store/conformance';
import { startFaultProxy, startVersitygw, type Fault, type FaultProxy, type Versitygw } from '@mipnet/test-servers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openS3Store } from './open-s3-store.js';
import type { S3StoreOptions } from './s3-client.js';

let server: Versitygw;
let proxy: FaultProxy;
let made = 0;

const credentials = () => ({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey });

/** A new prefix in the bucket each time. */
function newStore(options: S3StoreOptions = {}): Promise<ObjectStore> {
  return openS3Store(`s3://mipnet/test/${made++}`, {
    endpoint: server.endpoint,
    credentials: credentials(),
    ...options,
  });
}

beforeAll(async () => {
  server = await startVersitygw();
  proxy = await startFaultProxy(server.endpoint);
  const client = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: credentials(),
  });
  await client.send(new CreateBucketCommand({ Bucket: 'mipnet' }));
  client.destroy();
});

afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
});

objectStoreConformance('S3 (versitygw)', () => newStore());

describe('openS3Store', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('takes the standard AWS environment variables, as the opener of openStore', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', server.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', server.accessKey);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.secretKey);
    const store = await openStore('s3://mipnet/from-environment/', { s3: openS3Store });
    expect(store.url).toBe('s3://mipnet/from-environment');
    const ref = await putDocument(store, 'networks', { weights: Float64Array.of(0.1) });
    expect(await getDocument(store, ref)).toEqual({ weights: Float64Array.of(0.1) });
  });

  test('needs no prefix', async () => {
    const store = await openS3Store('s3://mipnet', { endpoint: server.endpoint, credentials: credentials() });
    await store.write('root/object', Uint8Array.of(1));
    expect(await store.read('root/object')).toEqual(Uint8Array.of(1));
  });

  test('says that the bucket is not there, whatever is asked', async () => {
    const store = await openS3Store('s3://no-such-bucket/x', { endpoint: server.endpoint, credentials: credentials() });
    const message = `there is no bucket no-such-bucket at ${server.endpoint}`;
    for (const ask of everything(store)) {
      await expect(ask()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(message) });
    }
  });

  test.each(['secret', 'access key', 'session token'])(
    'refuses a wrong %s and keeps secrets to itself',
    async (wrong) => {
      const secretAccessKey = wrong === 'secret' ? 'WRONG/SECRET/123' : server.secretKey;
      const accessKeyId = wrong === 'access key' ? 'wrong-user' : server.accessKey;
      const sessionToken = wrong === 'session token' ? 'SESSION-TOKEN-456' : undefined;
      const store = await newStore({ credentials: { accessKeyId, secretAccessKey, sessionToken } });
      for (const ask of everything(store)) {
        const error: unknown = await ask().catch((error: unknown) => error);
        expect(error).toMatchObject({ code: 'refused', message: expect.stringMatching(/credentials/) });
        const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
        expect(shown).not.toContain(secretAccessKey);
        expect(shown).not.toContain('SESSION-TOKEN-456');
        expect(shown).not.toContain('Signature=');
      }
      expect(inspect(store, { depth: 20, showHidden: true })).not.toContain(secretAccessKey);
    },
  );

  test("a clock that is an hour wrong is corrected by the server's", async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    try {
      const store = await newStore();
      await store.write('late', Uint8Array.of(1));
      expect(await store.read('late')).toEqual(Uint8Array.of(1));
    } finally {
      vi.useRealTimers();
    }
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['a flipped bit', (bytes) => Buffer.from(bytes).fill(bytes[500] ^ 1, 500, 501)],
    ['an object that was cut off', (bytes) => bytes.subarray(0, 500)],
    ['an object that is empty', () => Buffer.alloc(0)],
  ])('%s on the disk of the server is damage, and storing the object again replaces it', async (_, damage) => {
    const store = await newStore({ maxAttempts: 1 });
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
    const ref = await putObject(store, 'test', bytes);
    const file = join(server.folder, store.url.replace('s3://', ''), ref.key);
    writeFileSync(file, damage(readFileSync(file)));
    await expect(getObject(store, ref)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(ref.key),
    });
    await putObject(store, 'test', bytes);
    expect(await getObject(store, ref)).toEqual(bytes);
  });

  test('says that nobody answers', async () => {
    const store = await newStore({ endpoint: 'http://127.0.0.1:1', maxAttempts: 2 });
    for (const ask of everything(store)) {
      await expect(ask()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('ECONNREFUSED'),
      });
    }
  });
});

describe('through a bad network', () => {
  const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) % 251);
  const readOnce = (fault: Fault) => {
    let left = 1;
    return ({ method }: { method: string }) => (method === 'GET' && left-- > 0 ? fault : undefined);
  };
  const always = (method: string, fault: Fault) => (request: { method: string }) =>
    request.method === method ? fault : undefined;
  const viaProxy = () => newStore({ endpoint: proxy.endpoint, maxAttempts: 3, silenceSeconds: 0.3 });

  afterEach(() => {
    proxy.fault = () => undefined;
  });

  const faults: readonly Fault[] = [
    { kind: 'slow', milliseconds: 100 },
    { kind: 'slow', milliseconds: 2000 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503, code: 'SlowDown' },
    { kind: 'reset' },
    { kind: 'lost-answer' },
    { kind: 'truncate', after: 20_000 },
    { kind: 'silent-cut', after: 20_000 },
    { kind: 'stall', after: 20_000 },
    { kind: 'flip-answer', at: 33_333, silent: false },
    { kind: 'flip-answer', at: 33_333, silent: true },
  ];

  test.each(faults)('one fault on the way back is healed: %j', async (fault) => {
    const store = await viaProxy();
    const ref = await putObject(store, 'test', bytes);
    proxy.fault = readOnce(fault);
    expect(await getObject(store, ref)).toEqual(bytes);
  });

  test.each<[Fault, string]>([
    [{ kind: 'slow', milliseconds: 2000 }, 'unavailable'],
    [{ kind: 'status', status: 500 }, 'unavailable'],
    [{ kind: 'reset' }, 'unavailable'],
    [{ kind: 'truncate', after: 20_000 }, 'unavailable'],
    [{ kind: 'stall', after: 20_000 }, 'unavailable'],
    [{ kind: 'silent-cut', after: 20_000 }, 'damaged'],
    [{ kind: 'flip-answer', at: 33_333, silent: false }, 'damaged'],
    [{ kind: 'flip-answer', at: 33_333, silent: true }, 'damaged'],
  ])('a lasting fault is an error that names the object, never wrong data: %j', async (fault, code) => {
    const store = await viaProxy();
    const ref = await putObject(store, 'test', bytes);
    proxy.fault = always('GET', fault);
    await expect(getObject(store, ref)).rejects.toMatchObject({ code, message: expect.stringContaining(ref.key) });
  });

  test.each<Fault>([
    { kind: 'status', status: 503, code: 'SlowDown' },
    { kind: 'reset' },
    { kind: 'lost-answer' },
    { kind: 'slow', milliseconds: 2000 },
    { kind: 'flip-request', at: 33_333 },
  ])('one fault on the way there is healed: %j', async (fault) => {
    const store = await viaProxy();
    let left = 1;
    proxy.fault = ({ method }) => (method === 'PUT' && left-- > 0 ? fault : undefined);
    const ref = await putObject(store, 'test', bytes);
    expect(left).toBeLessThan(0);
    expect(await getObject(store, ref)).toEqual(bytes);
  });

  test('a clock that the server never accepts is said to be wrong', async () => {
    const store = await viaProxy();
    proxy.fault = () => ({ kind: 'status', status: 403, code: 'RequestTimeTooSkewed' });
    await expect(store.read('a')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('the clock of this machine is wrong'),
    });
  });

  test('an upload that never arrives unchanged is not stored', async () => {
    const store = await viaProxy();
    proxy.fault = always('PUT', { kind: 'flip-request', at: 33_333 });
    await expect(putObject(store, 'test', bytes)).rejects.toMatchObject({ code: 'unavailable' });
    const keys: string[] = [];
    for await (const key of store.list('')) keys.push(key);
    expect(keys).toEqual([]);
  });
});

function everything(store: ObjectStore): readonly (() => Promise<unknown>)[] {
  return [
    () => store.write('a', Uint8Array.of(1)),
    () => store.read('a'),
    () => store.readRange('a', 0, 1),
    () => store.has('a'),
    () => store.size('a'),
    async () => {
      for await (const key of store.list('')) throw new Error(`lists ${key}`);
    },
    () => store.remove('a'),
  ];
}
