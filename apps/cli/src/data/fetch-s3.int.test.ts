import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startFaultProxy, startVersitygw, type FaultProxy, type Versitygw } from '@mipnet/test-servers';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { fetchS3, isS3Url } from './fetch-s3.js';

let server: Versitygw;
let proxy: FaultProxy;
let client: S3Client;
let cache: string;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'mipnet-s3-cache-'));
  server = await startVersitygw();
  proxy = await startFaultProxy(server.endpoint);
  const { endpoint, accessKey: accessKeyId, secretKey: secretAccessKey } = server;
  client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  await client.send(new CreateBucketCommand({ Bucket: 'data' }));
});

afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  client?.destroy();
  await proxy?.stop();
  await server?.stop();
  await rm(cache, { recursive: true, force: true });
});

const put = (key: string, body: string | Uint8Array) =>
  client.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body: body }));

function useServer(endpoint = server.endpoint): void {
  vi.stubEnv('AWS_ENDPOINT_URL_S3', endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', server.accessKey);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.secretKey);
}
const fetch = (url: string): Promise<string> => fetchS3(url, () => undefined, cache);

test('an object under any key is fetched once, and again when it has changed', async () => {
  useServer();
  const url = 's3://data/my tables/größe & co.csv.gz';
  await put('my tables/größe & co.csv.gz', 'a,c\n1,x\n');
  const path = await fetch(url);
  expect(basename(path)).toMatch(/^gr[_]+e___co\.csv\.gz$/);
  expect(await readFile(path, 'utf8')).toBe('a,c\n1,x\n');
  expect(await fetch(url)).toBe(path);
  await put('my tables/größe & co.csv.gz', 'a,c\n2,x\n');
  const changed = await fetch(url);
  expect(changed).not.toBe(path);
  expect(await readFile(changed, 'utf8')).toBe('a,c\n2,x\n');
});

test('an empty object is an empty file', async () => {
  useServer();
  await put('empty.csv', '');
  expect(await readFile(await fetch('s3://data/empty.csv'), 'utf8')).toBe('');
});

test('a transfer that breaks is repeated, piece by piece', async () => {
  const bytes = Uint8Array.from({ length: 20_000_000 }, (_, at) => (at * at) % 251);
  await put('large.bin', bytes);
  useServer(proxy.endpoint);
  let left = 2;
  proxy.fault = ({ method }) => (method === 'GET' && left-- > 0 ? { kind: 'truncate', after: 100_000 } : undefined);
  expect((await readFile(await fetch('s3://data/large.bin'))).equals(bytes)).toBe(true);
  expect(left).toBeLessThan(0);
});

test.each([
  ['s3://data/none.csv', /there is no object|none\.csv/],
  ['s3://data', 'names no object; write s3://bucket/key'],
  ['s3://data/folder/', 'names no object'],
  ['s3://no-such-bucket/x.csv', /no-such-bucket/],
  ['s3://user:secret@data/x.csv', 'holds no user or password'],
])('%s is refused', async (url, message) => {
  useServer();
  await expect(fetch(url)).rejects.toThrow(message);
});

test('a wrong secret is refused', async () => {
  useServer();
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'WRONG');
  await expect(fetch('s3://data/empty.csv')).rejects.toThrow(/credentials/);
});

test('only s3:// is such a URL', () => {
  expect(['s3://a/b', 'S3://a/b', 's3.csv', 'data/s3://x', '/s3://x'].map(isS3Url)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
