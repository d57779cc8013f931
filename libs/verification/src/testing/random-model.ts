import type { Random } from '@mipnet/dataset';
import { floats, integers, node, onnxModel } from '@mipnet/network/testing/onnx-model';

/** A random ONNX model whose last values are a few scores, as other programs write them. */
export interface RandomModel {
  readonly bytes: Uint8Array;
  readonly inputs: number;
  readonly operators: readonly string[];
}

type Parts = { -readonly [Key in 'nodes' | 'constants']: NonNullable<Parameters<typeof onnxModel>[0][Key]>[number][] };

/**
 * MatMul and Add, Gemm, Conv, BatchNormalization, pools and constants added and multiplied, in forms that the runtime
 * merges; between them relu, step and sign.
 * @param cancels numbers far larger than the values are added and subtracted again
 */
export function randomModel(random: Random, cancels: boolean): RandomModel {
  const writer = new Writer(random, imageOf(random, random.integer(3) === 0));
  const hidden = 1 + random.integer(2);
  for (let layer = 0; layer < hidden; layer++) {
    writer.affine(2 + random.integer(7));
    if (random.integer(3) === 0) writer.normalization();
    if (random.integer(4) === 0) writer.scale();
    if (cancels && layer === 0) writer.cancellation();
    writer.activation();
    if (random.integer(3) === 0) writer.pool();
  }
  writer.flatten();
  writer.dense(1 + random.integer(3));
  return writer.finish();
}

/** The same kind of model with max pools and clips, a vote among them, on more inputs than are halved one by one. */
export function randomSwitches(random: Random): RandomModel {
  const writer = new Writer(random, [2, 3 + random.integer(2), 3 + random.integer(2)]);
  if (random.integer(3) === 0) writer.pool('MaxPool');
  writer.affine(1 + random.integer(3));
  if (random.integer(3) === 0) writer.normalization();
  if (random.integer(2) === 0) writer.clip();
  else writer.activation();
  writer.pool('MaxPool');
  if (random.integer(4) === 0) writer.scale();
  writer.flatten();
  writer.dense(2 + random.integer(4));
  writer.clip();
  writer.dense(1 + random.integer(3));
  return writer.finish();
}

/** A few numbers or, for images, channels x rows x columns. */
const imageOf = (random: Random, isImage: boolean): readonly number[] =>
  isImage ? [1 + random.integer(2), 3 + random.integer(2), 3 + random.integer(2)] : [2 + random.integer(9)];

class Writer {
  readonly #parts: Parts = { nodes: [], constants: [] };
  #shape: readonly number[];
  #value = 'x';

  constructor(
    private readonly random: Random,
    private readonly inputShape: readonly number[],
  ) {
    this.#shape = inputShape;
  }

  affine(outputs: number): void {
    if (this.#shape.length === 3 && Math.min(this.#shape[1], this.#shape[2]) < 2) this.flatten();
    if (this.#shape.length === 1) this.dense(outputs);
    else this.#convolution(Math.min(outputs, 3));
  }

  dense(outputs: number): void {
    const [inputs] = this.#shape;
    const weights = this.#numbers([inputs, outputs], 1);
    if (this.random.integer(2) === 0) {
      this.#add('MatMul', [weights]);
      this.#add('Add', [this.#numbers([outputs], 1)]);
    } else
      this.#add('Gemm', [weights, this.#numbers([outputs], 1)], {
        alpha: { float: 0.5 + this.random.uniform() },
        beta: { float: 1.5 },
      });
    this.#shape = [outputs];
  }

  #convolution(channels: number): void {
    const [before, rows, columns] = this.#shape;
    const weights = this.#numbers([channels, before, 2, 2], 1);
    this.#add('Conv', this.random.integer(2) === 0 ? [weights] : [weights, this.#numbers([channels], 1)]);
    this.#shape = [channels, rows - 1, columns - 1];
  }

  normalization(): void {
    const [channels] = this.#shape;
    const variance = this.#constant([channels], (random) => 0.01 + random.uniform());
    this.#add('BatchNormalization', [
      this.#numbers([channels], 2),
      this.#numbers([channels], 2),
      this.#numbers([channels], 5),
      variance,
    ]);
  }

  scale(): void {
    const dims = this.#shape.map((extent, axis) => (axis === 0 ? extent : 1));
    this.#add('Mul', [this.#numbers(dims, 2)]);
    if (this.random.integer(2) === 0) this.#add('Add', [this.#numbers(dims, 2)]);
    if (this.random.integer(3) === 0) this.#add('Div', [this.#constant([], () => 3)]);
  }

  cancellation(): void {
    const large = this.#constant([], (random) => 10 ** (2 + 6 * random.uniform()));
    this.#add('Sub', [large]);
    this.#add('Add', [large]);
  }

  activation(): void {
    const kind = this.random.integer(6);
    if (kind < 4) return this.#add('Relu', []);
    const [x, isHigh] = [this.#value, `high${this.#parts.nodes.length}`];
    this.#parts.nodes.push(node('GreaterOrEqual', [x, this.#constant([], () => 0)], isHigh));
    this.#value = isHigh;
    const [high, low] = [this.#constant([], () => 1), this.#constant([], () => (kind === 4 ? 0 : -1))];
    this.#add('Where', [high, low]);
  }

  clip(): void {
    this.#add('Clip', [
      this.#constant([], (random) => -random.uniform()),
      this.#constant([], (random) => random.uniform()),
    ]);
  }

  pool(kind?: 'MaxPool'): void {
    if (this.#shape.length !== 3 || Math.min(this.#shape[1], this.#shape[2]) < 2) return;
    this.#add(kind ?? (this.random.integer(2) === 0 ? 'MaxPool' : 'AveragePool'), [], { kernel_shape: [2, 2] });
    this.#shape = [this.#shape[0], this.#shape[1] - 1, this.#shape[2] - 1];
  }

  flatten(): void {
    if (this.#shape.length === 1) return;
    this.#add('Reshape', [this.#name(integers(`c${this.#parts.constants.length}`, [0, -1]))]);
    this.#shape = [this.#shape.reduce((product, extent) => product * extent, 1)];
  }

  finish(): RandomModel {
    const { nodes, constants } = this.#parts;
    const inputs = this.inputShape.reduce((product, extent) => product * extent, 1);
    return {
      bytes: onnxModel({ input: ['N', ...this.inputShape], nodes, constants, output: this.#value }),
      inputs,
      operators: nodes.map(({ opType }) => opType ?? ''),
    };
  }

  #add(opType: string, others: readonly string[], attributes: Parameters<typeof node>[3] = {}): void {
    const output = `v${this.#parts.nodes.length}`;
    this.#parts.nodes.push(node(opType, [this.#value, ...others], output, attributes));
    this.#value = output;
  }

  #numbers(dims: readonly number[], most: number): string {
    return this.#constant(dims, (random) => most * (2 * random.uniform() - 1));
  }

  #constant(dims: readonly number[], number: (random: Random) => number): string {
    const length = dims.reduce((product, extent) => product * extent, 1);
    return this.#name(
      floats(
        `c${this.#parts.constants.length}`,
        dims,
        Array.from({ length }, () => number(this.random)),
      ),
    );
  }

  #name(tensor: Parts['constants'][number]): string {
    this.#parts.constants.push(tensor);
    return tensor.name ?? '';
  }
}
