import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { claimStackFolder } from './stack-folder.js';

it('gives two stacks at once different databases, and the first one again when it is free', async () => {
  const home = await mkdtemp(join(tmpdir(), 'mipnet-folder-'));
  try {
    const paths = { data: join(home, 'data'), log: join(home, 'log') };
    const first = await claimStackFolder(paths);
    const second = await claimStackFolder(paths);
    expect(first.database).toBe(join(home, 'data', 'stack', 'temporal.db'));
    expect(second.database).toBe(join(home, 'data', 'stack-2', 'temporal.db'));
    expect(second.log).not.toBe(first.log);
    await first.lock.release();
    expect((await claimStackFolder(paths)).database).toBe(first.database);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
