// Tested by prove-nearest.unit.test.ts.
import { encodeTrained, type ReluFormulation, type TrainedEncoding } from '@mipnet/encoding';
import { type NetworkBounds } from '@mipnet/bounds';
import { evaluate, violationOf, type Model } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import type { SolveProgress, SolveResult, SyncSolver } from '@mipnet/solver';
import { functionBounds } from './bound-outputs.js';
import { encodeRegion, type EncodedRegion } from './encode-region.js';
import { marginOf, withFunctions } from './margin-network.js';
import { passOf } from './prepared-pass.js';
import { onFloat32 } from './project.js';
import { isUnsafe, unsafeValue, type Conjunction, type Query } from './query.js';
import { VerificationError } from './verification-error.js';

export interface ExcludeOptions {
  readonly remaining?: () => number;
  readonly stopped?: () => boolean;
  readonly formulation?: ReluFormulation;
  readonly onProgress?: (progress: SolveProgress) => void;
  /** For `closest`: an incumbent nearer than this ends the solve. @default 0 */
  readonly enough?: number;
}

export interface Exclusion {
  /** No input of the region satisfies the conjunction, by a margin beyond the solver's tolerances. */
  readonly impossible: boolean;
  /** Lower bound on the conjunction's share of the minimum that `Verdict` describes; infinite: no share. Null: none. */
  readonly bound: number | null;
  /** Incumbents, best first. */
  readonly points: readonly Float64Array[];
  /** Whether the best one is clearly unsafe by the forward pass. */
  readonly unsafe: boolean;
  /** Whether an incumbent that is near enough ended the solve. */
  readonly enough?: boolean;
}

/** That no input of a query's region satisfies one of its conjunctions. */
export interface Claim {
  readonly network: Network;
  readonly query: Query;
  readonly conjunction: Conjunction;
  /** Proven, on the query's region. */
  readonly bounds: NetworkBounds;
  /** An input of the region: the MIP's start. */
  readonly start: Float64Array;
}

/** The solver's tolerance on reduced costs: what one unit of a column's range may cost the bound. */
const dualTolerance = 1e-7;

/**
 * One conjunction as a MIP. With the margins m_k(x) = -(row_k . y + constant_k) as outputs of the network:
 *
 *     any:      min t,  t >= m_k(x)          impossible where the bound is above zero
 *     closest:  min r,  m_k(x) <= tolerance  impossible where there is no point
 *
 * For `any` only the sign of the minimum matters: t <= cutoff, just above the tolerance, prunes whatever stays safe,
 * and a forward pass at every incumbent ends the search at the first unsafe one.
 */
export function excludeConjunction(
  solver: SyncSolver,
  { network, query, conjunction, bounds: known, start }: Claim,
  options: ExcludeOptions = {},
): Exclusion {
  const margins = conjunction.map(marginOf);
  // Without rows it holds everywhere.
  if (margins.length === 0)
    return { impossible: false, bound: query.goal === 'closest' ? 0 : null, points: [start], unsafe: true };
  const bounds = functionBounds(network, known, margins);
  const encoding = encodeTrained(withFunctions(network, margins), query.region.box, {
    bounds,
    formulation: options.formulation,
  });
  const region = encodeRegion(encoding.builder, query, encoding.inputColumns);
  const task: Task = { solver, network, query, encoding, region, start, options };
  return query.goal === 'closest' ? nearest(task) : worst(task);
}

/** A claim as a MIP. */
interface Task {
  readonly solver: SyncSolver;
  readonly network: Network;
  readonly query: Query;
  readonly encoding: TrainedEncoding;
  readonly region: EncodedRegion;
  readonly start: Float64Array;
  readonly options: ExcludeOptions;
}

function worst(task: Task): Exclusion {
  const { encoding, region, start } = task;
  const { builder, outputs } = encoding;
  // The proven bounds even where an output is constant: rounding depends on the order in which a row is summed up.
  const proven = encoding.bounds.layers[encoding.bounds.layers.length - 1];
  const largest = builder.column(Math.max(...proven.lower), Math.max(...proven.upper), { cost: 1 });
  for (const { expression } of outputs)
    builder.rowOf(-Infinity, [expression, { constant: 0, columns: [largest], values: [1] }], [1, -1], 0);
  const model = builder.build();
  const tolerance = toleranceOf(model, encoding);
  const cutoff = 2 * tolerance;
  const [low, high] = builder.bounds(largest);
  if (low > 0) return { impossible: true, bound: low, points: [], unsafe: false };
  const point = encoding.toPoint(start, model.columnCount);
  region.complete(point);
  point[largest] = outputs.reduce((most, { expression }) => Math.max(most, evaluate(expression, point)), low);
  requireFeasible(model, point);
  const columnUpper = model.columnUpper.slice();
  columnUpper[largest] = Math.min(high, cutoff);
  const boundOf = ({ result }: Search): number =>
    result.status === 'infeasible'
      ? cutoff - tolerance
      : result.bound === null
        ? low
        : Math.max(low, Math.min(result.bound, cutoff) - tolerance);
  const settles = (bound: number) => bound - tolerance > 0;
  const found = twice(
    (presolve) => search(task, { ...model, columnUpper }, { presolve }, settles),
    (one) => boundOf(one) > 0,
  );
  const bound = found.isAgreed ? boundOf(found) : low;
  return { ...found, impossible: bound > 0, bound };
}

