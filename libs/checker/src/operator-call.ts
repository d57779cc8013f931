// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { sizeOf, type NetworkBuilder } from './network-builder.js';
import type { Rows } from './network.js';
import type { OnnxNode, Tensor } from './onnx-file.js';
import type { Piecewise } from './piecewise.js';
import { refuse } from './refusal.js';
import { copiesOf, rowsOf, type Add } from './rows.js';

/** A value that depends on the input: flat, in row-major order. */
export interface Signal {
  readonly shape: readonly number[];
  readonly rows: Rows;
  /** Of a comparison, which no operator but Where may read: x >= threshold; 'nan': whether x is no number. */
  readonly test?: number | 'nan';
}

/** A value that a node reads: constant or not. */
export type Value = Tensor | Signal;

export const isSignal = (value: Value | undefined): value is Signal => value !== undefined && 'rows' in value;

/** How much factors may enlarge a term, or make it smaller; those that are 0 leave none. */
function spreadOf(factors: ArrayLike<number>): number {
  const sizes = Array.from(factors, Math.abs).filter((size) => size !== 0);
  return sizes.reduce((most, size) => Math.max(most, size, 1 / size), 1);
}

/** A node, as an operator sees it. */
export class OperatorCall {
  /** Its first signal. */
  readonly signal: Signal;
  readonly shape: readonly number[];
  readonly size: number;

  constructor(
    readonly node: OnnxNode,
    readonly inputs: readonly (Value | undefined)[],
    readonly builder: NetworkBuilder,
  ) {
    this.signal = inputs.find(isSignal)!;
    this.shape = this.signal.shape;
    this.size = sizeOf(this.shape);
  }

  refuse(why: string): never {
    return refuse(`${this.node.opType}: ${why}`);
  }

  /** The numbers of the signal. */
  numbers(): Int32Array {
    return this.builder.numbersOf(this.signal.rows);
  }

  constant(position: number): Tensor {
    return this.optional(position) ?? this.refuse(`input ${position} is missing`);
  }

  optional(position: number): Tensor | undefined {
    const value = this.inputs[position];
    return isSignal(value) ? this.refuse(`input ${position} is not constant`) : value;
  }

  /** A constant of one number. */
  single(position: number): number {
    const { dims, values } = this.constant(position);
    return values.length === 1 && dims.length <= this.shape.length
      ? values[0]
      : this.refuse(`input ${position} is not one number`);
  }

  /** What a constant is at each position of a tensor. */
  broadcast({ dims, values }: Tensor, shape = this.shape): (position: number) => number {
    const extra = shape.length - dims.length;
    if (extra < 0 || dims.some((extent, axis) => extent !== 1 && extent !== shape[axis + extra]))
      this.refuse(`a constant of the shape [${dims.join(', ')}] does not fit [${shape.join(', ')}]`);
    return (position) => {
      let [rest, at, step] = [position, 0, 1];
      for (let axis = shape.length - 1; axis >= extra; axis--) {
        if (dims[axis - extra] !== 1) at += step * (rest % shape[axis]);
        step *= dims[axis - extra];
        rest = Math.floor(rest / shape[axis]);
      }
      return values[at];
    };
  }

  number(name: string, otherwise: number): number {
    const value = this.node.attributes.get(name) ?? otherwise;
    return typeof value === 'number' ? value : this.refuse(`'${name}' is no number`);
  }

  /** An attribute that is 0 or 1: what else counts as 1 differs between readers. */
  flag(name: string): boolean {
    const value = this.number(name, 0);
    return value === 0 || value === 1 ? value === 1 : this.refuse(`'${name}' is neither 0 nor 1`);
  }

  list(name: string, otherwise: readonly number[]): readonly number[] {
    const value = this.node.attributes.get(name) ?? otherwise;
    return Array.isArray(value) && value.length === otherwise.length
      ? value
      : this.refuse(`'${name}' is no list of ${otherwise.length} numbers`);
  }

  /** The signal in another shape. */
  view(shape: readonly number[]): Signal {
    return sizeOf(shape) === this.size ? { ...this.signal, shape } : this.refuse(`[${shape.join(', ')}] does not fit`);
  }

  /**
   * Sums over numbers of the network; each of them is rounded before.
   * @param factors that the runtime may multiply with after it has added up
   */
  sums(shape: readonly number[], row: (j: number, add: Add) => void, factors: readonly number[] = []): Signal {
    return { shape, rows: rowsOf(sizeOf(shape), row, { roundings: 3, spread: spreadOf(factors) }) };
  }

  /**
   * Sums of rows of the node's signals, which the runtime may merge with what computes them.
   * @param factors on the signals' terms
   */
  merged(
    shape: readonly number[],
    row: (j: number, add: Add) => void,
    roundings = 2,
    factors = Float64Array.of(1),
  ): Signal {
    const signals = this.inputs.filter(isSignal).map(({ rows }) => rows);
    // What is multiplied by 0 is in no row; as a number of the network, it is seen to be finite.
    if (factors.includes(0)) this.numbers();
    return {
      shape,
      rows: rowsOf(sizeOf(shape), row, {
        roundings: signals.reduce((sum, rows) => sum + rows.roundings, roundings),
        spread: signals.reduce((most, rows) => Math.max(most, rows.spread), 1) * spreadOf(factors),
      }),
    };
  }

  units(of: Piecewise): Signal {
    const numbers = this.builder.push({ kind: 'units', of, sources: this.numbers() }, this.size);
    return { shape: this.shape, rows: copiesOf(numbers) };
  }
}
