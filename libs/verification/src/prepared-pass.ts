import { forwardPass, type ForwardPass, type Network } from '@mipnet/network';

const prepared = new WeakMap<Network, ForwardPass>();

/**
 * The forward pass of a network, prepared at the first call: a verification evaluates one network at single points over
 * and over, and to check and prepare 15 million weights takes a hundred times as long as one pass. The network must not
 * change any more. Throws as `forwardPass`.
 */
export function passOf(network: Network): ForwardPass {
  let pass = prepared.get(network);
  if (pass === undefined) prepared.set(network, (pass = forwardPass(network)));
  return pass;
}
