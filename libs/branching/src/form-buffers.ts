// Tested by branch-on-signs.unit.test.ts.
import { addTo, roundOff, type Remainder } from '@mipnet/bounds';
import type { LiveNetwork, LiveStep } from './live-network.js';

/** What the buffers need to know of a network. */
export type Walked = Pick<LiveNetwork, 'sizes'> & {
  readonly steps: readonly Pick<LiveStep, 'sources' | 'outputs'>[];
  readonly input: { readonly lower: { readonly length: number } };
};

/**
 * The numbers of one form along the steps of a live network. Coefficients and values of an output lie at [k + 1] for
 * step k, and at [0] for the network's input. What a step reads are its sources one after the other; along a chain
 * these are the same arrays, and nothing is copied.
 */
export class FormBuffers {
  readonly coefficients: readonly Float64Array[];
  readonly values: readonly Float64Array[];
  /** Of what step k reads. */
  readonly coefficientsRead: readonly Float64Array[];
  readonly valuesRead: readonly Float64Array[];
  /** Whether each step reads the one before it alone. */
  readonly isChain: boolean;
  readonly #reads: readonly (readonly number[])[];
  /** How many of the steps, and of the form itself, read each output. */
  readonly #readers: readonly number[];

  /** @param depth how many steps there are before what the form is of  @param of the sources of what it is of */
  constructor(
    private readonly network: Walked,
    depth: number,
    private readonly of: readonly number[],
  ) {
    const steps = network.steps.slice(0, depth);
    const widths = [network.input.lower.length, ...steps.map(({ outputs }) => outputs)];
    this.#reads = steps.map(({ sources }) => sources);
    this.#readers = widths.map((_, at) =>
      [...this.#reads, of].reduce((sum, sources) => sum + sources.filter((source) => source + 1 === at).length, 0),
    );
    this.coefficients = widths.map((width) => new Float64Array(width));
    this.values = widths.map((width) => new Float64Array(width));
    const readBy = (sources: readonly number[]) =>
      new Float64Array(sources.reduce((sum, source) => sum + widths[source + 1], 0));
    this.coefficientsRead = this.#reads.map((sources) =>
      sources.length === 1 && this.#readers[sources[0] + 1] === 1 ? this.coefficients[sources[0] + 1] : readBy(sources),
    );
    this.isChain = this.coefficientsRead.every((read, k) => read === this.coefficients[k]);
    this.valuesRead = this.#reads.map((sources) =>
      sources.length === 1 ? this.values[sources[0] + 1] : readBy(sources),
    );
  }

  /** Begins a backward pass: the form's own coefficients go to what it is of. */
  begin(row: Float64Array, remainder: Remainder): void {
    this.#readers.forEach((readers, at) => readers > 1 && this.coefficients[at].fill(0));
    this.#handTo(this.of, row, remainder);
  }

  /** Gives the coefficients on what step k reads to its sources. What several steps read gets the sum of theirs. */
  handOn(k: number, remainder: Remainder): void {
    const [first] = this.#reads[k];
    if (this.coefficientsRead[k] !== this.coefficients[first + 1])
      this.#handTo(this.#reads[k], this.coefficientsRead[k], remainder);
  }

  /** The values of the sources of step k, one after the other. */
  gather(k: number): void {
    if (this.#reads[k].length === 1) return;
    let start = 0;
    for (const source of this.#reads[k]) {
      this.valuesRead[k].set(this.values[source + 1], start);
      start += this.values[source + 1].length;
    }
  }

  #handTo(sources: readonly number[], coefficients: Float64Array, remainder: Remainder): void {
    let start = 0;
    for (const source of sources) {
      const target = this.coefficients[source + 1];
      const part = coefficients.subarray(start, start + target.length);
      start += target.length;
      if (this.#readers[source + 1] === 1) {
        target.set(part);
        continue;
      }
      const size = this.network.sizes[source + 1];
      let sizes = 0;
      for (let i = 0; i < target.length; i++) {
        target[i] += part[i];
        sizes += Math.abs(target[i]) * size[i];
      }
      addTo(remainder, 0, roundOff(1, sizes));
    }
  }
}
