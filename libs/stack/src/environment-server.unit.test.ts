import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectTo, serverOfEnvironment } from './environment-server.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-environment-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function configured(text: string): Promise<NodeJS.ProcessEnv> {
  const file = join(folder, 'temporal.toml');
  await writeFile(file, text);
  return { TEMPORAL_CONFIG_FILE: file };
}

describe('serverOfEnvironment', () => {
  it('finds none if the chosen profile does not exist', async () => {
    expect(serverOfEnvironment(await configured('[profile.other]\naddress = "other:7233"\n'))).toBeUndefined();
  });

  it('finds TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE', async () => {
    const env = await configured('[profile.other]\naddress = "other:7233"\n');
    expect(serverOfEnvironment({ ...env, TEMPORAL_ADDRESS: 'host:1' })).toEqual({
      address: 'host:1',
      namespace: 'default',
    });
    expect(serverOfEnvironment({ ...env, TEMPORAL_ADDRESS: 'host:1', TEMPORAL_NAMESPACE: 'team' })?.namespace).toBe(
      'team',
    );
  });

  it('finds a profile of the configuration file', async () => {
    const env = await configured('[profile.cluster]\naddress = "cluster:7233"\nnamespace = "mipnet"\n');
    expect(serverOfEnvironment({ ...env, TEMPORAL_PROFILE: 'cluster' })).toEqual({
      address: 'cluster:7233',
      namespace: 'mipnet',
    });
  });

  it('names the settings when the file cannot be read', async () => {
    const env = await configured('[profile.');
    expect(() => serverOfEnvironment(env)).toThrow(
      expect.objectContaining({ name: 'StackError', code: 'environment' }),
    );
  });
});

describe('connectTo', () => {
  it('says what to do when nobody answers', async () => {
    await expect(
      connectTo('127.0.0.1:1', await configured('[profile.other]\naddress = "other:7233"\n'), 500),
    ).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });
});
