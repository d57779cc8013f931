import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Paths } from './paths.js';

// What mipnet keeps in its own folders (plans, training rows, the Temporal database, logs) is for its owner alone: on a
// machine with other users a record names files and a database holds every plan.

/** Of folders and files in mipnet's own folders. */
export const privateFolder = 0o700;
export const privateFile = 0o600;

const forOthers = 0o077;

/** Makes a folder that only its owner can enter, with its parents. */
export async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: privateFolder });
}

/**
 * Takes the rights of others from the folders that are there, and from all in them. Once a folder is private nothing in
 * it can be reached, so only open ones are walked through: after the first time this looks at three folders.
 */
export async function tightenFolders({ data, cache, log }: Pick<Paths, 'data' | 'cache' | 'log'>): Promise<void> {
  for (const folder of [data, cache, log]) await tighten(folder);
}

async function tighten(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  // Somebody else's folder is for its owner to close.
  if (!found?.isDirectory() || (found.mode & forOthers) === 0 || found.uid !== process.getuid?.()) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await tighten(path);
    else if (entry.isFile()) await withoutOthers(path);
  }
  // Last: a walk that is broken off is done again.
  await withoutOthers(folder);
}

/** A file of another process may go while it is looked at. */
async function withoutOthers(path: string): Promise<void> {
  try {
    const { mode } = await stat(path);
    if ((mode & forOthers) !== 0) await chmod(path, mode & 0o700);
  } catch (error) {
    if (!['ENOENT', 'EPERM', 'EROFS'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
