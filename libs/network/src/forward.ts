import type { PreparedLayer } from './layers/layer-kind.js';
import { kindOf } from './layers/registry.js';
import type { Network } from './network.js';
import { NetworkError } from './network-error.js';
import { inputSize, validateNetwork } from './shapes.js';

/** Outputs (count x output size, row-major) of `count` inputs that lie one after the other. */
export type ForwardPass = (inputs: Float64Array, count: number) => Float64Array;

// Samples go through all layers in chunks whose largest layer takes about this many numbers: it stays in the cache.
const CHUNK_NUMBERS = 1 << 17;

/**
 * Checks the network and prepares it for many calls. The weights are read now: the pass does not see later changes.
 * Every answer is float64 arithmetic in a fixed order, the same for any batch size.
 * @throws NetworkError as `validateNetwork`; the pass throws 'shape' or 'value' on inputs of the wrong length or not finite
 */
export function forwardPass(network: Network): ForwardPass {
  const layers = prepareLayers(network).filter((layer) => layer !== undefined);
  const size = inputSize(network);
  const outputs = layers.at(-1)?.outputs ?? size;
  const widest = Math.max(size, ...layers.map((layer) => layer.outputs));
  const chunk = Math.max(4, 4 * Math.floor(CHUNK_NUMBERS / widest / 4));
  let buffers: readonly [Float64Array, Float64Array] | undefined;

  return (inputs, count) => {
    requireInputs(inputs, count, size);
    if (layers.length === 0) return inputs.slice();
    const capacity = Math.min(chunk, count) * widest;
    if (buffers === undefined || buffers[0].length < capacity)
      buffers = [new Float64Array(capacity), new Float64Array(capacity)];
    const result = new Float64Array(count * outputs);
    for (let start = 0; start < count; start += chunk) {
      const samples = Math.min(chunk, count - start);
      let current = inputs.subarray(start * size, (start + samples) * size);
      for (const [index, layer] of layers.entries()) {
        const isLast = index === layers.length - 1;
        const next = isLast ? result.subarray(start * outputs, (start + samples) * outputs) : buffers[index % 2];
        layer.run(current, next, samples);
        current = next;
      }
    }
    return result;
  };
}

/** One forward pass: `inputs` is count x input size, row-major; so is the result. Throws as `forwardPass`. */
export function forward(network: Network, inputs: Float64Array, count: number): Float64Array {
  return forwardPass(network)(inputs, count);
}

/** The output of every layer for one input; one array for each layer. Throws as `forwardPass`. */
export function forwardTrace(network: Network, input: Float64Array): Float64Array[] {
  requireInputs(input, 1, inputSize(network));
  let current = input;
  return prepareLayers(network).map((layer) => {
    const next = layer === undefined ? current.slice() : new Float64Array(layer.outputs);
    layer?.run(current, next, 1);
    current = next;
    return next;
  });
}

/** Undefined for a layer that leaves every number where it is. */
function prepareLayers(network: Network): (PreparedLayer | undefined)[] {
  const shapes = validateNetwork(network);
  return network.layers.map((layer, index) =>
    kindOf(layer).prepare(layer, index === 0 ? network.inputShape : shapes[index - 1], shapes[index]),
  );
}

function requireInputs(inputs: Float64Array, count: number, size: number): void {
  if (!Number.isInteger(count) || count < 0)
    throw new NetworkError('value', `the number of inputs is ${count}; give an integer of at least 0`);
  if (inputs.length !== count * size) {
    throw new NetworkError(
      'shape',
      `${count} inputs of ${size} numbers are ${count * size} numbers, but there are ${inputs.length}`,
    );
  }
  for (let at = 0; at < inputs.length; at++) {
    if (!Number.isFinite(inputs[at])) {
      throw new NetworkError(
        'value',
        `number ${at % size} of input ${Math.floor(at / size)} is ${inputs[at]}; inputs must be finite`,
      );
    }
  }
}
