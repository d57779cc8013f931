import type { Ball } from '../region.js';

/**
 * The direction of steepest ascent in the l2 norm of a ball: of length 1 in it, zero for inputs of an infinite weight
 * and for a gradient of zeros.
 */
export function steepest(gradient: Float64Array, { weights }: Pick<Ball, 'weights'>): Float64Array {
  const largest = gradient.reduce((most, value, i) => Math.max(most, Math.abs(value) / (weights?.[i] ?? 1)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return new Float64Array(gradient.length);
  const sum = gradient.reduce((total, value, i) => total + (value / (weights?.[i] ?? 1) / largest) ** 2, 0);
  const length = largest * Math.sqrt(sum);
  return gradient.map((value, i) => value / (weights?.[i] ?? 1) / (weights?.[i] ?? 1) / length);
}
