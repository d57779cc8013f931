// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { imageOn, linesOn, piecesOn, valueAt, type Activation } from './activation.js';
import type { Affine, Chain } from './chain.js';
import { refuse } from './refusal.js';

/** Of float64, doubled, so that the rounding of these computations is covered, too; of float32; a number beside 0. */
const [unit64, unit32, tiny] = [2 ** -52, 2 ** -24, 2 ** -80];
const gamma32 = (n: number): number => (n < 2 ** 22 ? ((n * unit32) / (1 - n * unit32)) * (1 + 2 ** -20) : Infinity);

/** One number per unit: of the input, then of each layer's output, one after the other. */
export class Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** y >= a x + b at [0], [1]; y <= a x + b at [2], [3]: of what goes into an activation. */
  readonly lines: readonly Float64Array[];
  /** What a form loses per unit of a coefficient on a sum: in the runtime, and in this arithmetic. */
  readonly slack: Float64Array;
  /** Sums of the absolute values of terms. */
  readonly terms: Float64Array;
  /** Some bounds contradict each other: no input is left. */
  isEmpty = false;

  constructor(readonly all: Float64Array) {
    const part = (k: number) => all.subarray((k * all.length) / 8, ((k + 1) * all.length) / 8);
    [this.lower, this.upper, this.slack, this.terms] = [part(0), part(1), part(2), part(3)];
    this.lines = [part(4), part(5), part(6), part(7)];
  }

  copy(): Bounds {
    const copy = new Bounds(this.all.slice());
    copy.isEmpty = this.isEmpty;
    return copy;
  }

  raise(position: number, lower: number, upper: number): void {
    this.lower[position] = Math.max(this.lower[position], lower);
    this.upper[position] = Math.min(this.upper[position], upper);
    if (this.lower[position] > this.upper[position]) this.isEmpty = true;
    else if (!(this.lower[position] <= this.upper[position])) refuse('a bound is not a number');
  }
}

/** A side of a unit that holds: side (x - at) >= 0, times a multiplier >= 0. */
export interface Multiplied {
  readonly position: number;
  readonly at: number;
  readonly side: number;
  readonly multiplier: number;
}

/** Certified bounds of a chain. Buffers are reused. */
export class Prover {
  /** Where the input of each layer begins; the last one: where the output begins. */
  readonly begins: readonly number[];
  readonly total: number;
  readonly #buffers: [Float64Array, Float64Array];
  readonly #row: Float64Array;
  /** Of the last bound: its coefficients on the inputs, and on the output of each unit at the position of its input. */
  readonly coefficients: Float64Array;
  /** Of each layer: roundings of a term before it is added, and those of a whole sum. */
  readonly #roundings: { readonly term: number; readonly sum: number }[] = [];

