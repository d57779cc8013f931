// Tested by from-onnx.unit.test.ts.
import type { NodeReader } from './node-reader.js';
import { piecewiseConstant, type Cut, type Side } from './piecewise-constant.js';
import type { Signal } from './signal.js';
import type { Constant } from './tensor.js';

/** x >= bound or x <= bound, or the opposite if negated. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly of: Signal;
  readonly direction: Side['direction'];
  /** One for all numbers, for each channel, or for each number. */
  readonly bound: Float64Array;
  readonly negated: boolean;
}

/** The value of the first cut that holds, or `otherwise`. A later node may choose between more numbers. */
export interface Choice {
  readonly kind: 'choice';
  readonly of: Signal;
  readonly cuts: readonly Cut[];
  readonly otherwise: number;
}

/** floor(x * levels + 1/2), on the way to a quantize layer. */
export interface Floored {
  readonly kind: 'floored';
  readonly of: Signal;
  readonly levels: number;
}

/** Where the signal is missing (NaN), on the way to a fill layer. */
export interface Missing {
  readonly kind: 'missing';
  readonly of: Signal;
}

/** What a name of the graph stands for. */
export type Value = Constant | Signal | Comparison | Choice | Floored | Missing;

/** The first output of a node, or all of them; undefined for one that is empty. */
export type Operator = (
  node: NodeReader,
  inputs: readonly (Value | undefined)[],
) => Value | readonly (Value | undefined)[];

/** The value as a signal. Refuses whatever is none, naming the node that wants one. */
export function asSignal(value: Value | undefined, node: NodeReader): Signal {
  switch (value?.kind) {
    case 'signal':
      return value;
    case 'choice':
      return signalOfChoice(value, node);
    case 'comparison':
      return node.refuse(
        'it takes the outcome of a comparison, which is supported for Where, Not and Cast to float only',
      );
    case 'floored':
      return node.refuse(
        'it takes the result of a Floor; only quantization (Mul levels, Add 0.5, Floor, Div levels) is supported',
      );
    case 'missing':
      return node.refuse('it takes the result of an IsNaN, which is supported for Where only');
    case 'constant':
      return node.refuse('it works on a constant where the signal of the network is needed');
    case undefined:
      return node.refuse('an input is missing', 'onnx');
  }
}

/** Layers of choices that several nodes read: they read the same ones. */
const made = new WeakMap<Choice, Signal>();

function signalOfChoice(choice: Choice, node: NodeReader): Signal {
  const signal = made.get(choice) ?? piecewiseConstant(choice.of, choice.cuts, choice.otherwise, node);
  made.set(choice, signal);
  return signal;
}

/** The value as a constant; `role` names it in the refusal. */
export function asConstant(value: Value | undefined, role: string, node: NodeReader): Constant {
  if (value === undefined) return node.refuse(`its ${role} is missing`, 'onnx');
  return value.kind === 'constant'
    ? value
    : node.refuse(`its ${role} depends on the network's input; only constants are supported`);
}

export function asNumber(value: Value | undefined, role: string, node: NodeReader): number {
  const { data } = asConstant(value, role, node);
  return data.length === 1 ? data[0] : node.refuse(`its ${role} has ${data.length} numbers; only one is supported`);
}

/** The one input that is a constant and the one that is not; refuses two of the same sort. */
export function signalAndConstant(
  inputs: readonly (Value | undefined)[],
  node: NodeReader,
): { signal: Value; constant: Constant; signalFirst: boolean } {
  const [one, other] = inputs;
  if (one === undefined || other === undefined) return node.refuse('an input is missing', 'onnx');
  if (other.kind === 'constant' && one.kind !== 'constant') return { signal: one, constant: other, signalFirst: true };
  if (one.kind === 'constant' && other.kind !== 'constant') return { signal: other, constant: one, signalFirst: false };
  return one.kind === 'constant'
    ? node.refuse('it combines constants only; fold them first (constant folding, e.g. with onnxsim)')
    : node.refuse(
        'it combines two branches of the network, and the result is not piecewise linear; only Add, Sub, Sum, Mean, ' +
          'Max, Min and Concat may',
      );
}
