import type { NetworkBounds } from '@mipnet/bounds';
import { forward, type Network } from '@mipnet/network';
import { contains, distance } from '@mipnet/verification';
import type { Question } from './question.js';

/** How far, relative to the range of the numbers, a solver's tolerances may move an incumbent from the forward pass. */
const tolerance = 1e-5;

/**
 * An incumbent's input through the forward pass: does it give the claimed value?
 * @param margins the network with the question's margins as outputs
 * @returns what differs, in words; null if nothing does
 */
export function contradictionOf(
  margins: Network,
  { query }: Question,
  input: Float64Array,
  objective: number,
  bounds: NetworkBounds,
): string | null {
  const { ball, box } = query.region;
  const { lower, upper } = bounds.layers.at(-1)!;
  const scale = lower.reduce((most, low, k) => Math.max(most, Math.abs(low), Math.abs(upper[k])), 1);
  const largest = forward(margins, input, 1).reduce((most, margin) => Math.max(most, margin), -Infinity);
  if (query.goal === 'any') {
    if (ball !== undefined && distance(ball, input) > ball.radius + tolerance * (1 + ball.radius))
      return `the input is ${distance(ball, input)} away, the radius is ${ball.radius}`;
    return Math.abs(largest - objective) <= tolerance * scale
      ? null
      : `the margin is ${largest}, the solver says ${objective}`;
  }
  if (largest > tolerance * scale) return `a row of the question is missed by ${largest}`;
  if (!contains({ box }, input)) return 'the input is outside of the box';
  const away = distance(ball!, input);
  return Math.abs(away - objective) <= tolerance * (1 + Math.abs(objective)) * 10
    ? null
    : `the input is ${away} away, the solver says ${objective}`;
}
