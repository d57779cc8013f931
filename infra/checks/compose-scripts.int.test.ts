import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { join, dirname, delimiter } from 'node:path';
import { promisify } from 'node:util';
import { findTemporal, mipnetPaths } from '@mipnet/cli';
import { searchAttributeTypes } from '@mipnet/workflows';
import { startVersitygw, type Versitygw } from '@mipnet/test-servers';
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
    temporal = await findTemporal({ env: process.env, bin: mipnetPaths().bin, onMessage: (line) => process.stderr.write(`${line}\n`) });
    const port = await getPort({ host: '127.0.0.1' });
    server = spawn(temporal, ['server', 'start-dev', '--headless', '--log-level', 'error', '--port', String(port)], { stdio: 'ignore' });
    env = { ...process.env, PATH: `${dirname(temporal)}${delimiter}${process.env.PATH}`, TEMPORAL_ADDRESS: `127.0.0.1:${port}`, TEMPORAL_NAMESPACE: 'cluster', RETENTION: '30d' };
  }, compileMilliseconds);
  afterAll(() => void server?.kill('SIGKILL'));

  test('waits for the server, makes the namespace and the search attributes, and may run again', async () => {
    await run('sh', [script('temporal-namespace.sh')], { env });
    const { stdout } = await run(temporal, ['operator', 'search-attribute', 'list', '--namespace', 'cluster', '--output', 'json'], { env });
    const { customAttributes } = JSON.parse(stdout) as { customAttributes: Record<string, string> };
    for (const { name } of searchAttributeTypes) expect(customAttributes).toHaveProperty(name);
    await run('sh', [script('temporal-namespace.sh')], { env });
  });
});

describe('create-bucket.mjs', () => {
  let s3: Versitygw;
  const make = (store: string) =>
    run(process.execPath, [script('create-bucket.mjs')], {
      env: { ...process.env, MIPNET_STORE: store, AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey },
    });

  beforeAll(async () => {
    s3 = await startVersitygw();
  }, compileMilliseconds);
  afterAll(() => s3?.stop());

  test('makes the bucket, and says so when it is there', async () => {
    expect((await make('s3://mipnet/runs')).stdout).toBe('made the bucket mipnet\n');
    expect((await make('s3://mipnet/runs')).stdout).toBe('the bucket mipnet is there\n');
  });

  test('refuses a store that is no bucket', async () => {
    await expect(make('/data')).rejects.toMatchObject({ code: 2 });
  });
});

test('the schema script names folders that admin-tools has, for both databases', async () => {
  await run('sh', ['-n', script('temporal-schema.sh')]);
  const text = await readInfra('compose/temporal-schema.sh');
  expect(text).toMatch(/^bring_up_to_date temporal temporal$/m);
  expect(text).toMatch(/^bring_up_to_date temporal_visibility visibility$/m);
  expect(parseYaml(await readInfra('compose/temporal-dynamic-config.yaml'), 'temporal-dynamic-config.yaml')[0]).toEqual({
    'system.forceSearchAttributesCacheRefreshOnRead': [{ value: true }],
  });
});
