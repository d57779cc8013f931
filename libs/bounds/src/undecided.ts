import { piecesOf, readersOf, type Network } from '@mipnet/network';
import type { NetworkBounds } from './box.js';
import { isUndecided } from './piecewise-image.js';

/**
 * The units of a layer whose bounds do not decide which piece of the next activation they are on. These need a binary
 * and are worth tighter bounds. Of the last layer, and before any other layer that is not affine, every unit with
 * different bounds counts; before an affine layer none counts.
 */
export function undecidedUnits(network: Network, layer: number, bounds: NetworkBounds): Int32Array {
  const { lower, upper } = bounds.layers[layer];
  const open = openAfter(network, layer);
  return Int32Array.from(lower.keys()).filter((i) => open(lower[i], upper[i]));
}

/** Whether bounds on a unit of this layer leave a layer that reads it undecided. */
export function openAfter(network: Network, layer: number): (lower: number, upper: number) => boolean {
  const isEither = (lower: number, upper: number): boolean => lower < upper;
  if (layer === network.layers.length - 1) return isEither;
  const opens = readersOf(network)[layer].map((reader) => {
    const next = network.layers[reader];
    switch (next.kind) {
      case 'maxPool2d':
      case 'quantize':
        return isEither;
      case 'activation': {
        const pieces = piecesOf(next);
        return (lower: number, upper: number) => isUndecided(pieces, lower, upper);
      }
      case 'flatten':
      case 'fill':
      case 'concat':
      case 'select':
        return openAfter(network, reader);
      default:
        return () => false;
    }
  });
  return opens.length === 1 ? opens[0] : (lower, upper) => opens.some((open) => open(lower, upper));
}
