import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lockOwner, tryLock, type Paths, type ProcessLock } from '@mipnet/stack/folders';

// The folder of a run: its record, and the server database of a run that brought its own server.

export type DataFolder = Pick<Paths, 'data'>;

export const runsFolder = ({ data }: DataFolder): string => join(data, 'runs');

export const runFolder = (paths: DataFolder, run: string): string => join(runsFolder(paths), run);

const lockFile = (paths: DataFolder, run: string): string => join(runFolder(paths, run), 'lock');

/** Takes a run in hand for this process. */
export const holdRun = (paths: DataFolder, run: string): Promise<ProcessLock | undefined> =>
  tryLock(lockFile(paths, run));

/** The process that owns a run: it drives the run, or holds its server. undefined if that process has ended. */
export const processOf = (paths: DataFolder, run: string): Promise<number | undefined> =>
  lockOwner(lockFile(paths, run));

/** Whether the database of a run's own server is still there. */
export const hasDatabase = async (paths: DataFolder, run: string): Promise<boolean> =>
  (await stat(join(runFolder(paths, run), 'temporal.db')).catch(() => undefined))?.isFile() ?? false;

/** Ended runs need no database: their result is in the record and in the object store. */
export async function forgetDatabase(paths: DataFolder, run: string): Promise<void> {
  const folder = runFolder(paths, run);
  const files = await readdir(folder).catch(() => []);
  await Promise.all(
    files.filter((name) => name.startsWith('temporal.db')).map((name) => rm(join(folder, name), { force: true })),
  );
}
