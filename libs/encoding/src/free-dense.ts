import type { LinearExpression, ModelBuilder } from '@mipnet/mip';
import { columnTimes, constant, evaluate } from '@mipnet/mip';
import { weightBound, type WeightDomain } from '@mipnet/network';
import type { EncodingContext } from './context.js';
import { EncodingError } from './encoding-error.js';
import { columnUnit, type Unit } from './signal.js';

/** Which dense layer is unknown and in which box. */
export interface FreeDenseOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly domain: WeightDomain;
  /** Largest |bias|; 0 leaves the bias out. */
  readonly biasBound: number;
  /** A fixed part of each bias, e.g. half a grid step: one number, or one an output. @default 0 */
  readonly biasOffset?: number | Float64Array;
  /** A bias is an integer times this, plus its offset. @default biases are continuous */
  readonly biasStep?: number;
  /**
   * What the network's bias is larger by than the model's: half of a dead zone that lies below zero in the model.
   * @default 0
   */
  readonly biasShift?: number;
  /**
   * Inputs that are 0 in all samples: their weights have no columns, and are 0 where the domain allows it. One flag an
   * input; 1 = live.
   */
  readonly live?: Uint8Array;
  /** Trust region, outputs x inputs; intersected with the domain. */
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

/** A weight as constant + sum of factors[i] * bits[i], the bits binary. */
export interface WeightBits {
  readonly constant: number;
  readonly bits: readonly Unit[];
  readonly factors: readonly number[];
}

/**
 * The unknown weights of a dense layer as columns: w = p - n with p, n >= 0, both binary for `ternary`, integer for
 * `integer(P)`, continuous for `real`; w = 2q - 1 with q binary for `binary`. So |w| <= p + n, with equality wherever
 * weight costs anything, and no rows are needed. A weight whose box is a point has no column.
 */
export class FreeDense {
  readonly inputs: number;
  readonly outputs: number;
  readonly #p: Int32Array;
  readonly #n: Int32Array;
  /** The constant part of a weight: -1 for `binary`, the value of a fixed weight, else 0. */
  readonly #fixed: Float64Array;
  /** The box of each weight. */
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;
  /** The factor of p: 2 for `binary`, else 1. */
  readonly #step: number;
  readonly #isReal: boolean;
  readonly #live: Uint8Array | undefined;
  readonly #bias: Int32Array;
  readonly #biasOffset: Float64Array;
  readonly #biasStep: number;
  readonly #biasShift: number;
  readonly #bits = new Map<number, WeightBits>();

