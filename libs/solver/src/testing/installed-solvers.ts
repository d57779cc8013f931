import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, rmdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const packages = ['highsbox==1.15.1', 'ortools==9.15.6755', 'pyscipopt==6.3.0', 'gurobipy==13.0.3'];

/** A lock this old was left by a process that died. */
const staleMs = 600_000;

/**
 * A virtual environment of Python with the solvers, made once per machine and set of versions, outside the repository.
 * @returns the path of its interpreter, or undefined, with the reason printed, if it cannot be had here
 */
export async function pythonWithSolvers(): Promise<string | undefined> {
  const version = createHash('sha256').update(packages.join()).digest('hex').slice(0, 8);
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', 'solvers', version);
  const python = join(folder, 'bin', 'python');
  const lock = `${folder}.lock`;
  await mkdir(dirname(folder), { recursive: true });
  while (!existsSync(python)) {
    try {
      await mkdir(lock);
    } catch {
      // Another test file is at it.
      const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > staleMs) await rm(lock, { recursive: true, force: true });
      await pause(200);
      continue;
    }
    try {
      await install(folder);
    } catch (error) {
      const said = String((error as { stderr?: string }).stderr || (error as Error).message);
      console.log(`skipped: ${packages.join(', ')} cannot be installed here (${said.trim().split('\n').at(-1)})`);
      return undefined;
    } finally {
      await rmdir(lock);
    }
  }
  return python;
}

async function install(folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}-`);
  try {
    await run('python3', ['-m', 'venv', draft]);
    await run(join(draft, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

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
