import { scalingOf, type InputColumn } from '@mipnet/dataset';
import { linked, sourcesOf, type Layer, type Network } from '@mipnet/network';

/**
 * The network as its file holds it: before the layers of the plan stand those that turn the numbers of a table into
 * what the plan's network reads. Images need none.
 */
export function fileNetwork(network: Network, columns: readonly InputColumn[] | undefined): Network {
  if (columns === undefined) return network;
  const before = inputLayers(columns);
  const sources = sourcesOf(network).map((read) => read.map((source) => source + before.length));
  const layers = linked([...before, ...network.layers], [...before.map((_, index) => [index - 1]), ...sources]);
  return { ...network, layers };
}

/** Fills, shifts, scales and clips, each step in float32 as `scaledInputs` of @mipnet/dataset. */
function inputLayers(columns: readonly InputColumn[]): Layer[] {
  const { fill, low, factor } = scalingOf(columns);
  const zeros = new Float64Array(low.length);
  return [
    { kind: 'fill', values: fill },
    { kind: 'scale', factor: zeros.map(() => 1), offset: low.map((number) => 0 - number) },
    { kind: 'scale', factor, offset: zeros },
    { kind: 'activation', activation: 'clip', low: 0, high: 1 },
  ];
}
