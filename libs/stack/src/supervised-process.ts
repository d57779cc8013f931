import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { privateFile, privateFolder } from './folders/private-folders.js';
import { StackError, type StackErrorCode } from './stack-error.js';

export interface ProcessSpec {
  /** For messages: 'solver worker'. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** stdout and stderr are appended here; nothing reaches the terminal. */
  readonly logFile: string;
  /** The code of the error if the process does not keep running. */
  readonly errorCode: StackErrorCode;
}

export interface SupervisionOptions {
  readonly onMessage: (line: string) => void;
  /** The process died too often and is not restarted any more. */
  readonly onGiveUp: (error: StackError) => void;
  /** Called with the process id of every start. */
  readonly onStart?: (pid: number) => void;
  /** A life shorter than this counts as a quick death, unless it ended by kill -9. @default 10000 milliseconds */
  readonly quickDeathMs?: number;
  /** This many quick deaths in a row end the supervision. @default 5 */
  readonly quickDeaths?: number;
  /** Pause before the first restart; doubles with every quick death. @default 200 milliseconds */
  readonly restartDelayMs?: number;
}

/** What a leash prints about a program that was ended by kill -9. */
const killedChild = 128 + 9;

const LARGEST_LOG_BYTES = 10_000_000;

/**
 * Keeps one child process running: an unexpected death, even by kill -9, is followed by a restart. The child
 * leads its own process group, so that Ctrl-C in the terminal reaches mipnet alone, which then decides the order in
 * which processes end. The child's stdin is a pipe that closes when this process ends for any reason (see
 * parent-death).
 */
export class SupervisedProcess {
  #child: ChildProcess | undefined;
  #startedAt = 0;
  #quickDeaths = 0;
  #restarts = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    readonly spec: ProcessSpec,
    private readonly options: SupervisionOptions,
  ) {
    this.#start();
  }

  /** undefined while no process runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** SIGTERM, then SIGKILL to the whole group after the grace. Resolves when the process has ended. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const kill = setTimeout(() => killGroup(child), graceMs);
    child.kill('SIGTERM');
    await gone;
    clearTimeout(kill);
  }

  #start(): void {
    const { name, command, args, env, logFile } = this.spec;
    const log = openLog(logFile);
    const child = spawn(command, args, { env, detached: true, stdio: ['pipe', log, log] });
    closeSync(log);
    this.#child = child;
    this.#startedAt = Date.now();
    // A dead child breaks the pipe; the message about its exit explains more.
    child.stdin?.on('error', () => {});
    child.once('error', (error) => this.#died(child, `could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      this.#died(
        child,
        signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`,
        signal === 'SIGKILL' || code === killedChild,
      ),
    );
    if (child.pid !== undefined) this.options.onStart?.(child.pid);
    else this.options.onMessage(`the ${name} has no process id`);
  }

  /** @param killed from outside (kill -9, or the system because memory is short): then the program is not at fault */
  #died(child: ChildProcess, how: string, killed = false): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    // Processes that a killed leash or worker leaves behind would hold ports and files.
    killGroup(child);
    if (this.#stopping) return;
    const { name, logFile, errorCode } = this.spec;
    const { onMessage, onGiveUp, quickDeathMs = 10_000, quickDeaths = 5, restartDelayMs = 200 } = this.options;
    if (!killed) this.#quickDeaths = Date.now() - this.#startedAt < quickDeathMs ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths >= quickDeaths) {
      this.#stopping = true;
      onGiveUp(
        new StackError(
          errorCode,
          `the ${name} ${how}, ${quickDeaths} times in a row. Its log ${logFile} ends with:\n${logTail(logFile)}`,
        ),
      );
      return;
    }
    onMessage(`the ${name} ${how}; starting it again`);
    this.#restartTimer = setTimeout(
      () => {
        this.#restarts++;
        this.#start();
      },
      restartDelayMs * 2 ** Math.max(0, this.#quickDeaths - 1),
    );
  }
}

/** Of a line in JSON, its level and the first line of its message. */
function readable(line: string): string {
  try {
    const { level, message } = JSON.parse(line) as { level?: unknown; message?: unknown };
    if (typeof message === 'string') return `${typeof level === 'string' ? `${level} ` : ''}${message.split('\n')[0]}`;
  } catch {
    // Not ours: shown as it is.
  }
  return line;
}

/** The last lines of a log, indented, for an error message. */
export function logTail(logFile: string, lines = 12): string {
  try {
    const all = readFileSync(logFile, 'utf8').trimEnd().split('\n');
    return all
      .slice(-lines)
      .map((line) => `  ${readable(line)}`)
      .join('\n');
  } catch {
    return '  (nothing)';
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is empty: all its processes have ended.
  }
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: privateFolder });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_LOG_BYTES) renameSync(path, `${path}.old`);
  return openSync(path, 'a', privateFile);
}
