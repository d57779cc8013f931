import type { Layer, Network } from './network.js';
import { NetworkError } from './network-error.js';

/** The index of the network's input among the sources of a layer. */
export const networkInput = -1;

/** Cache of sources: every walk through a network needs them. */
const found = new WeakMap<readonly Layer[], readonly (readonly number[])[]>();

/**
 * For each layer the indices of the layers that it reads, in order; -1 (`networkInput`) is the network's input. Sources
 * are earlier layers, so layers are in topological order; the output of the network is that of the last one.
 * @throws NetworkError 'shape' for a name that is given twice or that no earlier layer has
 */
export function sourcesOf({ layers }: Pick<Network, 'layers'>): readonly (readonly number[])[] {
  const known = found.get(layers);
  if (known?.length === layers.length) return known;
  const places = new Map<string, number>([['input', networkInput]]);
  const sources = layers.map((layer, index) => {
    const refuse = (message: string): never => {
      throw new NetworkError('shape', message, { layer: index, kind: layer.kind });
    };
    if (layer.from?.length === 0) refuse('it reads no layer; leave `from` out to read the layer before it');
    const own = layer.from?.map(
      (name) => places.get(name) ?? refuse(`it reads '${name}', which is the name of no earlier layer`),
    ) ?? [index - 1];
    if (layer.name !== undefined) {
      if (places.has(layer.name))
        refuse(`the name '${layer.name}' is taken; names of layers are unique, and not 'input'`);
      places.set(layer.name, index);
    }
    return own;
  });
  found.set(layers, sources);
  return sources;
}

/** For each layer the indices of the layers that read it. */
export function readersOf(network: Pick<Network, 'layers'>): readonly (readonly number[])[] {
  const readers = network.layers.map((): number[] => []);
  sourcesOf(network).forEach((sources, index) => {
    for (const source of new Set(sources)) if (source >= 0) readers[source].push(index);
  });
  return readers;
}

/** Whether every layer reads the one before it and nothing else. */
export const isChain = (network: Pick<Network, 'layers'>): boolean =>
  sourcesOf(network).every((sources, index) => sources.length === 1 && sources[0] === index - 1);

/**
 * For functions that support chains only.
 * @param purpose as the end of the sentence "... only works on a chain of layers"
 * @throws NetworkError 'unsupported'
 */
export function requireChain(network: Pick<Network, 'layers'>, purpose: string): void {
  if (isChain(network)) return;
  throw new NetworkError(
    'unsupported',
    `${purpose} only works on a chain of layers, and this network has branches; leave it out, or use a chain`,
  );
}

/** Whether every layer from `index` on reads the one before it and nothing else. */
export const isChainFrom = (network: Pick<Network, 'layers'>, index: number): boolean =>
  sourcesOf(network).every((sources, at) => at < index || (sources.length === 1 && sources[0] === at - 1));

/**
 * Layers with the sources given, by index (-1: the network's input): names and `from` only if a layer does not read
 * just the one before it. Names that layers have stay if they are read by name.
 */
export function linked(layers: readonly Layer[], sources: readonly (readonly number[])[]): Layer[] {
  const isPlain = (index: number) => sources[index].length === 1 && sources[index][0] === index - 1;
  const read = new Set(layers.flatMap((_, index) => (isPlain(index) ? [] : sources[index])));
  const taken = new Set(['input', ...layers.map(({ name }) => name)]);
  const free = (name: string): string => (taken.has(name) ? free(`${name}'`) : name);
  const names = layers.map(({ name }, index) => name ?? free(`layer ${index}`));
  return layers.map((layer, index): Layer => {
    const { name: _, from: __, ...own } = layer;
    return {
      ...own,
      ...(read.has(index) ? { name: names[index] } : {}),
      ...(isPlain(index) ? {} : { from: sources[index].map((source) => (source < 0 ? 'input' : names[source])) }),
    };
  });
}

/**
 * The network that computes what a layer reads: the layers that it depends on, in their order.
 * @throws NetworkError 'unsupported' for a layer that reads several
 */
export function networkBefore(network: Network, index: number): Network {
  const { inputShape, layers } = network;
  if (isChain(network)) return { inputShape, layers: layers.slice(0, index) };
  const sources = sourcesOf(network);
  const [first, ...others] = index < layers.length ? sources[index] : [layers.length - 1];
  if (others.length > 0)
    throw new NetworkError(
      'unsupported',
      `layer ${index} reads ${others.length + 1} layers; no one network gives both`,
    );
  const needed = new Set([first]);
  for (let at = first; at >= 0; at--) if (needed.has(at)) for (const source of sources[at]) needed.add(source);
  const kept = [...layers.keys()].filter((at) => needed.has(at));
  const place = new Map(kept.map((at, position) => [at, position]));
  return {
    inputShape,
    layers: linked(
      kept.map((at) => layers[at]),
      kept.map((at) => sources[at].map((source) => (source < 0 ? networkInput : place.get(source)!))),
    ),
  };
}

/** A layer as it is at the beginning of a network of its own: without a name, and it reads what is before it. */
export function withoutPlace<L extends Layer>(layer: L): L {
  if (layer.name === undefined && layer.from === undefined) return layer;
  const { name: _, from: __, ...own } = layer;
  return own as L;
}

/** The parts of a layer's sources one after the other; the part itself if there is one. */
export function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
