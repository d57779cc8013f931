// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Tensor } from './onnx-file.js';
import { refuse } from './refusal.js';

/** y = W x + b, with W in compressed sparse rows. In a graph, `indices` are positions among all its numbers. */
export interface Affine {
  readonly kind: 'affine';
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  readonly bias: Float64Array;
  /** Of each bias: the sum of the absolute values of what it is computed from. */
  readonly biasSize: Float64Array;
  /**
   * copy: each output is one of the inputs; nothing is computed. scale: each output reads the input at its own
   * position; sum: it reads two. The runtime may merge scale and sum into a layer that they read.
   */
  readonly form: 'copy' | 'scale' | 'sum' | 'dense';
  /** How often the runtime rounds a term, or a weight when it is merged with others. */
  readonly roundings: number;
}

/** Weights that are not zero. */
const mostWeights = 2 ** 27;

/** A layer from its weights, row after row; `row` calls `add` for each of a row's weights, `most` of them in all. */
export function affine(
  outputs: number,
  most: number,
  row: (j: number, add: (i: number, value: number) => void) => void,
  bias: (j: number) => number = () => 0,
): Affine {
  if (most > mostWeights) refuse(`a layer has ${most} weights; the checker takes up to ${mostWeights}`);
  const [starts, indices, values] = [new Int32Array(outputs + 1), new Int32Array(most), new Float64Array(most)];
  let used = 0;
  for (let j = 0; j < outputs; j++) {
    row(j, (i, value) => {
      if (value === 0) return;
      indices[used] = i;
      values[used++] = value;
    });
    starts[j + 1] = used;
  }
  const biases = Float64Array.from({ length: outputs }, (_, j) => bias(j));
  return {
    kind: 'affine',
    starts,
    indices: indices.slice(0, used),
    values: values.slice(0, used),
    bias: biases,
    biasSize: biases.map(Math.abs),
    form: 'dense',
    roundings: 2,
  };
}

export const dense = (
  inputs: number,
  outputs: number,
  weight: (j: number, i: number) => number,
  bias?: (j: number) => number,
): Affine =>
  affine(
    outputs,
    inputs * outputs,
    (j, add) => {
      for (let i = 0; i < inputs; i++) add(i, weight(j, i));
    },
    bias,
  );

export function scale(size: number, factor: (i: number) => number, bias?: (i: number) => number): Affine {
  const layer = affine(size, size, (j, add) => add(j, factor(j)), bias);
  // Merged sums are scaled back, so that a factor must not blow up what is below the smallest float32.
  if (layer.values.some((value) => Math.abs(value) < 2 ** -20)) refuse('a factor is nearly 0');
  return { ...layer, form: 'scale' };
}

/** x + sign y, of the same size, one after the other. */
export const sum = (size: number, sign: 1 | -1): Affine => ({
  ...affine(size, 2 * size, (j, add) => {
    add(j, 1);
    add(size + j, sign);
  }),
  form: 'sum',
});

/** Output j is input `of(j)`. */
export const copy = (outputs: number, of: (j: number) => number): Affine => ({
  ...affine(outputs, outputs, (j, add) => add(of(j), 1)),
  form: 'copy',
  roundings: 0,
});

/** The position in a constant that belongs to a position in a tensor. */
export function broadcast({ dims }: Pick<Tensor, 'dims'>, shape: readonly number[]): (position: number) => number {
  const extra = shape.length - dims.length;
  if (extra < 0 || dims.some((extent, axis) => extent !== 1 && extent !== shape[axis + extra]))
    refuse(`a constant of the shape [${dims.join(', ')}] does not fit [${shape.join(', ')}]`);
  return (position) => {
    let [rest, at, step] = [position, 0, 1];
    for (let axis = shape.length - 1; axis >= extra; axis--) {
      if (dims[axis - extra] !== 1) at += step * (rest % shape[axis]);
      step *= dims[axis - extra];
      rest = Math.floor(rest / shape[axis]);
    }
    return at;
  };
}
