import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pythonWith } from './python-environment.js';

/** A Python with the solvers; undefined, with the reason printed, if it cannot be had here. */
export const pythonWithSolvers = (): Promise<string | undefined> =>
  pythonWith('solvers', ['highsbox==1.15.1', 'ortools==9.15.6755', 'pyscipopt==6.3.0', 'gurobipy==13.0.3']);

/** The program of HiGHS that the wheel brings. */
export const highsProgram = (python: string): string =>
  execFileSync(python, ['-c', 'import highsbox; print(highsbox.highs_bin_path())'], { encoding: 'utf8' }).trim();

/**
 * Installs a program of a Debian package unless it is there.
 * @returns whether it is there now; the reason is printed if not
 */
export function hasDebianProgram(program: string, name: string): boolean {
  const isThere = (): boolean =>
    (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)));
  if (isThere()) return true;
  try {
    execFileSync('apt-get', ['install', '-y', '-qq', name], { stdio: 'pipe' });
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error);
    console.log(`skipped: there is no ${program}, and ${name} cannot be installed (${said.trim().split('\n').at(-1)})`);
  }
  return isThere();
}
