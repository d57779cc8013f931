// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { imageOn, isDecided, linesOn, valueAt, type Activation } from './activation.js';
import type { Affine } from './affine.js';
import type { Graph, Maximum } from './layers.js';
import { refuse } from './refusal.js';

/** Of float64, doubled, so that the rounding of these computations is covered, too; of float32; a number beside 0. */
const [unit64, unit32, tiny] = [2 ** -52, 2 ** -24, 2 ** -80];
const gamma32 = (n: number): number => (n < 2 ** 22 ? ((n * unit32) / (1 - n * unit32)) * (1 + 2 ** -20) : Infinity);

/** One number per unit: of the input, then of each layer's output, one after the other. */
export class Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** y >= a x + b at [0], [1]; y <= a x + b at [2], [3]: of what comes out of an activation. */
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

/** Certified bounds of a graph. Buffers are reused. */
export class Prover {
  /** Where each tensor begins. */
  readonly begins: readonly number[];
  readonly total: number;
  readonly #row: Float64Array;
  /** Of the last bound: its coefficients on the inputs, and on the output of each unit. */
  readonly coefficients: Float64Array;
  /** Of each layer: roundings of a term before it is added, and those of a whole sum. */
  readonly #roundings: { term: number; sum: number }[];
  /** Most terms that a coefficient is the sum of. */
  readonly #additions: number;

