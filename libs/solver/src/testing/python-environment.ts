import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, rmdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

// A virtual environment of Python, made once per machine and set of packages, outside the repository.

const run = promisify(execFile);

/** A lock this old was left by a process that died. */
const staleMs = 600_000;

/**
 * @param name of the folder in the cache, such as `solvers`
 * @param packages with exact versions
 * @returns the path of its interpreter, or undefined, with the reason printed, if it cannot be had here
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string | undefined> {
  const version = createHash('sha256').update(packages.join()).digest('hex').slice(0, 8);
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', name, version);
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
      await install(folder, packages);
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

async function install(folder: string, packages: readonly string[]): Promise<void> {
  const draft = await mkdtemp(`${folder}-`);
  try {
    await run('python3', ['-m', 'venv', draft]);
    await run(join(draft, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
