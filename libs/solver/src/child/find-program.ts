// Tested by python-solver.int.test.ts.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { SolverError } from '../solve.js';

/** The names of a program, and the advice if it is missing. */
export interface Wanted {
  /** Names on PATH, the preferred one first. */
  readonly names: readonly string[];
  /** The environment variable that names it, if any. */
  readonly variable: string;
  readonly install: string;
}

/**
 * The path of a program: the given one, otherwise the one that the variable names, otherwise the first on PATH.
 * @throws SolverError 'missing'
 */
export function findProgram(given: string, { names, variable, install }: Wanted, env = process.env): string {
  const named = given || env[variable];
  if (named) {
    // A bare name is one on PATH.
    const path = named.includes('/') ? resolve(named) : onPath(named, env);
    if (path !== undefined && isProgram(path)) return path;
    const source = given ? '' : ` (from $${variable})`;
    throw new SolverError('missing', `'${named}'${source} is no program that can be run: ${install}`);
  }
  for (const name of names) {
    const path = onPath(name, env);
    if (path !== undefined) return path;
  }
  throw new SolverError(
    'missing',
    `there is no program '${names[0]}' on PATH: ${install}; or name its path by $${variable}`,
  );
}

/** The first program of this name on PATH. */
export const onPath = (name: string, env: NodeJS.ProcessEnv): string | undefined =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram);

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
