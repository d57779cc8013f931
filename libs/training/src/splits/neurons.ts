import { seededRandom, type Random } from '@mipnet/dataset';
import { halfGrid } from '@mipnet/encoding';
import {
  isAffine,
  networkShapes,
  sizeOf,
  type AffineLayer,
  type Conv2d,
  type Dense,
  type Layer,
  type Shape,
} from '@mipnet/network';
import type { Incumbent } from '../problem/incumbent.js';
import { denseAt, firstFree, withLayer } from '../problem/free-layers.js';
import { withoutCopies } from '../rows/copies.js';
import { storedGrid } from '../rows/leaf-data.js';
import { withoutClassWeights } from '../problem/class-weights.js';
import { TrainingError } from '../problem/training-error.js';
import type { FreeLayer, TrainingProblem, View } from '../problem/training-problem.js';
import { chosenRows } from './hardest-first.js';
import { neuronTargets } from './neuron-targets.js';
import { innerSplits } from '../problem/split-spec.js';
import * as z from 'zod';
import { positive } from './option-types.js';
import { imageBefore, patchBox } from './patch-box.js';
import { defineSplit } from './split.js';

export const neuronsOptions = z.strictObject({
  samples: positive.default(40).describe('rows of each of the two classes that a neuron separates'),
  copies: z
    .boolean()
    .default(false)
    .describe('whether a neuron of a dense layer sees the copies of its rows, too (shifts, affine)'),
  patch: positive
    .optional()
    .describe('side of the square of the image that a neuron of a dense layer reads; default: it reads all inputs'),
  margin: z.number().positive().default(1).describe("rho of a neuron's hinge loss"),
  sparsity: z.number().nonnegative().default(0.01).describe('added weight of sum |w| of a neuron'),
});
type Neurons = z.infer<typeof neuronsOptions>;

/**
 * One free layer, neuron by neuron (or filter by filter). If the later layers are not trained yet, each neuron is
 * trained to separate two classes, drawn by seed, on `samples` rows of each; a filter does so on the patch at one
 * position, also drawn. With `patch`, a neuron of a dense layer reads one square of the image, drawn, too. So neurons
 * differ from each other. If the later layers are trained, each neuron has targets: its present output on every row,
 * with fewer or smaller weights. In both cases it is a small problem of its own: one neuron on known inputs. The merged
 * layer has all of them; its biases lie on the half grid, so that no input gives a pre-activation of zero. The split
 * `layers` decides whether the layer is better than before; if it is not, a joint repair follows.
 *
 * A filter is a neuron on a patch: its network is a dense layer of one-hot rows that cuts the patch out, then the
 * neuron.
 */
export const neurons = defineSplit<Neurons>({
  name: 'neurons',
  options: neuronsOptions,
  notBefore: {
    layers: 'a neuron is trained alone and has no layers; put layers first',
    neurons: 'a neuron cannot be divided into neurons',
  },
  follows: {
    name: 'layers',
    reason: 'neurons needs one layer, and later layers that are not trained yet; write it directly after layers',
  },

  check(problem, spec) {
    const { name, network, free } = problem;
    const index = firstFree(problem);
    const layer = network.layers[index];
    if (index < 0 || free.some((other, at) => other !== null && at !== index))
      throw new TrainingError('problem', `${name}: neurons needs exactly one free layer`);
    requireAffine(name, index, layer);
    if (layer.kind === 'conv2d' && layer.groups !== 1)
      throw new TrainingError(
        'problem',
        `${name}: layer ${index} is a convolution in ${layer.groups} groups; filters are trained for one group`,
      );
    if (spec.patch !== undefined) requireSquares(problem, spec.patch);
  },

  async divide({ problem, spec, store }) {
    return isDecided(problem)
      ? withTargets(problem, spec, await neuronTargets(store, problem, firstFree(problem)))
      : ofTwoClasses(problem, spec);
  },

  outline({ problem, spec }) {
    if (!isDecided(problem)) return ofTwoClasses(problem, spec);
    // The outputs of a neuron are not known yet, and the size does not depend on them.
    const some = Uint8Array.from(problem.view.rows, (_, k) => k % 2);
    return withTargets(
      problem,
      spec,
      Array.from({ length: neuronsOf(freeLayerOf(problem)) }, () => some),
    );
  },

  async merge({ problem, store }, parts) {
    const index = firstFree(problem);
    const layer = requireAffine(problem.name, index, problem.network.layers[index]);
    if (parts.every((part) => part === undefined))
      return { incumbent: null, again: false, accuracy: { train: null, validation: null } };
    const size = layer.weights.length / neuronsOf(layer);
    const weights = Float64Array.from(layer.weights);
    const grid = await storedGrid(store, problem);
    // A neuron without a result is constant, with a bias as far from zero as any.
    const bias = layer.bias.map((value) => (grid === null ? value : halfGrid(value, grid)));
    parts.forEach((part, neuron) => {
      const trained = part?.incumbent.network.layers.at(-1);
      if (trained?.kind !== 'dense') return;
      weights.set(trained.weights, neuron * size);
      bias[neuron] = grid === null ? trained.bias[0] : halfGrid(trained.bias[0], grid);
    });
    const incumbents = parts.flatMap((part) => (part ? [part.incumbent] : []));
    const bounds = incumbents.map(({ bound }) => bound);
    const bound =
      bounds.every((value) => value !== null) && bounds.length === parts.length
        ? bounds.reduce((sum, value) => sum + value, 0)
        : null;
    const incumbent: Incumbent = {
      network: withLayer(problem.network, index, { ...layer, weights, bias }),
      objective: incumbents.reduce((sum, { objective }) => sum + objective, 0),
      ...(incumbents.length === parts.length
        ? {}
        : { covers: { parts: incumbents.length, of: parts.length, what: 'neurons' } }),
      bound,
      status:
        bound === null ? 'unresolved' : incumbents.every(({ status }) => status === 'optimal') ? 'optimal' : 'feasible',
      stages: [],
    };
    // The layer is not the last one: it has no scores of classes yet.
    return { incumbent, again: false, accuracy: { train: null, validation: null } };
  },
});

