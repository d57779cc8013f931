// Tested by branches.unit.test.ts.
import { seededRandom } from '@mipnet/dataset';
import { closedGap, statusOf, type Incumbent, type Stage } from '../problem/incumbent.js';
import { areWhole, boundOf, wholeProblem, type OpenBox, type OpenSet } from '../problem/open-box.js';
import { innerSplits } from '../problem/split-spec.js';
import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import * as z from 'zod';
import { atMost } from './option-types.js';
import { defineSplit, type Part } from './split.js';

const options = z.strictObject({
  leaves: atMost(10_000).default(16).describe('leaves per round: the open boxes are distributed among them'),
  rounds: atMost(10_000).default(9).describe('rounds at most; in the first one the solver tries alone'),
});
type Branches = z.infer<typeof options>;

/**
 * One hard MIP over many slots: branch and bound whose open boxes are distributed among leaves. In round 0 the
 * solver gets the whole problem, under the same work limit: what its cuts close at once, a tree without cuts may not
 * close at all. Round 1 is one leaf of branch and bound for the whole problem. In later rounds the open boxes, least
 * bound first, go to the leaves in turn; a leaf searches its boxes under the work limit with the incumbent as cutoff
 * and returns the rest of them (branches/search-boxes.ts). The merge keeps the best network; the bound is the
 * smallest of the open boxes, or the solver's if that is larger. A box whose leaf gave no result stays as it was.
 * Ends when nothing is open, the gap is reached, or the rounds are used up.
 * Source: ParaSCIP (Shinano et al. 2012), with synchronous rounds, so that the result does not depend on the slots.
 */
export const branches = defineSplit<Branches>({
  name: 'branches',
  options,
  independentParts: false,
  beginsWithWhole: true,

  refusalBehind: (_options, [next]) =>
    next === undefined
      ? undefined
      : `branches searches one MIP to its end, so ${next.name} cannot follow it; put it last`,

  check(problem) {
    const why = refusal(problem);
    if (why !== undefined) throw new TrainingError('problem', `${problem.name}: branches ${why}`);
  },

  async divide({ problem, spec, state, current }) {
    const splits = innerSplits(problem.splits);
    if (state.round === 0) return [{ ...problem, name: 'round 0, leaf 0: the solver alone', splits }];
    const shares = boxesOfLeaves(current?.openSet ?? wholeProblem, spec.leaves);
    return shares.map((boxes, leaf) => ({
      ...problem,
      name: `round ${state.round}, leaf ${leaf}: ${areWhole(boxes) ? 'the whole problem' : `${boxes.length} boxes`}`,
      network: current?.network ?? problem.network,
      boxes,
      // Leaves search by chance in places of their own.
      seed: seededRandom(problem.seed, 'branches', state.round, leaf).integer(2 ** 31),
      splits,
    }));
  },

  rounds: (_problem, spec) => spec.rounds,

  roundName: ({ state, spec }) => ({
    name: `round ${state.round + 1} of ${spec.rounds}`,
    at: state.round + 1,
    of: spec.rounds,
  }),

  outline({ problem, spec, state }) {
    const splits = innerSplits(problem.splits);
    if (state.round === 0) return [{ ...problem, name: 'leaf 0', splits }];
    return Array.from({ length: state.round === 1 ? 1 : spec.leaves }, (_, leaf) => ({
      ...problem,
      name: `leaf ${leaf}`,
      boxes: wholeProblem.boxes,
      splits,
    }));
  },

  async merge({ problem, spec, state, current }, parts) {
    const there = parts.filter((part): part is Part => part !== undefined);
    const best = [current, ...there.map(({ incumbent }) => incumbent)]
      .filter((incumbent) => incumbent !== undefined)
      .reduce<Incumbent | undefined>(
        (least, one) => (least && least.objective <= one.objective ? least : one),
        undefined,
      );
    // The tree may find what the solver could not, or not without a crash.
    if (!best) return { incumbent: null, again: state.round === 0 && spec.rounds > 1 };
    const before = current?.openSet ?? wholeProblem;
    const openSet = mergedSet(before, spec.leaves, parts, best.objective);
    const { bound, boundBy } = boundWith(
      { bound: boundOf(openSet, best.objective), boundBy: 'tree duals' },
      state.round === 0 ? there[0].incumbent : current,
      best.objective,
    );
    const status = statusOf(best.objective, bound);
    const total = (of: 'nodes' | 'work'): number =>
      there.reduce((sum, { incumbent }) => sum + incumbent.stages.reduce((all, stage) => all + stage[of], 0), 0);
    const incumbent: Incumbent = {
      network: best.network,
      objective: best.objective,
      bound,
      status,
      stages: [
        ...(current?.stages ?? []),
        {
          objective: `round ${state.round}: fit`,
          value: best.objective,
          bound,
          status,
          start: current?.objective ?? best.stages[0].start,
          nodes: total('nodes'),
          work: total('work'),
          boundBy,
        },
      ],
      openSet,
    };
    const isDone =
      status === 'optimal' ||
      openSet.boxes.length === 0 ||
      best.objective - bound <= problem.limits.gap * Math.abs(best.objective);
    return { incumbent, again: !isDone && state.round + 1 < spec.rounds };
  },
});