  constructor(builder: ModelBuilder, options: FreeDenseOptions) {
    const { inputs, outputs, domain } = options;
    this.inputs = inputs;
    this.outputs = outputs;
    const bound = weightBound(domain);
    const size = inputs * outputs;
    this.#p = new Int32Array(size).fill(-1);
    this.#n = new Int32Array(size).fill(-1);
    this.#fixed = new Float64Array(size);
    this.#lower = new Float64Array(size);
    this.#upper = new Float64Array(size);
    this.#step = domain === 'binary' ? 2 : 1;
    this.#isReal = domain === 'real';
    this.#live = options.live;
    const offset = options.biasOffset ?? 0;
    this.#biasOffset = typeof offset === 'number' ? new Float64Array(outputs).fill(offset) : offset;
    this.#biasStep = options.biasStep ?? 1;
    this.#biasShift = options.biasShift ?? 0;
    for (let k = 0; k < size; k++)
      this.#addWeight(
        builder,
        k,
        Math.max(-bound, options.lower?.[k] ?? -Infinity),
        Math.min(bound, options.upper?.[k] ?? Infinity),
      );
    this.#bias = new Int32Array(outputs).fill(-1);
    if (options.biasBound <= 0) return;
    const most = options.biasStep === undefined ? options.biasBound : Math.ceil(options.biasBound / options.biasStep);
    for (let o = 0; o < outputs; o++)
      this.#bias[o] = builder.column(-most, most, { integer: options.biasStep !== undefined });
  }

  #addWeight(builder: ModelBuilder, k: number, boxLower: number, boxUpper: number): void {
    if (!Number.isFinite(boxLower) || !Number.isFinite(boxUpper)) {
      throw new EncodingError(
        'bounds',
        `weight ${k} is real and has no finite bounds: a big-M cannot be proven without them; give the layer a bound`,
      );
    }
    const isBinary = this.#step === 2;
    let [lower, upper] = [boxLower, boxUpper];
    // Of {-1, 1}, what the box leaves; of integers, those inside it.
    if (isBinary) [lower, upper] = [boxLower > -1 ? 1 : -1, boxUpper < 1 ? -1 : 1];
    else if (!this.#isReal) [lower, upper] = [Math.ceil(boxLower), Math.floor(boxUpper)];
    if (lower > upper)
      throw new EncodingError(
        'bounds',
        `weight ${k}: no number of the domain lies in its box [${boxLower}, ${boxUpper}]`,
      );
    if (this.#live && !this.#live[k % this.inputs]) {
      const nearest = isBinary ? upper : Math.min(upper, Math.max(lower, 0));
      [lower, upper] = [nearest, nearest];
    }
    this.#lower[k] = lower;
    this.#upper[k] = upper;
    if (lower === upper) this.#fixed[k] = lower;
    else if (isBinary) {
      this.#p[k] = builder.binary();
      this.#fixed[k] = -1;
    } else {
      const integer = !this.#isReal;
      if (upper > 0) this.#p[k] = builder.column(Math.max(0, lower), upper, { integer });
      if (lower < 0) this.#n[k] = builder.column(Math.max(0, -upper), -lower, { integer });
    }
  }

  /** w as an expression. */
  weight(output: number, input: number): LinearExpression {
    const k = output * this.inputs + input;
    const columns: number[] = [];
    const values: number[] = [];
    if (this.#p[k] >= 0) {
      columns.push(this.#p[k]);
      values.push(this.#step);
    }
    if (this.#n[k] >= 0) {
      columns.push(this.#n[k]);
      values.push(-1);
    }
    return { constant: this.#fixed[k], columns, values };
  }

  weightUnit(output: number, input: number): Unit {
    const k = output * this.inputs + input;
    return {
      expression: this.weight(output, input),
      lower: this.#lower[k],
      upper: this.#upper[k],
      isTwoValued: this.#step === 2,
    };
  }

  /**
   * The weight in binaries, made once and shared by all samples: its own columns where they are binary, else the digits
   * of w = lower + sum_k 2^k beta_k. Undefined for a real weight, which has none.
   */
  weightBits({ builder, completion }: EncodingContext, output: number, input: number): WeightBits | undefined {
    if (this.#isReal) return undefined;
    const k = output * this.inputs + input;
    const known = this.#bits.get(k);
    if (known) return known;
    const weight = this.weight(output, input);
    const isBinary = Array.from(weight.columns).every((column) => builder.bounds(column)[1] <= 1);
    let made: WeightBits;
    if (isBinary)
      made = {
        constant: weight.constant,
        bits: Array.from(weight.columns, (column) => bitUnit(builder, column)),
        factors: Array.from(weight.values),
      };
    else {
      const lower = this.#lower[k];
      const factors = Array.from(
        { length: Math.floor(Math.log2(this.#upper[k] - lower)) + 1 },
        (_, digit) => 2 ** digit,
      );
      const columns = factors.map(() => builder.binary());
      builder.rowOf(lower, [weight, { constant: 0, columns, values: factors }], [1, -1], lower);
      completion.add((x) => {
        const digits = Math.round(evaluate(weight, x)) - lower;
        columns.forEach((column, digit) => (x[column] = Math.floor(digits / factors[digit]) % 2));
      });
      made = { constant: lower, bits: columns.map((column) => bitUnit(builder, column)), factors };
    }
    this.#bits.set(k, made);
    return made;
  }

  biasUnit(builder: ModelBuilder, output: number): Unit {
    const offset = this.#biasOffset[output];
    const column = this.#bias[output];
    if (column < 0) return { expression: constant(offset), lower: offset, upper: offset };
    const reach = this.#biasStep * builder.bounds(column)[1];
    return { expression: columnTimes(column, this.#biasStep, offset), lower: offset - reach, upper: offset + reach };
  }

  /** w.x + b of one neuron for known x (a row of `inputs` numbers at `offset`): linear in the weights. */
  onKnown(builder: ModelBuilder, output: number, x: ArrayLike<number>, offset = 0): Unit {
    const base = output * this.inputs;
    let size = 1;
    for (let i = 0; i < this.inputs; i++) if (x[offset + i] !== 0) size += 2;
    const columns = new Int32Array(size);
    const values = new Float64Array(size);
    let used = 0;
    let sum = this.#biasOffset[output];
    let lower = sum;
    let upper = sum;
    for (let i = 0; i < this.inputs; i++) {
      const value = x[offset + i];
      if (value === 0) continue;
      const k = base + i;
      sum += this.#fixed[k] * value;
      if (this.#p[k] >= 0) {
        columns[used] = this.#p[k];
        values[used++] = this.#step * value;
      }
      if (this.#n[k] >= 0) {
        columns[used] = this.#n[k];
        values[used++] = -value;
      }
      lower += Math.min(this.#lower[k] * value, this.#upper[k] * value);
      upper += Math.max(this.#lower[k] * value, this.#upper[k] * value);
    }
    if (this.#bias[output] >= 0) {
      columns[used] = this.#bias[output];
      values[used++] = this.#biasStep;
      const reach = this.#biasStep * builder.bounds(this.#bias[output])[1];
      lower -= reach;
      upper += reach;
    }
    return {
      expression: { constant: sum, columns: columns.subarray(0, used), values: values.subarray(0, used) },
      lower,
      upper,
    };
  }

  /** Adds `factor` times sum |w| to the terms of an objective: p + n, exact wherever it costs. */
  absoluteSum(columns: number[], values: number[], factor: number): number {
    if (this.#step === 2) return factor * this.#p.length;
    let sum = 0;
    for (let k = 0; k < this.#p.length; k++) {
      sum += factor * Math.abs(this.#fixed[k]);
      for (const column of [this.#p[k], this.#n[k]]) {
        if (column < 0) continue;
        columns.push(column);
        values.push(factor);
      }
    }
    return sum;
  }

  /**
   * Writes weights and biases into a point of the model.
   * @throws EncodingError 'bounds' when the box does not contain them
   */
  write(x: Float64Array, weights: ArrayLike<number>, bias: ArrayLike<number>): void {
    for (let k = 0; k < this.#p.length; k++) {
      // On these samples a weight of a dead input is whatever it is.
      if (this.#live && !this.#live[k % this.inputs]) continue;
      if (!(weights[k] >= this.#lower[k] && weights[k] <= this.#upper[k])) {
        throw new EncodingError(
          'bounds',
          `weight ${k} = ${weights[k]} lies outside its box [${this.#lower[k]}, ${this.#upper[k]}]`,
        );
      }
      const rest = (weights[k] - this.#fixed[k]) / this.#step;
      if (this.#p[k] >= 0) x[this.#p[k]] = Math.max(0, rest);
      if (this.#n[k] >= 0) x[this.#n[k]] = Math.max(0, -rest);
    }
    for (let o = 0; o < this.outputs; o++) {
      if (this.#bias[o] >= 0) x[this.#bias[o]] = (bias[o] - this.#biasShift - this.#biasOffset[o]) / this.#biasStep;
    }
  }

  /** Reads weights and biases from a point of the model, as they are (round them yourself). */
  read(x: ArrayLike<number>): { weights: Float64Array; bias: Float64Array } {
    const weights = Float64Array.from(this.#fixed);
    for (let k = 0; k < weights.length; k++) {
      if (this.#p[k] >= 0) weights[k] += this.#step * x[this.#p[k]];
      if (this.#n[k] >= 0) weights[k] -= x[this.#n[k]];
    }
    const bias = this.#biasOffset.map(
      (offset, o) => offset + this.#biasShift + (this.#bias[o] < 0 ? 0 : this.#biasStep * x[this.#bias[o]]),
    );
    return { weights, bias };
  }
}

const bitUnit = (builder: ModelBuilder, column: number): Unit => ({
  ...columnUnit(builder, column),
  isTwoValued: true,
});
