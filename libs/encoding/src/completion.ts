/**
 * How auxiliary columns follow from the free ones (weights in training, inputs in verification). A formulation adds one
 * step per column that it defines, in the order of definition; running the steps turns weights into a full point of
 * the model. MIP starts are made in this way, and tests use it to check that encoding and forward pass agree.
 */
export class Completion {
  readonly #steps: ((x: Float64Array) => void)[] = [];

  add(step: (x: Float64Array) => void): void {
    this.#steps.push(step);
  }

  /** Fills the auxiliary columns of x in place. */
  run(x: Float64Array): Float64Array {
    for (const step of this.#steps) step(x);
    return x;
  }
}
