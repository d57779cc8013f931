// Tested by python-solver.int.test.ts.
import { objectiveOf, type Model } from '@mipnet/mip';
import { withCutoff } from '../cutoff.js';
import { isStopped, SolverError, type SolveOptions, type SolveResult, type SolveStatus } from '../solve.js';
import type { Exit } from './guarded-process.js';
import { finiteOrNull, Seen, type News } from './seen.js';

/** The end of a solve: the status if the solver gives one, and what it adds to the progress so far. */
export interface Outcome extends News {
  readonly status?: SolveStatus;
  readonly duals?: Float64Array;
  readonly columnDuals?: Float64Array;
}

/** A solve under way in a process. */
export interface ChildSolve {
  /** Asks for the end with what it has. */
  stop(): void;
  /** Ends the process; `outcome` then resolves with the remaining results. */
  kill(): void;
  readonly outcome: Promise<Outcome>;
}

const pollMs = 50;
/** Seconds between two requests to stop: a process that has just started may ignore the first one. */
const askAgain = 1;
/** Seconds from a stop, or from the time limit, to the end of a process that does not end by itself. */
const grace = 5;

/**
 * One solve in another process, with the code that all dialects share: it stops on request, and is killed if it ignores
 * a stop or its time limit; the result is then the progress so far.
 */
export async function solveByChild(
  model: Model,
  options: SolveOptions,
  start: (tell: (news: News) => void) => ChildSolve,
): Promise<SolveResult> {
  const seen = new Seen(model, options);
  if (isStopped(options)) return resultOf(seen, {}, 0, true);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  let stoppedAt: number | undefined;
  let askedAt: number | undefined;
  let failure: { readonly cause: unknown } | undefined;
  const guarded = (call: () => void): void => {
    try {
      call();
    } catch (cause) {
      // A callback of the caller has thrown: the result of the solve is not needed any more.
      failure ??= { cause };
      solve.kill();
    }
  };
  const solve = start((news) => guarded(() => seen.tell(news)));
  const poll = (): void =>
    guarded(() => {
      if (isStopped(options) && seconds() >= (askedAt ?? -Infinity) + askAgain) {
        askedAt = seconds();
        stoppedAt ??= askedAt;
        solve.stop();
      }
      if (seconds() > Math.min((stoppedAt ?? Infinity) + grace, (options.timeLimit ?? Infinity) * 1.2 + grace))
        solve.kill();
    });
  const timer = setInterval(poll, pollMs);
  options.signal?.addEventListener('abort', poll);
  try {
    poll();
    const outcome = await solve.outcome;
    if (failure) throw failure.cause;
    return resultOf(seen, outcome, seconds(), stoppedAt !== undefined);
  } finally {
    clearInterval(timer);
    options.signal?.removeEventListener('abort', poll);
  }
}

function resultOf(seen: Seen, outcome: Outcome, seconds: number, interrupted: boolean): SolveResult {
  const { model, options } = seen;
  const isProof = outcome.status === 'infeasible' || outcome.status === 'unbounded' || outcome.status === 'cutoff';
  if (!isProof && outcome.x) seen.tell({ x: outcome.x });
  const x = isProof ? undefined : seen.x;
  const objective = x ? objectiveOf(model, x) : null;
  const status =
    outcome.status === 'optimal' && x ? 'optimal' : isProof ? outcome.status! : x ? 'feasible' : 'unresolved';
  const claimed = Math.max(seen.bound, outcome.bound ?? (status === 'optimal' ? objective! : -Infinity));
  const isMip = !options.relaxation && model.integer.includes(1);
  const bound =
    isProof || (!isMip && status !== 'optimal') ? null : finiteOrNull(Math.min(claimed, objective ?? Infinity));
  const result: SolveResult = {
    status,
    x,
    objective,
    bound,
    nodes: Math.max(seen.nodes, outcome.nodes ?? 0),
    work: Math.max(seen.work, outcome.work ?? 0),
    seconds,
    ...(status === 'optimal' && !isMip && outcome.duals
      ? { duals: outcome.duals, columnDuals: outcome.columnDuals }
      : {}),
    // A late stop has no effect.
    interrupted: interrupted && (status === 'feasible' || status === 'unresolved'),
  };
  return withCutoff(result, options.cutoff);
}

/** Why a process died that nobody ended. */
export function crashOf(name: string, model: Model, exit: Exit, memoryMegabytes: number | undefined): SolverError {
  const why = exit.overMemory
    ? `it needs more than the ${Math.round(memoryMegabytes!)} MB that it may use`
    : `its process ended with code ${exit.code}: ${exit.said}`;
  return new SolverError(
    'crash',
    `${name} failed on a model of ${model.columnCount} columns and ${model.rowCount} rows: ${why}`,
  );
}

/** The result for a model with a column that can take no value; it needs no process. */
export const infeasible: SolveResult = {
  status: 'infeasible',
  objective: null,
  bound: null,
  nodes: 0,
  work: 0,
  seconds: 0,
  interrupted: false,
};
