import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { S3 } from '@aws-sdk/client-s3';
import { openS3Store } from '@mipnet/object-store-s3';
import { ensureStoreId, putObject, type ObjectStore } from '@mipnet/object-store';
import { findVersitygw } from '@mipnet/test-servers';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileMilliseconds } from './go-tools.js';
import { readInfra } from './infra-files.js';

// The rights of the example policy are tried on a server that evaluates policies: enough for all that a worker does
// with its store, and for nothing else.

const run = promisify(execFile);
const root = { accessKeyId: 'root', secretAccessKey: 'root-secret-of-this-test' };
const worker = { accessKeyId: 'worker', secretAccessKey: 'worker-secret-of-this-test' };

let folder: string;
let server: ChildProcess;
let endpoint: string;
let owner: S3;
let intruder: S3;

const storeAt = (prefix: string): Promise<ObjectStore> =>
  openS3Store(`s3://bucket/${prefix}`, { endpoint, credentials: worker, maxAttempts: 1 });

beforeAll(async () => {
  const program = await findVersitygw();
  folder = await mkdtemp(join(tmpdir(), 'mipnet-s3-policy-'));
  await Promise.all(['objects', 'accounts'].map((name) => mkdir(join(folder, name))));
  const address = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  endpoint = `http://${address}`;
  server = spawn(
    program,
    [
      '--port',
      address,
      '--quiet',
      '--health',
      '/health',
      '--iam-dir',
      join(folder, 'accounts'),
      'posix',
      join(folder, 'objects'),
    ],
    {
      env: { ...process.env, ROOT_ACCESS_KEY: root.accessKeyId, ROOT_SECRET_KEY: root.secretAccessKey },
      stdio: 'ignore',
    },
  );
  // Also what the compose file's health check asks.
  while (
    !(await fetch(`${endpoint}/health`).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await pause(50);
  await run(program, [
    'admin',
    '--access',
    root.accessKeyId,
    '--secret',
    root.secretAccessKey,
    '--endpoint-url',
    endpoint,
    'create-user',
    '--access',
    worker.accessKeyId,
    '--secret',
    worker.secretAccessKey,
    '--role',
    'user',
  ]);
  const settings = { endpoint, region: 'us-east-1', forcePathStyle: true };
  owner = new S3({ ...settings, credentials: root });
  intruder = new S3({ ...settings, credentials: worker, maxAttempts: 1 });
  await owner.createBucket({ Bucket: 'bucket' });
  await owner.putObject({ Bucket: 'bucket', Key: 'others/secret', Body: 'x' });
  await owner.putBucketPolicy({ Bucket: 'bucket', Policy: await policyOfBucket() });
}, compileMilliseconds);
afterAll(async () => {
  owner?.destroy();
  intruder?.destroy();
  server?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** The policy of a role names no principal, that of a bucket must. */
async function policyOfBucket(): Promise<string> {
  const text = (await readInfra('s3/least-rights-policy.json'))
    .replaceAll('BUCKET', 'bucket')
    .replaceAll('PREFIX', 'runs');
  const policy = JSON.parse(text) as { Statement: object[] };
  return JSON.stringify({
    ...policy,
    Statement: policy.Statement.map((statement) => ({ ...statement, Principal: { AWS: [worker.accessKeyId] } })),
  });
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list('')) keys.push(key);
  return keys;
}

test('a worker can do with its store all that it does', async () => {
  const store = await storeAt('runs');
  const bytes = Uint8Array.of(1, 2, 3);
  expect(await store.has('objects/a')).toBe(false);
  await expect(store.read('objects/a')).rejects.toMatchObject({ code: 'missing' });
  await store.write('objects/a', bytes);
  await store.write('objects/a', bytes);
  expect(await store.read('objects/a')).toEqual(bytes);
  expect(await store.readRange('objects/a', 1, 3)).toEqual(bytes.slice(1));
  expect(await store.size('objects/a')).toBe(3);
  expect(await keysOf(store)).toEqual(['objects/a']);
});

test('a worker can mark its store, and replace an object that was damaged', async () => {
  const store = await storeAt('runs');
  expect(await ensureStoreId(store)).toEqual(await ensureStoreId(store));
  const bytes = Uint8Array.of(1, 2, 3);
  const { key } = await putObject(store, 'objects', bytes);
  await store.write(key, Uint8Array.of(1, 2, 4));
  await putObject(store, 'objects', bytes);
  expect(await store.read(key)).toEqual(bytes);
});

test('a worker cannot remove anything', async () => {
  const store = await storeAt('runs');
  await store.write('objects/b', Uint8Array.of(1));
  await expect(store.remove('objects/b')).rejects.toMatchObject({ code: 'refused' });
  expect(await store.has('objects/b')).toBe(true);
});

test('beside its prefix a worker can neither read, write nor list', async () => {
  const other = await storeAt('others');
  await expect(other.read('secret')).rejects.toMatchObject({ code: 'refused' });
  await expect(other.write('secret', Uint8Array.of(1))).rejects.toMatchObject({ code: 'refused' });
  await expect(keysOf(other)).rejects.toMatchObject({ code: 'refused' });
});

test('a worker cannot change who may do what', async () => {
  const denied = { name: 'AccessDenied' };
  await expect(intruder.deleteBucketPolicy({ Bucket: 'bucket' })).rejects.toMatchObject(denied);
  await expect(intruder.putBucketPolicy({ Bucket: 'bucket', Policy: '{}' })).rejects.toMatchObject(denied);
  await expect(intruder.deleteBucket({ Bucket: 'bucket' })).rejects.toMatchObject(denied);
});
