// Tested by dialects/highs.unit.test.ts.
import { objectiveOf, type Model } from '@mipnet/mip';
import type { Highs, HighsCallbackMap, Model as HighsModel, ModelData } from 'highs';
import { withCutoff } from './cutoff.js';
import { isStopped, type SolveOptions, type SolveResult, type SolveStatus } from './solve.js';
import { wholeBounds } from './whole-bounds.js';

const boundsOf = ({ columnLower, columnUpper }: Model): Pick<ModelData, 'colLower' | 'colUpper'> => ({
  colLower: columnLower,
  colUpper: columnUpper,
});

/** A model as HiGHS takes it. */
export const modelData = (model: Model, relaxation: boolean): ModelData => ({
  numCols: model.columnCount,
  numRows: model.rowCount,
  colCost: model.cost,
  ...(relaxation ? boundsOf(model) : boundsOf(wholeBounds(model))),
  rowLower: model.rowLower,
  rowUpper: model.rowUpper,
  offset: model.offset,
  matrix: {
    format: 'csr',
    numRows: model.rowCount,
    numCols: model.columnCount,
    starts: model.starts,
    indices: model.indices,
    values: model.values,
  },
  integrality: relaxation ? undefined : Int32Array.from(model.integer),
});

export const solverOptions = (options: SolveOptions): Record<string, string | number | boolean> => ({
  output_flag: false,
  random_seed: options.seed ?? 0,
  mip_rel_gap: options.gap ?? 0,
  mip_abs_gap: 1e-7,
  mip_feasibility_tolerance: 1e-6,
  ...(options.timeLimit === undefined ? {} : { time_limit: options.timeLimit }),
  ...(options.cutoff === undefined ? {} : { objective_bound: options.cutoff }),
  ...(options.presolve === false ? { presolve: 'off' } : {}),
  ...(options.relaxation ? { solver: 'simplex' } : {}),
});

/** The progress of a MIP from callbacks; kept so that a solve that hits a limit still reports it. */
interface Seen {
  work: number;
  nodes: number;
  objective: number;
  bound: number;
  interrupted: boolean;
}

/** One run of an open HiGHS model, read back as a SolveResult. */
export function runHighs(highs: Highs, session: HighsModel, model: Model, options: SolveOptions): SolveResult {
  const isMip = !options.relaxation && model.integer.includes(1);
  const seen: Seen = { work: 0, nodes: 0, objective: Infinity, bound: -Infinity, interrupted: false };
  const began = performance.now();
  const { modelStatus } = session.run(callbacks(highs, options, seen));
  const seconds = (performance.now() - began) / 1000;
  const info = session.info;
  const hasPoint = info.get('primal_solution_status') === highs.constants.solutionStatus.feasible;
  const solution = hasPoint || !isMip ? session.getSolution() : undefined;
  const x = hasPoint ? solution?.colValue : undefined;
  const status = statusOf(highs, modelStatus, hasPoint);
  const objective = x ? objectiveOf(model, x) : null;
  const simplex = Math.max(0, Number(info.get('simplex_iteration_count')));
  const duals = !isMip && status === 'optimal' ? { duals: solution?.rowDual, columnDuals: solution?.colDual } : {};
  const hasBound = status !== 'infeasible' && status !== 'unbounded';
  const bound = !hasBound
    ? null
    : isMip
      ? finiteOrNull(Math.max(Number(info.get('mip_dual_bound')), seen.bound))
      : status === 'optimal'
        ? objective
        : null;
  const result = {
    status,
    x,
    objective,
    bound,
    seconds,
    ...duals,
    nodes: Math.max(seen.nodes, isMip ? Number(info.get('mip_node_count')) : 0),
    work: isMip ? Math.max(seen.work, simplex) : simplex,
    interrupted: seen.interrupted,
  };
  return withCutoff(result, options.cutoff);
}

function callbacks(highs: Highs, options: SolveOptions, seen: Seen): HighsCallbackMap {
  const channel = highs.constants.callbackType;
  const overWork = (): boolean => options.workLimit !== undefined && seen.work >= options.workLimit;
  // HiGHS may ask again after the answer to end; the first answer stays.
  const askedToStop = (): boolean => (seen.interrupted ||= isStopped(options));
  return {
    [channel.simplexInterrupt]: (event): undefined => {
      // Inside a MIP this channel counts the iterations of one LP only; the total comes by mipInterrupt.
      seen.work = Math.max(seen.work, event.data.simplex_iteration_count ?? 0);
      options.onProgress?.({
        objective: finiteOrNull(seen.objective),
        bound: finiteOrNull(seen.bound),
        nodes: seen.nodes,
        work: seen.work,
      });
      if (overWork() || askedToStop()) event.interrupt();
    },
    [channel.mipInterrupt]: (event): undefined => {
      seen.work = Math.max(seen.work, Number(event.data.mip_total_lp_iterations ?? 0));
      seen.nodes = Number(event.data.mip_node_count ?? 0);
      seen.bound = Math.max(seen.bound, event.data.mip_dual_bound ?? -Infinity);
      seen.objective = Math.min(seen.objective, event.data.mip_primal_bound ?? Infinity);
      options.onProgress?.({
        objective: finiteOrNull(seen.objective),
        bound: finiteOrNull(seen.bound),
        nodes: seen.nodes,
        work: seen.work,
      });
      if (overWork() || askedToStop()) event.interrupt();
    },
    ...(options.onIncumbent && {
      [channel.mipImprovingSolution]: (event): undefined => {
        const { mip_solution: x, objective_function_value: objective } = event.data;
        if (x && objective !== undefined)
          options.onIncumbent?.({ x, objective, bound: event.data.mip_dual_bound ?? -Infinity });
      },
    }),
  } as HighsCallbackMap;
}

function statusOf(highs: Highs, status: number, hasPoint: boolean): SolveStatus {
  const known = highs.constants.modelStatus;
  if (status === known.optimal) return 'optimal';
  if (status === known.infeasible) return 'infeasible';
  if (status === known.unbounded || status === known.unboundedOrInfeasible)
    return status === known.unbounded ? 'unbounded' : 'unresolved';
  return hasPoint ? 'feasible' : 'unresolved';
}

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