/** Whether the free layer is dense and a trained layer follows it. */
const isDecided = (problem: TrainingProblem): boolean =>
  freeLayerOf(problem).kind === 'dense' &&
  problem.network.layers.slice(firstFree(problem) + 1).some(({ kind }) => kind === 'dense');

const freeLayerOf = (problem: TrainingProblem): AffineLayer =>
  requireAffine(problem.name, firstFree(problem), problem.network.layers[firstFree(problem)]);

/** One problem per neuron or filter: two classes to separate, drawn by seed. */
function ofTwoClasses(problem: TrainingProblem, spec: Neurons): TrainingProblem[] {
  const index = firstFree(problem);
  const layer = freeLayerOf(problem);
  const before = problem.network.layers.slice(0, index);
  const input = networkShapes({ ...problem.network, layers: before }).at(-1) ?? problem.network.inputShape;
  const byClass = Array.from(problem.view.classes, (_, label) =>
    [...problem.view.labels.keys()].filter((position) => problem.view.labels[position] === label),
  );
  const image = spec.patch === undefined ? null : imageBefore(problem.network, index);
  const known = [...byClass.keys()].filter((label) => byClass[label].length > 0);
  if (known.length < 2)
    throw new TrainingError(
      'problem',
      `${problem.name}: neurons separate classes, but the rows have ${known.length === 1 ? 'one class' : 'none'}`,
    );
  const size = layer.weights.length / neuronsOf(layer);
  // A patch moved by a pixel is the patch beside it, which another filter may draw.
  const drawn = spec.copies && layer.kind === 'dense' ? (view: View): View => view : withoutCopies;
  return Array.from({ length: neuronsOf(layer) }, (_, neuron): TrainingProblem => {
    const random = seededRandom(problem.seed, 'neurons', problem.name, neuron);
    const [a, b] = random.shuffle([...known]);
    const cut = layer.kind === 'conv2d' ? patchAt(layer, input, random) : null;
    const layers: Layer[] = [
      ...before,
      ...(cut === null ? [] : [...(input.length > 1 ? [{ kind: 'flatten' } as const] : []), cut]),
      untrained(size),
    ];
    const whole = rowOf(problem.free[index]!, neuron, size);
    const row = image === null ? whole : patchBox(whole, image, spec.patch!, random);
    return {
      ...problem,
      name: `${layer.kind === 'conv2d' ? 'filter' : 'neuron'} ${neuron}`,
      view: drawn(twoClasses(problem.view, byClass, [a, b], spec.samples, random)),
      network: { inputShape: problem.network.inputShape, layers },
      free: layers.map((_, at) => (at === layers.length - 1 ? row : null)),
      objectives: [{ kind: 'fit', loss: 'hinge', margin: spec.margin, sparsity: spec.sparsity }],
      splits: innerSplits(problem.splits),
    };
  });
}

const untrained = (inputs: number): Dense => ({
  kind: 'dense',
  inputs,
  outputs: 1,
  weights: new Float64Array(inputs),
  bias: new Float64Array(1),
});

