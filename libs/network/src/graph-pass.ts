// Tested by graph.unit.test.ts.
import type { PreparedLayer } from './layers/layer-kind.js';

/** Outputs (count x output size, row-major) of `count` inputs that lie one after the other. */
export type ForwardPass = (inputs: Float64Array, count: number) => Float64Array;

/** Samples go through the layers in chunks in which all layers together take about this many numbers. */
const chunkNumbers = 1 << 19;

/**
 * The forward pass of a network with branches: the outputs of all layers are kept until the chunk is done.
 * @param layers undefined for a layer that changes no number
 * @param size of the network's input
 */
export function graphPass(
  layers: readonly (PreparedLayer | undefined)[],
  sources: readonly (readonly number[])[],
  size: number,
): ForwardPass {
  const trace = graphTrace(layers, sources, size);
  const { reads, widths } = widthsOf(layers, sources, size);
  const perSample = reads.reduce((sum, read, index) => sum + read + widths[index], size);
  const chunk = Math.max(4, 4 * Math.floor(chunkNumbers / perSample / 4));
  const outputs = widths[layers.length - 1];
  return (inputs, count) => {
    const result = new Float64Array(count * outputs);
    for (let start = 0; start < count; start += chunk) {
      const samples = Math.min(chunk, count - start);
      const values = trace(inputs.subarray(start * size, (start + samples) * size), samples);
      result.set(values[layers.length - 1], start * outputs);
    }
    return result;
  };
}

/** As `graphPass`, with the outputs of every layer. */
export function graphTrace(
  layers: readonly (PreparedLayer | undefined)[],
  sources: readonly (readonly number[])[],
  size: number,
): (inputs: Float64Array, count: number) => Float64Array[] {
  const { reads, widths } = widthsOf(layers, sources, size);
  return (inputs, count) => {
    const values: Float64Array[] = [];
    layers.forEach((layer, index) => {
      const parts = sources[index].map((source): Part =>
        source < 0 ? [inputs, size] : [values[source], widths[source]],
      );
      const read = parts.length === 1 ? parts[0][0] : interleaved(parts, reads[index], count);
      if (layer === undefined) values.push(parts.length === 1 ? read.slice() : read);
      else {
        const next = new Float64Array(count * layer.outputs);
        layer.run(read, next, count);
        values.push(next);
      }
    });
    return values;
  };
}

/** How many numbers each layer reads and gives. */
function widthsOf(
  layers: readonly (PreparedLayer | undefined)[],
  sources: readonly (readonly number[])[],
  size: number,
): { readonly reads: readonly number[]; readonly widths: readonly number[] } {
  const reads: number[] = [];
  const widths: number[] = [];
  layers.forEach((layer, index) => {
    const read = sources[index].reduce((sum, source) => sum + (source < 0 ? size : widths[source]), 0);
    reads.push(read);
    widths.push(layer?.outputs ?? read);
  });
  return { reads, widths };
}

type Part = readonly [values: Float64Array, width: number];

/** Per sample, the parts one after the other. */
function interleaved(parts: readonly Part[], width: number, samples: number): Float64Array {
  const whole = new Float64Array(samples * width);
  let offset = 0;
  for (const [values, own] of parts) {
    for (let sample = 0; sample < samples; sample++)
      whole.set(values.subarray(sample * own, (sample + 1) * own), sample * width + offset);
    offset += own;
  }
  return whole;
}
