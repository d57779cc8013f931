// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Layer, Maxima, Network, Sums, Units } from './network.js';
import { isDecided, linesOn, type Line, type Slopes } from './piecewise.js';
import { refuse } from './refusal.js';

/**
 * What the numbers of a network can be, for all inputs of a part of a box: in real arithmetic, and as the ONNX runtime
 * computes them in float32, with any order of summation. All of this is rounded outward:
 *
 * - Float32. Each term of a sum goes through at most m roundings (1 + d), |d| <= 2^-24: one per addition of a term that
 *   is not 0, and `roundings` of products. So the sum is wrong by at most gamma_m S, S the sum of the absolute values
 *   of its terms, gamma_m = m 2^-24 / (1 - m 2^-24) (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
 *   Where a result is too small for float32, 2^-126 |x| is lost, times a spread of at most 2^20. As |x| <= 2^60, this
 *   is covered by counting each term as 2^-20 larger. None is too large: S gamma_1 <= 2^60, and 2^84 2^20 < 2^127.
 * - Float64, of this program. A coefficient of a backward pass is a sum of at most K products, so that its error is at
 *   most K 2^-53 times the sum of their absolute values. `#loss` is twice that, and is charged where a term is given.
 */
const gamma32 = (m: number): number => (m < 2 ** 22 ? (m * 2 ** -24) / (1 - m * 2 ** -24) : Infinity);
/** Covers what is lost in sums of errors. */
const outward = 1 + 2 ** -20;
const [underflow, mostSize, mostSpread, mostTerms] = [2 ** -20, 2 ** 60, 2 ** 20, 2 ** 20];

/** A factor on a number of the network. */
export type Term = readonly [number: number, factor: number];

/** What is known about each number of a network: all of it stays true for any smaller part. */
export class Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Of sums: what the runtime, and a backward pass through it, may lose. */
  readonly error: Float64Array;
  /** Of others: lines below and above, on the number `source`. */
  readonly source: Float64Array;
  readonly lines: readonly Float64Array[];
  /** Some bounds contradict each other: no input is left. */
  isEmpty = false;

  constructor(readonly all: Float64Array) {
    const part = (k: number) => all.subarray((k * all.length) / 8, ((k + 1) * all.length) / 8);
    [this.lower, this.upper, this.error, this.source] = [part(0), part(1), part(2), part(3)];
    this.lines = [part(4), part(5), part(6), part(7)];
  }

  copy(): Bounds {
    const copy = new Bounds(this.all.slice());
    copy.isEmpty = this.isEmpty;
    return copy;
  }

  /** Keeps the tighter ones of the bounds so far and these. */
  raise(number: number, lower: number, upper: number): void {
    const low = (this.lower[number] = Math.max(this.lower[number], lower));
    const high = (this.upper[number] = Math.min(this.upper[number], upper));
    if (low > high) this.isEmpty = true;
    else if (!(low >= -mostSize && high <= mostSize)) refuse('a number may leave the range of float32');
  }

  /** The largest absolute value. */
  reach(number: number): number {
    return Math.max(-this.lower[number], this.upper[number]);
  }

  setLines(number: number, source: number, lower: Line, upper: Line): void {
    this.source[number] = source;
    [...lower, ...upper].forEach((value, k) => (this.lines[k][number] = value));
  }
}

/** Computes the bounds of a network's numbers. */
export class Prover {
  readonly total: number;
  /** Of the last backward pass: the coefficient on each number. */
  readonly coefficients: Float64Array;
  readonly #loss: number;
  /** Numbers whose bounds a backward pass can improve: not those that are computed from inputs alone. */
  readonly #isDeep: Uint8Array;

  constructor(readonly network: Network) {
    const { layers, inputs } = network;
    this.total = 1 + inputs + layers.reduce((sum, { count }) => sum + count, 0);
    this.coefficients = new Float64Array(this.total);
    this.#isDeep = new Uint8Array(this.total).fill(1, 1 + inputs);
    let terms = mostTerms + 2 * this.total;
    for (const layer of layers) {
      if (layer.kind !== 'sums') continue;
      if (layer.spread > mostSpread) refuse('a factor is too near to 0, or too large');
      terms += layer.indices.length;
      if (layer.indices.every((number) => number <= inputs))
        this.#isDeep.fill(0, layer.first, layer.first + layer.count);
    }
    this.#loss = terms * 2 ** -52;
  }

  /** Bounds on a box: every float32 in it, and the float32 numbers nearest to its ends. */
  onBox(lower: Float64Array, upper: Float64Array): Bounds {
    const bounds = new Bounds(new Float64Array(8 * this.total));
    bounds.lower.fill(-Infinity);
    bounds.upper.fill(Infinity);
    bounds.raise(0, 1, 1);
    lower.forEach((low, i) =>
      bounds.raise(1 + i, Math.min(low, Math.fround(low)), Math.max(upper[i], Math.fround(upper[i]))),
    );
    this.refresh(bounds);
    return bounds;
  }

