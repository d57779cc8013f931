import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** The folders mipnet keeps things in. None of them needs to exist yet. */
export interface Paths {
  /** What is worth keeping: objects, runs, the Temporal database. */
  readonly data: string;
  /** What can be fetched or computed again: data sets, object copies. */
  readonly cache: string;
  readonly log: string;
  /** Tool binaries (the Temporal server). Shared by every state folder: one costs minutes to build. */
  readonly bin: string;
}

/**
 * The platform's own folders for an application, or all of them below $MIPNET_HOME where that is set.
 * The binaries stay in ${XDG_CACHE_HOME:-~/.cache}/mipnet/bin in either case.
 */
export function mipnetPaths(env: NodeJS.ProcessEnv = process.env): Paths {
  const bin = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', 'bin');
  if (env.MIPNET_HOME) {
    const home = resolve(env.MIPNET_HOME);
    return { data: join(home, 'data'), cache: join(home, 'cache'), log: join(home, 'log'), bin };
  }
  const { data, cache, log } = envPaths('mipnet', { suffix: '' });
  return { data, cache, log, bin };
}
