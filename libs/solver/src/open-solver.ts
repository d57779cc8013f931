import type { Solver, OpenOptions } from './solver.js';
import { dialects, type DialectName } from './dialects/registry.js';
import { SolverError } from './solve.js';

/** The dialects' names, as they stand before the colon of a URL and in a plan. */
const solverNames = Object.keys(dialects) as readonly DialectName[];

/**
 * Opens a solver by its URL: `highs:` (the default), `highs-native:/opt/highs/bin/highs`, `cbc`. The path of the
 * program is optional, and so is the colon.
 * @throws SolverError 'unknown' or 'missing'
 */
export async function openSolver(url = 'highs:', options: OpenOptions = {}): Promise<Solver> {
  const { name, at } = parseSolverUrl(url);
  return dialects[name].open(at, options);
}

/** @throws SolverError 'unknown' */
function parseSolverUrl(url: string): { readonly name: DialectName; readonly at: string } {
  const colon = url.indexOf(':');
  const scheme = colon < 0 ? url : url.slice(0, colon);
  const name = solverNames.find((known) => known === scheme);
  if (name === undefined)
    throw new SolverError('unknown', `no solver is called '${scheme}': use one of ${solverNames.join(', ')}`);
  return { name, at: colon < 0 ? '' : url.slice(colon + 1) };
}
