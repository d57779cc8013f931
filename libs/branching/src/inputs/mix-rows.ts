// Tested by branch-on-inputs.unit.test.ts.
import type { Box } from '@mipnet/bounds';

/** Linear functions of the inputs: row r is the sum of coefficients[r * inputs + i] x_i, and constants[r]. */
export interface LinearRows {
  readonly count: number;
  readonly coefficients: Float64Array;
  readonly constants: Float64Array;
}

const passes = 40;

/**
 * Weights of rows, at least 0 and of sum 1, for which the least value of the weighted sum over a box is large: the
 * maximum of the rows is at least as large everywhere. By mirror ascent: the gradient is the rows' values at the corner
 * where the sum is least. Nothing rests on the weights being the best ones. Fills `weights`.
 * Source: Beck & Teboulle 2003, mirror descent.
 */
export class RowMixer {
  readonly #now: Float64Array;
  readonly #values: Float64Array;
  readonly #corner: Float64Array;

  constructor(rows: number, inputs: number) {
    this.#now = new Float64Array(rows);
    this.#values = new Float64Array(rows);
    this.#corner = new Float64Array(inputs);
  }

  mix(rows: LinearRows, { lower, upper }: Box, weights: Float64Array): void {
    const { count } = rows;
    const now = this.#now;
    now.fill(1 / count, 0, count);
    let best = -Infinity;
    for (let pass = 1; pass <= passes; pass++) {
      const least = this.#least(rows, lower, upper);
      if (least > best) {
        best = least;
        for (let r = 0; r < count; r++) weights[r] = now[r];
        if (best > 0) return;
      }
      this.#step(count, 1.5 / Math.sqrt(pass));
    }
  }

  #least({ count, coefficients, constants }: LinearRows, lower: Float64Array, upper: Float64Array): number {
    const now = this.#now;
    const inputs = lower.length;
    let least = 0;
    for (let i = 0; i < inputs; i++) {
      let a = 0;
      for (let r = 0; r < count; r++) a += now[r] * coefficients[r * inputs + i];
      this.#corner[i] = a > 0 ? lower[i] : upper[i];
    }
    for (let r = 0; r < count; r++) {
      let value = constants[r];
      for (let i = 0; i < inputs; i++) value += coefficients[r * inputs + i] * this.#corner[i];
      this.#values[r] = value;
      least += now[r] * value;
    }
    return least;
  }

  #step(count: number, pace: number): void {
    const now = this.#now;
    let most = 0;
    for (let r = 0; r < count; r++) most = Math.max(most, Math.abs(this.#values[r]));
    if (!(most > 0 && most < Infinity)) return;
    let sum = 0;
    for (let r = 0; r < count; r++) {
      now[r] *= Math.exp((pace * this.#values[r]) / most);
      sum += now[r];
    }
    for (let r = 0; r < count; r++) now[r] /= sum;
  }
}
