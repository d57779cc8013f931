import { seededRandom } from '@mipnet/dataset';
import { isAffine, weightBound, type Network } from '@mipnet/network';
import { statusOf, type Incumbent } from '../problem/incumbent.js';
import { freeLayers } from '../model/free-network.js';
import { hasWeights } from '../problem/free-layers.js';
import { storedGrid } from '../rows/leaf-data.js';
import { accuracyOn } from '../rows/accuracy.js';
import { scoreData } from '../model/score-data.js';
import type { Objective } from '../problem/objective.js';
import { TrainingError } from '../problem/training-error.js';
import type { FreeLayer, TrainingProblem } from '../problem/training-problem.js';
import { alignedTo } from './align-neurons.js';
import { averageNetwork } from './average-network.js';
import { chosenRows, notBeforeOfBatches } from './hardest-first.js';
import { innerSplits } from '../problem/split-spec.js';
import * as z from 'zod';
import { atMost, positive } from './option-types.js';
import { defineSplit, type Part } from './split.js';

const options = z
  .strictObject({
    kind: z.literal('consensus'),
    size: positive.optional().describe('rows of a batch'),
    count: positive.optional().describe('number of batches, instead of size'),
    rounds: atMost(10_000)
      .default(4)
      .describe('rounds at most; boxes around the incumbent shrink from one to the next'),
  })
  .refine(
    ({ size, count }) => (size === undefined) !== (count === undefined),
    'give either size (rows of a batch) or count (number of batches)',
  );
type Consensus = z.infer<typeof options>;

/**
 * Disjoint stratified batches, drawn again in each round, with one problem per batch; their networks are averaged into
 * one. Round 0 is free in the whole domain; round r keeps every weight within P (1 - r / rounds) of the incumbent (at
 * least 1), so that the networks of the batches come closer to each other. The merge averages the parts' weights, those
 * that do well on validation rows counting more, and rounds INTO the domain: an average of integers is not an integer.
 * The objective on all the data decides: the best of the average, the parts and the incumbent is kept, so a round never
 * loses.
 *
 * The weight of sparsity is divided among the parts, so that their objectives add up to that of the whole problem, and
 * so do the bounds of round 0. Source: the batch training of Thorbjarnarson and Yorke-Smith; theirs has a box [average
 * - (P - round), average + (P - round)], and takes the average even if it is worse.
 */
export const consensus = defineSplit<Consensus>({
  name: 'batches',
  kind: 'consensus',
  options,
  notBefore: {
    ...notBeforeOfBatches,
    columns: 'consensus averages weights, but columns gives every batch other neurons; use hardest-first batches',
  },

  check(problem, spec) {
    const [first] = problem.objectives;
    if (first.kind !== 'fit')
      throw new TrainingError('problem', `${problem.name}: batches are judged by a fit, got ${first.kind}`);
    // After pairs, a problem has two classes and fewer rows; divide checks again.
    if (problem.splits[0]?.name !== 'pairs') batchCount(problem, spec);
  },

  async divide({ problem, spec, state, current }) {
    const count = batchCount(problem, spec);
    const center = current?.network ?? problem.network;
    const free =
      state.round === 0 || !current ? problem.free : boxesRound(problem, center, 1 - state.round / spec.rounds);
    return dealt(problem, count, state.round).map((positions, batch) => ({
      ...problem,
      name: `round ${state.round}, batch ${batch}`,
      network: center,
      free,
      view: chosenRows(problem.view, positions),
      objectives: problem.objectives.map((objective) => shareOf(objective, count)),
      splits: innerSplits(problem.splits),
    }));
  },

  rounds: (_problem, spec) => spec.rounds,

  roundName: ({ state, spec }) => ({
    name: `round ${state.round + 1} of ${spec.rounds}`,
    at: state.round + 1,
    of: spec.rounds,
  }),

  async merge({ problem, spec, state, current, store }, parts) {
    const there = parts.filter((part): part is Part => part !== undefined);
    if (there.length === 0) return { incumbent: current ?? null, again: false };
    const { precisions } = freeLayers(problem, await storedGrid(store, problem));
    const reference = current?.network ?? there[0].incumbent.network;
    const networks = there.map(({ incumbent }) => alignedTo(problem, reference, incumbent.network));
    const shares: number[] = [];
    for (const network of networks) {
      const { validation, train } = await accuracyOn(store, problem, network);
      shares.push(validation ?? train ?? 1);
    }
    // Before the first round, the incumbent is what the problem started from.
    const before = current?.network ?? (hasWeights(problem) ? problem.network : undefined);
    const candidates = [
      ...(before ? [before] : []),
      averageNetwork(problem, precisions, networks, shares),
      ...networks,
    ];
    let best: { network: Network; objective: number } | undefined;
    for (const network of candidates) {
      const { objective } = await scoreData(store, problem, network);
      if (!best || objective < best.objective) best = { network, objective };
    }
    const { network, objective } = best!;
    const bounds = parts.map((part) => part?.incumbent.bound ?? null);
    const sum =
      state.round === 0 && bounds.every((bound) => bound !== null)
        ? bounds.reduce((total, bound) => total + bound, 0)
        : null;
    const bound = sum === null ? (current?.bound ?? null) : Math.min(sum, objective);
    const status = statusOf(objective, bound);
    const incumbent: Incumbent = {
      network,
      objective,
      bound,
      status,
      stages: [
        ...(current?.stages ?? []),
        {
          objective: `round ${state.round}: fit`,
          value: objective,
          bound,
          status,
          start: current?.objective ?? objective,
          nodes: total(there, ({ nodes }) => nodes),
          work: total(there, ({ work }) => work),
          boundBy: null,
        },
      ],
    };
    const accuracy = await accuracyOn(store, problem, network);
    const isGoodEnough =
      problem.limits.stopAtError !== undefined &&
      accuracy.train !== null &&
      1 - accuracy.train <= problem.limits.stopAtError;
    return { incumbent, accuracy, again: state.round + 1 < spec.rounds && status !== 'optimal' && !isGoodEnough };
  },
});

