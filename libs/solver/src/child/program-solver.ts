// Tested by ../dialects/cbc.int.test.ts.
import { join } from 'node:path';
import type { Model } from '@mipnet/mip';
import type { Solver, Capabilities, OpenOptions } from '../solver.js';
import { memoryCeiling } from '../memory-ceiling.js';
import { refuseUnsupported } from '../refuse-unsupported.js';
import { SolverError, type SolveOptions, type SolveResult } from '../solve.js';
import { hasEmptyColumn, wholeBounds } from '../whole-bounds.js';
import { GuardedProcess, type Program } from './guarded-process.js';
import { newFolder, removeFolder, writeModel } from './model-file.js';
import type { News } from './seen.js';
import { crashOf, infeasible, solveByChild, type ChildSolve, type Outcome } from './solve-by-child.js';

/** One run of a program on one model file. */
export interface ProgramRun extends Program {
  /** The signal that ends it: INT if it then writes its incumbent, KILL if that was already read. */
  readonly stopBy: 'INT' | 'KILL';
  /** What a line of its output tells. */
  readonly read: (line: string) => News | undefined;
  /** Exit codes with which it ends after a solve. */
  readonly codes: readonly number[];
  /** The content of its files, after it has ended; undefined if there is no answer. */
  readonly outcome: () => Promise<Outcome | undefined>;
}

export interface ProgramDialect {
  /** The scheme of its URL. */
  readonly name: string;
  /** With its version. */
  readonly title: string;
  readonly capabilities: Capabilities;
  /** Writes the files that it needs beside the model into the folder. */
  readonly prepare: (job: ProgramJob) => Promise<ProgramRun>;
}

export interface ProgramJob {
  readonly folder: string;
  readonly modelFile: string;
  readonly model: Model;
  readonly options: SolveOptions;
}

/** A solver that is a program: one process and one folder per solve. */
export function programSolver(dialect: ProgramDialect, { memoryMegabytes = memoryCeiling() }: OpenOptions): Solver {
  const { name, title, capabilities } = dialect;
  const running = new Set<ChildSolve>();
  let isClosed = false;
  const refuseIfClosed = (): void => {
    if (isClosed) throw new SolverError('closed', `${title} is closed`);
  };

  async function solve(given: Model, options: SolveOptions = {}): Promise<SolveResult> {
    refuseIfClosed();
    refuseUnsupported(name, capabilities, options);
    const model = options.relaxation ? given : wholeBounds(given);
    if (hasEmptyColumn(model)) return infeasible;
    const folder = await newFolder();
    try {
      const modelFile = join(folder, 'model.mps');
      await writeModel(model, options.relaxation ?? false, modelFile);
      const run = await dialect.prepare({ folder, modelFile, model, options });
      refuseIfClosed();
      let started: ChildSolve | undefined;
      try {
        return await solveByChild(model, options, (tell) => {
          started = start(run, model, folder, tell);
          running.add(started);
          return started;
        });
      } finally {
        running.delete(started!);
      }
    } finally {
      await removeFolder(folder);
    }
  }

  function start(run: ProgramRun, model: Model, folder: string, tell: (news: News) => void): ChildSolve {
    let ended = false;
    const onLine = (line: string): void => {
      const news = run.read(line);
      if (news) tell(news);
    };
    const child = new GuardedProcess(run, { folder, memoryMegabytes, onLine });
    child.input.end();
    const end = (signal: 'INT' | 'KILL'): void => {
      ended ||= signal === 'KILL';
      child.signal(signal);
    };
    const outcome = async (): Promise<Outcome> => {
      const exit = await child.exit;
      refuseIfClosed();
      const isHealthy = !exit.overMemory && (ended || run.codes.includes(exit.code));
      const answer = isHealthy ? await run.outcome() : undefined;
      if (answer) return answer;
      if (ended && isHealthy) return {};
      throw crashOf(title, model, exit, memoryMegabytes);
    };
    return { stop: () => end(run.stopBy), kill: () => end('KILL'), outcome: outcome() };
  }

  return {
    name: title,
    capabilities,
    solve,
    close: async () => {
      isClosed = true;
      for (const { kill } of running) kill();
      await Promise.allSettled([...running].map(({ outcome }) => outcome));
    },
  };
}
