import { lpUnits, tightenedBounds, type BoundTightening, type NetworkBounds, type ReluFormulation } from '@mipnet/encoding';
import type { Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { functionBounds, rememberedCrown, type BoundLayers } from './bound-outputs.js';
import { excludeByBranching } from './exclude-by-branching.js';
import { withFunctions } from './margin-network.js';
import type { Query } from './query.js';
import { excludeConjunction } from './exclude-conjunction.js';
import { verifyByBounds, type BoundOutputs } from './verify-by-bounds.js';
import type { Proof, ProveQuery } from './verify-query.js';

/** What a proof is doing. */
export interface ProveProgress {
  readonly step: 'branching' | 'tightening' | 'relaxation' | 'mip';
  /** Conjunctions that are still open. */
  readonly open: number;
  /** Of the branching or the MIP under way: its lower bound, and nodes so far. */
  readonly bound?: number | null;
  readonly nodes?: number;
}

export interface ProveOptions {
  /** Wall-clock seconds that are left, asked now and then. @default no limit */
  readonly remaining?: () => number;
  readonly stopped?: () => boolean;
  /** Of the relu layers. @default 'big-m' */
  readonly formulation?: ReluFormulation;
  /** Of the neurons whose sign is open, before the MIPs. @default 'lp' */
  readonly tightening?: BoundTightening;
  /** Branch and bound on certified bounds before any solver is asked. @default true */
  readonly branching?: boolean;
  /** CROWN bounds, where they are at hand. @default computed */
  readonly boundLayers?: BoundLayers;
  readonly onProgress?: (progress: ProveProgress) => void;
}

/** The share of the time that is left which tightening may take: MIPs on loose bounds beat none on tight ones. */
const tighteningShare = 0.3;

/**
 * Settles queries by optimisation, cheap steps first: branch and bound on certified bounds; for what that leaves open, bounds of
 * the neurons that are open by LPs, then bounds on the rows of the query by LPs with certified duals, then one MIP for each
 * conjunction that remains, the least excluded first. A witness ends it; what a limit leaves open stays open.
 */
export function proveByMip(solver: SessionSolver, options: ProveOptions = {}): ProveQuery {
  return async (network, query, start) => {
    const { open, settledBound, bound, witness, nearest } = branched(network, query, options);
    const seen = nearest === undefined ? [] : [nearest];
    if (witness !== undefined) return { robust: false, bound, points: [witness], by: 'branching' };
    if (open.length === 0) return { robust: true, bound, points: [], by: 'branching' };
    if (over(options)) return { robust: false, bound, points: seen };
    const rest = await bySolver(solver, network, { ...query, unsafe: open.map((index) => query.unsafe[index]) }, start, options);
    const restBound = rest.bound === null ? null : Math.min(rest.bound, settledBound);
    return { ...rest, points: [...rest.points, ...seen], bound: restBound === null || bound === null ? (restBound ?? bound) : Math.max(restBound, bound) };
  };
}

function branched(network: Network, query: Query, options: ProveOptions): ReturnType<typeof excludeByBranching> {
  if (options.branching === false) return { open: [...query.unsafe.keys()], settledBound: Infinity, bound: null };
  options.onProgress?.({ step: 'branching', open: query.unsafe.length });
  return excludeByBranching(network, query, options.boundLayers ?? rememberedCrown(network), {
    remaining: options.remaining, stopped: options.stopped, onProgress: (progress) => options.onProgress?.({ step: 'branching', ...progress }),
  });
}

async function bySolver(solver: SessionSolver, network: Network, query: Query, start: Float64Array, options: ProveOptions): Promise<Proof> {
  const bounds = tightened(solver, network, query, options);
  options.onProgress?.({ step: 'relaxation', open: query.unsafe.length });
  const byLp = verifyByBounds(query, boundsByLp(solver, network, () => bounds, options));
  const closest = query.goal === 'closest';
  if (byLp.robust) return { robust: true, bound: closest ? (query.region.ball?.radius ?? null) : byLp.bound, points: [] };
  return openConjunctions(solver, network, query, bounds, byLp.open, closest ? Infinity : byLp.settledBound, start, options);
}

function openConjunctions(
  solver: SessionSolver, network: Network, query: Query, bounds: NetworkBounds, open: readonly number[], settledBound: number, start: Float64Array, options: ProveOptions,
): Proof {
  const points: Float64Array[] = [];
  let robust = true;
  let finished = true;
  let bound: number | null = settledBound;
  for (const [done, index] of open.entries()) {
    const left = open.length - done;
    const result = excludeConjunction(solver, network, query, query.unsafe[index], bounds, start, {
      ...options, onProgress: (progress) => options.onProgress?.({ step: 'mip', open: left, bound: progress.bound, nodes: progress.nodes }),
    });
    points.push(...result.points);
    robust &&= result.impossible;
    finished &&= result.finished;
    bound = bound === null || result.bound === null ? null : Math.min(bound, result.bound);
    // For the nearest point every conjunction counts; for any point one is enough.
    if (result.unsafe && query.goal === 'any') return { robust: false, bound: left === 1 ? bound : null, points: points.reverse(), finished };
  }
  const radius = query.goal === 'closest' ? (query.region.ball?.radius ?? Infinity) : Infinity;
  return { robust, bound: bound === null || bound === -Infinity ? null : Math.min(bound, radius), points, finished };
}

/** Lower bounds of functions by LPs on the relaxation of the network. */
export function boundsByLp(solver: SessionSolver, network: Network, boundLayers: BoundLayers, options: ProveOptions = {}): BoundOutputs {
  return (box, functions) => {
    if (functions.length === 0) return new Float64Array(0);
    // The relu behind them makes their sign the question: a function that is settled on one side is not asked for the other.
    const extended = withFunctions(network, functions);
    const signs: Network = { ...extended, layers: [...extended.layers, { kind: 'activation', activation: 'relu' }] };
    const bounds = functionBounds(network, boundLayers(box), functions);
    return lpUnits(solver, signs, bounds, extended.layers.length - 1, functions.map((_, k) => k), { formulation: options.formulation, stopped: () => over(options) }).lower;
  };
}

function tightened(solver: SessionSolver, network: Network, { region, unsafe }: Query, options: ProveOptions): NetworkBounds {
  options.onProgress?.({ step: 'tightening', open: unsafe.length });
  const reserve = (1 - tighteningShare) * remainingOf(options);
  const stopped = (): boolean => over(options) || (reserve < Infinity && remainingOf(options) < reserve);
  const limits = { formulation: options.formulation, stopped };
  return tightenedBounds(solver, network, region.box, { tightening: options.tightening ?? 'lp', lp: limits, mip: limits });
}

const remainingOf = (options: ProveOptions): number => options.remaining?.() ?? Infinity;

/** Whether the time is up, or somebody wants what there is. */
export const over = (options: Pick<ProveOptions, 'remaining' | 'stopped'>): boolean => (options.remaining?.() ?? Infinity) <= 0 || (options.stopped?.() ?? false);