interface Proven {
  readonly bound: number;
  readonly boundBy: Stage['boundBy'];
}

/**
 * The bound of the open boxes, or one that was known before if it is larger. That one may be the solver's own: a
 * network below it, which the tree has found, is the stronger fact.
 */
function boundWith(ofBoxes: Proven, known: Incumbent | undefined, objective: number): Proven {
  const bound = known?.bound ?? -Infinity;
  const isContradicted = bound > objective + closedGap * Math.max(1, Math.abs(objective));
  if (bound <= ofBoxes.bound || isContradicted) return ofBoxes;
  return { bound: Math.min(bound, objective), boundBy: known?.stages.at(-1)?.boundBy ?? null };
}

/** What cannot be branched on; undefined if it can. */
function refusal({ network, free, objectives }: TrainingProblem): string | undefined {
  const [first, ...others] = objectives;
  if (others.length > 0) return 'proves one objective; leave the others out, or leave branches out';
  const layers = free.flatMap((layer, index) => (layer === null ? [] : [{ layer, index }]));
  const [{ layer, index }] = layers;
  const dense = network.layers[index];
  const isNeuron = layers.length === 1 && dense.kind === 'dense' && dense.outputs === 1;
  if (!isNeuron || first.kind !== 'fit' || first.loss !== 'hinge')
    return 'divides the MIP of one neuron with hinge loss on known inputs; with several classes put pairs before it';
  if (layer.domain === 'real' || layer.domain === 'binary')
    return `branches on whole weights around 0, and these are ${layer.domain}; use ternary or integer(P)`;
  return undefined;
}

/** The open boxes of each leaf: least bound first, to the leaves in turn; of equal bounds, in their order. */
function boxesOfLeaves({ boxes }: OpenSet, leaves: number): readonly (readonly OpenBox[])[] {
  const sorted = [...boxes].sort((a, b) => a.bound - b.bound);
  const count = Math.min(leaves, sorted.length);
  return Array.from({ length: count }, (_, leaf) => sorted.filter((_box, at) => at % count === leaf));
}

/** What is open after a round: what the leaves hand back, and the boxes of leaves without a result. */
function mergedSet(before: OpenSet, leaves: number, parts: readonly (Part | undefined)[], objective: number): OpenSet {
  const sets = boxesOfLeaves(before, leaves).map(
    (boxes, leaf): OpenSet => parts[leaf]?.incumbent.openSet ?? { boxes, closed: Infinity },
  );
  return {
    boxes: sets.flatMap(({ boxes }) => boxes).filter(({ bound }) => bound < objective),
    closed: sets.reduce((least, { closed }) => Math.min(least, closed), before.closed),
  };
}
