// Tested by prove-nearest.unit.test.ts.
import { encodeTrained, type ReluFormulation, type TrainedEncoding } from '@mipnet/encoding';
import { type NetworkBounds } from '@mipnet/bounds';
import { evaluate, violationOf, type Model } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import type { SolveOptions, SolveProgress, SolveResult } from '@mipnet/solver';
import { functionBounds } from './bound-outputs.js';
import { encodeRegion, type EncodedRegion } from './encode-region.js';
import { marginOf, withFunctions } from './margin-network.js';
import { passOf } from './prepared-pass.js';
import { onFloat32 } from './project.js';
import { isUnsafe, unsafeValue, type Conjunction, type Query } from './query.js';
import { VerificationError } from './verification-error.js';

/** What solves the MIPs, in this thread or elsewhere. */
export interface MipSolver {
  solve(model: Model, options?: SolveOptions): SolveResult | Promise<SolveResult>;
}

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
  /**
   * Lower bound on the minimum that `Verdict` describes, over this conjunction; infinite if it is impossible, null if
   * unknown.
   */
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

/** The solver's tolerance on reduced costs: the error of the bound per unit of a column's range. */
const dualTolerance = 1e-7;

/**
 * One conjunction as a MIP. With the margins m_k(x) = -(row_k . y + constant_k) as outputs of the network:
 *
 *     any:      min t,  t >= m_k(x)          impossible if the bound is above zero
 *     closest:  min r,  m_k(x) <= tolerance  impossible if there is no point
 *
 * For `any` only the sign of the minimum matters: t <= cutoff, just above the tolerance, prunes all safe nodes, and a
 * forward pass at every incumbent ends the search at the first unsafe one.
 */
export async function excludeConjunction(
  solver: MipSolver,
  { network, query, conjunction, bounds: known, start }: Claim,
  options: ExcludeOptions = {},
): Promise<Exclusion> {
  const margins = conjunction.map(marginOf);
  // Without rows it holds everywhere.
  if (margins.length === 0)
    return { impossible: false, bound: query.goal === 'closest' ? 0 : null, points: [start], unsafe: true };
  const bounds = functionBounds(network, known, margins);
  const encoding = encodeTrained(withFunctions(network, margins), query.region.box, {
    bounds,
    formulation: options.formulation,
    inputs: query.region,
  });
  const region = encodeRegion(encoding.builder, query, encoding.inputColumns);
  const task: Task = { solver, network, query, encoding, region, start, options };
  return query.goal === 'closest' ? nearest(task) : worst(task);
}

/** A claim as a MIP. */
interface Task {
  readonly solver: MipSolver;
  readonly network: Network;
  readonly query: Query;
  readonly encoding: TrainedEncoding;
  readonly region: EncodedRegion;
  readonly start: Float64Array;
  readonly options: ExcludeOptions;
}

async function worst(task: Task): Promise<Exclusion> {
  const { encoding, region, start } = task;
  const { builder, outputs } = encoding;
  // The proven bounds, even if an output is constant: rounding depends on the order of summation of a row.
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
  const found = await twice(
    (presolve) => search(task, { ...model, columnUpper }, { presolve }, settles),
    (one) => boundOf(one) > 0,
  );
  const bound = found.isAgreed ? boundOf(found) : low;
  return { ...found, impossible: bound > 0, bound };
}

async function nearest(task: Task): Promise<Exclusion> {
  const { network, query, encoding, region, start, options } = task;
  const { builder, outputs } = encoding;
  const tolerance = toleranceOf(builder.build(), encoding);
  for (const { expression } of outputs) builder.row(-Infinity, expression, tolerance);
  const model = builder.build();
  const point = encoding.toPoint(start, model.columnCount);
  region.complete(point);
  const known = isUnsafe(query.unsafe, passOf(network)(start, 1)) ? point : undefined;
  const found = await twice(
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
 * "No unsafe input" counts only if the solver says so with presolve and without: the tree of a branch and bound leaves
 * no certificate, and HiGHS's presolve has called feasible big-M models infeasible (ERGO-Code/HiGHS#3296).
 */
async function twice(
  solve: (presolve: boolean) => Promise<Search>,
  excludes: (found: Search) => boolean,
): Promise<Search & { readonly isAgreed: boolean }> {
  const first = await solve(true);
  if (!excludes(first)) return { ...first, isAgreed: true };
  const second = await solve(false);
  return {
    result: excludes(second) ? first.result : second.result,
    points: [...second.points, ...first.points],
    unsafe: second.unsafe || first.unsafe,
    isAgreed: excludes(second),
  };
}

async function search(
  { solver, network, query, encoding, options }: Task,
  model: Model,
  { presolve, start }: { readonly presolve: boolean; readonly start?: Float64Array },
  settles: (bound: number) => boolean,
): Promise<Search> {
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
  const result = await solver.solve(model, {
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

/** Unsafe by more than the rounding of a float32 runtime, which may otherwise find the point safe. */
function isClearlyUnsafe({ unsafe }: Query, outputs: Float64Array): boolean {
  const size = outputs.reduce((most, output) => Math.max(most, Math.abs(output)), 0);
  return isUnsafe(unsafe, outputs) && unsafeValue(unsafe, outputs) > 1e-5 * size;
}

/** A known point shows that the model is not wrong; a wrong model would also have no point below the cutoff. */
function requireFeasible(model: Model, point: Float64Array): void {
  const violation = violationOf(model, point);
  if (violation <= 1e-6) return;
  throw new VerificationError(
    'certificate',
    `a known input violates its own model by ${violation}: no result of this model can be trusted; report the network`,
  );
}

/**
 * As in mip bounds: a branch and bound leaves no duals to rebuild its bound from, so the bound is lowered by the
 * largest effect of the tolerances.
 */
function toleranceOf(model: Model, encoding: TrainedEncoding): number {
  let ranges = 0;
  for (let j = 0; j < model.columnCount; j++) ranges += model.columnUpper[j] - model.columnLower[j];
  return dualTolerance * ranges + encoding.rounding.outputs.reduce((most, error) => Math.max(most, error), 0);
}