/** One problem per neuron: all rows, the targets as classes, and the present weights as the start. */
function withTargets(problem: TrainingProblem, spec: Neurons, targets: readonly Uint8Array[]): TrainingProblem[] {
  const index = firstFree(problem);
  const layer = denseAt(problem.network, index);
  const { inputs } = layer;
  return targets.map((target, neuron) => {
    const present: Dense = {
      ...untrained(inputs),
      weights: layer.weights.slice(neuron * inputs, (neuron + 1) * inputs),
      bias: layer.bias.slice(neuron, neuron + 1),
    };
    const layers: Layer[] = [...problem.network.layers.slice(0, index), present];
    return {
      ...problem,
      name: `neuron ${neuron}`,
      view: {
        ...withoutClassWeights(withoutCopies(problem.view)),
        labels: Int32Array.from(target),
        classes: Int32Array.of(0, 1),
        validationRows: new Int32Array(),
        validationLabels: new Int32Array(),
      },
      network: { inputShape: problem.network.inputShape, layers },
      free: layers.map((_, at) => (at === index ? rowOf(problem.free[index]!, neuron, inputs) : null)),
      objectives: [{ kind: 'fit', loss: 'hinge', margin: spec.margin, sparsity: spec.sparsity }],
      splits: innerSplits(problem.splits),
    };
  });
}

const neuronsOf = (layer: AffineLayer): number => (layer.kind === 'dense' ? layer.outputs : layer.outputChannels);

/** @throws TrainingError 'problem' if the free layer cannot read squares of that side */
function requireSquares({ name, network, free }: TrainingProblem, side: number): void {
  const index = firstFree({ free });
  const image = network.layers[index].kind === 'dense' ? imageBefore(network, index) : null;
  if (image === null)
    throw new TrainingError('problem', `${name}: patch is for a dense layer on images, and layer ${index} is none`);
  if (side > Math.min(image[1], image[2]))
    throw new TrainingError('problem', `${name}: patch is ${side}, larger than the image of ${image[1]}x${image[2]}`);
}

function requireAffine(name: string, index: number, layer: Layer): AffineLayer {
  if (!isAffine(layer))
    throw new TrainingError('problem', `${name}: layer ${index} is ${layer.kind}, which has no neurons to train`);
  return layer;
}

/** One-hot rows that cut one patch out of an image; a row of a padded cell is zero. */
function patchAt(
  { inputChannels, kernel, strides, dilations, pads }: Conv2d,
  [, height, breadth]: Shape,
  random: Random,
): Dense {
  const positions = [height, breadth].map(
    (extent, axis) =>
      Math.floor((extent + pads[axis] + pads[axis + 2] - (kernel[axis] - 1) * dilations[axis] - 1) / strides[axis]) + 1,
  );
  const [top, left] = positions.map((count, axis) => random.integer(count) * strides[axis] - pads[axis]);
  const inputs = sizeOf([inputChannels, height, breadth]);
  const outputs = inputChannels * kernel[0] * kernel[1];
  const weights = new Float64Array(outputs * inputs);
  for (let tap = 0; tap < outputs; tap++) {
    const column = left + (tap % kernel[1]) * dilations[1];
    const row = top + (Math.floor(tap / kernel[1]) % kernel[0]) * dilations[0];
    const channel = Math.floor(tap / (kernel[0] * kernel[1]));
    if (row >= 0 && row < height && column >= 0 && column < breadth)
      weights[tap * inputs + (channel * height + row) * breadth + column] = 1;
  }
  return { kind: 'dense', inputs, outputs, weights, bias: new Float64Array(outputs) };
}

function twoClasses(
  view: View,
  byClass: readonly number[][],
  [a, b]: readonly number[],
  samples: number,
  random: Random,
): View {
  const draw = (label: number): number[] => random.shuffle([...byClass[label]]).slice(0, samples);
  const positions = Int32Array.from([...draw(a), ...draw(b)]).sort();
  const chosen = chosenRows(view, positions);
  return {
    ...chosen,
    labels: chosen.labels.map((label) => (label === b ? 1 : 0)),
    classes: Int32Array.of(view.classes[a], view.classes[b]),
    validationRows: new Int32Array(),
    validationLabels: new Int32Array(),
  };
}

const rowOf = ({ domain, bias, lower, upper }: FreeLayer, neuron: number, size: number): FreeLayer => ({
  domain,
  bias,
  ...(lower ? { lower: lower.slice(neuron * size, (neuron + 1) * size) } : {}),
  ...(upper ? { upper: upper.slice(neuron * size, (neuron + 1) * size) } : {}),
});
