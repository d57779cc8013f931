// Tested by front-bound.unit.test.ts.
import { roundOff, type Box } from '@mipnet/bounds';
import { negative, type AffineForm } from './affine-form.js';
import { CellBound, type Rows } from './cell-bound.js';
import type { FrontNumbers } from './front-numbers.js';

/** The box of some of a network's inputs, and bounds of forms of these inputs where other forms are at least 0. */
export class LocalBox {
  readonly box: Box;
  readonly #place: ReadonlyMap<number, number>;
  readonly #bound: CellBound;
  readonly #dense = new Map<AffineForm, Float64Array>();

  constructor(
    readonly inputs: readonly number[],
    private readonly numbers: FrontNumbers,
  ) {
    const { lower, upper } = numbers.bounds.input;
    this.box = {
      lower: Float64Array.from(inputs, (input) => lower[input]),
      upper: Float64Array.from(inputs, (input) => upper[input]),
    };
    this.#place = new Map(inputs.map((input, q) => [input, q]));
    this.#bound = new CellBound(inputs.length);
  }

  /** Coefficients of a form, by the inputs of this box. */
  dense(form: AffineForm): Float64Array {
    let found = this.#dense.get(form);
    if (found === undefined) {
      found = new Float64Array(this.inputs.length);
      for (const [input, a] of form.coefficients) {
        const at = this.#place.get(input);
        if (at === undefined) throw new RangeError(`a form reads input ${input}, which is not in its group's box`);
        found[at] = a;
      }
      this.#dense.set(form, found);
    }
    return found;
  }

  /** The points at which forms are at least 0, errors included. */
  rowsOf(forms: readonly AffineForm[]): Rows {
    const n = this.inputs.length;
    const rows = new Float64Array(forms.length * n);
    forms.forEach((form, i) => rows.set(this.dense(form), i * n));
    return {
      rows,
      offsets: Float64Array.from(forms, ({ constant, error }) => constant + error),
      sizes: Float64Array.from(forms, ({ size, error }) => size + error),
    };
  }

  /** A lower bound on the number that a form stands for, errors included, at these points. */
  least(form: AffineForm, where: Rows): number {
    this.numbers.work++;
    const least =
      this.#bound.least(this.dense(form), this.box, where, new Float64Array(where.offsets.length)) + form.constant;
    const operations = this.inputs.length + where.offsets.length + 64;
    return least - form.error - roundOff(operations, form.size + form.error + this.#bound.size);
  }

  most(form: AffineForm, where: Rows): number {
    return -this.least(negative(form), where);
  }
}
