import type { Network, WeightDomain } from './network.js';
import { NetworkError } from './network-error.js';
import { isAffine } from './shapes.js';

/** @throws NetworkError 'value' unless `text` is ternary, binary, real or integer(P) with an integer P >= 1 */
export function parseDomain(text: string): WeightDomain {
  if (text === 'ternary' || text === 'binary' || text === 'real') return text;
  const digits = /^integer\((\d+)\)$/.exec(text)?.[1];
  const bound = Number(digits);
  if (digits === undefined || bound < 1 || !Number.isSafeInteger(bound)) {
    throw new NetworkError(
      'value',
      `'${text}' is no weight domain; give ternary, binary, real, or integer(P) with P at least 1`,
    );
  }
  return `integer(${bound})`;
}

/** The largest absolute weight of the domain: 1, P, or Infinity for real. Throws as `parseDomain`. */
export function weightBound(domain: WeightDomain): number {
  const parsed = parseDomain(domain);
  if (parsed === 'real') return Infinity;
  return parsed.startsWith('integer') ? Number(parsed.slice('integer('.length, -1)) : 1;
}

/** Whether every weight is in the domain. NaN and infinities are in none. Throws as `parseDomain`. */
export function inDomain(weights: Iterable<number>, domain: WeightDomain): boolean {
  const bound = weightBound(domain);
  for (const weight of weights) {
    if (!Number.isFinite(weight) || Math.abs(weight) > bound) return false;
    if (domain !== 'real' && !Number.isInteger(weight)) return false;
    if (domain === 'binary' && weight === 0) return false;
  }
  return true;
}

/**
 * The smallest domain that contains the weights: binary, ternary, integer(P) or real.
 * No weights at all are binary.
 */
export function domainOf(weights: Iterable<number>): WeightDomain {
  let largest = 1;
  let hasZero = false;
  for (const weight of weights) {
    if (!Number.isSafeInteger(weight)) return 'real';
    largest = Math.max(largest, Math.abs(weight));
    hasZero ||= weight === 0;
  }
  if (largest > 1) return `integer(${largest})`;
  return hasZero ? 'ternary' : 'binary';
}

/** The smallest domain that contains the weights of every dense and convolution layer; biases are not weights. */
export function networkDomain(network: Network): WeightDomain {
  return domainOf(affineNumbers(network, ['weights']));
}

/** Number of weights and biases of the dense and convolution layers. */
export function parameterCount(network: Network): number {
  let count = 0;
  for (const layer of network.layers) {
    if (isAffine(layer)) count += layer.weights.length + layer.bias.length;
  }
  return count;
}

/** How many of the `parameterCount` parameters are not zero. */
export function nonZeroCount(network: Network): number {
  let count = 0;
  for (const number of affineNumbers(network, ['weights', 'bias'])) if (number !== 0) count++;
  return count;
}

function* affineNumbers(network: Network, fields: readonly ('weights' | 'bias')[]): Generator<number> {
  for (const layer of network.layers) {
    if (!isAffine(layer)) continue;
    for (const field of fields) yield* layer[field];
  }
}
