import {
  isAffine,
  isChain,
  isChainFrom,
  isTwoValued,
  networkBefore,
  piecesOf,
  networkShapes,
  sourcesOf,
  withoutPlace,
  type Layer,
  type Network,
  type Shape,
} from '@mipnet/network';
import type { Covers } from '@mipnet/recursion';
import type { Incumbent } from '../problem/incumbent.js';
import { materialize } from '../rows/materialize.js';
import { scoreData } from '../model/score-data.js';
import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { innerSplits, type SplitSpec } from '../problem/split-spec.js';
import * as z from 'zod';
import { neuronsOptions } from './neurons.js';
import { defineSplit, type Round } from './split.js';

/** How hidden layers are built if the plan names no split `neurons`. */
const defaultNeurons: SplitSpec = { name: 'neurons', ...neuronsOptions.parse({}) };

const options = z.strictObject({
  cycles: z
    .number()
    .int()
    .nonnegative()
    .max(1000)
    .default(0)
    .describe('descents through all layers after the construction'),
  blocks: z
    .enum(['single', 'two'])
    .default('single')
    .describe('what a descent frees at once: each layer in turn, or all layers but the last and then the last'),
});
type Layers = z.infer<typeof options>;

/**
 * One free layer at a time. Construction, from the first layer to the last: round i trains the i-th free layer on the
 * outputs of the layers before it, which are now frozen. Hidden layers have no targets of their own and are divided
 * into `neurons`; the last layer gets the following splits. Then, if the plan has cycles, descent: one dense layer is
 * free and all others are frozen, each in turn; its network is taken only if the objective on ALL the data does not
 * rise, so the curve (the incumbent's stages) falls or stays. Convolutions stay as they were built: one MIP with shared
 * weights at all positions would be as large as the data times the positions.
 *
 * In the descent, `neurons`, if named, comes first for a layer with targets (a step or sign follows it): its neurons
 * keep their activations and look for better weights. If the result is worse, the whole layer follows: a joint repair
 * that begins with that result. `blocks: two` frees all layers but the last at once, then the last: the alternation of
 * Kurtz and Bah.
 *
 * Source of the greedy part: Patil and Mintz, layer-wise MIP training; there the first round has a network of its own.
 */
