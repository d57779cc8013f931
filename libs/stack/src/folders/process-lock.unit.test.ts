import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, tryLock, waitForLock } from './process-lock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('process lock', () => {
  it('is held by one of many at once, and free again after release', async () => {
    const path = join(folder, 'lock');
    const taken = (await Promise.all(Array.from({ length: 20 }, () => tryLock(path)))).filter(
      (lock) => lock !== undefined,
    );
    expect(taken).toHaveLength(1);
    await taken[0]!.release();
    expect(await tryLock(path)).toBeDefined();
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('is taken over from a dead process, and from a file that names none', async () => {
    const path = join(folder, 'lock');
    for (const content of [`${deadPid()}\n`, '', 'nonsense']) {
      await writeFile(path, content);
      const lock = await tryLock(path);
      expect(lock, JSON.stringify(content)).toBeDefined();
      await lock!.release();
    }
  });

  it('lives and dies with the process it is handed to', async () => {
    const path = join(folder, 'lock');
    const lock = await tryLock(path);
    await lock!.handOver(process.ppid);
    expect(await tryLock(path)).toBeUndefined();
    await lock!.handOver(deadPid());
    expect(await tryLock(path)).toBeDefined();
  });

  it('tells a waiter once who holds it', async () => {
    const path = join(folder, 'lock');
    const held = await tryLock(path);
    const owners: number[] = [];
    let looks = 0;
    // The lock is released after the waiter has looked three times in vain.
    const look = async (): Promise<void> => {
      if (++looks === 3) await held!.release();
    };
    await (await waitForLock(path, (owner) => owners.push(owner), look)).release();
    expect({ owners, looks }).toEqual({ owners: [process.pid], looks: 3 });
  });
});

describe('isAlive', () => {
  it('tells the living from the dead', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(deadPid())).toBe(false);
  });
});
