import type { Network } from '@mipnet/network';
import type { NetworkBounds } from './box.js';

/**
 * The units of a layer whose bounds leave open what the next layer does with them: which side of 0 (relu, step, sign),
 * which of three values (ternary). These need a binary and are worth tighter bounds. Of the last layer, and before
 * any other layer that is not affine, every unit whose bounds differ counts; before an affine layer none does.
 */
export function undecidedUnits(network: Network, layer: number, bounds: NetworkBounds): Int32Array {
  const { lower, upper } = bounds.layers[layer];
  const open = openAfter(network, layer);
  return Int32Array.from(lower.keys()).filter((i) => open(lower[i], upper[i]));
}

/** Whether bounds on a unit of this layer leave the layer after it undecided. */
export function openAfter(network: Network, layer: number): (lower: number, upper: number) => boolean {
  const next = network.layers.slice(layer + 1).find((other) => other.kind !== 'flatten');
  switch (next?.kind) {
    case undefined:
    case 'maxPool2d':
    case 'quantize':
      return (lower, upper) => lower < upper;
    case 'activation': {
      const { activation } = next;
      const threshold = 'threshold' in next ? next.threshold : 0;
      if (activation === 'relu') return (lower, upper) => lower < 0 && upper > 0;
      if (activation !== 'ternary') return (lower, upper) => lower < 0 && upper >= 0;
      return (lower, upper) => (lower < threshold && upper >= threshold) || (lower <= -threshold && upper > -threshold);
    }
    default:
      return () => false;
  }
}
