import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Paths } from './paths.js';

// Only the owner can read mipnet's own folders (plans, training rows, the Temporal database, logs): a record names
// files, and a database holds every plan, which other users of the machine must not see.

/** Of folders and files in mipnet's own folders. */
export const privateFolder = 0o700;
export const privateFile = 0o600;

const forOthers = 0o077;

/** Makes a folder that only its owner can enter, with its parents. */
export async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: privateFolder });
}

/**
 * Removes the rights of others from the existing folders and everything in them. Nothing inside a private folder can be
 * reached, so only folders that are not private are walked through: after the first time, this checks three folders.
 */
export async function tightenFolders({ data, cache, log }: Pick<Paths, 'data' | 'cache' | 'log'>): Promise<void> {
  for (const folder of [data, cache, log]) await tighten(folder);
}

async function tighten(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  // Only its owner can change the rights of another user's folder.
  if (!found?.isDirectory() || (found.mode & forOthers) === 0 || found.uid !== process.getuid?.()) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await tighten(path);
    else if (entry.isFile()) await withoutOthers(path);
  }
  // Done last, so that an interrupted walk is repeated.
  await withoutOthers(folder);
}

/** Another process may remove a file during the walk. */
async function withoutOthers(path: string): Promise<void> {
  try {
    const { mode } = await stat(path);
    if ((mode & forOthers) !== 0) await chmod(path, mode & 0o700);
  } catch (error) {
    if (!['ENOENT', 'EPERM', 'EROFS'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
