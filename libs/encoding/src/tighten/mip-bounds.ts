import type { LinearExpression, Model } from '@mipnet/mip';
import { forwardTrace, type Network } from '@mipnet/network';
import type { SolveOptions, SolveResult, SyncSolver } from '@mipnet/solver';
import type { TrainedEncoding } from '../encode-trained.js';
import { EncodingError } from '../encoding-error.js';
import type { ReluFormulation } from '../activations/relu-formulation.js';
import type { Box, NetworkBounds } from '@mipnet/bounds';
import { encodePrefix, tightenedInterval, unitInterval, type LayerUnits } from './prefix.js';
import { openAfter } from '@mipnet/bounds';

export interface MipBoundOptions extends Pick<SolveOptions, 'timeLimit' | 'workLimit' | 'stopped'> {
  /** Of the relu layers before. @default 'big-m' */
  readonly formulation?: ReluFormulation;
}

/** The solver's tolerance on reduced costs: the error of the bound per unit of a column's range. */
const dualTolerance = 1e-7;

/**
 * Bounds on chosen units of a layer by minimising and maximising them over the MIP of the layers before it, each
 * stopped at a limit or as soon as it decides the unit. The MIP's dual bound is used, so a limit does not affect
 * soundness.
 *
 * A branch and bound leaves no duals to rebuild its bound from. The bound is therefore lowered by the solver's
 * tolerance on every column (dualTolerance times the ranges), and compared with the forward pass at the incumbent's
 * input: a bound above a value that the network takes is an error of the solver, so the MIP is solved again without
 * presolve; if that contradicts, too, the run ends. Units of one layer are independent pieces of work, as in
 * lp-bounds.ts.
 * @param options limits hold for each MIP
 * @returns the box of the units, in the order given
 * @throws EncodingError 'unsound'
 */
export function mipUnits(
  solver: SyncSolver,
  network: Network,
  bounds: NetworkBounds,
  { layer, units }: LayerUnits,
  options: MipBoundOptions = {},
): Box {
  const encoding = encodePrefix(network, bounds, layer, options.formulation);
  const isOpen = openAfter(network, layer);
  const intervals = Array.from(units, (unit) => {
    const { expression } = encoding.outputs[unit];
    const { lower, upper } = unitInterval(bounds, layer, unit);
    if (options.stopped?.()) return { lower, upper };
    return tightenedInterval(expression, { lower, upper }, isOpen, (objective) => {
      const side = objective === expression ? 1 : -1;
      const decides = (bound: number): boolean => (side === 1 ? !isOpen(bound, upper) : !isOpen(lower, -bound));
      return leastOver(solver, { network, encoding, layer, unit, side, objective }, decides, options);
    });
  });
  return {
    lower: Float64Array.from(intervals, ({ lower }) => lower),
    upper: Float64Array.from(intervals, ({ upper }) => upper),
  };
}

/** A unit whose minimum is computed, or, with side -1, the minimum of its negative. */
interface UnitSide {
  readonly network: Network;
  readonly encoding: TrainedEncoding;
  readonly layer: number;
  readonly unit: number;
  readonly side: 1 | -1;
  /** The unit, or its negative, over the columns of the encoding. */
  readonly objective: LinearExpression;
}

function leastOver(
  solver: SyncSolver,
  asked: UnitSide,
  decides: (bound: number) => boolean,
  options: MipBoundOptions,
): number | null {
  const { encoding, layer, unit, objective } = asked;
  const model = withObjective(encoding.model, objective);
  const tolerance = toleranceOf(model) + encoding.rounding.outputs[unit];
  for (const presolve of [true, false]) {
    let decided = false;
    const result = solver.solve(model, {
      timeLimit: options.timeLimit,
      workLimit: options.workLimit,
      presolve,
      onProgress: ({ bound }) => (decided = bound !== null && decides(bound - tolerance)),
      stopped: () => decided || (options.stopped?.() ?? false),
    });
    const bound = result.bound === null ? null : result.bound - tolerance;
    if (!contradicted(asked, result, bound)) return bound;
  }
  throw new EncodingError(
    'unsound',
    `${solver.name} claims a bound on unit ${unit} of layer ${layer} that the forward pass contradicts, ` +
      'with presolve and without: ' +
      'leave out MIP bounds for this network and report the model to the solver',
  );
}

/** 'infeasible' is a contradiction, too: any input in the box is feasible. */
function contradicted(
  { network, encoding, layer, unit, side }: UnitSide,
  result: SolveResult,
  bound: number | null,
): boolean {
  if (result.status === 'infeasible') return true;
  if (!result.x || bound === null) return false;
  return bound > side * forwardTrace(network, encoding.toInput(result.x))[layer][unit];
}

function withObjective(model: Model, { constant, columns, values }: LinearExpression): Model {
  const cost = new Float64Array(model.columnCount);
  for (let k = 0; k < columns.length; k++) cost[columns[k]] += values[k];
  return { ...model, cost, offset: constant };
}

function toleranceOf(model: Model): number {
  let ranges = 0;
  for (let j = 0; j < model.columnCount; j++) ranges += model.columnUpper[j] - model.columnLower[j];
  return dualTolerance * ranges;
}
