import type { NetworkBounds } from '@mipnet/bounds';
import type { Network } from '@mipnet/network';
import { liveNetwork, type LiveNetwork } from './live-network.js';

/** A linear form of the outputs of a live network. */
export interface LiveForm {
  readonly live: LiveNetwork;
  readonly row: Float64Array;
}

/** An output gets a network of its own if that has at most this share of the numbers that all outputs need. */
const smallShare = 0.5;

/**
 * Single outputs of an affine last layer as forms, by their positions in `outputs`. An output that depends on a small
 * part of the network, as behind a convolution, is a form of that part alone. Otherwise all are forms of one live
 * network, whose searches share what they learn of units.
 * @param outputs ascending, at least one
 */
export function liveForms(
  network: Network,
  bounds: NetworkBounds,
  outputs: Int32Array,
): { readonly shared: LiveNetwork; readonly of: (at: number) => LiveForm } {
  const shared = liveNetwork(network, bounds, outputs);
  const own = (at: number): LiveForm => ({
    live: liveNetwork(network, bounds, outputs.slice(at, at + 1)),
    row: Float64Array.of(1),
  });
  const isLocal = numbersOf(own(outputs.length >> 1).live) <= smallShare * numbersOf(shared);
  return {
    shared,
    of: (at) => (isLocal ? own(at) : { live: shared, row: new Float64Array(outputs.length).fill(1, at, at + 1) }),
  };
}

/** How many numbers a pass computes. */
const numbersOf = ({ sizes }: LiveNetwork): number => sizes.reduce((sum, { length }) => sum + length, 0);
