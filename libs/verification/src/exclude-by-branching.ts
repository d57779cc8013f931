import { branchOnSigns, liveNetwork } from '@mipnet/branching';
import { isChain, type Network } from '@mipnet/network';
import { functionBounds, type BoundLayers } from './bound-outputs.js';
import { marginOf, withFunctions } from './margin-network.js';
import { passOf } from './prepared-pass.js';
import { onFloat32 } from './project.js';
import { isUnsafe, unsafeValue, type Query } from './query.js';

export interface BranchingOptions {
  /** Wall-clock seconds that are left, asked now and then. @default no limit */
  readonly remaining?: () => number;
  readonly stopped?: () => boolean;
  readonly onProgress?: (progress: { readonly open: number; readonly bound: number; readonly nodes: number }) => void;
}

export interface Branching {
  /** Positions in `query.unsafe` of the conjunctions that stay possible, the least excluded first. */
  readonly open: readonly number[];
  /** Certified lower bound on the share of the excluded ones in the minimum that `Verdict` describes. */
  readonly settledBound: number;
  /** The same of all of them, where each was tried. */
  readonly bound: number | null;
  /** An unsafe input that a search came across, by the forward pass. */
  readonly witness?: Float64Array;
  /** The most unsafe input that it came across, by the forward pass: the runtime may see it otherwise. */
  readonly nearest?: Float64Array;
}

/** Of the time that is left, this share goes to branching; the rest is for the MIPs of what it leaves open. */
const share = 0.6;

/**
 * Excludes conjunctions by branch and bound on the signs of units, on bounds that are certified leaf by leaf; see
 * branch-on-signs.ts. For conjunctions of one row: of several, one alone may be satisfiable everywhere. Every corner
 * where a bound is attained is tried as a witness.
 */
export function excludeByBranching(
  network: Network,
  query: Query,
  boundLayers: BoundLayers,
  options: BranchingOptions = {},
): Branching {
  const { region, unsafe } = query;
  const single = [...unsafe.keys()].filter((index) => unsafe[index].length === 1);
  const others = [...unsafe.keys()].filter((index) => unsafe[index].length !== 1);
  const untried: Branching = { open: [...unsafe.keys()], settledBound: Infinity, bound: null };
  // A network with branches is for the MIP.
  if (query.goal === 'closest' || single.length === 0 || !isChain(network)) return untried;
  const margins = single.map((index) => marginOf(unsafe[index][0]));
  const remaining = () => options.remaining?.() ?? Infinity;
  const timeIsUp = () => remaining() <= 0 || (options.stopped?.() ?? false);
  const bounds = functionBounds(network, boundLayers(region.box, timeIsUp), margins);
  if (timeIsUp()) return untried;
  const live = liveNetwork(withFunctions(network, margins), bounds);
  const outputs = passOf(network);
  let witness: Float64Array | undefined;
  let nearest: Float64Array | undefined;
  let worst = -Infinity;
  const inspect = (corner: Float64Array): boolean => {
    const seen = onFloat32(region, corner);
    if (seen === undefined) return false;
    const found = outputs(seen, 1);
    const value = unsafeValue(unsafe, found);
    if (value > worst) [worst, nearest] = [value, seen];
    if (!isUnsafe(unsafe, found)) return false;
    witness = seen;
    return true;
  };
  const reserve = remaining() === Infinity ? 0 : (1 - share) * remaining();
  const found: { readonly index: number; readonly bound: number }[] = [];
  for (const [k, index] of single.entries()) {
    const row = Float64Array.from(single, (_, other) => (other === k ? 1 : 0));
    // What one search leaves of its time is for the ones after it.
    const end = remaining() - (remaining() - reserve) / (single.length - k);
    const { bound } = branchOnSigns(live, row, {
      inspect,
      stopped: () => remaining() <= end || (options.stopped?.() ?? false),
      onProgress: (progress) =>
        options.onProgress?.({ open: unsafe.length - k, bound: progress.bound, nodes: progress.nodes }),
    });
    found.push({ index, bound });
    if (witness !== undefined) return { ...untried, witness };
  }
  const excluded = found.filter(({ bound }) => bound > 0);
  const open = found.filter(({ bound }) => bound <= 0).sort((one, other) => one.bound - other.bound);
  const least = (some: typeof found) => some.reduce((least, { bound }) => Math.min(least, bound), Infinity);
  return {
    open: [...open.map(({ index }) => index), ...others],
    settledBound: least(excluded),
    bound: others.length > 0 ? null : least(found),
    nearest,
  };
}
