import { outputSize, type Network } from '@mipnet/network';

/** Names of the classes of a network: from its file, or 0, 1, ... if the file does not name as many. */
export function classNamesOf(network: Network): readonly string[] {
  const count = Math.max(2, outputSize(network));
  const names = network.metadata?.classes?.split(',') ?? [];
  return names.length === count ? names : Array.from({ length: count }, (_, index) => String(index));
}
