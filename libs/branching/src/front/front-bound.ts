// Tested by front-bound.unit.test.ts.
import { addTo, leastOnBox, roundOff, throughWeights, type ImageBound, type Remainder } from '@mipnet/bounds';
import { CellBound } from './cell-bound.js';
import type { FrontImage, PlacedGroup } from './front-image.js';

/** Step of the ascent in the first pass, in units of a price's range, and its decay; decay of the means of Adam. */
const [pace, decay] = [0.1, 0.985];
const [first, second] = [0.8, 0.95];

/** What the bound knows of a group: of each of its inputs, but for `forms`, `constants`, `row` and `cell`. */
interface GroupState {
  /** The price, less the mean of the coefficients of the cells. */
  readonly shift: Float64Array;
  readonly price: Float64Array;
  /** How far the coefficients of the cells are apart. */
  readonly range: Float64Array;
  /** The minimiser of the last bound, and its cell. */
  readonly point: Float64Array;
  cell: number;
  /** Of the rows of each cell, from the last bound on it. */
  readonly multipliers: readonly Float64Array[];
  readonly mean: Float64Array;
  readonly square: Float64Array;
  /** The form that was bounded last, by output; on each cell, by input, and its constant there. */
  readonly row: Float64Array;
  readonly forms: Float64Array;
  readonly constants: Float64Array;
  /** A bound on each cell without its rows. */
  readonly simple: Float64Array;
  /** False if no output of the group is in the form. */
  isUsed: boolean;
}

/**
 * Lower bounds on linear forms of a front's image by Lagrangian decomposition: each group has prices for its inputs,
 * and
 *
 *     form  >=  sum over groups of  min over cells (form of the group's outputs - prices . x)
 *               + min over the box (sum of all prices + affine part) . x
 *
 * The first minima are bounded on each cell (cell-bound.ts), so that the units of a group are bounded together. An
 * ascent finds prices at which the minimisers of groups agree on the inputs that they share. Any prices are valid. The
 * rounding of all sums is inside the bound. Source: Guignard and Kim 1987.
 */
export class FrontBound implements ImageBound {
  readonly #bound: CellBound;
  readonly #objective: Float64Array;
  readonly #coefficients: Float64Array;
  readonly #states: readonly GroupState[];
  #passes = 0;