  constructor(readonly graph: Graph) {
    let total = 0;
    this.begins = graph.sizes.map((size) => (total += size) - size);
    this.total = total;
    this.coefficients = new Float64Array(total);
    this.#row = new Float64Array(Math.max(...graph.sizes));
    this.#additions = 16 + graph.sources.reduce((sum, { length }, k) => sum + length * graph.sizes[k + 1], 0);
    this.#roundings = graph.layers.map(() => ({ term: 0, sum: 0 }));
    for (const k of [...graph.layers.keys()].reverse()) {
      const layer = graph.layers[k];
      if (layer.kind !== 'affine') continue;
      const behind = this.readersOf(k + 1).filter((at) => {
        const other = graph.layers[at];
        return other.kind === 'affine' && (other.form === 'scale' || other.form === 'copy');
      });
      this.#roundings[k].term = layer.roundings + Math.max(0, ...behind.map((at) => this.#roundings[at].term));
    }
    graph.layers.forEach((layer, k) => {
      if (layer.kind !== 'affine') return;
      const before = layer.form === 'dense' ? 0 : Math.max(0, ...graph.sources[k].map((t) => this.#sumOf(t)));
      let longest = 1;
      for (let j = 0; j + 1 < layer.starts.length; j++)
        longest = Math.max(longest, layer.starts[j + 1] - layer.starts[j]);
      this.#roundings[k].sum = layer.form === 'copy' ? before : longest + this.#roundings[k].term + 1 + before;
    });
  }

  /** The layers that read a tensor. */
  readersOf(tensor: number): number[] {
    return [...this.graph.sources.keys()].filter((k) => this.graph.sources[k].includes(tensor));
  }

  /** The roundings of the sums that a tensor consists of; 0 if it consists of none. */
  #sumOf(tensor: number): number {
    return tensor === 0 ? 0 : this.#roundings[tensor - 1].sum;
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
   * @param slopes of the lines of some units, by the position of their outputs
   */
  refresh(bounds: Bounds, sides: readonly Multiplied[] = [], slopes: ReadonlyMap<number, number> = new Map()): void {
    let isDeep = false;
    this.graph.layers.forEach((layer, k) => {
      if (bounds.isEmpty) return;
      const [to, count] = [this.begins[k + 1], this.graph.sizes[k + 1]];
      if (layer.kind === 'activation') {
        const from = this.begins[this.graph.sources[k][0]];
        for (let i = 0; i < count; i++) {
          this.setLines(bounds, k, i, slopes.get(to + i));
          const [low, high] = imageOn(layer.of, bounds.lower[from + i], bounds.upper[from + i]);
          const error = errorOf(layer.of, bounds.lower[from + i], bounds.upper[from + i]);
          bounds.raise(to + i, low - error, high + error);
        }
        isDeep = true;
        return;
      }
      if (layer.kind === 'maximum') return this.#largest(bounds, layer, k);
      this.#intervals(bounds, layer, k);
      const readers = this.readersOf(k + 1).map((at) => this.graph.layers[at]);
      for (const reader of isDeep ? readers : []) {
        for (let j = 0; j < count && reader.kind === 'activation'; j++) {
          for (const side of [1, -1]) {
            if (bounds.isEmpty || isDecided(reader.of, bounds.lower[to + j], bounds.upper[to + j])) break;
            this.raiseUnit(bounds, k, j, side, sides);
          }
        }
      }
      isDeep ||= layer.form === 'dense' || layer.form === 'sum';
    });
    for (const position of slopes.keys()) {
      const k = this.begins.findLastIndex((begin) => begin <= position) - 1;
      this.setLines(bounds, k, position - this.begins[k + 1]);
    }
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
    const layer = this.graph.layers[k];
    if (layer.kind !== 'activation' || bounds.isEmpty) return;
    const [from, to] = [this.begins[this.graph.sources[k][0]] + i, this.begins[k + 1] + i];
    const { lower, upper } = linesOn(layer.of, bounds.lower[from], bounds.upper[from], slope);
    const error = errorOf(layer.of, bounds.lower[from], bounds.upper[from]);
    [lower[0], lower[1] - error, upper[0], upper[1] + error].forEach((number, at) => (bounds.lines[at][to] = number));
  }

  /**
   * A lower bound on row . y over all inputs of the box that keep to `sides`, for the outputs y of layer `last` as the
   * runtime computes them. Substitutes backwards, tensor by tensor: the coefficients of what several layers read add
   * up. Each rounding error is subtracted.
   */
  least(bounds: Bounds, last: number, row: Float64Array, sides: readonly Multiplied[]): number {
    const { lower, upper, slack } = bounds;
    const all = this.coefficients;
    all.fill(0, 0, this.begins[last + 1]);
    all.set(row.subarray(0, this.graph.sizes[last + 1]), this.begins[last + 1]);
    let [constant, constants, margin] = [0, 0, 0];
    const shift = (by: number) => {
      constant += by;
      constants += Math.abs(by);
    };
    /** Gives coefficient `a` on number p, which is rounded in the additions. */
    const give = (p: number, a: number) => {
      all[p] += a;
      margin += this.#additions * unit64 * Math.abs(a) * Math.max(Math.abs(lower[p]), Math.abs(upper[p]));
    };
    for (let tensor = last + 1; tensor >= 0; tensor--) {
      const [begin, size] = [this.begins[tensor], this.graph.sizes[tensor]];
      if (tensor <= last)
        for (const { position, at, side, multiplier } of sides) {
          if (position < begin || position >= begin + size) continue;
          give(position, -side * multiplier);
          margin +=
            4 * unit64 * Math.abs(all[position]) * Math.max(Math.abs(lower[position]), Math.abs(upper[position]));
          shift(side * multiplier * at);
        }
      if (tensor === 0) break;
      const layer = this.graph.layers[tensor - 1];
      const from = this.begins[this.graph.sources[tensor - 1][0]];
      for (let j = 0; j < size; j++) {
        const a = all[begin + j];
        if (a === 0) continue;
        if (layer.kind === 'affine') {
          shift(a * layer.bias[j]);
          margin += Math.abs(a) * slack[begin + j];
          for (let e = layer.starts[j]; e < layer.starts[j + 1]; e++) all[layer.indices[e]] += a * layer.values[e];
        } else if (layer.kind === 'activation') {
          const [slope, offset] = a > 0 ? [0, 1] : [2, 3];
          give(from + j, a * bounds.lines[slope][begin + j]);
          shift(a * bounds.lines[offset][begin + j]);
        } else {
          const { best, ceiling } = largestOf(layer, j, bounds);
          if (a > 0 || ceiling === undefined) give(best, a);
          else shift(a * ceiling);
        }
      }
    }
    for (let i = 0; i < this.graph.sizes[0]; i++) shift(all[i] * (all[i] > 0 ? lower[i] : upper[i]));
    const least = constant - (margin + (this.total + sides.length + 16) * unit64 * constants) * (1 + 2 ** -20) - tiny;
    return Number.isNaN(least) ? -Infinity : least;
  }

  /** The outputs of the graph in float64. */
  forward(input: Float64Array): Float64Array {
    const all = new Float64Array(this.total);
    all.set(input);
    this.graph.layers.forEach((layer, k) => {
      const [from, to] = [this.begins[this.graph.sources[k][0]], this.begins[k + 1]];
      for (let j = 0; j < this.graph.sizes[k + 1]; j++) {
        if (layer.kind === 'activation') {
          all[to + j] = valueAt(layer.of, all[from + j]);
          continue;
        }
        const isSum = layer.kind === 'affine';
        let value = isSum ? layer.bias[j] : -Infinity;
        for (let e = layer.starts[j]; e < layer.starts[j + 1]; e++) {
          const x = all[layer.indices[e]];
          value = isSum ? value + layer.values[e] * x : Math.max(value, x);
        }
        all[to + j] = value;
      }
    });
    return all.slice(this.begins.at(-1));
  }

  #largest(bounds: Bounds, layer: Maximum, k: number): void {
    for (let j = 0; j < this.graph.sizes[k + 1]; j++) {
      const { best, ceiling } = largestOf(layer, j, bounds);
      bounds.raise(this.begins[k + 1] + j, bounds.lower[best], ceiling ?? bounds.upper[best]);
    }
  }

  /**
   * The runtime's sum of n terms, of which each is rounded c times before, differs from the exact one by at most
   * gamma_c S + gamma_{n+2} (M + gamma_{n+c+2} S) in any order: S is the sum of the absolute values of the terms, M the
   * largest sum of some of them (Higham, section 3.1). If a scale is merged into the layer before it, that layer's
   * output stands for what the merged sum would make of it; the constant is then rounded in every addition. If a sum of
   * two is merged, each of its terms is rounded in every addition.
   */
  #intervals(bounds: Bounds, layer: Affine, k: number): void {
    const { lower, upper, terms, slack } = bounds;
    const { starts, indices, values, bias, biasSize, form } = layer;
    const [to, count, sources] = [this.begins[k + 1], bias.length, this.graph.sources[k]];
    const before = form === 'dense' ? 0 : Math.max(0, ...sources.map((tensor) => this.#sumOf(tensor)));
    const { term } = this.#roundings[k];
    for (let j = 0; j < count; j++) {
      let [least, most, size, merged, largest] = [bias[j], bias[j], biasSize[j], biasSize[j], 1];
      let [above, under, used] = [biasSize[j], biasSize[j], 2];
      for (let e = starts[j]; e < starts[j + 1]; e++) {
        const [value, p] = [values[e], indices[e]];
        const [low, high] = value > 0 ? [value * lower[p], value * upper[p]] : [value * upper[p], value * lower[p]];
        const reach = Math.max(Math.abs(low), Math.abs(high));
        least += low;
        most += high;
        size += reach;
        above += Math.max(0, high);
        under += Math.max(0, -low);
        merged += before > 0 ? Math.abs(value) * Math.max(terms[p], Math.abs(lower[p]), Math.abs(upper[p])) : reach;
        largest = Math.max(largest, Math.abs(value), Math.abs(lower[p]), Math.abs(upper[p]));
        if (reach > 0) used++;
      }
      terms[to + j] = Math.max(size, merged) * (1 + 2 ** -20);
      if (!(terms[to + j] < 2 ** 126)) refuse('a sum may leave the range of float32');
      const rounded = (this.#additions + starts[j + 1] - starts[j]) * unit64 * size * (1 + 2 ** -20);
      slack[to + j] = rounded;
      if (form === 'copy') {
        bounds.raise(to + j, least, most);
        continue;
      }
      const runtime =
        gamma32(term) * size +
        gamma32(used) * (Math.max(above, under) + gamma32(used + term) * size) +
        gamma32(before) * biasSize[j] +
        (form === 'sum' && before > 0 ? gamma32(before + used) * terms[to + j] : 0) +
        (used + term) * largest * tiny;
      slack[to + j] = runtime * (1 + 2 ** -20) + rounded;
      bounds.raise(to + j, least - slack[to + j], most + slack[to + j]);
    }
  }
}

/** The number of a window with the largest lower bound, and the window's largest upper bound; none if `best` wins. */
function largestOf(
  { starts, indices }: Maximum,
  j: number,
  { lower, upper }: Bounds,
): { readonly best: number; readonly ceiling?: number } {
  const window = indices.subarray(starts[j], starts[j + 1]);
  const best = window.reduce((one, p) => (lower[p] > lower[one] ? p : one));
  if (window.every((p) => p === best || upper[p] <= lower[best])) return { best };
  return { best, ceiling: window.reduce((most, p) => Math.max(most, upper[p]), -Infinity) };
}

/** What the runtime loses in an activation: nothing, but for a slope that is a product. */
function errorOf({ slopes }: Activation, low: number, high: number): number {
  const steepest = slopes.every((slope) => slope === 0 || Math.abs(slope) === 1)
    ? 0
    : Math.max(1, ...slopes.map(Math.abs));
  return steepest === 0 ? 0 : gamma32(4) * steepest * Math.max(Math.abs(low), Math.abs(high)) + tiny;
}
