// Tested by ../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { mkdir, mkdtemp, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { schemeOf } from '@mipnet/object-store';
import { mipnetPaths } from './folders/paths.js';
import { privateFolder } from './folders/private-folders.js';
import { StackError } from './stack-error.js';

const isPath = (place: string): boolean => schemeOf(place) === undefined && place.trim() !== '';

/**
 * The object store to use: --store, otherwise $MIPNET_STORE, otherwise a folder of mipnet's own. Paths become absolute,
 * because workers run in other folders.
 */
export function storePlace(given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const place = given ?? (env.MIPNET_STORE || undefined);
  if (place === undefined) return join(mipnetPaths(env).data, 'objects');
  return isPath(place) ? resolve(place) : place;
}

/**
 * Makes the folder of a folder store and writes into it once, so that a folder that is not writable is refused before
 * anything starts. If it fails, it removes what it made. Stores with a URL are checked by their adapter.
 * @throws StackError 'store'
 */
export async function checkStorePlace(place: string): Promise<void> {
  if (!isPath(place)) return;
  const made: string[] = [];
  try {
    await makeFolders(place, made, place.startsWith(join(mipnetPaths().data, sep)) ? privateFolder : undefined);
    await rm(await mkdtemp(join(place, '~check-')), { recursive: true });
  } catch (cause) {
    for (const folder of made) await rmdir(folder).catch(() => undefined);
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new StackError(
      'store',
      `the object store ${place} cannot be written (${code ?? message}); give another folder with ` +
        '--store, or change its permissions',
      { cause },
    );
  }
}

/**
 * mkdir -p, one level at a time: Node's own recursive mkdir never returns if the system says ENOENT for a folder whose
 * parent exists, as /proc does.
 */
async function makeFolders(folder: string, made: string[], mode?: number): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isDirectory()) return;
  if (found) throw Object.assign(new Error(`${folder} is not a folder`), { code: 'ENOTDIR' });
  await makeFolders(dirname(folder), made, mode);
  await mkdir(folder, { mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  made.unshift(folder);
}
