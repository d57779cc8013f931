// Tested by ../as-switches.unit.test.ts.
import { crownBounds } from '@mipnet/bounds';
import { excludeOutputs } from '@mipnet/branching';
import { seededRandom, type Random } from '@mipnet/dataset';
import { inFloat32, type Layer, type Network } from '@mipnet/network';
import { splitNetwork } from '../as-switches.js';
import { doubleArea, planeCells, valueAt } from './plane-cells.js';

export interface SwitchesCase {
  /** The least output on the box, by enumeration, and the bound that branching on units proves. */
  readonly truth: number;
  readonly bound: number;
  /** Whether the bound is above the truth. */
  readonly isWrong: boolean;
}

/** The error of the enumeration, relative to the outputs; and the largest area that rounding alone can make. */
const [tolerance, thin] = [1e-9, 1e-12];

/** A random network of max pools, clips and relus on a random box of two inputs; its least output lies near zero. */
export function switchesCase(seed: number): SwitchesCase {
  const random = seededRandom(seed, 'switches');
  const drawn = inFloat32(randomNetwork(random));
  const lower = Float64Array.from([0, 1], () => 2 * random.uniform() - 1.5);
  const box = { lower, upper: lower.map((low) => low + 0.05 + random.uniform()) };
  const values = planeCells(drawn, box)
    .filter(({ corners }) => doubleArea(corners) > thin)
    .flatMap(({ corners, outputs }) => corners.map((corner) => valueAt(outputs[0], corner)));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const shift = (0.12 * random.uniform() - 0.03) * (most - least) - least;
  const network = { ...drawn, layers: drawn.layers.with(-1, shifted(drawn.layers.at(-1)!, shift)) };
  const split = splitNetwork(network, crownBounds(network, box), () => false);
  const [bound] = excludeOutputs(split.network, split.bounds);
  const truth = least + shift;
  return { truth, bound, isWrong: bound > truth + tolerance * Math.max(1, Math.abs(least), Math.abs(most)) };
}

function randomNetwork(random: Random): Network {
  const halves = random.integer(2) === 0;
  const number = () => (halves ? (random.integer(9) - 4) / 2 : 4 * random.uniform() - 2);
  const layers: Layer[] = [];
  let size = 2;
  const dense = (outputs: number): void => {
    const [weights, bias] = [size * outputs, outputs].map((length) => Float64Array.from({ length }, number));
    layers.push({ kind: 'dense', inputs: size, outputs, weights, bias });
    size = outputs;
  };
  const maximum = (): void => {
    const [kernel, stride] = [2 + random.integer(2), 1 + random.integer(2)];
    if (size < kernel) return;
    layers.push({ kind: 'select', positions: Int32Array.from({ length: size }, (_, i) => i), shape: [1, size, 1] });
    layers.push({
      kind: 'maxPool2d',
      kernel: [kernel, 1],
      strides: [stride, 1],
      pads: [0, 0, 0, 0],
      countIncludePad: false,
    });
    layers.push({ kind: 'flatten' });
    size = 1 + Math.floor((size - kernel) / stride);
  };
  const clip = (): void => {
    layers.push({ kind: 'activation', activation: 'clip', low: -2 * random.uniform(), high: 2 * random.uniform() });
  };
  if (random.integer(4) === 0) maximum();
  for (let hidden = 1 + random.integer(2); hidden > 0; hidden--) {
    dense(2 + random.integer(5));
    const kind = random.integer(4);
    if (kind < 2) clip();
    else if (kind === 2) layers.push({ kind: 'activation', activation: 'relu' });
    maximum();
  }
  dense(1);
  return { inputShape: [2], layers };
}

function shifted(layer: Layer, shift: number): Layer {
  return layer.kind === 'dense' ? { ...layer, bias: layer.bias.map((number) => number + shift) } : layer;
}
