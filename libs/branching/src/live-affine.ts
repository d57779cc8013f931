// Tested by branch-on-signs.unit.test.ts.
import type { AffineMap } from '@mipnet/network';
import { roundOff } from '@mipnet/bounds';

/** y = W x + b on the units that are left of a layer and of the one before it. */
export interface LiveAffine {
  readonly kind: 'affine';
  readonly inputs: number;
  readonly outputs: number;
  /** Compressed sparse rows. */
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  /** The same numbers as a full row-major matrix, where most are not zero. */
  readonly matrix?: Float64Array;
  readonly bias: Float64Array;
  /**
   * What the sums of an output can be off by for a coefficient of 1: in the runtime, in a forward pass and in a
   * backward one.
   */
  readonly slack: Float64Array;
}

/**
 * @param size largest absolute value of each input of the map  @param errors of each output, in the runtime
 * @param units the inputs and the outputs that are left; a value that is not among them is exactly zero
 */
export function liveAffine(
  map: AffineMap,
  size: Float64Array,
  errors: Float64Array,
  [inputs, outputs]: readonly [Int32Array, Int32Array],
): LiveAffine {
  const place = new Int32Array(map.inputs).fill(-1);
  inputs.forEach((i, at) => (place[i] = at));
  const starts = new Int32Array(outputs.length + 1);
  const slack = new Float64Array(outputs.length);
  let count = 0;
  outputs.forEach((j, at) => {
    let sum = Math.abs(map.bias[j]);
    for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
      sum += Math.abs(map.values[e]) * size[map.indices[e]];
      if (place[map.indices[e]] >= 0) count++;
    }
    starts[at + 1] = count;
    slack[at] = errors[j] + roundOff(map.starts[j + 1] - map.starts[j] + map.outputs + 1, sum + errors[j]);
  });
  const indices = new Int32Array(count);
  const values = new Float64Array(count);
  let used = 0;
  for (const j of outputs) {
    for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
      if (place[map.indices[e]] < 0) continue;
      indices[used] = place[map.indices[e]];
      values[used++] = map.values[e];
    }
  }
  const sparse = {
    kind: 'affine',
    inputs: inputs.length,
    outputs: outputs.length,
    starts,
    indices,
    values,
    bias: Float64Array.from(outputs, (j) => map.bias[j]),
    slack,
  } as const;
  return 2 * count > inputs.length * outputs.length ? { ...sparse, matrix: filled(sparse) } : sparse;
}

function filled({ inputs, outputs, starts, indices, values }: LiveAffine): Float64Array {
  const matrix = new Float64Array(outputs * inputs);
  for (let j = 0; j < outputs; j++)
    for (let e = starts[j]; e < starts[j + 1]; e++) matrix[j * inputs + indices[e]] = values[e];
  return matrix;
}

const held = new Int32Array(4);

/** to = from . W */
export function backThroughAffine(
  { matrix, inputs, starts, indices, values }: LiveAffine,
  from: Float64Array,
  to: Float64Array,
): void {
  to.fill(0);
  if (matrix === undefined) {
    for (let j = 0; j < from.length; j++) {
      const a = from[j];
      if (a === 0) continue;
      for (let e = starts[j]; e < starts[j + 1]; e++) to[indices[e]] += a * values[e];
    }
    return;
  }
  // Four rows of W at a time, so that each target is loaded once for four products.
  let rows = 0;
  for (let j = 0; j < from.length; j++) {
    if (from[j] === 0) continue;
    held[rows++] = j;
    if (rows < 4) continue;
    rows = 0;
    const [j0, j1, j2, j3] = [held[0] * inputs, held[1] * inputs, held[2] * inputs, held[3] * inputs];
    const [a0, a1, a2, a3] = [from[held[0]], from[held[1]], from[held[2]], from[held[3]]];
    for (let i = 0; i < inputs; i++)
      to[i] += a0 * matrix[j0 + i] + a1 * matrix[j1 + i] + a2 * matrix[j2 + i] + a3 * matrix[j3 + i];
  }
  for (let k = 0; k < rows; k++) {
    const start = held[k] * inputs;
    const a = from[held[k]];
    for (let i = 0; i < inputs; i++) to[i] += a * matrix[start + i];
  }
}

/** to = W from + b */
export function forwardThroughAffine(
  { matrix, inputs, outputs, starts, indices, values, bias }: LiveAffine,
  from: Float64Array,
  to: Float64Array,
): void {
  for (let j = 0; j < outputs; j++) {
    let sum = bias[j];
    if (matrix !== undefined) for (let i = 0, at = j * inputs; i < inputs; i++, at++) sum += matrix[at] * from[i];
    else for (let e = starts[j]; e < starts[j + 1]; e++) sum += values[e] * from[indices[e]];
    to[j] = sum;
  }
}
