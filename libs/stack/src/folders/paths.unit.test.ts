import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mipnetPaths } from './paths.js';

describe('mipnetPaths', () => {
  it('puts everything but the tool binaries below MIPNET_HOME', () => {
    expect(mipnetPaths({ MIPNET_HOME: '/state' })).toEqual({
      data: '/state/data',
      cache: '/state/cache',
      log: '/state/log',
      bin: join(homedir(), '.cache/mipnet/bin'),
    });
  });

  it('makes a relative MIPNET_HOME absolute, since child processes run elsewhere', () => {
    expect(mipnetPaths({ MIPNET_HOME: 'state' }).data).toBe(join(process.cwd(), 'state/data'));
  });

  it('keeps binaries in XDG_CACHE_HOME', () => {
    expect(mipnetPaths({ XDG_CACHE_HOME: '/cache' }).bin).toBe('/cache/mipnet/bin');
  });

  it('names the platform folders after the project alone', () => {
    const { data, cache, log } = mipnetPaths({});
    for (const folder of [data, cache, log]) expect(folder).toMatch(/mipnet(?!-nodejs)/);
  });
});
