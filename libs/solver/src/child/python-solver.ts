// Tested by python-solver.int.test.ts.
import { join } from 'node:path';
import type { Model } from '@mipnet/mip';
import type { Solver, Capabilities, Dialect, OpenOptions } from '../solver.js';
import { memoryCeiling } from '../memory-ceiling.js';
import { refuseUnsupported } from '../refuse-unsupported.js';
import { SolverError, type SolveOptions, type SolveResult } from '../solve.js';
import { hasEmptyColumn, wholeBounds } from '../whole-bounds.js';
import { writeModel } from './model-file.js';
import { PythonProcess, type AnsweredEnd, type AnsweredNews } from './python-process.js';
import type { News } from './seen.js';
import { crashOf, infeasible, solveByChild, type ChildSolve, type Outcome } from './solve-by-child.js';

/** A solver that is a Python package: how its class in solve.py gets a model, and the meaning of its answers. */
export interface PythonDialect {
  /** The scheme of its URL, and its name in solve.py. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** The model that is solved instead of the given one. @default the given one */
  readonly translate?: (model: Model, options: SolveOptions) => Translation;
}

export interface Translation {
  readonly model: Model;
  readonly start?: Float64Array;
  /** Of the given model: factor * (cost * x) + constant. */
  readonly objective?: { readonly factor: number; readonly constant: number };
  readonly toPoint: (y: Float64Array) => Float64Array;
  /** Converts a bound on the solved model to one on the given model. */
  readonly toBound: (bound: number) => number;
}

/** The dialect of a solver that is a Python package. */
export const pythonDialect = (dialect: PythonDialect, module: string): Dialect => ({
  install: `pip install ${module}; then name the interpreter by $MIPNET_PYTHON, or have it as python3 on PATH`,
  capabilities: dialect.capabilities,
  async open(at, options) {
    const solver = new PythonSolver(dialect, at, options);
    await solver.load();
    return solver;
  },
});

/** A process that is loaded once and solves one model after the other; after a crash the next solve loads another. */
class PythonSolver implements Solver {
  readonly capabilities: Capabilities;
  name = '';
  readonly #dialect: PythonDialect;
  readonly #at: string;
  readonly #memoryMegabytes: number | undefined;
  #process: PythonProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #solves = 0;
  #isClosed = false;

  constructor(dialect: PythonDialect, at: string, { memoryMegabytes = memoryCeiling() }: OpenOptions) {
    this.#dialect = dialect;
    this.#at = at;
    this.#memoryMegabytes = memoryMegabytes;
    this.capabilities = dialect.capabilities;
  }

  async load(): Promise<PythonProcess> {
    if (this.#isClosed) throw this.#closed();
    if (this.#process && !this.#process.ended) return this.#process;
    const process = await PythonProcess.start({
      solver: this.#dialect.name,
      at: this.#at,
      memoryMegabytes: this.#memoryMegabytes,
    });
    this.#process = process;
    this.name = process.name;
    if (this.#isClosed) {
      await process.end();
      throw this.#closed();
    }
    return process;
  }

  async solve(given: Model, options: SolveOptions = {}): Promise<SolveResult> {
    if (this.#isClosed) throw this.#closed();
    refuseUnsupported(this.#dialect.name, this.capabilities, options);
    const model = options.relaxation ? given : wholeBounds(given);
    if (hasEmptyColumn(model)) return infeasible;
    const translation = this.#dialect.translate?.(model, options);
    // One at a time: the others wait.
    const before = this.#last;
    const solve = (async () => {
      await before.catch(() => undefined);
      return this.#solveNow(model, options, translation);
    })();
    this.#last = solve;
    return solve;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#process?.end();
  }

  async #solveNow(model: Model, options: SolveOptions, translation: Translation | undefined): Promise<SolveResult> {
    const process = await this.load();
    process.idle(false);
    try {
      const file = join(process.folder, 'model.mps');
      await writeModel(translation?.model ?? model, options.relaxation ?? false, file);
      const start = translation ? translation.start : options.start;
      const request = {
        id: ++this.#solves,
        model: file,
        columns: model.columnCount,
        rows: model.rowCount,
        start: start ? Array.from(start) : null,
        objective: translation?.objective ?? null,
        seed: options.seed ?? 0,
        gap: options.gap ?? 0,
        presolve: options.presolve ?? true,
        timeLimit: options.timeLimit ?? null,
        workLimit: options.workLimit ?? null,
        cutoff: options.cutoff ?? null,
      };
      return await solveByChild(model, options, (tell) => this.#start(process, request, model, translation, tell));
    } finally {
      process.idle(true);
    }
  }

  #start(
    process: PythonProcess,
    request: { readonly id: number },
    model: Model,
    translation: Translation | undefined,
    tell: (news: News) => void,
  ): ChildSolve {
    let killed = false;
    const answered = new Promise<Outcome>((resolve, reject) => {
      process.onAnswer = (answer) => {
        if ('news' in answer) tell(newsOf(answer.news, translation));
        else if ('end' in answer) resolve({ ...newsOf(answer.end, translation), ...endOf(answer.end) });
        else if (answer.unsupported) reject(new SolverError('unsupported', answer.error));
        else reject(new SolverError('crash', `${process.name} failed: ${answer.error}`));
      };
    });
    const died = process.exit.then((exit) => {
      if (this.#isClosed) throw this.#closed();
      if (killed && !exit.overMemory) return {};
      throw crashOf(process.name, model, exit, this.#memoryMegabytes);
    });
    // Nobody listens to it after an answer.
    died.catch(() => undefined);
    process.send(request);
    return {
      stop: () => process.send({ stop: request.id }),
      kill: () => {
        killed = true;
        void process.end();
      },
      outcome: Promise.race([answered, died]),
    };
  }

  #closed(): SolverError {
    return new SolverError('closed', `${this.name || this.#dialect.name} is closed`);
  }
}

function newsOf({ x, objective, bound, nodes, work }: AnsweredNews, translation: Translation | undefined): News {
  const point = x ? Float64Array.from(x) : undefined;
  return {
    x: point && translation ? translation.toPoint(point) : point,
    objective: objective ?? undefined,
    bound: typeof bound === 'number' && translation ? translation.toBound(bound) : (bound ?? undefined),
    nodes: nodes ?? undefined,
    work: work ?? undefined,
  };
}

const endOf = ({ status, duals, columnDuals }: AnsweredEnd): Partial<Outcome> => ({
  status: status ?? undefined,
  ...(duals && columnDuals ? { duals: Float64Array.from(duals), columnDuals: Float64Array.from(columnDuals) } : {}),
});