  constructor(readonly image: FrontImage) {
    const widest = image.groups.reduce((most, { inputs }) => Math.max(most, inputs.length), 0);
    this.#bound = new CellBound(widest);
    this.#objective = new Float64Array(widest);
    this.#coefficients = new Float64Array(image.affine.inputs);
    this.#states = image.groups.map(({ inputs, positions, cells }) => {
      const perInput = () => new Float64Array(inputs.length);
      return {
        shift: perInput(),
        price: perInput(),
        range: perInput(),
        point: perInput(),
        cell: 0,
        multipliers: cells.map(({ where }) => new Float64Array(where.offsets.length)),
        mean: perInput(),
        square: perInput(),
        row: new Float64Array(positions.length),
        forms: new Float64Array(cells.length * inputs.length),
        constants: new Float64Array(cells.length),
        simple: new Float64Array(cells.length),
        isUsed: false,
      };
    });
  }

  least(row: Float64Array, remainder: Remainder): number {
    const { affine, groups, others, bounds, input } = this.image;
    const coefficients = this.#coefficients.fill(0);
    throughWeights(affine, affine.slack, row, coefficients, remainder);
    let constant = 0;
    let size = 0;
    for (const at of others) {
      const term = row[at] * (row[at] > 0 ? bounds.lower[at] : bounds.upper[at]);
      constant += term;
      size += Math.abs(term);
    }
    addTo(remainder, constant, roundOff(others.length, size));
    groups.forEach((group, g) => this.#leastOfGroup(group, this.#states[g], row, remainder));
    return leastOnBox(coefficients, input, remainder);
  }

  begin(): void {
    this.#passes = 0;
    for (const { mean, square } of this.#states) {
      mean.fill(0);
      square.fill(0);
    }
  }

  climb(): void {
    const step = pace * decay ** this.#passes++;
    const [firstWeight, secondWeight] = [1 - first ** this.#passes, 1 - second ** this.#passes];
    this.image.groups.forEach(({ inputs }, g) => {
      const { isUsed, shift, range, point, mean, square } = this.#states[g];
      for (let q = 0; isUsed && q < inputs.length; q++) {
        const slope = this.#minimiserAt(inputs[q]) - point[q];
        mean[q] = first * mean[q] + (1 - first) * slope;
        square[q] = second * square[q] + (1 - second) * slope * slope;
        if (square[q] === 0) continue;
        shift[q] += (step * range[q] * (mean[q] / firstWeight)) / (Math.sqrt(square[q] / secondWeight) + 1e-9);
      }
    });
  }

  input(): Float64Array {
    return this.#coefficients.map((_, i) => this.#minimiserAt(i));
  }

  point(row: Float64Array): Float64Array {
    const { affine, groups, others, bounds } = this.image;
    const point = affine.bias.slice();
    for (let j = 0; j < point.length; j++)
      for (let e = affine.starts[j]; e < affine.starts[j + 1]; e++)
        point[j] += affine.values[e] * this.#minimiserAt(affine.indices[e]);
    for (const at of others) point[at] = row[at] > 0 ? bounds.lower[at] : bounds.upper[at];
    groups.forEach(({ inputs, positions, cells }, g) => {
      const { isUsed, cell, point: own } = this.#states[g];
      const { forms, constants } = cells[cell];
      positions.forEach((position, k) => {
        let sum = constants[k];
        for (let q = 0; q < inputs.length; q++)
          sum += forms[k * inputs.length + q] * (isUsed ? own[q] : this.#minimiserAt(inputs[q]));
        point[position] = sum;
      });
    });
    return point;
  }

  /** Input i where the sum of all prices is least. */
  #minimiserAt(i: number): number {
    const { lower, upper } = this.image.input;
    const a = this.#coefficients[i];
    return a > 0 ? lower[i] : a < 0 ? upper[i] : lower[i] + (upper[i] - lower[i]) / 2;
  }

  #leastOfGroup(group: PlacedGroup, state: GroupState, row: Float64Array, remainder: Remainder): void {
    const { inputs, lower, upper, errors, sizes, cells, positions } = group;
    let [margin, size] = [0, 0];
    for (let k = 0; k < positions.length; k++) {
      margin += Math.abs(row[positions[k]]) * errors[k];
      size += Math.abs(row[positions[k]]) * sizes[k];
    }
    state.isUsed = size + margin > 0;
    if (!state.isUsed) return;
    setForms(group, state, row);
    setPrices(group, state);
    const { forms, constants, price, simple } = state;
    for (let q = 0; q < inputs.length; q++) {
      this.#coefficients[inputs[q]] += price[q];
      // Once in the group's form, and once in the sum of all prices.
      size += 2 * Math.abs(price[q]) * Math.max(Math.abs(lower[q]), Math.abs(upper[q]));
    }
    const n = inputs.length;
    const operations = positions.length + 2 * n + this.image.groups.length + 64;
    const ownMargin = roundOff(operations, size + margin);
    for (let c = 0; c < cells.length; c++) {
      let sum = constants[c];
      for (let q = 0; q < n; q++) {
        const a = forms[c * n + q] - price[q];
        sum += a * (a > 0 ? lower[q] : upper[q]);
      }
      simple[c] = sum - ownMargin;
    }
    let least = Infinity;
    const bound = (c: number): void => {
      for (let q = 0; q < n; q++) this.#objective[q] = forms[c * n + q] - price[q];
      const found =
        constants[c] +
        this.#bound.least(this.#objective, group, cells[c].where, state.multipliers[c], least - constants[c]);
      const rows = cells[c].where.offsets.length;
      const certain = found - roundOff(operations + rows, size + margin + this.#bound.size);
      if (certain >= least) return;
      least = certain;
      state.point.set(this.#bound.point.subarray(0, n));
      state.cell = c;
    };
    // What was the least cell before is likely the least one again; then few others can be below it.
    const likely = state.cell;
    bound(likely);
    for (let c = 0; c < cells.length; c++) if (c !== likely && simple[c] < least) bound(c);
    addTo(remainder, least, margin);
  }
}

/** The form of the group's outputs on each cell. Along an ascent for one form nothing changes. */
function setForms({ inputs, cells, positions }: PlacedGroup, state: GroupState, from: Float64Array): void {
  const { row, forms, constants } = state;
  let isSame = true;
  for (let k = 0; k < positions.length; k++) {
    isSame &&= row[k] === from[positions[k]];
    row[k] = from[positions[k]];
  }
  if (isSame) return;
  forms.fill(0);
  constants.fill(0);
  const n = inputs.length;
  for (let k = 0; k < positions.length; k++) {
    const a = row[k];
    if (a === 0) continue;
    for (let c = 0; c < cells.length; c++) {
      const cell = cells[c];
      constants[c] += a * cell.constants[k];
      for (let q = 0; q < n; q++) forms[c * n + q] += a * cell.forms[k * n + q];
    }
  }
}

function setPrices({ inputs, cells }: PlacedGroup, { forms, shift, price, range }: GroupState): void {
  const n = inputs.length;
  for (let q = 0; q < n; q++) {
    let [sum, low, high] = [0, Infinity, -Infinity];
    for (let c = 0; c < cells.length; c++) {
      const a = forms[c * n + q];
      sum += a;
      if (a < low) low = a;
      if (a > high) high = a;
    }
    price[q] = sum / cells.length + shift[q];
    range[q] = high - low;
  }
}
