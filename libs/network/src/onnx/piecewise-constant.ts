// Tested by onnxruntime.int.test.ts.
import type { NodeReader } from './node-reader.js';
import { addLayer, addScale, join, type Signal } from './signal.js';

/** x >= bound, or x <= bound. */
export interface Side {
  readonly direction: 'at least' | 'at most';
  readonly bound: number;
}

/** The value of the first side that holds. */
export interface Cut extends Side {
  readonly value: number;
}

/** How many steps one function may have. */
const mostCuts = 64;

const one = Float64Array.of(1);

/** 1 where x is at or beyond the bound, otherwise 0; a bound for all numbers or for each, as the array of a scale. */
export function step(of: Signal, direction: Side['direction'], bound: Float64Array, node: NodeReader): Signal {
  return addLayer(shifted(of, direction, bound, node), { kind: 'activation', activation: 'step' }, node);
}

function shifted(of: Signal, direction: Side['direction'], bound: Float64Array, node: NodeReader): Signal {
  if (direction === 'at least')
    return bound.every((number) => number === 0)
      ? of
      : addScale(of, { factor: one, offset: bound.map((number) => -number) }, node);
  return addScale(of, { factor: Float64Array.of(-1), offset: bound.map((number) => number + 0) }, node);
}

/** A step, a sign or a ternary activation if it is one, otherwise a sum of steps. */
export function piecewiseConstant(of: Signal, cuts: readonly Cut[], otherwise: number, node: NodeReader): Signal {
  const [first, second] = cuts;
  if (cuts.length === 1 && first.direction === 'at least' && first.value === 1 && otherwise === -1) {
    const activation = { kind: 'activation', activation: 'sign' } as const;
    return addLayer(shifted(of, 'at least', Float64Array.of(first.bound), node), activation, node);
  }
  if (cuts.length === 2 && otherwise === 0) {
    const [high, low] = first.direction === 'at least' ? [first, second] : [second, first];
    const isTernary =
      high.direction === 'at least' &&
      low.direction === 'at most' &&
      high.bound > 0 &&
      low.bound === -high.bound &&
      high.value === 1 &&
      low.value === -1;
    if (isTernary) return addLayer(of, { kind: 'activation', activation: 'ternary', threshold: high.bound }, node);
  }
  return sumOfSteps(of, cuts, otherwise, node);
}

/** A jump at each bound, on its way in and on its way out. */
function sumOfSteps(of: Signal, cuts: readonly Cut[], otherwise: number, node: NodeReader): Signal {
  if (cuts.length > mostCuts) node.refuse(`it chooses between more than ${mostCuts + 1} numbers`);
  const value = (x: number): number =>
    cuts.find(({ direction, bound }) => (direction === 'at least' ? x >= bound : x <= bound))?.value ?? otherwise;
  const bounds = [...new Set(cuts.map(({ bound }) => bound))].sort((a, b) => a - b);
  let offset = value(-Infinity);
  const jumps: { readonly direction: Side['direction']; readonly bound: number; readonly gain: number }[] = [];
  bounds.forEach((bound, at) => {
    const next = bounds[at + 1] ?? Infinity;
    const before = value(at === 0 ? -Infinity : between(bounds[at - 1], bound));
    const behind = value(next === Infinity ? Infinity : between(bound, next));
    const here = value(bound);
    if (here !== before) jumps.push({ direction: 'at least', bound, gain: here - before });
    // x > bound is not (x <= bound).
    if (behind !== here) {
      jumps.push({ direction: 'at most', bound, gain: here - behind });
      offset += behind - here;
    }
  });
  if (jumps.length === 0) return node.refuse(`it gives ${offset} whatever the signal is; replace it by a constant`);
  const parts = jumps.map(({ direction, bound, gain }, at) => {
    const stepped = step(of, direction, Float64Array.of(bound), node);
    const own = at === 0 ? offset : 0;
    return gain === 1 && own === 0
      ? stepped
      : addScale(stepped, { factor: Float64Array.of(gain), offset: Float64Array.of(own) }, node);
  });
  return parts.length === 1 ? parts[0] : join({ kind: 'add' }, parts, of.dims, node);
}

const between = (low: number, high: number): number => low / 2 + high / 2;
