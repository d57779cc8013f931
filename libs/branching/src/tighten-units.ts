import { nextLayerBounds, undecidedUnits, withUnits, type Box, type NetworkBounds } from '@mipnet/bounds';
import { layerMaps, type Network } from '@mipnet/network';
import { branchOnSigns } from './branch-on-signs.js';
import { liveUnits } from './live-units.js';
import { liveForms, type LiveForm } from './live-forms.js';

export interface TightenOptions {
  /** Search nodes for each side of an undecided unit; 1: optimised slopes alone. */
  readonly nodeLimit: number;
  /** Bounds beyond this are not raised more. @default 0 */
  readonly target?: number;
  /** As in `BranchOptions`. */
  readonly rootPasses?: number;
  /** True keeps the bounds so far, which are valid as well, for all units that are not done yet. */
  readonly stopped?: () => boolean;
  /** Only units that these outputs of an affine last layer read. @default all */
  readonly wanted?: Int32Array;
}

export interface TightenedBounds {
  readonly bounds: NetworkBounds;
  /** Search nodes that it took. */
  readonly nodes: number;
}

/**
 * Bounds on the units that the known bounds leave undecided, each side by an ascent on slopes and a short branch and
 * bound of its own, from the first layer to the last but one. A layer is bounded with the tightened bounds of the
 * layers before it; so decided units multiply from layer to layer. The network's outputs get CROWN bounds again.
 * @param known proven bounds on all layers
 */
export function tightenUnits(network: Network, known: NetworkBounds, options: TightenOptions): TightenedBounds {
  const { stopped = () => false } = options;
  let bounds: NetworkBounds = { input: known.input, layers: [] };
  let nodes = 0;
  const maps = layerMaps(network);
  const live = options.wanted && liveUnits(maps, known, options.wanted);
  for (const [k, box] of known.layers.entries()) {
    const next = nextLayerBounds(network, bounds, stopped);
    bounds = withUnits(next, k, everyUnit(box), box);
    if (maps[k].kind !== 'affine' || k === maps.length - 1 || stopped()) continue;
    const undecided = undecidedUnits(network, k, bounds);
    const needed = live && new Set(live[k]);
    const units = needed === undefined ? undecided : undecided.filter((unit) => needed.has(unit));
    if (units.length === 0) continue;
    const forms = liveForms({ ...network, layers: network.layers.slice(0, k + 1) }, bounds, units);
    // Without undecided units before them, CROWN's bounds are exact.
    if (forms.shared.open.length === 0 && known.input.image === undefined) continue;
    const found = boundsOf(units, bounds.layers[k], forms.of, { ...options, stopped });
    nodes += found.nodes;
    bounds = withUnits(bounds, k, units, found);
  }
  return { bounds, nodes };
}

/** Bounds on some units, each of which is a form. */
function boundsOf(
  units: Int32Array,
  { lower, upper }: Box,
  formOf: (r: number) => LiveForm,
  options: TightenOptions,
): Box & { readonly nodes: number } {
  const found = { lower: Float64Array.from(units, (i) => lower[i]), upper: Float64Array.from(units, (i) => upper[i]) };
  const { target = 0 } = options;
  let nodes = 0;
  units.forEach((unit, r) => {
    if (options.stopped?.()) return;
    const { live, row } = formOf(r);
    // Bounds beyond zero are of no more use, and the side that is nearer to zero may save the other one.
    for (const sign of -lower[unit] < upper[unit] ? [1, -1] : [-1, 1]) {
      if (options.stopped?.() || found.lower[r] > target || found.upper[r] < -target) return;
      const side = branchOnSigns(live, sign > 0 ? row : row.map((a) => -a), { ...options, target });
      nodes += side.nodes;
      if (sign > 0) found.lower[r] = Math.max(found.lower[r], side.bound);
      else found.upper[r] = Math.min(found.upper[r], -side.bound);
    }
  });
  return { ...found, nodes };
}

const everyUnit = ({ lower }: Box): Int32Array => Int32Array.from(lower.keys());
