// Tested by round-trip.unit.test.ts.
import { NetworkError } from '../network-error.js';
import type { Shape } from '../shape.js';
import { dataType, type OnnxAttribute, type OnnxNode, type OnnxTensor } from './schema.js';

/**
 * Collects the nodes of layer after layer. Within a layer each one takes the value of the node before it, besides its
 * constants.
 */
export class GraphWriter {
  readonly initializers: OnnxTensor[] = [];
  readonly #nodes: { input: string[]; output: string[]; name: string; opType: string; attribute: OnnxAttribute[] }[] =
    [];
  #values: readonly string[] = ['input'];
  #value = 'input';
  #layer = 0;
  #kind = '';
  #count = 0;

  /** @param values what the layer reads */
  startLayer(index: number, kind: string, values: readonly string[]): void {
    this.#values = values;
    this.#value = values[0];
    this.#layer = index;
    this.#kind = kind;
    this.#count = 0;
  }

  /** What the layer reads. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** The value that the layer has come to. */
  get value(): string {
    return this.#value;
  }

  constant(numbers: ArrayLike<number>, dims: Shape): string {
    const name = `layer${this.#layer}.constant${this.#count++}`;
    const rawData = new Uint8Array(numbers.length * 4);
    const view = new DataView(rawData.buffer);
    for (let index = 0; index < numbers.length; index++) {
      const rounded = Math.fround(numbers[index]);
      if (!Number.isFinite(rounded)) {
        throw new NetworkError('value', `${numbers[index]} is beyond the range of float32`, {
          layer: this.#layer,
          kind: this.#kind,
        });
      }
      view.setFloat32(index * 4, rounded, true);
    }
    this.initializers.push({ dims, dataType: dataType.float, name, rawData });
    return name;
  }

  /** A constant vector of int64: positions, pads, shapes. */
  integers(numbers: readonly number[]): string {
    const name = `layer${this.#layer}.constant${this.#count++}`;
    const rawData = new Uint8Array(numbers.length * 8);
    const view = new DataView(rawData.buffer);
    numbers.forEach((number, index) => view.setBigInt64(index * 8, BigInt(number), true));
    this.initializers.push({ dims: [numbers.length], dataType: dataType.int64, name, rawData });
    return name;
  }

  /** Adds a node and returns the name of its value; the layer moves on only through `advance`. */
  node(opType: string, input: readonly string[], attribute: OnnxAttribute[] = []): string {
    const name = `layer${this.#layer}.${opType}${this.#count++}`;
    this.#nodes.push({ input: [...input], output: [name], name, opType, attribute });
    return name;
  }

  advance(opType: string, constants: string[] = [], attribute: OnnxAttribute[] = []): void {
    this.#value = this.node(opType, [this.#value, ...constants], attribute);
  }

  moveTo(value: string): void {
    this.#value = value;
  }

  /** One of two numbers, by a comparison of the value with a bound. */
  choose(comparison: string, bound: number, whenTrue: number, whenFalse: number): void {
    const holds = this.node(comparison, [this.#value, this.constant([bound], [])]);
    this.moveTo(this.node('Where', [holds, this.constant([whenTrue], []), this.constant([whenFalse], [])]));
  }

  finish(): OnnxNode[] {
    // A graph's output must be the output of a node.
    if (this.#nodes.length === 0) this.advance('Identity');
    this.#nodes[this.#nodes.length - 1].output = ['output'];
    return this.#nodes;
  }
}
