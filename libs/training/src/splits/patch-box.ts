import type { Random } from '@mipnet/dataset';
import { networkShapes, weightBound, type Layer, type Network, type Shape } from '@mipnet/network';
import type { FreeLayer } from '../problem/training-problem.js';

/**
 * The image that a dense layer reads, past layers that only flatten it: [channels, rows, columns], or null if the layer
 * reads a vector.
 */
export function imageBefore({ inputShape, layers }: Network, index: number): Shape | null {
  const isFlatten = ({ kind }: Layer): boolean => kind === 'flatten';
  let end = index;
  while (end > 0 && isFlatten(layers[end - 1])) end--;
  const shape = networkShapes({ inputShape, layers: layers.slice(0, end) }).at(-1) ?? inputShape;
  return shape.length === 3 ? shape : null;
}

/**
 * The box of a neuron that reads one square of the image, on all channels: its weights outside are fixed at 0. The
 * place is drawn.
 * @param free the neuron's row of the layer
 * @param side of the square in pixels, at most the image's smaller side
 */
export function patchBox(free: FreeLayer, [channels, rows, columns]: Shape, side: number, random: Random): FreeLayer {
  const [top, left] = [random.integer(rows - side + 1), random.integer(columns - side + 1)];
  const isInside = (input: number): boolean => {
    const row = Math.floor(input / columns) % rows;
    const column = input % columns;
    return row >= top && row < top + side && column >= left && column < left + side;
  };
  const bound = weightBound(free.domain);
  const box = (ends: Float64Array | undefined, end: number): Float64Array =>
    Float64Array.from({ length: channels * rows * columns }, (_, k) => (isInside(k) ? (ends?.[k] ?? end) : 0));
  return { ...free, lower: box(free.lower, -bound), upper: box(free.upper, bound) };
}
