// Tested by from-onnx.unit.test.ts.
import type { NodeReader } from './node-reader.js';
import { addLayer, addScale } from './signal.js';
import type { Signal } from './signal.js';
import type { Constant } from './tensor.js';

/** x >= bound or x <= bound, or the opposite if negated. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly of: Signal;
  readonly direction: 'at least' | 'at most';
  readonly bound: number;
  readonly negated: boolean;
}

/** The value of the first cut that holds, or `otherwise`. `signal` is set where it is one of our activations. */
export interface Choice {
  readonly kind: 'choice';
  readonly of: Signal;
  readonly cuts: readonly {
    readonly direction: 'at least' | 'at most';
    readonly bound: number;
    readonly value: number;
  }[];
  readonly otherwise: number;
  /** The node it comes from, for messages. */
  readonly by: string;
  readonly signal?: Signal;
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

export type Operator = (node: NodeReader, inputs: readonly (Value | undefined)[]) => Value;

export function makeChoice(of: Signal, cuts: Choice['cuts'], otherwise: number, node: NodeReader): Choice {
  if (cuts.length > 2) node.refuse('it chooses between more than three numbers, which no activation here does');
  return { kind: 'choice', of, cuts, otherwise, by: node.label, signal: asActivation(of, cuts, otherwise, node) };
}

function asActivation(of: Signal, cuts: Choice['cuts'], otherwise: number, node: NodeReader): Signal | undefined {
  const [first, second] = cuts;
  if (
    cuts.length === 1 &&
    first.direction === 'at least' &&
    first.value === 1 &&
    (otherwise === 0 || otherwise === -1)
  ) {
    const shifted =
      first.bound === 0
        ? of
        : addScale(of, { factor: Float64Array.of(1), offset: Float64Array.of(-first.bound) }, node);
    return addLayer(shifted, { kind: 'activation', activation: otherwise === 0 ? 'step' : 'sign' }, node);
  }
  if (cuts.length !== 2 || otherwise !== 0) return undefined;
  const [high, low] = first.direction === 'at least' ? [first, second] : [second, first];
  const isTernary =
    high.direction === 'at least' &&
    low.direction === 'at most' &&
    high.bound > 0 &&
    low.bound === -high.bound &&
    high.value === 1 &&
    low.value === -1;
  return isTernary
    ? addLayer(of, { kind: 'activation', activation: 'ternary', threshold: high.bound }, node)
    : undefined;
}

/** The value as a signal. Refuses whatever is none, naming the node that wants one. */
export function asSignal(value: Value | undefined, node: NodeReader): Signal {
  switch (value?.kind) {
    case 'signal':
      return value;
    case 'choice':
      return (
        value.signal ??
        node.refuse(
          `it takes ${describe(value)}, which is neither a step, a sign nor a ternary activation` +
            (isStrictStep(value) ? '; a step here is 1 at its bound, so export GreaterOrEqual instead of Greater' : ''),
        )
      );
    case 'comparison':
      return node.refuse('it takes the outcome of a comparison, which is supported for Where and Cast to float only');
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

/** In the words of the graph: a file with Greater and Cast has no Where. */
function describe({ by, cuts, otherwise }: Choice): string {
  const values = cuts.map(
    ({ direction, bound, value }) => `${value} for x ${direction === 'at least' ? '>=' : '<='} ${bound}`,
  );
  return `the result of ${by} (${[...values, `else ${otherwise}`].join(', ')})`;
}

/** Greater instead of GreaterOrEqual is the usual reason. */
const isStrictStep = ({ cuts }: Choice): boolean => cuts.length === 1 && cuts[0].direction === 'at most';

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
    ? node.refuse('it combines two constants; simplify the model first (constant folding)')
    : node.refuse('it joins two branches of the network, which only Add, Sub and Concat can');
}
