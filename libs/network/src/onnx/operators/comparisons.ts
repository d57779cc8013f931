// Tested by ../onnxruntime.int.test.ts.
import type { NodeReader } from '../node-reader.js';
import { addScale, scaleArray, type Signal } from '../signal.js';
import { step } from '../piecewise-constant.js';
import { asConstant, asSignal, signalAndConstant } from '../value.js';
import type { Comparison, Operator, Value } from '../value.js';
import { bend } from './bends.js';
import { fitted } from './fitted.js';
import { areSignals, sumOf } from './joining.js';
import { filled } from './missing.js';

/** Of the signal and a constant, or of two signals: then of their difference and zero, whose sign is exact. */
export const compare: Operator = (node, inputs) => {
  const isPair = areSignals(inputs);
  const {
    signal: value,
    constant,
    signalFirst,
  } = isPair ? { signal: sumOf(inputs, -1, node), constant: zero, signalFirst: true } : signalAndConstant(inputs, node);
  const of = fitted(asSignal(value, node), constant, node);
  const bound = scaleArray(of, constant, node);
  // x > c is not (x <= c), and c > x is not (x >= c).
  const strict = node.opType === 'Less' || node.opType === 'Greater';
  const upward = node.opType.startsWith('Greater') === signalFirst;
  return { kind: 'comparison', of, direction: upward === strict ? 'at most' : 'at least', bound, negated: strict };
};

const zero = { kind: 'constant', dims: [], data: Float64Array.of(0) } as const;

export const not: Operator = (node, [value]) =>
  value?.kind === 'comparison'
    ? { ...value, negated: !value.negated }
    : node.refuse('it takes something else than the outcome of a comparison');

/** Both, or at least one of them: the sum of their numbers is 2, or at least 1. */
export const both: Operator = (node, inputs) => {
  const numbersOf = inputs.map((value) =>
    value?.kind === 'comparison' ? asNumbers(value, node) : node.refuse('it takes the outcomes of comparisons only'),
  );
  const bound = Float64Array.of(node.opType === 'And' ? 1.5 : 0.5);
  return { kind: 'comparison', of: sumOf(numbersOf, 1, node), direction: 'at least', bound, negated: false };
};

/** x = c is x >= c and x <= c. */
export const equal: Operator = (node, inputs) => {
  const isPair = areSignals(inputs);
  const { signal, constant } = isPair
    ? { signal: sumOf(inputs, -1, node), constant: zero }
    : signalAndConstant(inputs, node);
  const of = fitted(asSignal(signal, node), constant, node);
  const bound = scaleArray(of, constant, node);
  const sides = (['at least', 'at most'] as const).map((direction) => step(of, direction, bound, node));
  const isBoth = Float64Array.of(1.5);
  return { kind: 'comparison', of: sumOf(sides, 1, node), direction: 'at least', bound: isBoth, negated: false };
};

/** The signal times one of two numbers, by the sign of the signal itself; undefined if it is another product. */
export function masked(inputs: readonly (Value | undefined)[], node: NodeReader): Signal | undefined {
  const choice = inputs.find((value) => value?.kind === 'choice');
  const signal = inputs.find((value) => value?.kind === 'signal');
  if (choice?.kind !== 'choice' || signal?.kind !== 'signal' || !isSame(choice.of, signal)) return undefined;
  const [{ direction, bound, value }, ...others] = choice.cuts;
  if (bound !== 0 || others.length > 0) return undefined;
  const [own, other] = [Float64Array.of(value), Float64Array.of(choice.otherwise)];
  return direction === 'at least' ? bend(signal, own, other, node) : bend(signal, other, own, node);
}

/** A comparison as numbers: 1 or 0. */
export const asNumbers = (comparison: Comparison, node: NodeReader): Value =>
  chosen(comparison, numbers(1), numbers(0), node);

const numbers = (...data: readonly number[]) =>
  ({ kind: 'constant', dims: data.length === 1 ? [] : [data.length], data: Float64Array.from(data) }) as const;

export const where: Operator = (node, inputs) => {
  const [condition, whenTrue, whenFalse] = inputs;
  if (condition?.kind === 'missing') return filled(condition, whenTrue, whenFalse, node);
  if (condition?.kind !== 'comparison')
    return node.refuse('its condition is not a comparison of the signal with numbers');
  return chosen(condition, whenTrue, whenFalse, node);
};

function chosen(
  condition: Comparison,
  whenTrue: Value | undefined,
  whenFalse: Value | undefined,
  node: NodeReader,
): Value {
  const { of, direction, bound, negated } = condition;
  const [then, rest] = negated ? [whenFalse, whenTrue] : [whenTrue, whenFalse];
  const number = numberOf(then, of, node);
  if (number !== undefined && bound.length === 1) {
    const cut = { direction, bound: bound[0], value: number };
    if (rest?.kind === 'choice' && isSame(rest.of, of)) return { ...rest, cuts: [cut, ...rest.cuts] };
    const otherwise = numberOf(rest, of, node);
    if (otherwise !== undefined) return { kind: 'choice', of, cuts: [cut], otherwise };
  }
  const [above, below] = [slopeOf(then, of), slopeOf(rest, of)];
  if (above && below && bound.every((number) => number === 0) && (then?.kind === 'signal' || rest?.kind === 'signal'))
    return direction === 'at least' ? bend(of, above, below, node) : bend(of, below, above, node);
  if (then?.kind === 'constant' && rest?.kind === 'constant') {
    const base = fitted(fitted(of, then, node), rest, node);
    const least = scaleArray(base, asConstant(rest, 'value', node), node);
    const most = scaleArray(base, asConstant(then, 'value', node), node);
    const size = Math.max(least.length, most.length);
    const [low, high] = [least, most].map((own) => (own.length === 1 ? new Float64Array(size).fill(own[0]) : own));
    if (low.length === high.length && base.dims === of.dims) {
      const jump = { factor: high.map((own, at) => own - low[at]), offset: low };
      return addScale(step(of, direction, bound, node), jump, node);
    }
  }
  return node.refuse(
    'it chooses between signals; only between constants, and between multiples of x by the sign of x, is supported',
  );
}

/** The number of a constant that holds no other and does not enlarge the signal. */
function numberOf(value: Value | undefined, of: Signal, node: NodeReader): number | undefined {
  if (value?.kind !== 'constant' || value.data.length === 0) return undefined;
  const isOne = value.data.every((number) => number === value.data[0]);
  return isOne && fitted(of, value, node) === of ? value.data[0] : undefined;
}

const isSame = (one: Signal, other: Signal): boolean => one.layers === other.layers && one.order === other.order;

/** The factors by which a value is a multiple of the signal; undefined if it is none. */
function slopeOf(value: Value | undefined, of: Signal): Float64Array | undefined {
  if (value?.kind === 'constant') return value.data.every((number) => number === 0) ? Float64Array.of(0) : undefined;
  if (value?.kind !== 'signal' || value.order !== of.order) return undefined;
  if (value.layers === of.layers) return Float64Array.of(1);
  const { last, before } = value.layers;
  const isMultiple = last?.kind === 'scale' && before === of.layers && last.offset.every((number) => number === 0);
  return isMultiple ? last.factor : undefined;
}