/** @throws TrainingError 'problem' if a batch would be smaller than the number of classes */
function batchCount({ name, view }: TrainingProblem, { size, count }: Consensus): number {
  const batches = count ?? Math.max(1, Math.round(view.rows.length / size!));
  const smallest = Math.floor(view.rows.length / batches);
  if (smallest < view.classes.length || (size ?? Infinity) < view.classes.length) {
    throw new TrainingError(
      'problem',
      `${name}: batches of ${Math.min(smallest, size ?? Infinity)} rows cannot hold ` +
        `all ${view.classes.length} classes; ` +
        'make the ' +
        'batches ' +
        'larger or fewer',
    );
  }
  return batches;
}

/**
 * Positions of the view for each batch, ascending: the rows of each class in turn, so that every batch has its share.
 */
function dealt({ view, seed }: TrainingProblem, count: number, round: number): Int32Array[] {
  const batches = Array.from({ length: count }, (): number[] => []);
  let next = 0;
  view.classes.forEach((_, label) => {
    const positions = [...view.labels.keys()].filter((position) => view.labels[position] === label);
    for (const position of seededRandom(seed, 'consensus', round, label).shuffle(positions))
      batches[next++ % count].push(position);
  });
  return batches.map((positions) => Int32Array.from(positions).sort());
}

function boxesRound({ free }: TrainingProblem, center: Network, share: number): (FreeLayer | null)[] {
  return free.map((layer, index) => {
    const present = center.layers[index];
    if (layer === null || layer.domain === 'binary' || !isAffine(present)) return layer;
    const bound = Math.min(weightBound(layer.domain), layer.upper?.[0] ?? Infinity);
    const radius = layer.domain === 'real' ? bound * share : Math.max(1, Math.ceil(bound * share));
    return {
      ...layer,
      lower: present.weights.map((weight, k) =>
        Math.max(weight - radius, layer.lower?.[k] ?? -weightBound(layer.domain)),
      ),
      upper: present.weights.map((weight, k) =>
        Math.min(weight + radius, layer.upper?.[k] ?? weightBound(layer.domain)),
      ),
    };
  });
}

const shareOf = (objective: Objective, count: number): Objective =>
  objective.kind === 'fit' ? { ...objective, sparsity: objective.sparsity / count } : objective;

const total = (parts: readonly Part[], of: (stage: Incumbent['stages'][number]) => number): number =>
  parts.reduce((sum, { incumbent }) => sum + incumbent.stages.reduce((inner, stage) => inner + of(stage), 0), 0);