export const layers = defineSplit<Layers>({
  name: 'layers',
  options,
  notBefore: { layers: 'one layer cannot be divided into layers' },
  freesInTurn: true,

  refusalBehind: ({ cycles, blocks }, behind) =>
    cycles > 0 && behind.some(({ name }) => name === 'pairs')
      ? `layers with ${cycles} cycles improves one whole network, but pairs after it makes one per pair; ` +
        'put pairs first or leave cycles out'
      : cycles > 0 && behind.some(({ name }) => name === 'columns')
        ? `layers with ${cycles} cycles changes single weights, but columns chooses whole neurons; leave cycles out`
        : cycles === 0 && blocks !== 'single'
          ? `layers.blocks is what a descent frees, and there is no descent: set layers.cycles, or leave blocks out`
          : undefined,

  check(problem, { cycles }) {
    const { name, network } = problem;
    const blocks = blocksOf(problem);
    const order = blocks.map(([first]) => first);
    if (order.length < 2)
      throw new TrainingError(
        'problem',
        `${name}: a split by layers needs at least two free layers, the network has ${order.length}`,
      );
    const last = network.layers[blocks.at(-1)!.at(-1)!];
    if (last.kind !== 'dense')
      throw new TrainingError('problem', `${name}: the last free layer is ${last.kind}; the scores need a dense layer`);
    for (const index of order.slice(0, -1)) {
      const behind = network.layers[index + 1];
      if (behind?.kind !== 'activation')
        throw new TrainingError(
          'problem',
          `${name}: layer ${index} has no activation, so the layer after it could do its work alone; give ` +
            'it step, sign or relu',
        );
    }
    const first = cycles > 0 ? Math.min(...descentLayers(problem)) : order.at(-1)!;
    if (!isChainFrom(network, first + 1))
      throw new TrainingError(
        'problem',
        `${name}: the network branches behind layer ${first}, which is ` +
          `free ${cycles > 0 ? 'in the cycles' : 'last'}; ` +
          'branch ' +
          `before it${cycles > 0 ? ', or leave cycles out' : ''}`,
      );
  },

  async divide(round) {
    const { problem, current, store, threads } = round;
    const phase = phaseOf(round);
    const network = (phase.kind === 'descent' ? current?.rejected : undefined) ?? current?.network ?? problem.network;
    const [from] = phase.layers;
    const until = untilOf(phase, network);
    const part = { ...problem, name: phase.name, splits: phase.splits };
    const free = freeOf(problem, phase).slice(from, until);
    const own = network.layers.slice(from, until).map(withoutPlace);
    const frozen = networkBefore(network, from);
    if (!needsRunning(frozen))
      return [
        {
          ...part,
          network: { ...network, layers: [...frozen.layers, ...own] },
          free: [...frozen.layers.map(() => null), ...free],
        },
      ];
    const data = await materialize(store, problem.dataset, problem.view, frozen, threads);
    return [
      {
        ...part,
        dataset: data.dataset,
        view: data.view,
        network: { inputShape: data.inputShape, layers: own },
        free,
      },
    ];
  },

  rounds,

  roundName({ problem, spec, state }) {
    const phase = phaseOf({ problem, spec, state });
    const order = freeLayersOf(problem);
    const places = phase.layers.map((index) => order.indexOf(index) + 1).join(' and ');
    const units = phase.layers.map((index) => layerText(problem.network.layers[index])).join(', ');
    const layer = `layer ${places} of ${order.length}: ${units}`;
    const at = state.round + 1;
    const of = rounds(problem, spec);
    if (phase.kind !== 'descent') return { name: layer, at, of };
    const perCycle = descents(problem, spec.blocks).length;
    const cycle = Math.floor((state.round - blocksOf(problem).length) / perCycle) + 1;
    const how = phase.isRepaired ? ', neuron by neuron' : '';
    return { name: `cycle ${cycle} of ${spec.cycles}, ${layer}${how}`, at, of };
  },

  outline(round) {
    const { problem } = round;
    const phase = phaseOf(round);
    const until = untilOf(phase, problem.network);
    const [from] = phase.layers;
    const shape = shapeAfter(networkBefore(problem.network, from));
    return [
      {
        ...problem,
        name: phase.name,
        splits: phase.splits,
        network: { inputShape: shape, layers: problem.network.layers.slice(from, until).map(withoutPlace) },
        free: freeOf(problem, phase).slice(from, until),
      },
    ];
  },

  async merge(round, [part]) {
    const { problem, spec, state, current, store } = round;
    const phase = phaseOf(round);
    if (!part) return { incumbent: state.round < blocksOf(problem).length ? null : (current ?? null), again: false };
    const before = current?.network ?? problem.network;
    const [first] = phase.layers;
    const frozen = networkBefore(before, first);
    const found = part.incumbent.network.layers.slice(needsRunning(frozen) ? 0 : frozen.layers.length);
    const network: Network = {
      ...before,
      layers: [
        ...before.layers.slice(0, first),
        ...inPlaceOf(before.layers.slice(first), found),
        ...before.layers.slice(untilOf(phase, before)),
      ],
    };
    const again = state.round + 1 < rounds(problem, spec);
    if (phase.kind === 'hidden') {
      // The later layers are not trained yet: the objective is that of this layer alone.
      const covers: Covers = { parts: state.round + 1, of: blocksOf(problem).length, what: 'layers' };
      const incumbent: Incumbent = {
        ...part.incumbent,
        network,
        covers,
        bound: null,
        stages: withStage(current, phase.name, part.incumbent, part.incumbent),
      };
      return { incumbent, again, accuracy: { train: null, validation: null } };
    }
    // Later splits may have made another network (pairs makes one per pair); its objective is then theirs.
    const isWhole = network.layers.length === problem.network.layers.length;
    const objective = isWhole ? (await scoreData(store, problem, network)).objective : part.incumbent.objective;
    const known = part.solved.accuracy.train === null ? {} : { accuracy: part.solved.accuracy };
    if (phase.kind === 'last') {
      const incumbent: Incumbent = {
        ...part.incumbent,
        network,
        objective,
        covers: isWhole ? undefined : part.incumbent.covers,
        // The part's bound holds for the earlier layers as they are, which are free too: it is none of the whole.
        bound: null,
        status: 'unresolved',
        stages: withStage(current, phase.name, { ...part.incumbent, objective }, part.incumbent),
      };
      return { incumbent, again, ...known };
    }
    const accepted = objective <= current!.objective;
    const present: Incumbent = { ...current!, rejected: undefined };
    const kept: Incumbent = accepted
      ? { ...present, network, objective }
      : phase.isRepaired
        ? { ...present, rejected: network }
        : present;
    return {
      incumbent: { ...kept, stages: withStage(current, phase.name, kept, part.incumbent) },
      again,
      ...(accepted ? known : {}),
    };
  },
});

/**
 * The layers that are trained together, first ones first: each alone, but the last two if columns makes the
 * neurons between them.
 */
function blocksOf(problem: Pick<TrainingProblem, 'free' | 'splits'>): readonly (readonly number[])[] {
  const order = freeLayersOf(problem);
  const makesHidden = innerSplits(problem.splits).some(({ name }) => name === 'columns');
  return makesHidden ? [...order.slice(0, -2).map((index) => [index]), order.slice(-2)] : order.map((index) => [index]);
}

const freeLayersOf = ({ free }: Pick<TrainingProblem, 'free'>): number[] =>
  free.flatMap((layer, index) => (layer === null ? [] : [index]));

/**
 * The layers that a descent visits, from the last to the first.
 */
const descentLayers = (problem: TrainingProblem): number[] =>
  freeLayersOf(problem)
    .filter((index) => problem.network.layers[index].kind === 'dense')
    .reverse();

