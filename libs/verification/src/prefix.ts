// Tested by behind-prefix.unit.test.ts.
import { networkShapes, piecesOf, sourcesOf, valueOf, type Layer, type Network } from '@mipnet/network';

/**
 * A network in two parts: first layers that compute every number from one input alone and never fall, such as the
 * filling, scaling, clipping and rounding of a table's columns; and the rest.
 */
export interface PrefixedNetwork {
  readonly prefix: Network;
  readonly rest: Network;
  /** The prefix without the rounding at its end, if there is one. */
  readonly unrounded?: Network;
  /** Outputs of the prefix are multiples of 1 / levels, up to the runtime's rounding. */
  readonly levels?: number;
}

const known = new WeakMap<Network, PrefixedNetwork | null>();

/** Undefined if a network begins with another layer. */
export function prefixedNetwork(network: Network): PrefixedNetwork | undefined {
  let found = known.get(network);
  if (found === undefined) known.set(network, (found = divided(network) ?? null));
  return found ?? undefined;
}

function divided(network: Network): PrefixedNetwork | undefined {
  const { layers, inputShape } = network;
  const size = prefixSize(network);
  if (size === 0 || size === layers.length) return undefined;
  const [name, last] = [layers[size - 1].name, layers[size - 1]];
  // A layer that reads the prefix by its name reads the input of the rest.
  const rest = layers.slice(size).map((layer, k): Layer => {
    const from = k === 0 ? undefined : layer.from?.map((other) => (other === name ? 'input' : other));
    return { ...layer, from };
  });
  const prefix: Network = { inputShape, layers: layers.slice(0, size) };
  return {
    prefix,
    rest: { inputShape: networkShapes(network)[size - 1], layers: rest },
    ...(last.kind === 'quantize' && {
      levels: last.levels,
      unrounded: { inputShape, layers: layers.slice(0, size - 1) },
    }),
  };
}

/**
 * Number of first layers that belong to the prefix. It ends with a bend, a jump or a rounding: the runtime may merge
 * scale layers at its end into the rest.
 */
function prefixSize(network: Network): number {
  const { layers } = network;
  const sources = sourcesOf(network);
  let size = 0;
  for (let k = 0; k < layers.length && isRising(layers[k]) && sources[k].length === 1 && sources[k][0] === k - 1; k++)
    if (layers[k].kind === 'activation' || layers[k].kind === 'quantize') size = k + 1;
  const isAlone = sources.slice(size).every((own) => own.every((source) => source >= size - 1));
  return isAlone ? size : 0;
}

/** Whether every output is a function of one input that never falls. */
function isRising(layer: Layer): boolean {
  switch (layer.kind) {
    case 'fill':
    case 'flatten':
    case 'quantize':
      return true;
    case 'scale':
      return layer.factor.every((factor) => factor >= 0);
    case 'activation': {
      const { breaks, pieces } = piecesOf(layer);
      return (
        pieces.every(({ slope }) => slope >= 0) &&
        breaks.every(({ at }, k) => valueOf(pieces[k], at) <= valueOf(pieces[k + 1], at))
      );
    }
    default:
      return false;
  }
}
