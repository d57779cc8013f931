// Tested by tighten.unit.test.ts.
import { isConstant, scaled, type LinearExpression } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import { encodeTrained, type TrainedEncoding } from '../encode-trained.js';
import type { ReluFormulation } from '../activations/relu-formulation.js';
import type { NetworkBounds } from '@mipnet/bounds';

/** Units of one layer, by their position in its output. */
export interface LayerUnits {
  readonly layer: number;
  readonly units: ArrayLike<number>;
}

/** The network up to and with one layer, encoded: the model for bounds on that layer's units. */
export function encodePrefix(
  network: Network,
  bounds: NetworkBounds,
  layer: number,
  formulation?: ReluFormulation,
): TrainedEncoding {
  const prefix: Network = { inputShape: network.inputShape, layers: network.layers.slice(0, layer + 1) };
  return encodeTrained(prefix, bounds.input, { formulation, bounds: firstLayers(bounds, layer + 1) });
}

function firstLayers({ input, layers, rounding }: NetworkBounds, count: number): NetworkBounds {
  return { input, layers: layers.slice(0, count), rounding: rounding?.slice(0, count) };
}

export interface UnitInterval {
  readonly lower: number;
  readonly upper: number;
}

export const unitInterval = (bounds: NetworkBounds, layer: number, unit: number): UnitInterval => ({
  lower: bounds.layers[layer].lower[unit],
  upper: bounds.layers[layer].upper[unit],
});

/**
 * Tightens one unit's interval from both sides, the side nearer to zero first, because it decides the sign more often;
 * stops when the interval decides the unit.
 * @param least a proven lower bound on an expression, or null when there is none
 */
export function tightenedInterval(
  expression: LinearExpression,
  known: UnitInterval,
  isOpen: (lower: number, upper: number) => boolean,
  least: (expression: LinearExpression) => number | null,
): UnitInterval {
  let { lower, upper } = known;
  if (isConstant(expression)) return known;
  const sides = -lower <= upper ? (['lower', 'upper'] as const) : (['upper', 'lower'] as const);
  for (const side of sides) {
    if (!isOpen(lower, upper)) break;
    if (side === 'lower') lower = Math.max(lower, least(expression) ?? -Infinity);
    else upper = Math.min(upper, -(least(scaled(expression, -1)) ?? -Infinity));
  }
  return { lower, upper };
}
