import type { Layer, Network } from './network.js';
import { NetworkError } from './network-error.js';

/** What stands for the network's input among the sources of a layer. */
export const networkInput = -1;

/** Sources already found: whatever walks a network asks for them. */
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
 * For what makes sense along a chain only.
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
