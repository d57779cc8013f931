import { startVersitygw, type Versitygw } from '@mipnet/test-servers';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home, tinyDigits, type Running } from './testing/command.js';

const home = new Home();
let s3: Versitygw;
let aws: NodeJS.ProcessEnv;

beforeAll(async () => {
  s3 = await startVersitygw();
  aws = {
    AWS_ENDPOINT_URL: s3.endpoint,
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    AWS_REGION: 'us-east-1',
  };
  mkdirSync(join(s3.folder, 'mipnet'));
});

afterAll(async () => {
  await home.run(['down'], aws);
  await s3.stop();
  home.remove();
});

test("up, train on the kept stack with an S3 store, workers of one's own for its server, down", async () => {
  const up = await home.run(['up', '--store', 's3://mipnet/e2e', '--slots', '2'], aws);
  expect(up.code, up.stderr).toBe(0);
  const address = up.stdout.match(/^Temporal +(\S+)/m)?.[1];
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/);

  const kept = await home.run(['train', ...tinyDigits, '--engine', 'temporal', '--out', 'kept.onnx', '--json'], aws);
  expect(kept.code, kept.stderr).toBe(0);
  expect(JSON.parse(kept.stdout).uiUrl).toContain(up.stdout.match(/^UI +(\S+)/m)?.[1]);

  const other = await home.run(['train', ...tinyDigits, '--store', 'elsewhere'], aws);
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(/stores in s3:\/\/mipnet\/e2e, not in .*elsewhere/);

  // The same server seen as somebody else's: named by the environment, with workers started by hand.
  const remote = { ...aws, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default', MIPNET_STORE: 's3://mipnet/e2e' };
  const workers: Running[] = ['orchestrator', 'solver'].map((role) =>
    home.start(['worker', '--role', role, '--slots', '1'], remote),
  );
  const far = await home.run(['train', ...tinyDigits, '--out', 'far.onnx', '--json'], remote);
  expect(far.code, far.stderr).toBe(0);
  expect(JSON.parse(far.stdout).uiUrl).toBeNull();
  expect(readFileSync(home.path('far.onnx')).equals(readFileSync(home.path('kept.onnx')))).toBe(true);
  for (const { child } of workers) child.kill('SIGTERM');
  expect((await Promise.all(workers.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0]);

  const down = await home.run(['down'], aws);
  expect(down).toMatchObject({ code: 0, stdout: 'stopped\n' });
  expect((await home.run(['down'], aws)).stdout).toBe('nothing is running\n');
});
