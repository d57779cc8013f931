import { join } from 'node:path';
import type { Paths } from './folders/paths.js';
import { StackError } from './stack-error.js';
import { lockOwner, type ProcessLock, tryLock } from './folders/process-lock.js';

/** The files of one embedded stack. */
export interface StackFolder {
  /** SQLite file of the Temporal server. */
  readonly database: string;
  /** Folder of the log files. */
  readonly log: string;
  readonly lock: ProcessLock;
}

/**
 * Claims the state of the embedded server. Two servers on one database would damage it, so a second stack at the same
 * time gets the next folder, `stack-2`; it is reused by the next second stack.
 */
export async function claimStackFolder(paths: Pick<Paths, 'data' | 'log'>): Promise<StackFolder> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'stack' : `stack-${number}`;
    const lock = await tryLock(join(paths.data, name, 'lock'));
    if (lock) return { database: join(paths.data, name, 'temporal.db'), log: join(paths.log, name), lock };
  }
}

/**
 * Claims the folder of one run, for a server of its own: the run can be continued on the same database when its
 * process dies.
 * @throws StackError 'server' while another process owns the run
 */
export async function claimRunFolder(folder: string): Promise<StackFolder> {
  const file = join(folder, 'lock');
  const lock = await tryLock(file);
  if (!lock) throw new StackError('server', `process ${await lockOwner(file)} has this run in hand`);
  return { database: join(folder, 'temporal.db'), log: join(folder, 'log'), lock };
}
