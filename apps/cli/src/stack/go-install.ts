import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { isExecutable } from './executable.js';
import { waitForLock } from './process-lock.js';

export interface GoProgram {
  /** The file name of the binary, `temporal`. */
  readonly name: string;
  /** `module/path@version`, as `go install` takes it. */
  readonly module: string;
  /** For the first progress line: 'about 5 minutes, once'. */
  readonly cost: string;
}

/**
 * Compiles a Go program into `folder` and returns its path. Two processes asking at once compile it once: the second
 * waits, then finds the file. The binary appears under its name only when it is complete.
 * @throws Error with the compiler's last lines when Go fails.
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
    if (await isExecutable(target)) return target;
    const draft = await mkdtemp(join(folder, `${program.name}-`));
    try {
      await compile(program, go, draft, onMessage);
      // `go install` names the file after the module's last path element, with .exe on Windows.
      const [built] = await readdir(draft);
      if (built === undefined) throw new Error(`go install ${program.module} succeeded but left no binary`);
      await rename(join(draft, built), target);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return target;
  } finally {
    await lock.release();
  }
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
  const child = spawn(go, ['install', '-v', program.module], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
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
