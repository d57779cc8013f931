// Tested by autoscale.int.test.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AutoscalerError } from './autoscaler-error.js';
import type { PoolState, PoolWorker, Provider } from './provider.js';

export interface LocalProcessesOptions {
  /** The compiled worker program, `apps/worker/dist/main.js`. */
  readonly program: string;
  /** Leaves one worker solves at once. */
  readonly slots: number;
  /** URLs of the solvers it has; the worker's own default if left out. */
  readonly solvers?: readonly string[];
  /** Queue of the orchestrator; the worker's own default if left out. */
  readonly queue?: string;
  /** Temporal server (TEMPORAL_ADDRESS, ...) and object store (MIPNET_STORE) of the workers. */
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the workers' log files. */
  readonly log: string;
  readonly onMessage?: (line: string) => void;
}

/** Longest time of a leaf: a draining worker always finishes its leaves. Seconds. */
const graceSeconds = 86_400;

/** A shorter life counts as a quick death; after this many in a row, starting more does not help. */
const quickDeath = { seconds: 10, inARow: 5 };

interface Member {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly startedAt: number;
  readonly ended: Promise<void>;
  draining: boolean;
}

/** Solver workers as child processes on this machine. They end with this process in every case. */
export class LocalProcesses implements Provider {
  readonly #options: LocalProcessesOptions;
  readonly #members = new Map<number, Member>();
  #started = 0;
  #quickDeaths = 0;

  constructor(options: LocalProcessesOptions) {
    this.#options = options;
    mkdirSync(options.log, { recursive: true, mode: 0o700 });
  }

  async observe(): Promise<PoolState> {
    const workers = [...this.#members.values()].map(({ pid, draining }): PoolWorker => {
      const name = `${pid}@${hostname()}`;
      return { id: String(pid), draining, answersTo: (identity) => identity === name };
    });
    return { wanted: workers.filter((worker) => !worker.draining).length, workers };
  }

  /** @throws AutoscalerError 'pool' if workers die as soon as they start */
  async start(count: number): Promise<void> {
    if (this.#quickDeaths >= quickDeath.inARow) {
      throw new AutoscalerError(
        'pool',
        `${this.#quickDeaths} solver workers in a row died within ${quickDeath.seconds} s of their start; ` +
          `read their logs in ${this.#options.log}`,
      );
    }
    for (let i = 0; i < count; i++) await this.#spawn();
  }

  async drain(workers: readonly PoolWorker[]): Promise<void> {
    for (const { id } of workers) {
      const member = this.#members.get(Number(id));
      if (!member || member.draining) continue;
      member.draining = true;
      member.child.kill('SIGTERM');
    }
  }

  /** Drains all workers and waits for them, for as long as their leaves take. See `hurry`. */
  async close(): Promise<void> {
    await this.drain((await this.observe()).workers);
    await Promise.all([...this.#members.values()].map((member) => member.ended));
  }

  /** Ends draining workers within seconds; other workers solve their leaves again. */
  hurry(): void {
    for (const { child } of this.#members.values()) child.stdin!.end();
  }

  async #spawn(): Promise<void> {
    const { program, slots, solvers = [], queue, env, log } = this.#options;
    const logFile = join(log, `solver-${++this.#started}.log`);
    const output = openSync(logFile, 'a', 0o600);
    const args = [
      program,
      '--role',
      'solver',
      '--slots',
      String(slots),
      '--grace',
      String(graceSeconds),
      '--with-parent',
      ...solvers.flatMap((solver) => ['--solver', solver]),
      ...(queue ? ['--queue', queue] : []),
    ];
    // A process group of its own: Ctrl-C in the terminal must not reach the worker past this process. The pipe that is
    // its stdin closes when this process ends, and then so does the worker.
    const child = spawn(process.execPath, args, { env, detached: true, stdio: ['pipe', output, output] });
    closeSync(output);
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject)).catch(
      (cause: Error) => {
        throw new AutoscalerError('pool', `a solver worker cannot be started: ${cause.message}`, { cause });
      },
    );
    child.stdin!.on('error', () => undefined);
    const pid = child.pid!;
    const ended = new Promise<void>((resolve) =>
      child.once('exit', (code, signal) => {
        this.#ended(pid, signal ?? `exit code ${code}`, logFile);
        resolve();
      }),
    );
    this.#members.set(pid, { child, pid, startedAt: Date.now(), ended, draining: false });
  }

  #ended(pid: number, how: string, logFile: string): void {
    const member = this.#members.get(pid);
    this.#members.delete(pid);
    if (!member || member.draining) {
      this.#quickDeaths = 0;
      return;
    }
    this.#quickDeaths = Date.now() - member.startedAt < quickDeath.seconds * 1000 ? this.#quickDeaths + 1 : 0;
    this.#options.onMessage?.(`solver worker ${pid} died (${how}); its log is ${logFile}`);
  }
}
