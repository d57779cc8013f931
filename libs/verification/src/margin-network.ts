import { networkShapes, type Network } from '@mipnet/network';
import type { OutputRow } from './query.js';

/**
 * The network whose outputs are linear functions of this one's outputs: one more dense layer, whose bias is the
 * constants. So bounds, relaxations and MIPs of networks answer questions about functions of outputs, rounding
 * included.
 */
export function withFunctions(network: Network, functions: readonly OutputRow[]): Network {
  const shape = networkShapes(network).at(-1) ?? network.inputShape;
  const inputs = shape.reduce((product, extent) => product * extent, 1);
  const weights = new Float64Array(functions.length * inputs);
  functions.forEach(({ coefficients }, k) => weights.set(coefficients, k * inputs));
  const bias = Float64Array.from(functions, ({ constant }) => constant);
  const flatten = shape.length === 1 ? [] : [{ kind: 'flatten' } as const];
  return {
    inputShape: network.inputShape,
    layers: [...network.layers, ...flatten, { kind: 'dense', inputs, outputs: functions.length, weights, bias }],
  };
}

/**
 * A row holds where its margin is at most 0 (strict: below 0), and no input of a region satisfies it where the margin
 * stays above.
 */
export const marginOf = (row: OutputRow): OutputRow => ({
  coefficients: row.coefficients.map((value) => -value),
  constant: -row.constant,
});
