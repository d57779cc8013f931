// Tested by branch-on-inputs.unit.test.ts.
import type { BoxBounds } from './box-bounds.js';
import type { Frame } from './frame.js';
import { RowMixer } from './mix-rows.js';

/**
 * Bounds on groups of outputs: a group is excluded on a box if one of its outputs, or a sum of them with weights, is
 * above 0 there.
 */
export class GroupBounds {
  /** Weights of the group's outputs in the last bound. */
  readonly weights: Float64Array;
  /** The same weights for all outputs of the network. */
  readonly row: Float64Array;
  readonly #coefficients: Float64Array;
  readonly #constants: Float64Array;
  readonly #mixer: RowMixer;

  /** @param raises whether better slopes are searched, which bounds of the box alone do not have */
  constructor(
    private readonly box: BoxBounds,
    private readonly groups: readonly (readonly number[])[],
    outputs: number,
    private readonly raises = true,
  ) {
    const most = groups.reduce((most, { length }) => Math.max(most, length), 1);
    const { inputs } = box.network;
    this.weights = new Float64Array(most);
    this.row = new Float64Array(outputs);
    this.#coefficients = new Float64Array(most * inputs);
    this.#constants = new Float64Array(most);
    this.#mixer = new RowMixer(most, inputs);
  }

  /** A lower bound on the largest output of a group, on the box that was tightened last, which is the frame's. */
  least(group: number, { input }: Frame): number {
    const outputs = this.groups[group];
    const count = outputs.length;
    let best = -Infinity;
    let bestRow = 0;
    for (let r = 0; r < count; r++) {
      this.#weigh(outputs, r);
      const bound = this.box.least(this.row);
      const { coefficients } = this.box;
      const { lower, upper } = input;
      let constant = bound;
      for (let i = 0; i < coefficients.length; i++) {
        constant -= coefficients[i] * (coefficients[i] > 0 ? lower[i] : upper[i]);
        this.#coefficients[r * coefficients.length + i] = coefficients[i];
      }
      this.#constants[r] = constant;
      if (bound > best) [best, bestRow] = [bound, r];
      if (best > 0) return best;
    }
    if (count > 1) {
      this.#mixer.mix({ count, coefficients: this.#coefficients, constants: this.#constants }, input, this.weights);
      this.row.fill(0);
      for (let r = 0; r < count; r++) this.row[outputs[r]] += this.weights[r];
      const mixed = this.box.least(this.row);
      if (mixed > 0) return mixed;
      if (!(mixed >= best)) this.#weigh(outputs, bestRow);
      best = Math.max(best, mixed);
    }
    if (!this.raises) {
      this.box.least(this.row);
      return best;
    }
    return Math.max(best, this.box.raised({ outputs, weights: this.weights.subarray(0, count), row: this.row }));
  }

  #weigh(outputs: readonly number[], row: number): void {
    this.weights.fill(0);
    this.row.fill(0);
    this.weights[row] = 1;
    this.row[outputs[row]] = 1;
  }
}
