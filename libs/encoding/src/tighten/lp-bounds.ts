import type { Network } from '@mipnet/network';
import type { SessionSolver, SolveOptions } from '@mipnet/solver';
import type { ReluFormulation } from '../activations/relu-formulation.js';
import type { Box, NetworkBounds } from '@mipnet/bounds';
import { certifiedOverForwardPasses } from './certified-relaxation.js';
import { encodePrefix, tightenedInterval, unitInterval, type LayerUnits } from './prefix.js';
import { openAfter } from '@mipnet/bounds';

export interface LpBoundOptions extends Pick<SolveOptions, 'timeLimit' | 'workLimit' | 'stopped'> {
  /** Of the relu layers before; the tighter its relaxation, the tighter the bounds. @default 'big-m' */
  readonly formulation?: ReluFormulation;
}

/**
 * Bounds on chosen units of a layer by minimising and maximising them over the LP relaxation of the layers before it:
 * one model, one session, warm starts from objective to objective. Every bound is rebuilt from the duals, never taken
 * from the solver's objective, so limits and tolerances make it weaker but not wrong. A unit whose sign one side
 * decides is not asked for the other.
 *
 * Units of one layer are independent pieces of work: give each worker a part of `undecidedUnits`.
 * @param bounds proven bounds on all layers up to and with this one
 * @param options limits hold for each LP
 * @returns the box of the units, in the order given
 */
export function lpUnits(
  solver: SessionSolver,
  network: Network,
  bounds: NetworkBounds,
  { layer, units }: LayerUnits,
  options: LpBoundOptions = {},
): Box {
  const { model, outputs, rounding } = encodePrefix(network, bounds, layer, options.formulation);
  const isOpen = openAfter(network, layer);
  const session = solver.open(model);
  try {
    const intervals = Array.from(units, (unit) => {
      if (options.stopped?.()) return unitInterval(bounds, layer, unit);
      return tightenedInterval(outputs[unit].expression, unitInterval(bounds, layer, unit), isOpen, (objective) => {
        session.setObjective(objective);
        const { duals } = session.solve(options);
        return duals ? certifiedOverForwardPasses(session.model, duals, rounding.rows, rounding.outputs[unit]) : null;
      });
    });
    return {
      lower: Float64Array.from(intervals, ({ lower }) => lower),
      upper: Float64Array.from(intervals, ({ upper }) => upper),
    };
  } finally {
    session.close();
  }
}
