// Tested by branch-on-signs.unit.test.ts.
import type { AffineMap } from '@mipnet/network';
import { roundOff, rowSlack, type Box } from '@mipnet/bounds';
import { constantAt } from './live-units.js';

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
  /** The same numbers as a full row-major matrix, if most are not zero. */
  readonly matrix?: Float64Array;
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
 * What an output that is left reads of the other inputs are constants (live-units.ts): their values are part of its
 * bias, their errors of its slack.
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
  inputs.forEach((i, at) => (place[i] = at));
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
  return 2 * count > inputs.length * outputs.length ? { ...rows, matrix: filled(rows) } : rows;
}

function filled({ inputs, outputs, starts, indices, values }: Omit<LiveAffine, 'sources'>): Float64Array {
  const matrix = new Float64Array(outputs * inputs);
  for (let j = 0; j < outputs; j++)
    for (let e = starts[j]; e < starts[j + 1]; e++) matrix[j * inputs + indices[e]] = values[e];
  return matrix;
}

/** to = W from + b */
export function forwardThroughAffine(
  { matrix, outputs, starts, indices, values, bias }: Omit<LiveAffine, 'sources' | 'slack'>,
  from: Float64Array,
  to: Float64Array,
): void {
  if (matrix !== undefined) return forwardThroughMatrix(matrix, bias, from, to);
  for (let j = 0; j < outputs; j++) {
    let sum = bias[j];
    for (let e = starts[j]; e < starts[j + 1]; e++) sum += values[e] * from[indices[e]];
    to[j] = sum;
  }
}

/** Four outputs at a time: independent sums hide the latency of addition. */
function forwardThroughMatrix(matrix: Float64Array, bias: Float64Array, from: Float64Array, to: Float64Array): void {
  const inputs = from.length;
  const inFours = bias.length - (bias.length % 4);
  for (let j = 0; j < inFours; j += 4) {
    const [j0, j1, j2, j3] = [j * inputs, (j + 1) * inputs, (j + 2) * inputs, (j + 3) * inputs];
    let [sum0, sum1, sum2, sum3] = [bias[j], bias[j + 1], bias[j + 2], bias[j + 3]];
    for (let i = 0; i < inputs; i++) {
      const x = from[i];
      sum0 += matrix[j0 + i] * x;
      sum1 += matrix[j1 + i] * x;
      sum2 += matrix[j2 + i] * x;
      sum3 += matrix[j3 + i] * x;
    }
    to[j] = sum0;
    to[j + 1] = sum1;
    to[j + 2] = sum2;
    to[j + 3] = sum3;
  }
  for (let j = inFours; j < bias.length; j++) {
    let sum = bias[j];
    for (let i = 0, at = j * inputs; i < inputs; i++, at++) sum += matrix[at] * from[i];
    to[j] = sum;
  }
}
