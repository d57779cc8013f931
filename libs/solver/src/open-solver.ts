import type { OpenOptions, Solver } from './solver.js';
import { dialects, type DialectName } from './dialects/registry.js';
import { SolverError } from './solve.js';

export type { DialectName };

/** The dialects' names, as they stand before the colon of a URL and in a plan. */
export const solverNames = Object.keys(dialects) as readonly DialectName[];

/** What is used if nobody names a solver: it is inside mipnet. */
export const defaultSolver: DialectName = 'highs';

/**
 * Opens a solver by its URL: `highs:` (the default), `highs-native:/opt/highs/bin/highs`, `cbc`. The path of the
 * program is optional, and so is the colon.
 * @throws SolverError 'unknown' or 'missing'
 */
export async function openSolver(url: string = defaultSolver, options: OpenOptions = {}): Promise<Solver> {
  const { name, at } = parseSolverUrl(url);
  const dialect = await dialects[name]();
  return dialect.open(at, options);
}

/** @throws SolverError 'unknown' */
export function parseSolverUrl(url: string): { readonly name: DialectName; readonly at: string } {
  const colon = url.indexOf(':');
  const scheme = colon < 0 ? url : url.slice(0, colon);
  const name = solverNames.find((known) => known === scheme);
  if (name === undefined)
    throw new SolverError('unknown', `no solver is called '${scheme}': use one of ${solverNames.join(', ')}`);
  return { name, at: colon < 0 ? '' : url.slice(colon + 1) };
}

/**
 * Opens each solver once, to see that it is installed here.
 * @throws SolverError 'unknown', or 'missing' with what installs it
 */
export async function checkSolvers(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    const solver = await openSolver(url);
    await solver.close();
  }
}

/**
 * Solvers by their names, of which a later one replaces an earlier one: what is to be had somewhere. A name alone adds
 * nothing to a URL that has a path.
 * @throws SolverError 'unknown'
 */
export function solversByName(urls: readonly string[]): ReadonlyMap<DialectName, string> {
  const byName = new Map<DialectName, string>();
  for (const url of urls) {
    const { name, at } = parseSolverUrl(url);
    if (at !== '' || !byName.has(name)) byName.set(name, url);
  }
  return byName;
}
