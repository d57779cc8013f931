// Tested by branch-on-signs.unit.test.ts.
import { DenseMatrix, type AffineMap } from '@mipnet/network';
import { roundOff, rowSlack, type Box } from '@mipnet/bounds';
import { constantAt, isConstant } from './live-units.js';

/** y = W x + b on the remaining units of a layer and of the one before it. */
export interface LiveAffine {
  readonly kind: 'affine';
  /** See `LiveStep`. */
  readonly sources: readonly number[];
  readonly inputs: number;
  readonly outputs: number;
  /** Compressed sparse rows. */
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  /** The same numbers as a full matrix, if products with it are faster. */
  readonly matrix?: DenseMatrix;
  readonly bias: Float64Array;
  /**
   * The largest error of the sums of an output for a coefficient of 1: in the runtime, in a forward pass and in a
   * backward one.
   */
  readonly slack: Float64Array;
}

/** The units that are left on both sides of an affine layer. */
interface Left {
  readonly inputs: Int32Array;
  readonly outputs: Int32Array;
}

/**
 * What an output reads of the other inputs, and of those that are constant (live-units.ts), becomes part of its bias,
 * and the errors of these constants part of its slack.
 * @param read bounds on each input of the map
 * @param errors of each output, in the runtime
 */
export function liveAffine(
  map: AffineMap,
  read: Box,
  errors: Float64Array,
  { inputs, outputs }: Left,
): Omit<LiveAffine, 'sources'> {
  const place = new Int32Array(map.inputs).fill(-1);
  // What is constant is read as a constant also from a layer that is kept whole: its lines there may be loose.
  inputs.forEach((i, at) => (place[i] = isConstant(read, i) ? -1 : at));
  const starts = new Int32Array(outputs.length + 1);
  let count = 0;
  outputs.forEach((j, at) => {
    for (let e = map.starts[j]; e < map.starts[j + 1]; e++) if (place[map.indices[e]] >= 0) count++;
    starts[at + 1] = count;
  });
  const indices = new Int32Array(count);
  const values = new Float64Array(count);
  const bias = new Float64Array(outputs.length);
  const slack = new Float64Array(outputs.length);
  let used = 0;
  outputs.forEach((j, row) => {
    let [sum, size, error] = [map.bias[j], 0, 0];
    for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
      const weight = map.values[e];
      const at = place[map.indices[e]];
      if (at >= 0) {
        indices[used] = at;
        values[used++] = weight;
      } else if (weight !== 0) {
        const constant = constantAt(read, map.indices[e]);
        sum += weight * constant.value;
        size += Math.abs(weight * constant.value);
        error += Math.abs(weight) * constant.error;
      }
    }
    bias[row] = sum;
    const own = rowSlack(map, j, read, errors[j]);
    const terms = map.starts[j + 1] - map.starts[j] + 1;
    slack[row] =
      size === 0 && error === 0 ? own : own + error + roundOff(terms, size + error + Math.abs(map.bias[j]) + own);
  });
  const sparse = { kind: 'affine', inputs: inputs.length, outputs: outputs.length } as const;
  const rows = { ...sparse, starts, indices, values, bias, slack };
  return DenseMatrix.suits(outputs.length, inputs.length, count) ? { ...rows, matrix: filled(rows) } : rows;
}

function filled({ inputs, outputs, starts, indices, values }: Omit<LiveAffine, 'sources'>): DenseMatrix {
  const matrix = new Float64Array(outputs * inputs);
  for (let j = 0; j < outputs; j++)
    for (let e = starts[j]; e < starts[j + 1]; e++) matrix[j * inputs + indices[e]] = values[e];
  return new DenseMatrix(outputs, inputs, matrix);
}

/** to = W from + b */
export function forwardThroughAffine(
  { matrix, outputs, starts, indices, values, bias }: Omit<LiveAffine, 'sources' | 'slack'>,
  from: Float64Array,
  to: Float64Array,
): void {
  if (matrix !== undefined) return matrix.multiply(from, bias, to);
  for (let j = 0; j < outputs; j++) {
    let sum = bias[j];
    for (let e = starts[j]; e < starts[j + 1]; e++) sum += values[e] * from[indices[e]];
    to[j] = sum;
  }
}
