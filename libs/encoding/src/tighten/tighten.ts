import { readersOf, type Layer, type Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { requireBox, type Box, type NetworkBounds } from '@mipnet/bounds';
import { nextLayerBounds, withUnits } from '@mipnet/bounds';
import { intervalBounds } from '@mipnet/bounds';
import { lpUnits, type LpBoundOptions } from './lp-bounds.js';
import { mipUnits, type MipBoundOptions } from './mip-bounds.js';
import { undecidedUnits } from '@mipnet/bounds';

/** How far bound tightening goes; each includes the ones before it. */
export type BoundTightening = 'interval' | 'crown' | 'lp' | 'mip';

export interface TightenOptions {
  /** @default 'crown' */
  readonly tightening?: BoundTightening;
  readonly lp?: LpBoundOptions;
  readonly mip?: MipBoundOptions;
}

/**
 * Bounds on every layer, escalating only for the units that stay undecided: interval -> CROWN -> LP -> MIP. A layer is
 * done before the next begins, which so profits from it. LPs and MIPs are spent on units before an activation only, not
 * on the outputs: a query optimises those itself. To spread a layer over workers, make the same steps with
 * `nextLayerBounds`, `undecidedUnits`, `lpUnits` or `mipUnits` on parts of the units, and `withUnits`.
 */
export function tightenedBounds(
  solver: SessionSolver,
  network: Network,
  input: Box,
  options: TightenOptions = {},
): NetworkBounds {
  const tightening = options.tightening ?? 'crown';
  if (tightening === 'interval') return intervalBounds(network, input);
  requireBox(network, input);
  const { lp, mip } = options;
  const stopped = (): boolean => lp?.stopped?.() ?? mip?.stopped?.() ?? false;
  let bounds: NetworkBounds = { input, layers: [] };
  for (let layer = 0; layer < network.layers.length; layer++) {
    bounds = nextLayerBounds(network, bounds, stopped);
    if (!hasChoiceBefore(network, layer) || !isBeforeActivation(network, layer)) continue;
    for (const step of stepsOf(tightening)) {
      const units = undecidedUnits(network, layer, bounds);
      if (units.length === 0 || stopped()) break;
      const box =
        step === 'lp'
          ? lpUnits(solver, network, bounds, { layer, units }, lp)
          : mipUnits(solver, network, bounds, { layer, units }, mip);
      bounds = withUnits(bounds, layer, units, box);
    }
  }
  return bounds;
}

const stepsOf = (tightening: BoundTightening): readonly ('lp' | 'mip')[] =>
  tightening === 'lp' ? ['lp'] : tightening === 'mip' ? ['lp', 'mip'] : [];

/** Before the first nonlinear layer CROWN is exact. */
const hasChoiceBefore = (network: Network, layer: number): boolean =>
  network.layers.slice(0, layer).some(({ kind }) => kind === 'activation' || kind === 'maxPool2d');

/** Whether an activation reads the layer, a flatten or a concat between them or not. */
function isBeforeActivation(network: Network, layer: number): boolean {
  if (isMove(network.layers[layer])) return false;
  const readers = readersOf(network);
  const leadsTo = (k: number): boolean =>
    readers[k].some((reader) => {
      const next = network.layers[reader];
      return next.kind === 'activation' || (isMove(next) && leadsTo(reader));
    });
  return leadsTo(layer);
}

const isMove = ({ kind }: Layer): boolean => kind === 'flatten' || kind === 'concat';
