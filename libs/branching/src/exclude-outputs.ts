import type { NetworkBounds } from '@mipnet/bounds';
import type { Network } from '@mipnet/network';
import { branchOnSigns, type BranchOptions } from './branch-on-signs.js';
import { flipUnits } from './flip-units.js';
import { liveNetwork } from './live-network.js';
import { liveForms } from './live-forms.js';
import { tightenUnits } from './tighten-units.js';

export interface ExcludeOptions extends Pick<BranchOptions, 'inspect' | 'stopped'> {
  /** Returns the remaining seconds; called now and then. @default no limit */
  readonly remaining?: () => number;
  /** Only the first round, which takes a few nodes. @default false */
  readonly isShort?: boolean;
  readonly onProgress?: (progress: { readonly open: number; readonly bound: number; readonly nodes: number }) => void;
}

/** Search nodes for each side of a unit in the rounds of tightening; the first round is without. */
const rounds = [0, 10, 40];
/** Search nodes of an output in the first round, and in later ones for each node of the tightening. */
const allowed = { first: 24, perTightening: 2 };

/**
 * Certified lower bounds on the outputs of a network, until each one is above zero: rounds of tightening units
 * (tighten-units.ts) and of branch and bound on every output that is still open. A round tightens units with more
 * effort than the one before it. Its searches together may take about as long as the tightening so far; what
 * that does not exclude gets tighter bounds of units first, which makes all later searches smaller. The last round
 * has no limit but the time. An input that `inspect` accepts ends it.
 * @param network its last layer is affine
 * @param bounds proven, on all layers
 */
export function excludeOutputs(network: Network, bounds: NetworkBounds, options: ExcludeOptions = {}): Float64Array {
  const { stopped = () => false, remaining = () => Infinity } = options;
  const found = bounds.layers[bounds.layers.length - 1].lower.slice();
  let open = [...found.keys()].filter((output) => !(found[output] > 0));
  let known = bounds;
  let spent = 0;
  let ended = false;
  const timeIsUp = (): boolean => remaining() <= 0 || stopped();
  const inspect = (corner: Float64Array): boolean => (ended = options.inspect?.(corner) ?? false);
  const rowOf = (output: number): Float64Array => Float64Array.from(found, (_, other) => (other === output ? 1 : 0));
  if (options.inspect !== undefined) {
    const live = liveNetwork(network, known);
    for (const output of open) if (flipUnits(live, rowOf(output), { inspect, stopped: timeIsUp })) return found;
  }
  for (const [round, nodeLimit] of rounds.entries()) {
    if (nodeLimit > 0) {
      const tightened = tightenUnits(network, known, { nodeLimit, stopped: timeIsUp });
      known = tightened.bounds;
      spent += tightened.nodes;
    }
    const forms = liveForms(network, known, Int32Array.from(open));
    for (const [k, output] of open.entries()) {
      if (timeIsUp() || ended) return found;
      // The time that one search does not use is for the next ones.
      const end = remaining() - remaining() / (open.length - k);
      const { live, row } = forms.of(k);
      const { bound } = branchOnSigns(live, row, {
        nodeLimit:
          round === rounds.length - 1 ? Infinity : allowed.first + (allowed.perTightening * spent) / open.length,
        inspect,
        stopped: () => remaining() <= end || stopped(),
        onProgress: (progress) => options.onProgress?.({ ...progress, open: open.length - k }),
      });
      found[output] = Math.max(found[output], bound);
    }
    open = open.filter((output) => !(found[output] > 0));
    if (open.length === 0 || options.isShort) break;
  }
  return found;
}
