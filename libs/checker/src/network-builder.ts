// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Layer, Maxima, Network, Rows, Sums, Units } from './network.js';
import { refuse } from './refusal.js';
import { copiesOf } from './rows.js';

/** Numbers of a network. */
const mostNumbers = 2 ** 24;

export function sizeOf(shape: readonly number[]): number {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return size >= 1 && size <= mostNumbers && Number.isInteger(size)
    ? size
    : refuse(`a tensor has the shape [${shape.join(', ')}]`);
}

/**
 * Puts the layers of a network together. What an elementwise operator makes of sums stays sums, because the runtime may
 * merge it with them. They become numbers for the first operator that reads numbers.
 */
export class NetworkBuilder {
  readonly layers: Layer[] = [];
  readonly input: Rows;
  readonly #computed = new Map<Rows, Int32Array>();
  #total = 1;

  constructor(readonly inputs: number) {
    this.input = copiesOf(this.#next(inputs));
  }

  /** Adds a layer; its numbers. */
  push(layer: Sums | Units | Maxima, count: number): Int32Array {
    this.layers.push({ ...layer, first: this.#total, count });
    return this.#next(count);
  }

  /** The numbers that hold the rows: those that they copy, or new ones. */
  numbersOf(rows: Rows): Int32Array {
    if (rows.roundings === 0) return rows.indices;
    const numbers = this.#computed.get(rows) ?? this.push({ kind: 'sums', ...rows }, rows.starts.length - 1);
    this.#computed.set(rows, numbers);
    return numbers;
  }

  network(output: Rows): Network {
    return { inputs: this.inputs, outputs: this.numbersOf(output), layers: this.layers };
  }

  #next(count: number): Int32Array {
    const first = this.#total;
    this.#total = sizeOf([first + count]);
    return Int32Array.from({ length: count }, (_, j) => first + j);
  }
}
