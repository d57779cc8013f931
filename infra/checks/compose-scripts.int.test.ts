import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, dirname, delimiter } from 'node:path';
import { promisify } from 'node:util';
import { findTemporal } from '@mipnet/stack';
import { mipnetPaths } from '@mipnet/stack/folders';
import { prioritySettings, searchAttributeTypes } from '@mipnet/workflows';
import { openS3Store } from '@mipnet/object-store-s3';
import { findVersitygw, startVersitygw, type Versitygw } from '@mipnet/test-servers';
import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileMilliseconds } from './go-tools.js';
import { infraFolder, parseYaml, readInfra } from './infra-files.js';

// The scripts that the cluster of compose.yaml runs once, against real servers.

const run = promisify(execFile);
const script = (name: string): string => join(infraFolder, 'compose', name);

describe('temporal-namespace.sh', () => {
  let temporal: string;
  let server: ChildProcess;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    temporal = await findTemporal({
      env: process.env,
      bin: mipnetPaths().bin,
      onMessage: (line) => process.stderr.write(`${line}\n`),
    });
    const port = await getPort({ host: '127.0.0.1' });
    server = spawn(temporal, ['server', 'start-dev', '--headless', '--log-level', 'error', '--port', String(port)], {
      stdio: 'ignore',
    });
    env = {
      ...process.env,
      PATH: `${dirname(temporal)}${delimiter}${process.env.PATH}`,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      TEMPORAL_NAMESPACE: 'cluster',
      RETENTION: '30d',
    };
  }, compileMilliseconds);
  afterAll(() => void server?.kill('SIGKILL'));

  test('waits for the server, makes the namespace and the search attributes, and may run again', async () => {
    await run('sh', [script('temporal-namespace.sh')], { env });
    const { stdout } = await run(
      temporal,
      ['operator', 'search-attribute', 'list', '--namespace', 'cluster', '--output', 'json'],
      { env },
    );
    const { customAttributes } = JSON.parse(stdout) as { customAttributes: Record<string, string> };
    for (const { name } of searchAttributeTypes) expect(customAttributes).toHaveProperty(name);
    await run('sh', [script('temporal-namespace.sh')], { env });
  });
});

describe('the S3 server of the cluster', () => {
  let s3: Versitygw;
  let folder: string;
  const worker = { accessKeyId: 'mipnet-worker', secretAccessKey: 'worker-secret-of-this-test' };

  const makeBucket = (store: string) =>
    run(process.execPath, [script('create-bucket.mjs')], {
      env: {
        ...{ ...process.env, MIPNET_STORE: store, WORKER_ACCESS_KEY: worker.accessKeyId },
        ...{ AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_REGION: 'us-east-1' },
        ...{ AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey },
      },
    });
  const makeAccount = (accessKey: string, secret: string) =>
    run('sh', [script('object-store-account.sh')], {
      env: {
        ...{ ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, ADMIN_ENDPOINT_URL: s3.endpoint },
        ...{ ADMIN_ACCESS_KEY_ID: s3.accessKey, ADMIN_SECRET_ACCESS_KEY: s3.secretKey },
        ...{ WORKER_ACCESS_KEY: accessKey, WORKER_SECRET_KEY: secret },
      },
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mipnet-compose-'));
    await symlink(await findVersitygw(), join(folder, 'versitygw'));
    s3 = await startVersitygw({ accounts: true });
  }, compileMilliseconds);
  afterAll(async () => {
    await s3?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('gets a bucket, and an account for workers that may read and write there and delete nothing', async () => {
    await makeAccount(worker.accessKeyId, 'an-old-password');
    const rights = 'mipnet-worker may read and write below mipnet/runs\n';
    expect((await makeBucket('s3://mipnet/runs')).stdout).toBe(`made the bucket mipnet\n${rights}`);
    // Both run again at each start of the cluster; the password of .env counts.
    await makeAccount(worker.accessKeyId, worker.secretAccessKey);
    expect((await makeBucket('s3://mipnet/runs')).stdout).toBe(`the bucket mipnet is there\n${rights}`);
    const open = (prefix: string) =>
      openS3Store(`s3://mipnet/${prefix}`, { endpoint: s3.endpoint, credentials: worker, maxAttempts: 1 });
    const store = await open('runs');
    await store.write('networks/x', Uint8Array.of(1));
    expect(await store.read('networks/x')).toEqual(Uint8Array.of(1));
    await expect(store.remove('networks/x')).rejects.toMatchObject({ code: 'refused' });
    await expect((await open('others')).write('x', Uint8Array.of(1))).rejects.toMatchObject({ code: 'refused' });
  });

  test('refuses a store that is no prefix of a bucket', async () => {
    for (const store of ['/data', 's3://mipnet']) await expect(makeBucket(store)).rejects.toMatchObject({ code: 2 });
  });

  test('does not take the root account for that of the workers', async () => {
    await expect(makeAccount(s3.accessKey, 'x')).rejects.toMatchObject({ code: 2 });
  });
});

test('the schema script names folders that admin-tools has, for both databases', async () => {
  await run('sh', ['-n', script('temporal-schema.sh')]);
  const text = await readInfra('compose/temporal-schema.sh');
  expect(text).toMatch(/^bring_up_to_date temporal temporal$/m);
  expect(text).toMatch(/^bring_up_to_date temporal_visibility visibility$/m);
  expect(parseYaml(await readInfra('compose/temporal-dynamic-config.yaml'), 'temporal-dynamic-config.yaml')[0]).toEqual(
    {
      'system.forceSearchAttributesCacheRefreshOnRead': [{ value: true }],
      ...Object.fromEntries(prioritySettings.map((setting) => [setting.split('=')[0], [{ value: true }]])),
    },
  );
});
