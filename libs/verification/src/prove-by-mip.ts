import type { Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { crossEdge } from './attack/cross-edge.js';
import { attack, hasJumps } from './attack/find-witness.js';
import { prepareScore } from './attack/score.js';
import { rememberedCrown } from './bound-outputs.js';
import { boundsByLp, tightened } from './bounds-by-lp.js';
import { withoutMip } from './model-size.js';
import { excludeByBranching } from './exclude-by-branching.js';
import { excludeConjunction } from './exclude-conjunction.js';
import { over, remainingOf, type ProveOptions } from './prove-options.js';
import { proveNearest } from './prove-nearest.js';
import type { Query } from './query.js';
import { verifyByBounds } from './verify-by-bounds.js';
import { witnessesByForward, type Proof, type ProveQuery, type Witnesses } from './verify-query.js';

/** Number of attacks around the points of the MIPs, if no limit ends them. */
const mostAttacks = 10;

/** At most this many points of a MIP, the best ones, are tried as witnesses. */
const mostPoints = 3;

/**
 * Decides queries by optimisation, cheap steps first: branch and bound on certified bounds; for the remaining
 * conjunctions, LP bounds on undecided neurons, then LP bounds with certified duals on the rows of the query, then one
 * MIP per remaining conjunction, the one with the lowest bound first. An accepted witness ends it. After a limit, the
 * remaining conjunctions stay undecided. For `closest` see prove-nearest.ts.
 */
export function proveByMip(solver: SessionSolver, options: ProveOptions = {}): ProveQuery {
  return async (network, query, start, witnesses = witnessesByForward(network, query)) => {
    if (query.goal === 'closest') return proveNearest(solver, network, query, witnesses, options);
    if (over(options)) return { robust: false, bound: null, points: [] };
    const search = { solver, network, options, cross: crossing(network, query, witnesses, options) };
    const { open, settledBound, bound, witness, nearest } = branched(network, query, options);
    const seen = nearest === undefined ? [] : [nearest];
    if (witness !== undefined && (await search.cross(witness, 'branching')))
      return { robust: false, bound, points: [witness], by: 'branching' };
    if (open.length === 0) return { robust: true, bound, points: [], by: 'branching' };
    if (over(options)) return { robust: false, bound, points: seen };
    const rest = await bySolver(search, { ...query, unsafe: open.map((index) => query.unsafe[index]) }, start);
    const restBound = rest.bound === null ? null : Math.min(rest.bound, settledBound);
    return {
      ...rest,
      points: [...rest.points, ...seen],
      bound: restBound === null || bound === null ? (restBound ?? bound) : Math.max(restBound, bound),
    };
  };
}

interface Search {
  readonly solver: SessionSolver;
  readonly network: Network;
  readonly options: ProveOptions;
  /** Tries a point and, beyond the boundary, points near it. */
  readonly cross: (point: Float64Array, by: 'branching' | 'mip') => Promise<boolean>;
}

function crossing(network: Network, query: Query, witnesses: Witnesses, options: ProveOptions): Search['cross'] {
  const score = prepareScore(network);
  const from = { most: query.region.ball?.radius ?? 1, jumps: hasJumps(network), stopped: () => over(options) };
  return (point, by) => crossEdge(score, query, { ...from, point }, (candidate) => witnesses.offer(candidate, by));
}

function branched(network: Network, query: Query, options: ProveOptions): ReturnType<typeof excludeByBranching> {
  if (options.branching === false) return { open: [...query.unsafe.keys()], settledBound: Infinity, bound: null };
  options.onProgress?.({ step: 'branching', open: query.unsafe.length });
  return excludeByBranching(network, query, options.boundLayers ?? rememberedCrown(network), {
    remaining: options.remaining,
    stopped: options.stopped,
    onProgress: (progress) => options.onProgress?.({ step: 'branching', ...progress }),
  });
}

async function bySolver(search: Search, query: Query, start: Float64Array): Promise<Proof> {
  const { solver, network, options, cross } = search;
  const noMip = withoutMip(network, query);
  if (noMip !== undefined) {
    await attacked(search, query, []);
    return { robust: false, bound: null, points: [], reason: noMip };
  }
  const bounds = tightened(solver, network, query, options);
  options.onProgress?.({ step: 'relaxation', open: query.unsafe.length });
  const {
    robust: byLp,
    bound: lpBound,
    settledBound,
    open,
  } = verifyByBounds(
    query,
    boundsByLp(solver, network, () => bounds, options),
  );
  if (byLp) return { robust: true, bound: lpBound, points: [] };
  const points: Float64Array[] = [];
  let robust = true;
  let bound: number | null = settledBound;
  for (const [done, index] of open.entries()) {
    const left = open.length - done;
    if (over(options)) return { robust: false, bound: null, points };
    const result = await excludeConjunction(
      options.mip ?? solver,
      { network, query, conjunction: query.unsafe[index], bounds, start },
      {
        ...options,
        onProgress: (progress) =>
          options.onProgress?.({ step: 'mip', open: left, bound: progress.bound, nodes: progress.nodes }),
      },
    );
    points.unshift(...result.points);
    robust &&= result.impossible;
    bound = bound === null || result.bound === null ? null : Math.min(bound, result.bound);
    if (result.impossible) continue;
    for (const point of result.points.slice(0, mostPoints)) {
      if (await cross(point, 'mip')) return { robust: false, bound: left === 1 ? bound : null, points };
    }
  }
  if (bound === -Infinity) bound = null;
  if (robust || over(options)) return { robust, bound, points };
  const found = await attacked(search, query, points);
  const reason =
    'the worst input that the MIP finds is within float32 rounding of the threshold (or of a jump), and ' +
    'no input near ' +
    'it is confirmed by its replay';
  return { robust, bound, points, ...(found ? {} : { reason }) };
}

/**
 * The MIPs have ended at the threshold, neither above nor below it: attacks that start there use the remaining time.
 */
async function attacked(
  { network, options, cross }: Search,
  query: Query,
  points: readonly Float64Array[],
): Promise<boolean> {
  const score = prepareScore(network);
  options.onProgress?.({ step: 'attack', open: query.unsafe.length });
  for (let round = 0; !over(options) && (round < mostAttacks || remainingOf(options) < Infinity); round++) {
    const { witness } = attack(score, query, hasJumps(network), {
      seed: 1000 + round,
      starts: points.slice(0, mostPoints),
      stopped: () => over(options),
    });
    if (witness !== undefined && (await cross(witness, 'mip'))) return true;
  }
  return false;
}