function rounds(problem: TrainingProblem, { cycles, blocks }: Layers): number {
  return blocksOf(problem).length + cycles * descents(problem, blocks).length;
}

type Phase = { readonly layers: readonly number[]; readonly name: string; readonly splits: readonly SplitSpec[] } & (
  { readonly kind: 'hidden'; readonly next: number } | { readonly kind: 'last' } | Descent
);

/**
 * One round of a cycle: which layers are free, and whether a repair of the whole layer follows a round that was worse.
 */
interface Descent {
  readonly kind: 'descent';
  readonly isRepaired: boolean;
}

interface DescentStep {
  readonly layers: readonly number[];
  readonly by: 'neurons' | 'layer';
}

function descents(problem: TrainingProblem, blocks: Layers['blocks']): DescentStep[] {
  const visited = descentLayers(problem);
  if (blocks === 'two')
    return [visited.slice(0, 1), visited.slice(1).reverse()]
      .filter(({ length }) => length > 0)
      .map((layers) => ({ layers, by: 'layer' }));
  const byNeurons = innerSplits(problem.splits).some(({ name }) => name === 'neurons');
  return visited.flatMap((index): DescentStep[] => {
    const behind = problem.network.layers[index + 1];
    const hasTargets = index !== visited[0] && behind?.kind === 'activation' && isTwoValued(piecesOf(behind));
    return [
      ...(byNeurons && hasTargets ? [{ layers: [index], by: 'neurons' as const }] : []),
      { layers: [index], by: 'layer' },
    ];
  });
}

function phaseOf({ problem, spec, state: { round } }: Pick<Round<Layers>, 'problem' | 'spec' | 'state'>): Phase {
  const order = blocksOf(problem);
  const behind = innerSplits(problem.splits);
  const ofNeurons = behind.find((spec) => spec.name === 'neurons') ?? defaultNeurons;
  const others = behind.filter((spec) => spec.name !== 'neurons');
  if (round < order.length - 1)
    return {
      kind: 'hidden',
      layers: order[round],
      next: order[round + 1][0],
      name: `layer ${order[round].join(' and ')}`,
      splits: [ofNeurons],
    };
  if (round === order.length - 1)
    return { kind: 'last', layers: order[round], name: `layer ${order[round].join(' and ')}`, splits: others };
  const steps = descents(problem, spec.blocks);
  const step = round - order.length;
  const { layers: unknown, by } = steps[step % steps.length];
  const name =
    `cycle ${Math.floor(step / steps.length)}, ` +
    `layer ${unknown.join(' and ')}${by === 'neurons' ? ' by neurons' : ''}`;
  return {
    kind: 'descent',
    layers: unknown,
    name,
    splits: by === 'neurons' ? [ofNeurons] : others,
    isRepaired: by === 'neurons',
  };
}

/**
 * Whether frozen layers compute anything: a flatten or an image as it comes needs no data set of its own. Branches get
 * one.
 */
const needsRunning = (frozen: Network): boolean => frozen.layers.some(isAffine) || !isChain(frozen);

const shapeAfter = (network: Network): Shape => networkShapes(network).at(-1) ?? network.inputShape;

const layerText = (layer: Layer): string =>
  layer.kind === 'conv2d'
    ? `conv, ${layer.outputChannels} filters`
    : layer.kind === 'dense'
      ? `dense, ${layer.outputs} neurons`
      : layer.kind;

/** What is free in a phase, for every layer of the whole network. */
const freeOf = ({ free }: TrainingProblem, phase: Phase): TrainingProblem['free'] =>
  free.map((layer, index) => (phase.layers.includes(index) ? layer : null));

/**
 * One past the layers that a phase is about: of a hidden layer those up to the next free one, as far as they are its
 * chain.
 */
function untilOf(phase: Phase, network: Network): number {
  if (phase.kind !== 'hidden') return network.layers.length;
  const sources = sourcesOf(network);
  let until = phase.layers[0] + 1;
  while (until < phase.next && sources[until].length === 1 && sources[until][0] === until - 1) until++;
  return until;
}

/** Trained layers with the names and sources of the ones that they stand for. */
const inPlaceOf = (layers: readonly Layer[], found: readonly Layer[]): Layer[] =>
  found.map((layer, at) => {
    const { name, from } = layers[at] ?? {};
    return {
      ...withoutPlace(layer),
      ...(name === undefined ? {} : { name }),
      ...(from === undefined ? {} : { from }),
    };
  });

function withStage(
  current: Incumbent | undefined,
  name: string,
  after: Pick<Incumbent, 'objective' | 'bound' | 'status'>,
  part: Incumbent,
): Incumbent['stages'] {
  return [
    ...(current?.stages ?? []),
    {
      objective: `${name}: fit`,
      value: after.objective,
      bound: after.bound,
      status: after.status,
      start: current?.objective ?? after.objective,
      nodes: part.stages.reduce((sum, { nodes }) => sum + nodes, 0),
      work: part.stages.reduce((sum, { work }) => sum + work, 0),
      boundBy: null,
    },
  ];
}
