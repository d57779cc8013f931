// Tested by python-solver.int.test.ts.
import { fileURLToPath } from 'node:url';
import { SolverError } from '../solve.js';
import { findProgram } from './find-program.js';
import { GuardedProcess, type Exit } from './guarded-process.js';
import { newFolder, removeFolder } from './model-file.js';

/** At the same relative path from the compiled code and from the sources: it is not compiled or copied. */
const script = fileURLToPath(new URL('../../python/solve.py', import.meta.url));

/** A line that the program answers, after its first one. */
export type Answer =
  | { readonly news: AnsweredNews }
  | { readonly end: AnsweredNews & AnsweredEnd }
  | { readonly error: string; readonly unsupported: boolean };

export interface AnsweredNews {
  readonly x?: readonly number[] | null;
  readonly objective?: number | null;
  readonly bound?: number | null;
  readonly nodes?: number | null;
  readonly work?: number | null;
}

export interface AnsweredEnd {
  readonly status: 'optimal' | 'infeasible' | 'unbounded' | null;
  readonly duals?: readonly number[];
  readonly columnDuals?: readonly number[];
}

export interface PythonOptions {
  /** The dialect, as the program calls it. */
  readonly solver: string;
  /** Of the interpreter; '' looks for it. */
  readonly at: string;
  readonly memoryMegabytes?: number;
}

/** The Python program with one solver loaded; it solves one model after the other, because loading takes a second. */
export class PythonProcess {
  #child: GuardedProcess;
  /** The solver's name and version. */
  readonly name: string;
  readonly folder: string;
  #ended = false;
  onAnswer: (answer: Answer) => void = () => undefined;

  private constructor(child: GuardedProcess, folder: string, name: string) {
    this.#child = child;
    this.folder = folder;
    this.name = name;
  }

  /** @throws SolverError 'missing' */
  static async start({ solver, at, memoryMegabytes }: PythonOptions): Promise<PythonProcess> {
    const install = 'install Python 3';
    const command = findProgram(at, { names: ['python3'], variable: 'MIPNET_PYTHON', install });
    const folder = await newFolder();
    let handle: (line: string) => void = () => undefined;
    const first = new Promise<string>((resolve) => (handle = resolve));
    const onLine = (line: string): void => handle(line);
    const child = new GuardedProcess({ command, args: [script, solver] }, { folder, memoryMegabytes, onLine });
    void child.exit.then(() => removeFolder(folder));
    const line = await Promise.race([first, child.exit]);
    if (typeof line !== 'string')
      throw new SolverError('missing', `'${command}' cannot load the solver '${solver}': ${line.said}`);
    const { ready, missing } = greetingOf(line);
    if (ready === undefined) {
      child.signal('KILL');
      await child.exit;
      if (missing === undefined)
        throw new SolverError('missing', `'${command}' is no Python interpreter: it says '${line.slice(0, 80)}'`);
      throw new SolverError(
        'missing',
        `the solver '${solver}' needs the Python package ${missing}, which '${command}' does not have: ` +
          `${command} -m pip install ${missing}, or name another interpreter by $MIPNET_PYTHON`,
      );
    }
    const process = new PythonProcess(child, folder, ready);
    handle = (answer) => process.onAnswer(JSON.parse(answer) as Answer);
    void child.exit.then(() => (process.#ended = true));
    child.idle(true);
    return process;
  }

  /** Whether it has ended, or is being ended. */
  get ended(): boolean {
    return this.#ended;
  }

  get exit(): Promise<Exit> {
    return this.#child.exit;
  }

  send(request: object): void {
    this.#child.input.write(`${JSON.stringify(request)}\n`);
  }

  /** An idle one does not keep our process alive. */
  idle(isIdle: boolean): void {
    this.#child.idle(isIdle);
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#child.idle(false);
    this.#child.signal('KILL');
    await this.#child.exit;
    await removeFolder(this.folder);
  }
}

function greetingOf(line: string): { readonly ready?: string; readonly missing?: string } {
  try {
    return JSON.parse(line) as object;
  } catch {
    return {};
  }
}
