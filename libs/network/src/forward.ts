import { isChain, networkInput, sourcesOf } from './graph.js';
import { graphPass, graphTrace, type ForwardPass } from './graph-pass.js';
import type { PreparedLayer } from './layers/layer-kind.js';
import { kindOf } from './layers/registry.js';
import type { Layer, Network } from './network.js';
import { NetworkError } from './network-error.js';
import type { Shape } from './shape.js';
import { inputSize, outputShape, validateNetwork } from './shapes.js';

export type { ForwardPass } from './graph-pass.js';

// Samples go through all layers in chunks whose largest layer takes about this many numbers, which fits into the cache.
const CHUNK_NUMBERS = 1 << 17;

/**
 * Checks the network and prepares it for many calls. The weights are read now: the pass does not see later changes.
 * Every answer is float64 arithmetic in a fixed order, the same for any batch size.
 * @throws NetworkError as `validateNetwork`; the pass throws 'shape' or 'value' on inputs of the wrong length or not
 *   finite (NaN is a missing number if a fill layer takes it)
 */
export function forwardPass(network: Network): ForwardPass {
  const prepared = prepareLayers(network);
  const size = inputSize(network);
  const fills = fillsInputs(network);
  const pass = isChain(network) ? chainPass(prepared, size) : graphPass(prepared, sourcesOf(network), size);
  return (inputs, count) => {
    requireInputs(inputs, count, size, fills);
    return pass(inputs, count);
  };
}

function chainPass(prepared: readonly (PreparedLayer | undefined)[], size: number): ForwardPass {
  const layers = prepared.filter((layer) => layer !== undefined);
  const outputs = layers.at(-1)?.outputs ?? size;
  const widest = Math.max(size, ...layers.map((layer) => layer.outputs));
  const chunk = Math.max(4, 4 * Math.floor(CHUNK_NUMBERS / widest / 4));
  let buffers: readonly [Float64Array, Float64Array] | undefined;

  return (inputs, count) => {
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

/** The outputs of every layer for `count` inputs; one array for each layer. Throws as `forwardPass`. */
export function tracePass(network: Network): (inputs: Float64Array, count: number) => Float64Array[] {
  const size = inputSize(network);
  const fills = fillsInputs(network);
  const trace = graphTrace(prepareLayers(network), sourcesOf(network), size);
  return (inputs, count) => {
    requireInputs(inputs, count, size, fills);
    return trace(inputs, count);
  };
}

/**
 * One layer by itself, for one input.
 * @param values outputs of what the layer reads, one after the other
 * @param inputs their shapes
 */
export function layerForward(layer: Layer, values: Float64Array, inputs: readonly Shape[]): Float64Array {
  const [first, ...others] = inputs;
  const output = outputShape(layer, first, 0, others);
  const prepared = kindOf(layer).prepare(layer, first, output, inputs.length);
  if (prepared === undefined) return values.slice();
  const result = new Float64Array(prepared.outputs);
  prepared.run(values, result, 1);
  return result;
}

/** The output of every layer for one input; one array for each layer. Throws as `forwardPass`. */
export function forwardTrace(network: Network, input: Float64Array): Float64Array[] {
  return tracePass(network)(input, 1);
}

/** Undefined for a layer that changes no number. */
function prepareLayers(network: Network): (PreparedLayer | undefined)[] {
  const shapes = validateNetwork(network);
  const sources = sourcesOf(network);
  return network.layers.map((layer, index) => {
    const [first] = sources[index];
    const input = first < 0 ? network.inputShape : shapes[first];
    return kindOf(layer).prepare(layer, input, shapes[index], sources[index].length);
  });
}

/** Whether missing inputs (NaN) are filled before any other layer reads them. */
function fillsInputs(network: Network): boolean {
  const sources = sourcesOf(network);
  const readers = network.layers.filter((_, index) => sources[index].includes(networkInput));
  return readers.length > 0 && readers.every(({ kind }) => kind === 'fill');
}

function requireInputs(inputs: Float64Array, count: number, size: number, fills: boolean): void {
  if (!Number.isInteger(count) || count < 0)
    throw new NetworkError('value', `the number of inputs is ${count}; give an integer of at least 0`);
  if (inputs.length !== count * size) {
    throw new NetworkError(
      'shape',
      `${count} inputs of ${size} numbers are ${count * size} numbers, but there are ${inputs.length}`,
    );
  }
  // The difference of a number that is not finite and itself is NaN; such a sum takes a fifth of the time of a search.
  let differences = 0;
  for (let at = 0; at < inputs.length; at++) differences += inputs[at] - inputs[at];
  if (differences === 0) return;
  for (let at = 0; at < inputs.length; at++) {
    if (!Number.isFinite(inputs[at]) && !(fills && Number.isNaN(inputs[at]))) {
      throw new NetworkError(
        'value',
        `number ${at % size} of input ${Math.floor(at / size)} is ${inputs[at]}; inputs must be finite`,
      );
    }
  }
}
