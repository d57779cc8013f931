import { lpUnits, tightenedBounds } from '@mipnet/encoding';
import { type NetworkBounds } from '@mipnet/bounds';
import type { Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { functionBounds, type BoundLayers } from './bound-outputs.js';
import { withFunctions } from './margin-network.js';
import { over, remainingOf, type ProveOptions } from './prove-options.js';
import type { Query } from './query.js';
import type { BoundOutputs } from './verify-by-bounds.js';

/** Lower bounds of functions by LPs on the relaxation of the network. */
export function boundsByLp(
  solver: SessionSolver,
  network: Network,
  boundLayers: BoundLayers,
  options: ProveOptions = {},
): BoundOutputs {
  return (box, functions) => {
    if (functions.length === 0) return new Float64Array(0);
    // The relus after them make only their sign matter: if one side of a function is decided, the other side is not
    // computed.
    const extended = withFunctions(network, functions);
    const signs: Network = { ...extended, layers: [...extended.layers, { kind: 'activation', activation: 'relu' }] };
    const bounds = functionBounds(network, boundLayers(box), functions);
    return lpUnits(
      solver,
      signs,
      bounds,
      { layer: extended.layers.length - 1, units: functions.map((_, k) => k) },
      { formulation: options.formulation, stopped: () => over(options) },
    ).lower;
  };
}

/** Fraction of the remaining time for tightening: MIPs on loose bounds are better than no MIPs on tight ones. */
const tighteningShare = 0.3;

/** Bounds on every layer, tightened by LPs or MIPs until their share of the time is used up. */
export function tightened(
  solver: SessionSolver,
  network: Network,
  { region, unsafe }: Query,
  options: ProveOptions,
): NetworkBounds {
  options.onProgress?.({ step: 'tightening', open: unsafe.length });
  const reserve = (1 - tighteningShare) * remainingOf(options);
  const stopped = (): boolean => over(options) || (reserve < Infinity && remainingOf(options) < reserve);
  const limits = { formulation: options.formulation, stopped };
  return tightenedBounds(solver, network, region.box, {
    tightening: options.tightening ?? 'lp',
    lp: limits,
    mip: limits,
  });
}
