// Tested by hostile-model.unit.test.ts.
import { NetworkError } from '../network-error.js';
import type { Layer } from '../network.js';
import type { Shape } from '../shape.js';
import { multiplicationsOf } from '../multiplications.js';
import { sizeOf } from '../shape.js';

/** Layers of a network. The deepest networks that people publish have about 3,000, activations counted. */
const mostLayers = 5000;
/** Numbers of one layer's output; the widest layer of VGG16 has 3.2 million. */
const mostOfLayer = 2 ** 22;
/** Numbers of all arrays that reading makes: constants, weights, layers' outputs, index tables. 512 MiB of float64. */
const mostNumbers = 2 ** 26;
/** Multiplications of one forward pass, some seconds; ResNet-50 has 4 billion. */
const mostMultiplications = 2 ** 33;
/** Axes of a tensor; numpy has the same limit. */
const mostAxes = 64;

/**
 * What one model may take. A file of some hundred bytes can describe a network of petabytes (pads of a million pixels,
 * one matrix used by ten thousand nodes), so each array is counted before it is made.
 */
export class ReadingBudget {
  #layers = 0;
  #numbers = mostNumbers;
  #multiplications = mostMultiplications;

  /** @throws NetworkError 'unsupported' if all arrays together would have too many numbers */
  take(numbers: number, what: string): void {
    this.#numbers -= numbers;
    if (this.#numbers >= 0) return;
    throw new NetworkError(
      'unsupported',
      `${what} would take the model beyond ${inWords(mostNumbers)} numbers (weights, ` +
        'constants and the outputs of all layers), the most that is read',
    );
  }

  /** @throws NetworkError 'unsupported' for a layer that is too large, or one layer too many */
  takeLayer(layer: Layer, { input, output }: { readonly input: Shape; readonly output: Shape }, node: string): void {
    if (++this.#layers > mostLayers)
      throw new NetworkError(
        'unsupported',
        `${node}: the network has more than ${inWords(mostLayers)} layers, the most that is read`,
      );
    if (sizeOf(output) > mostOfLayer) {
      throw new NetworkError(
        'unsupported',
        `${node}: its output has ${inWords(sizeOf(output))} numbers; at most ${inWords(mostOfLayer)} are read`,
      );
    }
    this.take(sizeOf(output) + paddedSize(layer, input), node);
    this.#multiplications -= multiplicationsOf(layer, output);
    if (this.#multiplications < 0)
      throw new NetworkError(
        'unsupported',
        `${node}: a forward pass up to here takes more than ${inWords(mostMultiplications)} ` +
          'multiplications, the most that is supported',
      );
  }
}

export const isTooLarge = (dims: Shape): boolean => dims.length > mostAxes || sizeOf(dims) > mostOfLayer;

/** @throws NetworkError 'unsupported' */
export function requireFewAxes(count: number, what: string): void {
  if (count > mostAxes)
    throw new NetworkError('unsupported', `${what} has ${inWords(count)} axes; at most ${mostAxes} are supported`);
}

/** Windows are read from a padded copy of their input. */
function paddedSize(layer: Layer, [channels, rows, columns]: Shape): number {
  if (!('pads' in layer)) return 0;
  const [top, left, bottom, right] = layer.pads;
  return channels * (rows + top + bottom) * (columns + left + right);
}

const inWords = (count: number): string => count.toLocaleString('en-US');
