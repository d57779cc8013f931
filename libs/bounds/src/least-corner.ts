import { leastPoint } from './ball-form.js';
import type { Box } from './box.js';
import { leastOnBox } from './linear-form.js';
import { type Remainder } from './remainder.js';
import { roundOff } from './round-off.js';

/** The word of a float64 that has its sign: it depends on the order of bytes of the machine. */
const signWord = new Uint32Array(Float64Array.of(-0).buffer)[1] === 0 ? 0 : 1;

/**
 * The corner of a box at which a linear form is least, for thousands of forms on one box. The sign of a coefficient
 * chooses the end of its interval by arithmetic: signs follow no pattern, and a branch that the processor cannot
 * predict takes as long as several products.
 */
export class LeastCorner {
  /** Of the last form. If its box has a ball, a point of the ball. */
  corner: Float64Array;
  readonly #words: Uint32Array;
  /** The lower and the upper end of each interval in turn. */
  readonly #ends: Float64Array;

  /** @param coefficients of the form; they change from call to call, the array does not */
  constructor(
    readonly box: Box,
    readonly coefficients: Float64Array,
  ) {
    const count = coefficients.length;
    this.corner = new Float64Array(count);
    this.#words = new Uint32Array(coefficients.buffer, coefficients.byteOffset, 2 * count);
    this.#ends = Float64Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? box.lower : box.upper)[at >> 1]);
  }

  /** As `leastOnBox`: the same number. */
  least(remainder: Readonly<Remainder>): number {
    const { box, coefficients, corner } = this;
    if (box.ball !== undefined) {
      this.corner = leastPoint(coefficients, { ...box, ball: box.ball });
      return leastOnBox(coefficients, box, remainder);
    }
    const { constant, margin } = remainder;
    const [words, ends] = [this.#words, this.#ends];
    let sum = constant;
    let size = Math.abs(sum);
    for (let i = 0; i < coefficients.length; i++) {
      const end = ends[2 * i + (words[2 * i + signWord] >>> 31)];
      corner[i] = end;
      const term = coefficients[i] * end;
      sum += term;
      size += Math.abs(term);
    }
    return sum - margin - roundOff(coefficients.length, size + margin);
  }
}
