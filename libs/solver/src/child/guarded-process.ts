// Tested by python-solver.int.test.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Duplex, Writable } from 'node:stream';
import { residentMegabytes } from './resident-megabytes.js';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ProcessOptions {
  /** Its folder; the guard removes it if this process dies first. */
  readonly folder: string;
  /** @default no ceiling */
  readonly memoryMegabytes?: number;
  /** Every line of its standard output. */
  readonly onLine: (line: string) => void;
}

export interface Exit {
  /** Its exit code, or 128 plus the number of the signal that ended it. */
  readonly code: number;
  /** The last lines of its standard error, or of its output if there are none. */
  readonly said: string;
  /** Whether it was ended because it used too much memory. */
  readonly overMemory: boolean;
}

/**
 * A shell that starts the program and waits for it, and a reader beside it: each word that comes on descriptor 3 is a
 * signal for the program; the end of the file means that mipnet's process or thread has ended, so that the reader must
 * end the program and remove its files. The shell writes the program's number to the same descriptor. All of them are
 * waited for by their parents, so that no zombie stays, even if Node is process 1 of a container.
 */
const guard = `
folder=$1; shift
exec 4<&0
"$@" <&4 3<&- 4<&- &
program=$!
exec 4<&- </dev/null
{ while read -r word; do kill "-$word" $program; done <&3; trap '' TERM; kill -KILL $program; rm -rf "$folder"; } >/dev/null 2>&1 3<&3 &
reader=$!
echo $program >&3
exec 3<&-
wait $program
code=$?
kill $reader 2>/dev/null
wait $reader 2>/dev/null
exit $code
`;

/** Characters of a program's output in an error message. */
const longestQuote = 600;
const memoryPollMs = 50;

/** A program under a guard: it cannot outlive mipnet, nor use more memory than allowed. */
export class GuardedProcess {
  readonly #child: ChildProcess;
  readonly #control: Duplex;
  #errors = '';
  #lastLines: string[] = [];
  #overMemory = false;
  /** Resolves once it has ended and all of its output has been read; never rejects. */
  readonly exit: Promise<Exit>;

  constructor({ command, args, env }: Program, { folder, memoryMegabytes, onLine }: ProcessOptions) {
    this.#child = spawn('/bin/sh', ['-c', guard, 'sh', folder, command, ...args], {
      // Files of the program in its folder, such as a log, are removed with the folder.
      cwd: folder,
      // mipnet answers a signal to its process group, such as an interrupt from the terminal; the guard must survive
      // it.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#control = this.#child.stdio[3] as Duplex;
    // A write to a program that has just ended fails; it is not needed any more.
    for (const stream of [this.#control, this.#child.stdin!]) stream.on('error', () => undefined);
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4 * longestQuote);
    });
    const lines = createInterface({ input: this.#child.stdout! });
    lines.on('line', (line) => {
      this.#lastLines = [...this.#lastLines.slice(-4), line.slice(0, longestQuote)];
      onLine(line);
    });
    const read = new Promise<void>((resolve) => lines.once('close', resolve));
    if (memoryMegabytes !== undefined) this.#watchMemory(memoryMegabytes);
    this.exit = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve({ code: 127, said: error.message, overMemory: false }));
      this.#child.once('close', (code, signal) => {
        this.#control.destroy();
        void read.then(() => resolve({ code: code ?? 128, said: this.#quote(signal), overMemory: this.#overMemory }));
      });
    });
  }

  /** What it reads as its standard input. */
  get input(): Writable {
    return this.#child.stdin!;
  }

  /** Asks it to end, or ends it. */
  signal(name: 'INT' | 'KILL'): void {
    if (this.#control.writable) this.#control.write(`${name}\n`);
  }

  /** The process alone does not keep this one alive; the timers and promises of a solve do. */
  idle(isIdle: boolean): void {
    const change = isIdle ? 'unref' : 'ref';
    this.#child[change]();
    for (const stream of this.#child.stdio) (stream as unknown as { ref(): void; unref(): void } | null)?.[change]?.();
  }

  #watchMemory(ceiling: number): void {
    let program: number | undefined;
    this.#control.setEncoding('utf8').once('data', (text: string) => (program = Number(text)));
    const poll = setInterval(() => {
      if (program === undefined || residentMegabytes(program) <= ceiling) return;
      this.#overMemory = true;
      this.signal('KILL');
    }, memoryPollMs);
    poll.unref();
    this.#child.once('close', () => clearInterval(poll));
  }

  #quote(signal: string | null): string {
    const text = (this.#errors.trim() || this.#lastLines.join(' ')).trim().replaceAll(/\s+/g, ' ');
    const cut = text.length > longestQuote ? `...${text.slice(-longestQuote)}` : text;
    return cut || (signal === null ? 'it said nothing' : `it was ended by ${signal}`);
  }
}