  constructor(readonly chain: Chain) {
    let total = 0;
    this.begins = chain.sizes.map((size) => (total += size) - size);
    this.total = total;
    this.coefficients = new Float64Array(total);
    const widest = Math.max(...chain.sizes);
    [this.#buffers, this.#row] = [[new Float64Array(widest), new Float64Array(widest)], new Float64Array(widest)];
    chain.layers.forEach((layer, k) => {
      if (layer.kind !== 'affine') return this.#roundings.push({ term: 0, sum: 0 });
      let [term, longest] = [layer.roundings, 1];
      for (let at = k + 1; this.#isMerged(at); at++) term += (chain.layers[at] as Affine).roundings;
      for (let j = 0; j + 1 < layer.starts.length; j++)
        longest = Math.max(longest, layer.starts[j + 1] - layer.starts[j]);
      return this.#roundings.push({
        term,
        sum: longest + term + 1 + (this.#isMerged(k) ? this.#roundings[k - 1].sum : 0),
      });
    });
  }

  /** Bounds on a box: every float32 in it, and the float32 numbers nearest to its ends. */
  onBox(lower: Float64Array, upper: Float64Array): Bounds {
    const bounds = new Bounds(new Float64Array(8 * this.total));
    bounds.lower.fill(-Infinity).set(lower.map((low) => Math.min(low, Math.fround(low))));
    bounds.upper.fill(Infinity).set(upper.map((high) => Math.max(high, Math.fround(high))));
    this.refresh(bounds);
    return bounds;
  }

  /**
   * Bounds of all units from those of the inputs: intervals, and backward bounds for each unit that goes into an
   * activation and is undecided. Those that are known already stay, if they are tighter.
   * @param slopes of the lines of some units, by position
   */
  refresh(bounds: Bounds, sides: readonly Multiplied[] = [], slopes: ReadonlyMap<number, number> = new Map()): void {
    let isDeep = false;
    this.chain.layers.forEach((layer, k) => {
      if (bounds.isEmpty) return;
      const [from, to, count] = [this.begins[k], this.begins[k + 1], this.chain.sizes[k + 1]];
      if (layer.kind === 'activation') {
        for (let i = 0; i < count; i++) {
          this.setLines(bounds, k, i, slopes.get(from + i));
          const [low, high] = imageOn(layer.of, bounds.lower[from + i], bounds.upper[from + i]);
          const error = errorOf(layer.of, bounds.lower[from + i], bounds.upper[from + i]);
          bounds.raise(to + i, low - error, high + error);
        }
        isDeep = true;
        return;
      }
      this.#intervals(bounds, layer, k);
      const next = this.chain.layers[k + 1];
      if (isDeep && next?.kind === 'activation' && !bounds.isEmpty)
        for (let j = 0; j < count; j++) {
          for (const side of [1, -1]) {
            if (bounds.isEmpty || isDecided(next.of, bounds.lower[to + j], bounds.upper[to + j])) break;
            this.raiseUnit(bounds, k, j, side, sides);
          }
        }
      isDeep ||= !layer.isScale;
    });
    if (slopes.size === 0) return;
    this.chain.layers.forEach((_, k) => {
      for (let i = 0; i < this.chain.sizes[k]; i++) if (slopes.has(this.begins[k] + i)) this.setLines(bounds, k, i);
    });
  }

  /** Raises the lower (side 1) or lowers the upper bound (-1) of output j of layer k, by a backward bound. */
  raiseUnit(bounds: Bounds, k: number, j: number, side: number, sides: readonly Multiplied[]): void {
    this.#row[j] = side;
    const least = this.least(bounds, k, this.#row, sides);
    this.#row[j] = 0;
    bounds.raise(this.begins[k + 1] + j, side > 0 ? least : -Infinity, side > 0 ? Infinity : -least);
  }

  /** Lines of unit i of activation k for its present bounds; `slope`: see `linesOn`. */
  setLines(bounds: Bounds, k: number, i: number, slope?: number): void {
    const p = this.begins[k] + i;
    const layer = this.chain.layers[k];
    if (layer.kind !== 'activation' || bounds.isEmpty) return;
    const { lower, upper } = linesOn(layer.of, bounds.lower[p], bounds.upper[p], slope);
    const error = errorOf(layer.of, bounds.lower[p], bounds.upper[p]);
    [bounds.lines[0][p], bounds.lines[1][p], bounds.lines[2][p], bounds.lines[3][p]] = [
      lower[0],
      lower[1] - error,
      upper[0],
      upper[1] + error,
    ];
  }

  /**
   * A lower bound on row . y over all inputs of the box that keep to `sides`, for the outputs y of layer `last` as the
   * runtime computes them. Substitutes backwards; each rounding error is subtracted.
   */
  least(bounds: Bounds, last: number, row: Float64Array, sides: readonly Multiplied[]): number {
    let [from, to] = this.#buffers;
    from.set(row.subarray(0, this.chain.sizes[last + 1]));
    let [constant, constants, margin] = [0, 0, 0];
    const { lower, upper, slack } = bounds;
    const [slopeBelow, offsetBelow, slopeAbove, offsetAbove] = bounds.lines;
    for (let k = last; k >= 0; k--) {
      const layer = this.chain.layers[k];
      const [inputs, outputs, begin, end] = [
        this.chain.sizes[k],
        this.chain.sizes[k + 1],
        this.begins[k],
        this.begins[k + 1],
      ];
      if (layer.kind === 'affine') {
        to.fill(0, 0, inputs);
        const { starts, indices, values, bias } = layer;
        for (let j = 0; j < outputs; j++) {
          const a = from[j];
          if (a === 0) continue;
          constant += a * bias[j];
          constants += Math.abs(a * bias[j]);
          margin += Math.abs(a) * slack[end + j];
          for (let e = starts[j]; e < starts[j + 1]; e++) to[indices[e]] += a * values[e];
        }
      } else {
        for (let i = 0; i < inputs; i++) {
          const a = from[i];
          const p = begin + i;
          this.coefficients[p] = a;
          to[i] = 0;
          if (a === 0) continue;
          to[i] = a * (a > 0 ? slopeBelow[p] : slopeAbove[p]);
          const shift = a * (a > 0 ? offsetBelow[p] : offsetAbove[p]);
          constant += shift;
          constants += Math.abs(shift);
          margin += 4 * unit64 * Math.abs(to[i]) * Math.max(Math.abs(lower[p]), Math.abs(upper[p]));
        }
        for (const { position, at, side, multiplier } of sides) {
          if (position < begin || position >= end) continue;
          const force = side * multiplier;
          to[position - begin] -= force;
          constant += force * at;
          constants += Math.abs(force * at);
          const reach = Math.max(Math.abs(lower[position]), Math.abs(upper[position]));
          margin += 4 * unit64 * (Math.abs(to[position - begin]) + Math.abs(force)) * reach;
        }
      }
      [from, to] = [to, from];
    }
    for (let i = 0; i < this.chain.sizes[0]; i++) {
      this.coefficients[i] = from[i];
      const term = from[i] * (from[i] > 0 ? lower[i] : upper[i]);
      constant += term;
      constants += Math.abs(term);
    }
    const least = constant - (margin + (this.total + sides.length + 16) * unit64 * constants) * (1 + 2 ** -20) - tiny;
    return Number.isNaN(least) ? -Infinity : least;
  }

  /** The outputs of the chain in float64. */
  forward(input: Float64Array): Float64Array {
    return this.chain.layers.reduce((x, layer) => {
      if (layer.kind === 'activation') return x.map((one) => valueAt(layer.of, one));
      return layer.bias.map((bias, j) => {
        for (let e = layer.starts[j]; e < layer.starts[j + 1]; e++) bias += layer.values[e] * x[layer.indices[e]];
        return bias;
      });
    }, input);
  }

  /** The runtime may compute a scale and the layer before it as one sum. */
  #isMerged(k: number): boolean {
    const [layer, before] = [this.chain.layers[k], this.chain.layers[k - 1]];
    return layer?.kind === 'affine' && layer.isScale && before?.kind === 'affine';
  }

  /**
   * The runtime's sum of n terms, of which each is rounded c times before, differs from the exact one by at most
   * gamma_c S + gamma_{n+2} (M + gamma_{n+c+2} S) in any order: S is the sum of the absolute values of the terms, M the
   * largest sum of some of them (Higham, section 3.1). If a scale is merged into the layer before it, that layer's
   * output stands for what the merged sum would make of it; the constant is then rounded in every addition.
   */
  #intervals(bounds: Bounds, { starts, indices, values, bias, biasSize }: Affine, k: number): void {
    const { lower, upper, terms, slack } = bounds;
    const [from, to, count, isMerged] = [this.begins[k], this.begins[k + 1], bias.length, this.#isMerged(k)];
    const { term } = this.#roundings[k];
    const constants = isMerged ? gamma32(this.#roundings[k].sum) : 0;
    for (let j = 0; j < count; j++) {
      let [least, most, size, merged, largest] = [bias[j], bias[j], biasSize[j], biasSize[j], 1];
      let [above, under, used] = [biasSize[j], biasSize[j], 2];
      for (let e = starts[j]; e < starts[j + 1]; e++) {
        const [value, p] = [values[e], from + indices[e]];
        const [low, high] = value > 0 ? [value * lower[p], value * upper[p]] : [value * upper[p], value * lower[p]];
        const reach = Math.max(Math.abs(low), Math.abs(high));
        least += low;
        most += high;
        size += reach;
        above += Math.max(0, high);
        under += Math.max(0, -low);
        merged += isMerged ? Math.abs(value) * terms[p] : 0;
        largest = Math.max(largest, Math.abs(value), Math.abs(lower[p]), Math.abs(upper[p]));
        if (reach > 0) used++;
      }
      terms[to + j] = Math.max(size, merged) * (1 + 2 ** -20);
      if (!(terms[to + j] < 2 ** 126)) refuse('a sum may leave the range of float32');
      const runtime =
        gamma32(term) * size +
        gamma32(used) * (Math.max(above, under) + gamma32(used + term) * size) +
        constants * biasSize[j] +
        (used + term) * largest * tiny;
      slack[to + j] = (runtime + (count + starts[j + 1] - starts[j] + 16) * unit64 * size) * (1 + 2 ** -20);
      bounds.raise(to + j, least - slack[to + j], most + slack[to + j]);
    }
  }
}

export const isDecided = (f: Activation, low: number, high: number): boolean => {
  const [first, last] = f.atBreak === undefined ? piecesOn(f, low, high) : imageOn(f, low, high);
  return first === last;
};

/** What the runtime loses in an activation: nothing, but for a slope that is a product. */
function errorOf({ slopes }: Activation, low: number, high: number): number {
  const steepest = slopes.every((slope) => slope === 0 || Math.abs(slope) === 1)
    ? 0
    : Math.max(1, ...slopes.map(Math.abs));
  return steepest === 0 ? 0 : gamma32(4) * steepest * Math.max(Math.abs(low), Math.abs(high)) + tiny;
}