  /**
   * Computes the bounds of all numbers from those of the inputs, layer by layer: intervals, and backward passes for
   * what an undecided unit reads. Those that are known already stay if they are tighter.
   * @param slopes of the lines of some units, by their numbers
   */
  refresh(bounds: Bounds, slopes: ReadonlyMap<number, Slopes> = new Map(), multipliers: readonly Term[] = []): void {
    for (const layer of this.network.layers)
      for (let j = 0; j < layer.count && !bounds.isEmpty; j++) {
        if (layer.kind === 'sums') this.#setSum(bounds, layer, layer.first + j, j);
        else if (layer.kind === 'maxima') this.#setMaximum(bounds, layer, layer.first + j, j);
        else {
          const number = layer.sources[j];
          for (const side of this.#isDeep[number] === 1 ? [1, -1] : []) {
            if (bounds.isEmpty || isDecided(layer.of, bounds.lower[number], bounds.upper[number])) break;
            const least = this.least(bounds, [[number, side]], multipliers);
            bounds.raise(number, side > 0 ? least : -Infinity, side > 0 ? Infinity : -least);
          }
          this.setUnit(bounds, layer, j, slopes.get(layer.first + j));
        }
      }
  }

  /** Lines and bounds of unit j, for the present bounds of what it reads. */
  setUnit(bounds: Bounds, { of, sources, first }: Units & Layer, j: number, slopes?: Slopes): void {
    if (bounds.isEmpty) return;
    const { lower, upper, least, most } = linesOn(of, bounds.lower[sources[j]], bounds.upper[sources[j]], slopes);
    bounds.setLines(first + j, sources[j], lower, upper);
    bounds.raise(first + j, least, most);
  }

  /**
   * What the sum of `form` is at least, for any input of the part. Goes backward through the layers: a sum is replaced
   * by its terms, another number by its line below if its coefficient is positive, by the one above otherwise. What
   * remains is least in a corner of the box.
   * @param multipliers m on a number z, of which m (z - its lower bound) >= 0, or m (z - its upper bound) >= 0 for
   *   m < 0, is subtracted; those of numbers behind the form are left out
   */
  least(bounds: Bounds, form: readonly Term[], multipliers: readonly Term[] = []): number {
    const { lower, upper, error, source, lines } = bounds;
    const [all, { layers, inputs }] = [this.coefficients, this.network];
    const top = form.reduce((most, [number]) => Math.max(most, number), 0);
    if (form.length + 2 * multipliers.length > mostTerms) refuse('a bound has too many terms');
    // The inputs are summed up in the end, also those behind the form.
    all.fill(0, 0, Math.max(top, inputs) + 1);
    let margin = 0;
    const give = (number: number, factor: number): void => {
      all[number] += factor;
      margin += this.#loss * Math.abs(factor) * Math.max(-lower[number], upper[number]);
    };
    for (const [number, factor] of form) give(number, factor);
    for (const [number, m] of multipliers) {
      if (number >= top) continue;
      give(number, -m);
      give(0, m * (m > 0 ? lower : upper)[number]);
    }
    for (let k = layers.length - 1; k >= 0; k--) {
      const layer = layers[k];
      for (let j = Math.min(layer.count, top - layer.first + 1) - 1; j >= 0; j--) {
        const number = layer.first + j;
        const a = all[number];
        if (a === 0) continue;
        if (layer.kind === 'sums') {
          const { starts, indices, values } = layer;
          margin += Math.abs(a) * error[number];
          for (let e = starts[j]; e < starts[j + 1]; e++) all[indices[e]] += a * values[e];
        } else {
          const side = a > 0 ? 0 : 2;
          give(source[number], a * lines[side][number]);
          give(0, a * lines[side + 1][number]);
        }
      }
    }
    let least = 0;
    for (let number = 0; number <= inputs; number++) {
      least += all[number] * (all[number] > 0 ? lower[number] : upper[number]);
      margin += this.#loss * Math.abs(all[number]) * bounds.reach(number);
    }
    least -= margin * outward + 2 ** -80;
    return Number.isFinite(least) ? least : -Infinity;
  }

  /** The interval of a sum, with the errors above. */
  #setSum(bounds: Bounds, { starts, indices, values, roundings }: Sums, number: number, j: number): void {
    let [low, high, size, used] = [0, 0, 0, roundings];
    for (let e = starts[j]; e < starts[j + 1]; e++) {
      const [value, least, most] = [values[e], bounds.lower[indices[e]], bounds.upper[indices[e]]];
      if (least === 0 && most === 0) continue;
      low += value * (value > 0 ? least : most);
      high += value * (value > 0 ? most : least);
      size += Math.abs(value) * Math.max(-least, most) + underflow;
      used++;
    }
    const error = (gamma32(used) + this.#loss) * size * outward;
    bounds.error[number] = error;
    bounds.raise(number, low - error, high + error);
  }

  /** Above its number with the largest lower bound, which it is if no other can be larger. */
  #setMaximum(bounds: Bounds, { starts, indices }: Maxima, number: number, j: number): void {
    const { lower, upper } = bounds;
    const window = indices.subarray(starts[j], starts[j + 1]);
    const best = window.reduce((one, of) => (lower[of] > lower[one] ? of : one));
    const most = window.reduce((high, of) => Math.max(high, upper[of]), -Infinity);
    const isBest = window.every((of) => of === best || upper[of] <= lower[best]);
    bounds.setLines(number, best, [1, 0], isBest ? [1, 0] : [0, most]);
    bounds.raise(number, lower[best], most);
  }
}
