import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivate, privateFile } from './private-folders.js';

/** A file that names the one process allowed to do something. It is valid while that process lives. */
export interface ProcessLock {
  /** Makes the lock live and die with another process, a child for example. */
  handOver(pid: number): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock, or returns undefined while a living process holds it. A dead process's lock is taken over. */
export async function tryLock(path: string, pid: number = process.pid): Promise<ProcessLock | undefined> {
  await makePrivate(dirname(path));
  // link() makes the file appear with its content: a lock never exists without its owner's name.
  const draft = await write(path, pid);
  try {
    for (;;) {
      try {
        await link(draft, path);
        return lockAt(path);
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      }
      const owner = await readOwner(path);
      if (owner !== undefined && isAlive(owner)) return undefined;
      // Only one process can rename the dead owner's file away and remove it; link() then decides which one is next.
      const dead = `${path}.${randomUUID()}.dead`;
      if ((await readOwner(path)) === owner) await rename(path, dead).catch(ignoreMissing);
      await rm(dead, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Waits for the lock.
 * @param onWait called once, with the owner's process id, if the lock is not free at once
 * @param pause between two tries; @default half a second
 */
export async function waitForLock(
  path: string,
  onWait: (owner: number) => void,
  pause: () => Promise<unknown> = () => sleep(500),
): Promise<ProcessLock> {
  for (let told = false; ;) {
    const lock = await tryLock(path);
    if (lock) return lock;
    const owner = await readOwner(path);
    if (!told && owner !== undefined) {
      onWait(owner);
      told = true;
    }
    await pause();
  }
}

/** The living process that holds a lock; undefined for a lock that is free or whose holder is dead. */
export async function lockOwner(path: string): Promise<number | undefined> {
  const owner = await readOwner(path);
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

/** Whether a process with this id exists, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function lockAt(path: string): ProcessLock {
  return {
    async handOver(pid) {
      await rename(await write(path, pid), path);
    },
    async release() {
      await rm(path, { force: true });
    },
  };
}

async function write(path: string, pid: number): Promise<string> {
  const draft = `${path}.${randomUUID()}.draft`;
  await writeFile(draft, `${pid}\n`, { mode: privateFile });
  return draft;
}

async function readOwner(path: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(path, 'utf8')).trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
}

function ignoreMissing(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
