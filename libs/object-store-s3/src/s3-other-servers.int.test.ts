import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openS3Store } from './open-s3-store.js';

/**
 * A server that speaks as much S3 as a store needs, and is of before checksums: `refusal` is its answer to a request
 * with one (R2 and older versions of MinIO and Ceph have such answers).
 */
let server: Server;
let endpoint: string;
let refusal: { readonly status: number; readonly code: string } | undefined;
let requests: string[];
const objects = new Map<string, Buffer>();

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
  objects.clear();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, 'http://server');
  const body = await buffer(request);
  requests.push(`${request.method} ${pathname}`);
  const fail = (status: number, code: string) =>
    response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
  if (refusal && Object.keys(request.headers).some((name) => /^x-amz-(sdk-)?checksum/.test(name)))
    return void fail(refusal.status, refusal.code);
  if (searchParams.has('list-type'))
    return void response.end('<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>');
  if (request.method === 'PUT') {
    objects.set(pathname, body);
    return void response.end();
  }
  const object = objects.get(pathname);
  if (object === undefined) return void fail(404, 'NoSuchKey');
  response.writeHead(200, { 'content-length': object.length }).end(request.method === 'HEAD' ? undefined : object);
}

function open(bucket = 'bucket') {
  requests = [];
  return openS3Store(`s3://${bucket}/runs`, { endpoint, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
}

describe('a server without S3 checksums', () => {
  test.each([
    [501, 'NotImplemented'],
    [400, 'InvalidRequest'],
    [400, 'InvalidArgument'],
  ])('%i %s: names the two settings, asks once, and is no outage to wait for', async (status, code) => {
    refusal = { status, code };
    const store = await open();
    const setting = /AWS_REQUEST_CHECKSUM_CALCULATION=WHEN_REQUIRED and AWS_RESPONSE_CHECKSUM_VALIDATION=WHEN_REQUIRED/;
    for (const ask of [() => store.write('networks/x', Uint8Array.of(1)), () => store.read('networks/x')]) {
      requests = [];
      await expect(ask()).rejects.toMatchObject({ code: 'refused', message: expect.stringMatching(setting) });
      expect(requests).toHaveLength(1);
    }
  });

  test('serves a store when the two settings are given', async () => {
    refusal = { status: 501, code: 'NotImplemented' };
    vi.stubEnv('AWS_REQUEST_CHECKSUM_CALCULATION', 'WHEN_REQUIRED');
    vi.stubEnv('AWS_RESPONSE_CHECKSUM_VALIDATION', 'WHEN_REQUIRED');
    const store = await open();
    await store.write('networks/x', Uint8Array.of(1, 2));
    expect(await store.read('networks/x')).toEqual(Uint8Array.of(1, 2));
  });
});

test.each(['my_bucket', 'MyBucket', 'my.bucket'])(
  'the bucket %s is a part of the path, as it is written',
  async (bucket) => {
    refusal = undefined;
    const store = await open(bucket);
    await store.write('networks/x', Uint8Array.of(1));
    expect(await store.read('networks/x')).toEqual(Uint8Array.of(1));
    expect(requests).toEqual([`PUT /${bucket}/runs/networks/x`, `GET /${bucket}/runs/networks/x`]);
  },
);

test('a process that opens an S3 store prints nothing about its Node', async () => {
  const script = `
    const { openS3Store } = await import('@mipnet/object-store-s3');
    const store = await openS3Store('s3://bucket/runs', {
      endpoint: '${endpoint}', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }
    });
    await store.has('networks/x');
    console.log('asked');`;
  refusal = undefined;
  requests = [];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
  });
  expect(stdout).toBe('asked\n');
  expect(stderr).toBe('');
});
