import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, delimiter } from 'node:path';
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
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mipnet-namespace-'));
    temporal = await findTemporal({
      env: process.env,
      bin: mipnetPaths().bin,
      onMessage: (line) => process.stderr.write(`${line}\n`),
    });
    // The cluster's image has it under this name; the folder of the compiled one says its version, too.
    await mkdir(join(folder, 'bin'));
    await symlink(temporal, join(folder, 'bin', 'temporal'));
    const port = await getPort({ host: '127.0.0.1' });
    server = spawn(temporal, ['server', 'start-dev', '--headless', '--log-level', 'error', '--port', String(port)], {
      stdio: 'ignore',
    });
    env = {
      ...process.env,
      PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      RETENTION: '30d',
    };
  }, compileMilliseconds);
  afterAll(async () => {
    server?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const makeNamespace = (settings: NodeJS.ProcessEnv) =>
    run('sh', [script('temporal-namespace.sh')], { env: { ...env, ...settings } });
  async function expectAttributes(namespace: string): Promise<void> {
    const list = ['operator', 'search-attribute', 'list', '--namespace', namespace, '--output', 'json'];
    const { stdout } = await run(temporal, list, { env });
    const { customAttributes } = JSON.parse(stdout) as { customAttributes: Record<string, string> };
    for (const { name } of searchAttributeTypes) expect(customAttributes).toHaveProperty(name);
  }

  test('waits for the server, makes the namespace and the search attributes, and may run again', async () => {
    await makeNamespace({ TEMPORAL_NAMESPACE: 'cluster' });
    await expectAttributes('cluster');
    await makeNamespace({ TEMPORAL_NAMESPACE: 'cluster' });
  });

  test('tries again what a server refuses while it starts', async () => {
    const calls = join(folder, 'calls');
    const refusesEachSeventh = `#!/bin/sh
      echo "$*" >> ${calls}
      if [ $(($(wc -l < ${calls}) % 7)) -eq 0 ]; then echo 'the server is not ready' >&2; exit 1; fi
      exec ${temporal} "$@"`;
    await writeFile(join(folder, 'temporal'), refusesEachSeventh, { mode: 0o755 });
    await makeNamespace({ TEMPORAL_NAMESPACE: 'slow', PATH: `${folder}${delimiter}${process.env.PATH}` });
    await expectAttributes('slow');
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
