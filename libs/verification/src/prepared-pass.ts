import { forwardPass, type ForwardPass, type Network } from '@mipnet/network';

const prepared = new WeakMap<Network, ForwardPass>();

/**
 * The forward pass of a network, prepared at the first call: a verification evaluates one network at many single
 * points, and checking and preparing 15 million weights takes a hundred times as long as one pass. The network must not
 * change afterwards. Throws as `forwardPass`.
 */
export function passOf(network: Network): ForwardPass {
  let pass = prepared.get(network);
  if (pass === undefined) prepared.set(network, (pass = forwardPass(network)));
  return pass;
}
