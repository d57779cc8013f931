// Tested by temporal-binary.int.test.ts.
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { isExecutable } from './executable.js';
import { sha256OfFile } from './file-hash.js';
import { waitForLock } from './folders/process-lock.js';

export interface GoProgram {
  /** The file name of the binary, `temporal`. */
  readonly name: string;
  /** `module/path@version`, as `go install` takes it. */
  readonly module: string;
  /** For the first progress line: 'about 3 minutes, once'. */
  readonly cost: string;
}

/**
 * A program that goInstall() compiled into `folder` earlier. Compilers differ, so its hash cannot be pinned. It is
 * recorded beside the program when it is compiled; a program that was changed or damaged since then is not returned.
 */
export async function findCompiled(program: GoProgram, folder: string): Promise<string | undefined> {
  const target = join(folder, program.name);
  if (!(await isExecutable(target))) return undefined;
  const recorded = await readFile(hashFile(target), 'utf8').catch(() => undefined);
  return recorded?.trim() === (await sha256OfFile(target)) ? target : undefined;
}

/**
 * Compiles a Go program into `folder` and returns its path. Go verifies the source of each module by its checksum
 * database. Two processes at the same time compile it once: the second one waits, then finds the file. The binary
 * appears under its name only when it is complete.
 * @throws Error if the checksum database is turned off, or with the compiler's last lines if Go fails.
 */
export async function goInstall(
  program: GoProgram,
  options: { readonly go: string; readonly folder: string; readonly onMessage: (line: string) => void },
): Promise<string> {
  const { go, folder, onMessage } = options;
  const target = join(folder, program.name);
  await mkdir(folder, { recursive: true });
  const lock = await waitForLock(`${target}.lock`, (owner) =>
    onMessage(`waiting for process ${owner}, which is compiling ${program.name}`),
  );
  try {
    const kept = await findCompiled(program, folder);
    if (kept !== undefined) return kept;
    await requireChecksums(go, program);
    const draft = await mkdtemp(join(folder, `${program.name}-`));
    try {
      await compile(program, go, draft, onMessage);
      // `go install` names the file after the module's last path element, with .exe on Windows.
      const [built] = await readdir(draft);
      if (built === undefined) throw new Error(`go install ${program.module} succeeded but left no binary`);
      await writeFile(hashFile(target), `${await sha256OfFile(join(draft, built))}\n`);
      await rename(join(draft, built), target);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return target;
  } finally {
    await lock.release();
  }
}

function hashFile(program: string): string {
  return `${program}.sha256`;
}

async function requireChecksums(go: string, program: GoProgram): Promise<void> {
  const { stdout } = await promisify(execFile)(go, ['env', 'GOSUMDB']);
  if (stdout.trim() === 'off')
    throw new Error(`go install ${program.module}: Go's checksum database is turned off (GOSUMDB=off)`);
}

async function compile(
  program: GoProgram,
  go: string,
  folder: string,
  onMessage: (line: string) => void,
): Promise<void> {
  onMessage(`compiling ${program.name} with Go (${program.cost})`);
  const started = Date.now();
  // Without cgo no C compiler is needed, and the binary runs on any libc.
  // No module is exempt from the checksum database.
  const child = spawn(go, ['install', '-v', program.module], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GONOSUMDB: 'none', GOINSECURE: 'none' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let packages = 0;
  const lastLines: string[] = [];
  // -v prints each package as it is compiled; downloads and errors come the same way.
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) packages++;
    lastLines.push(line);
    if (lastLines.length > 15) lastLines.shift();
  });
  const progress = setInterval(
    () => onMessage(`compiling ${program.name}: ${packages} packages in ${seconds(started)} s`),
    10_000,
  );
  const stopWithUs = () => child.kill();
  process.once('exit', stopWithUs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`go install ${program.module} failed:\n${lastLines.join('\n')}`);
    onMessage(`compiled ${program.name}: ${packages} packages in ${seconds(started)} s`);
  } finally {
    clearInterval(progress);
    process.off('exit', stopWithUs);
  }
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
