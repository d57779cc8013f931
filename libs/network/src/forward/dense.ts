import type { Dense } from '../network.js';
import type { PreparedLayer } from './prepared-layer.js';

/**
 * Dense layer over the nonzero weights of each output. Products are added in ascending order of the inputs and the bias
 * last, whatever the batch size, so that an answer does not depend on how samples are batched.
 */
export function prepareDense(layer: Dense): PreparedLayer {
  const { inputs, outputs, bias } = layer;
  const { starts, columns, values } = sparseRows(layer.weights, outputs, inputs);

  const run = (input: Float64Array, output: Float64Array, count: number): void => {
    const blocked = count - (count % 4);
    // Four samples at a time: each weight is loaded once, and four independent sums hide the latency of addition.
    for (let sample = 0; sample < blocked; sample += 4) {
      const at0 = sample * inputs;
      const at1 = at0 + inputs;
      const at2 = at1 + inputs;
      const at3 = at2 + inputs;
      let to = sample * outputs;
      for (let row = 0; row < outputs; row++, to++) {
        let sum0 = 0;
        let sum1 = 0;
        let sum2 = 0;
        let sum3 = 0;
        for (let entry = starts[row]; entry < starts[row + 1]; entry++) {
          const column = columns[entry];
          const value = values[entry];
          sum0 += value * input[at0 + column];
          sum1 += value * input[at1 + column];
          sum2 += value * input[at2 + column];
          sum3 += value * input[at3 + column];
        }
        output[to] = sum0 + bias[row];
        output[to + outputs] = sum1 + bias[row];
        output[to + 2 * outputs] = sum2 + bias[row];
        output[to + 3 * outputs] = sum3 + bias[row];
      }
    }
    for (let sample = blocked; sample < count; sample++) {
      const at = sample * inputs;
      for (let row = 0; row < outputs; row++) {
        let sum = 0;
        for (let entry = starts[row]; entry < starts[row + 1]; entry++)
          sum += values[entry] * input[at + columns[entry]];
        output[sample * outputs + row] = sum + bias[row];
      }
    }
  };
  return { outputs, run };
}

/** Compressed rows: the nonzeros of row r are the entries starts[r] <= e < starts[r + 1]. */
export function sparseRows(weights: Float64Array, rows: number, columnCount: number) {
  let nonZeros = 0;
  for (const weight of weights) if (weight !== 0) nonZeros++;
  const starts = new Int32Array(rows + 1);
  const columns = new Int32Array(nonZeros);
  const values = new Float64Array(nonZeros);
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columnCount; column++) {
      const weight = weights[row * columnCount + column];
      if (weight === 0) continue;
      columns[entry] = column;
      values[entry++] = weight;
    }
    starts[row + 1] = entry;
  }
  return { starts, columns, values };
}
