import { activationKinds } from '../activations/registry.js';
import type { Layer, Network } from '../network.js';
import { sizeOf, type Shape } from '../shape.js';
import { outputShape } from '../shapes.js';

const integerBetween = (random: () => number, low: number, high: number): number =>
  low + Math.floor((high - low + 1) * random());

/** Sizes differ by orders of magnitude, as in a trained network. */
const weights = (random: () => number, length: number): Float64Array =>
  Float64Array.from({ length }, () => (random() < 0.1 ? 0 : (2 * random() - 1) * 10 ** (1.5 * random() - 1)));

const denseOn = (random: () => number, inputs: number, outputs: number): Layer => ({
  kind: 'dense',
  inputs,
  outputs,
  weights: weights(random, inputs * outputs),
  bias: weights(random, outputs),
});

interface Node {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * A small network with branches: residual blocks (also with a projection), kernels of two sizes side by side, and
 * layers that are read twice, on a vector or an image; ends with a dense layer.
 * @param random numbers in [0, 1)
 * @param kinds of activations
 */
export function randomGraph(random: () => number, kinds = activationKinds): Network {
  const inputShape: Shape = random() < 0.5 ? [integerBetween(random, 1, 4)] : [integerBetween(random, 1, 2), 3, 3];
  const layers: Layer[] = [];
  const add = (layer: Layer, ...sources: readonly Node[]): Node => {
    const [first, ...others] = sources.map(({ shape }) => shape);
    const node = { name: `layer ${layers.length}`, shape: outputShape(layer, first, layers.length, others) };
    layers.push({ ...layer, name: node.name, from: sources.map(({ name }) => name) });
    return node;
  };
  const activated = (node: Node): Node =>
    random() < 0.8 ? add(kinds[integerBetween(random, 0, kinds.length - 1)].draw(random), node) : node;
  const affine = (node: Node, width: number, kernel: 1 | 3): Node =>
    add(affineOn(random, node.shape, width, kernel), node);

  let node: Node = { name: 'input', shape: inputShape };
  for (let blocks = integerBetween(random, 1, 2); blocks > 0; blocks--) {
    const kind = integerBetween(random, 0, 3);
    if (kind === 0) {
      const main = affine(activated(affine(node, node.shape[0], 3)), node.shape[0], 1);
      node = add({ kind: 'add' }, ...shuffled(random, [main, node]));
    } else if (kind === 1) {
      const width = integerBetween(random, 1, 2);
      node = add({ kind: 'add' }, affine(node, width, 3), affine(node, width, 1));
    } else if (kind === 2)
      node = add(
        { kind: 'concat' },
        activated(affine(node, integerBetween(random, 1, 2), 1)),
        activated(affine(node, integerBetween(random, 1, 2), 3)),
      );
    else {
      const first = affine(node, integerBetween(random, 1, 2), 1);
      node = add({ kind: random() < 0.5 ? 'add' : 'concat' }, activated(first), first, first);
    }
    if (random() < 0.2)
      node = add({ kind: 'scale', factor: weights(random, node.shape[0]), offset: weights(random, 1) }, node);
    if (random() < 0.2) node = add(selectOn(random, node.shape), node);
    node = activated(node);
  }
  if (node.shape.length > 1) node = add({ kind: 'flatten' }, node);
  add(denseOn(random, sizeOf(node.shape), 2), node);
  return { inputShape, layers };
}

/** Most of the numbers in another order, some twice, and constants among them; an image stays one. */
function selectOn(random: () => number, shape: Shape): Layer {
  const size = sizeOf(shape);
  const positions = Int32Array.from({ length: size }, () => integerBetween(random, -1, size - 1));
  return { kind: 'select', positions, shape, ...(random() < 0.5 && { constants: weights(random, size) }) };
}

const shuffled = (random: () => number, [one, other]: readonly [Node, Node]): readonly Node[] =>
  random() < 0.5 ? [one, other] : [other, one];

/** Keeps rows and columns of an image. */
function affineOn(random: () => number, shape: Shape, width: number, kernel: 1 | 3): Layer {
  if (shape.length === 1) return denseOn(random, shape[0], width);
  const pad = (kernel - 1) / 2;
  return {
    kind: 'conv2d',
    inputChannels: shape[0],
    outputChannels: width,
    groups: 1,
    kernel: [kernel, kernel],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [pad, pad, pad, pad],
    weights: weights(random, width * shape[0] * kernel * kernel),
    bias: weights(random, width),
  };
}
