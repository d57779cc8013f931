import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** The folders mipnet keeps things in. None of them needs to exist yet. */
export interface Paths {
  /** Data to keep: objects, runs, the Temporal database. */
  readonly data: string;
  /** Data that can be fetched or computed again: data sets, object copies. */
  readonly cache: string;
  readonly log: string;
  /** Tool binaries (the Temporal server). Shared by all state folders, because building one takes minutes. */
  readonly bin: string;
}

/**
 * The platform's own folders for an application, or all of them below $MIPNET_HOME if that is set.
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