function nearest(task: Task): Exclusion {
  const { network, query, encoding, region, start, options } = task;
  const { builder, outputs } = encoding;
  const tolerance = toleranceOf(builder.build(), encoding);
  for (const { expression } of outputs) builder.row(-Infinity, expression, tolerance);
  const model = builder.build();
  const point = encoding.toPoint(start, model.columnCount);
  region.complete(point);
  const known = isUnsafe(query.unsafe, passOf(network)(start, 1)) ? point : undefined;
  const found = twice(
    (presolve) => search(task, model, { presolve, start: known }, () => false),
    ({ result }) => result.status === 'infeasible',
  );
  const { result } = found;
  if (result.status === 'infeasible')
    return { ...found, impossible: found.isAgreed, bound: found.isAgreed ? Infinity : 0 };
  return {
    ...found,
    enough: result.objective !== null && result.interrupted && result.objective < (options.enough ?? 0),
    impossible: false,
    bound: result.bound === null ? 0 : Math.max(0, result.bound - tolerance),
  };
}

interface Search {
  readonly result: SolveResult;
  readonly points: readonly Float64Array[];
  readonly unsafe: boolean;
}

/**
 * That there is no unsafe input is believed only when the solver says so with presolve and without: a tree of a branch
 * and bound leaves no certificate, and HiGHS's presolve has called feasible big-M models infeasible
 * (ERGO-Code/HiGHS#3296).
 */
function twice(
  solve: (presolve: boolean) => Search,
  excludes: (found: Search) => boolean,
): Search & { readonly isAgreed: boolean } {
  const first = solve(true);
  if (!excludes(first)) return { ...first, isAgreed: true };
  const second = solve(false);
  return {
    result: excludes(second) ? first.result : second.result,
    points: [...second.points, ...first.points],
    unsafe: second.unsafe || first.unsafe,
    isAgreed: excludes(second),
  };
}

function search(
  { solver, network, query, encoding, options }: Task,
  model: Model,
  { presolve, start }: { readonly presolve: boolean; readonly start?: Float64Array },
  settles: (bound: number) => boolean,
): Search {
  const points: Float64Array[] = [];
  let settled = false;
  let unsafe = false;
  const take = (x: Float64Array): void => {
    const point = encoding.toInput(x);
    points.unshift(point);
    const seen = onFloat32(query.region, point);
    unsafe = seen !== undefined && isClearlyUnsafe(query, passOf(network)(seen, 1));
  };
  const remaining = options.remaining?.() ?? Infinity;
  const result = solver.solve(model, {
    ...(remaining < Infinity && { timeLimit: Math.max(0.01, remaining) }),
    start,
    presolve,
    onIncumbent: ({ x, objective }) => {
      take(x);
      settled ||= query.goal === 'closest' && objective < (options.enough ?? 0);
    },
    onProgress: (progress) => {
      settled ||= progress.bound !== null && settles(progress.bound);
      options.onProgress?.(progress);
    },
    stopped: () => settled || (unsafe && query.goal === 'any') || (options.stopped?.() ?? false),
  });
  if (result.x) take(result.x);
  return { result, points, unsafe };
}

/** By more than the rounding of a float32 runtime, which may otherwise find the point safe. */
function isClearlyUnsafe({ unsafe }: Query, outputs: Float64Array): boolean {
  const size = outputs.reduce((most, output) => Math.max(most, Math.abs(output)), 0);
  return isUnsafe(unsafe, outputs) && unsafeValue(unsafe, outputs) > 1e-5 * size;
}

/** Without this point, 'no point below the cutoff' would also be what a wrong model says. */
function requireFeasible(model: Model, point: Float64Array): void {
  const violation = violationOf(model, point);
  if (violation <= 1e-6) return;
  throw new VerificationError(
    'certificate',
    `a known input breaks its own model by ${violation}: nothing that the model says about the network ` +
      'can be believed; report the network',
  );
}

/**
 * As in mip bounds: a branch and bound leaves no duals to rebuild its bound from, so the bound is lowered by what
 * tolerances can cost.
 */
function toleranceOf(model: Model, encoding: TrainedEncoding): number {
  let ranges = 0;
  for (let j = 0; j < model.columnCount; j++) ranges += model.columnUpper[j] - model.columnLower[j];
  return dualTolerance * ranges + encoding.rounding.outputs.reduce((most, error) => Math.max(most, error), 0);
}
