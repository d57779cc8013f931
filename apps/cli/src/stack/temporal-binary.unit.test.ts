import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTemporal } from './temporal-binary.js';

let folder: string;
let onPath: string;
let bin: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-binary-'));
  onPath = join(folder, 'path');
  bin = join(folder, 'bin');
  await Promise.all([onPath, bin].map((path) => mkdir(path)));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(path: string, script = ''): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function offline(): Promise<never> {
  throw new Error('no network');
}

function find(
  env: NodeJS.ProcessEnv,
  download: (target: string) => Promise<void> = offline,
  messages: string[] = [],
): Promise<string> {
  return findTemporal({ env, bin, download, onMessage: (line) => messages.push(line) });
}

describe('findTemporal', () => {
  it('takes the chosen one, then PATH, then the kept one, then the download', async () => {
    const fetched = (target: string) => program(target).then(() => {});
    const chosen = await program(join(folder, 'chosen'));
    expect(await find({ PATH: `:${onPath}` }, fetched)).toBe(join(bin, 'temporal'));
    // Kept from the download before: no second one.
    expect(await find({ PATH: onPath })).toBe(join(bin, 'temporal'));
    const installed = await program(join(onPath, 'temporal'));
    expect(await find({ PATH: `/nowhere:${onPath}` })).toBe(installed);
    expect(await find({ PATH: onPath, MIPNET_TEMPORAL_BIN: chosen })).toBe(chosen);
  });

  it('compiles it where Go is, telling of it, and lets a second asker wait for the first', async () => {
    // A Go that takes a moment, prints two packages, and counts its runs.
    await program(
      join(onPath, 'go'),
      `PATH=/usr/bin:/bin; echo run >> ${folder}/runs; sleep 0.5; echo a.b/c >&2; echo d/e >&2; echo "$@" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`,
    );
    const messages: string[] = [];
    const found = await Promise.all([
      find({ PATH: onPath }, offline, messages),
      find({ PATH: onPath }, offline, messages),
    ]);
    expect(found).toEqual([join(bin, 'temporal'), join(bin, 'temporal')]);
    const { readFile, readdir } = await import('node:fs/promises');
    expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\n');
    expect(await readFile(join(bin, 'temporal'), 'utf8')).toContain(
      'install -v github.com/temporalio/cli/cmd/temporal@v1.5.1',
    );
    expect(await readdir(bin)).toEqual(['temporal']);
    expect(messages.join('\n')).toMatch(/about 5 minutes, once[^]*compiled temporal: 2 packages/);
  });

  it('refuses a chosen program that cannot be run instead of looking elsewhere', async () => {
    await program(join(onPath, 'temporal'));
    await expect(find({ PATH: onPath, MIPNET_TEMPORAL_BIN: join(folder, 'none') })).rejects.toMatchObject({
      code: 'no-binary',
      message: expect.stringContaining('MIPNET_TEMPORAL_BIN'),
    });
  });

  it('says why every way failed and how to get one', async () => {
    await expect(find({ PATH: onPath })).rejects.toMatchObject({
      name: 'StackError',
      code: 'no-binary',
      message: expect.stringMatching(/no network[^]*no "go" on PATH[^]*docs\.temporal\.io\/cli/),
    });
    await program(join(onPath, 'go'), 'echo "module not found" >&2; exit 1');
    await expect(find({ PATH: onPath })).rejects.toThrow(/module not found/);
  });
});
