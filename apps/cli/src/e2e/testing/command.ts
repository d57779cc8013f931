import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { runMipnet } from '../../program/run-mipnet.js';

/**
 * Programs as ./mipnet starts them, if `./mipnet test` has just built them; by hand the compiled files, which
 * `npx tsc --build` makes.
 */
const { MIPNET_TEST_PROGRAMS: programs } = process.env;
const compiled = fileURLToPath(new URL('../../../dist', import.meta.url));
export const program = programs ? join(programs, 'mipnet.js') : join(compiled, 'main.js');
export const vnnlibProgram = programs ? join(programs, 'mipnet-vnnlib.js') : join(compiled, 'vnnlib-main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a child process, as a person would run it. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves when stderr matches. Rejects when the command ends before. */
  said(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly ended: Promise<Ended>;
}

/** A state folder of its own, so that the tests neither read nor change the developer's files. */
export class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'mipnet-e2e-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Environment of the command: without the developer's own server and store. */
  get env(): NodeJS.ProcessEnv {
    const { TEMPORAL_ADDRESS: _address, TEMPORAL_NAMESPACE: _namespace, MIPNET_STORE: _store, ...env } = process.env;
    return {
      ...env,
      MIPNET_COMMAND: 'mipnet',
      MIPNET_HOME: this.path('home'),
      TEMPORAL_CONFIG_FILE: this.path('no-profile.toml'),
    };
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const listeners = new Set<() => void>();
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
      for (const listener of listeners) listener();
    });
    const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
    const said = (pattern: RegExp): Promise<RegExpMatchArray> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = stderr.match(pattern);
          if (match) {
            listeners.delete(look);
            resolve(match);
          }
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`the command ended without saying ${pattern}; it said:\n${stderr}`)));
      });
    return { child, said, ended };
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /**
   * The same command in this process, one at a time: most of the time of a short command is its start. What belongs to
   * a process of its own (signals, memory, what it loads, how it ends) needs `run`.
   */
  runHere(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const next = turn.then(() => inThisProcess(args, this.folder, { ...this.env, ...env }));
    turn = next.catch(() => undefined);
    return next;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Key by key: threads get a copy of this process's own environment, not of an object in its place. */
function setEnvironment(env: NodeJS.ProcessEnv): void {
  for (const key of Object.keys(process.env)) if (env[key] === undefined) delete process.env[key];
  for (const [key, value] of Object.entries(env)) if (value !== undefined) process.env[key] = value;
}

interface Program {
  readonly runMipnet: typeof runMipnet;
}

/** Ends when no command runs in this process. */
let turn: Promise<unknown> = Promise.resolve();

async function inThisProcess(args: readonly string[], folder: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const kept = { env: { ...process.env }, cwd: process.cwd(), out: process.stdout.write, err: process.stderr.write };
  const said = { stdout: '', stderr: '' };
  const into =
    (name: keyof typeof said): typeof process.stdout.write =>
    (chunk: string | Uint8Array, ...rest: unknown[]) => {
      said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    };
  setEnvironment(env);
  process.chdir(folder);
  process.stdout.write = into('stdout');
  process.stderr.write = into('stderr');
  try {
    const { runMipnet } = (await import(join(compiled, 'program', 'run-mipnet.js'))) as Program;
    const code = await runMipnet(args);
    return { code, ...said };
  } finally {
    process.stdout.write = kept.out;
    process.stderr.write = kept.err;
    process.chdir(kept.cwd);
    setEnvironment(kept.env);
  }
}

/** A result that is compared with another run must not be taken from that run. */
const solveAlways = ['--set', 'solver.reuse=false'];

/** The built-in digits, few of them: 45 MIPs of a tenth of a second. */
export const tinyDigits = [
  '--dataset',
  'digits',
  '--set',
  'dataset.perClass=3',
  '--set',
  'dataset.shifts=0',
  '--set',
  'dataset.validationPerClass=5',
  '--set',
  // So that nearly all are proven within a tenth of a second; more weights stay 0.
  'objectives.0.fit.sparsity=2.5',
  '--set',
  'solver.workLimit=5',
  ...solveAlways,
];

/** MIPs that take seconds each, so that something can happen in their middle. */
export const slowDigits = [
  '--dataset',
  'digits',
  '--set',
  'dataset.perClass=30',
  '--set',
  'dataset.shifts=0',
  '--set',
  'dataset.validationPerClass=5',
  '--set',
  'solver.workLimit=3000',
  ...solveAlways,
];
