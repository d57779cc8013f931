import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findVersitygw } from './versitygw-binary.js';

let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'mipnet-versitygw-binary-'));
  vi.stubEnv('MIPNET_VERSITYGW_BIN', undefined);
  vi.stubEnv('PATH', `${join(base, 'one')}${delimiter}${join(base, 'two')}`);
  vi.stubEnv('XDG_CACHE_HOME', join(base, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(base, { recursive: true });
});

async function place(...path: string[]): Promise<string> {
  const file = join(base, ...path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, 0o755);
  return file;
}

describe('findVersitygw', () => {
  test('looks into the variable, then PATH, then the cache', async () => {
    const cached = await place('cache', 'mipnet', 'bin', 'versitygw');
    expect(await findVersitygw()).toBe(cached);
    const onPath = await place('two', 'versitygw');
    expect(await findVersitygw()).toBe(onPath);
    const named = await place('elsewhere', 'gateway');
    vi.stubEnv('MIPNET_VERSITYGW_BIN', named);
    expect(await findVersitygw()).toBe(named);
  });

  test('does not look further when the variable is wrong', async () => {
    await place('cache', 'mipnet', 'bin', 'versitygw');
    vi.stubEnv('MIPNET_VERSITYGW_BIN', join(base, 'nothing'));
    await expect(findVersitygw()).rejects.toThrow('MIPNET_VERSITYGW_BIN is');
  });

  test('says what to do if there is neither a binary nor Go', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(findVersitygw()).rejects.toThrow('install Go, or set MIPNET_VERSITYGW_BIN');
    expect(said).toHaveBeenCalledWith(expect.stringContaining('once; this takes about two minutes'));
    said.mockRestore();
  });
});
