import { rowsByClass, seededRandom } from '@mipnet/dataset';
import { statusOf, type Incumbent } from '../problem/incumbent.js';
import { hasWeights } from '../problem/free-layers.js';
import { scoreData, type DataScore } from '../model/score-data.js';
import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem, View } from '../problem/training-problem.js';
import { innerSplits } from '../problem/split-spec.js';
import { z } from 'zod';
import { atMost, positive } from './option-types.js';
import { defineSplit } from './split.js';

const options = z.strictObject({
  kind: z.literal('hardest-first'),
  start: positive.describe('rows of each class in the first round'),
  add: positive.describe('worst rows that join in each later round'),
  rounds: atMost(10_000).describe('rounds at most'),
});
type HardestFirst = z.infer<typeof options>;

/** For every kind of batches: splits that may not follow. */
export const notBeforeOfBatches = {
  pairs: 'a batch is judged by one network on all the data, but pairs makes one per pair; put pairs first',
  batches: 'the first batches split has already made the batches',
};

/** Rows of the working set stay while their margin is below this many times the margin that the fit asks for. */
const near = 2;

/**
 * Row generation: the problem is solved on a working set of its rows, and the rows with the largest loss join it. Round
 * 0 takes `start` rows of each class, drawn by seed. Later rounds keep the rows near the margin and add the `add` worst
 * violated of ALL rows. The network of a round counts only if its objective on all the data is better, so a round never
 * loses; the bound of a working set holds for all the data, because no row's loss is negative.
 */
export const hardestFirst = defineSplit<HardestFirst>({
  name: 'batches',
  kind: 'hardest-first',
  options,
  notBefore: notBeforeOfBatches,

  check(problem, { start }) {
    const [first] = problem.objectives;
    if (first.kind !== 'fit')
      throw new TrainingError('problem', `${problem.name}: batches are judged by a fit, got ${first.kind}`);
    if (start < 1)
      throw new TrainingError(
        'problem',
        `${problem.name}: batches: start is ${start}; the first round needs at least one row of each class`,
      );
  },

  async divide({ problem, spec, state, current }) {
    const positions = current?.workingSet ?? startingSet(problem, spec);
    return [
      {
        ...problem,
        name: `batch ${state.round}, ${positions.length} of ${problem.view.rows.length} rows`,
        network: current?.network ?? problem.network,
        view: chosenRows(problem.view, positions),
        splits: innerSplits(problem.splits),
      },
    ];
  },

  rounds: (_problem, spec) => spec.rounds,

  /** At most `add` rows join per round; the estimate lets none leave. */
  outline({ problem, spec, state }) {
    const start = startingSet(problem, spec);
    const isIn = new Set(start);
    const others: number[] = [];
    const most = spec.add * state.round;
    for (let position = 0; position < problem.view.rows.length && others.length < most; position++)
      if (!isIn.has(position)) others.push(position);
    const positions = Int32Array.from([...start, ...others]).sort();
    return [
      {
        ...problem,
        name: `batch ${state.round}, at most ${positions.length} of ${problem.view.rows.length} rows`,
        view: chosenRows(problem.view, positions),
        splits: innerSplits(problem.splits),
      },
    ];
  },

  async merge({ problem, spec, state, current, store }, [part]) {
    if (!part) return { incumbent: current ?? null, again: false };
    const score = await scoreData(store, problem, part.incumbent.network);
    // Before the first round, the incumbent is what the problem started from.
    const present =
      current ??
      (hasWeights(problem)
        ? { network: problem.network, objective: (await scoreData(store, problem, problem.network)).objective }
        : undefined);
    const isBetter = present === undefined || score.objective < present.objective;
    const kept = isBetter ? score : await scoreData(store, problem, present.network);
    const before = current?.workingSet ?? startingSet(problem, spec);
    const { workingSet, added } = nextSet(before, kept, spec.add);
    const bound = largest(part.incumbent.bound, current?.bound ?? null);
    const status = statusOf(kept.objective, bound);
    const incumbent: Incumbent = {
      network: isBetter ? part.incumbent.network : present.network,
      objective: kept.objective,
      bound,
      status,
      stages: [
        ...(current?.stages ?? []),
        {
          objective: `round ${state.round}: fit`,
          value: kept.objective,
          bound,
          status,
          start: current?.objective ?? part.incumbent.objective,
          nodes: sum(part.incumbent, ({ nodes }) => nodes),
          work: sum(part.incumbent, ({ work }) => work),
          boundBy: part.incumbent.stages[0]?.boundBy ?? null,
        },
      ],
      workingSet,
    };
    return { incumbent, again: state.round + 1 < spec.rounds && added > 0 && status !== 'optimal' };
  },
});

function startingSet({ view, seed }: TrainingProblem, { start }: HardestFirst): Int32Array {
  const chosen = rowsByClass(view.labels, view.classes.length).flatMap((positions, label) =>
    seededRandom(seed, 'batches', label).shuffle(positions).slice(0, start),
  );
  return Int32Array.from(chosen).sort();
}

/** Exported for its test. */
export function nextSet(
  before: Int32Array,
  { margins, margin }: Pick<DataScore, 'margins' | 'margin'>,
  add: number,
): { readonly workingSet: Int32Array; readonly added: number } {
  const kept = [...before].filter((position) => margins[position] < near * margin);
  const isIn = new Set(before);
  const violated: number[] = [];
  margins.forEach((value, position) => {
    if (value < margin - 1e-9 && !isIn.has(position)) violated.push(position);
  });
  const worst = smallest(violated, margins, add);
  return { workingSet: Int32Array.from([...kept, ...worst]).sort(), added: worst.length };
}

/** The positions with the smallest margins; of equal ones, the first. Sorting a million positions takes seconds. */
function smallest(positions: readonly number[], margins: Float64Array, count: number): readonly number[] {
  if (positions.length <= count) return positions;
  const limit = Float64Array.from(positions, (position) => margins[position]).sort()[count - 1];
  const below = positions.filter((position) => margins[position] < limit);
  const equal = positions.filter((position) => margins[position] === limit);
  return [...below, ...equal.slice(0, count - below.length)];
}

export function chosenRows(view: View, positions: Int32Array): View {
  return {
    ...view,
    rows: Int32Array.from(positions, (position) => view.rows[position]),
    labels: Int32Array.from(positions, (position) => view.labels[position]),
  };
}

const largest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

const sum = ({ stages }: Incumbent, of: (stage: Incumbent['stages'][number]) => number): number =>
  stages.reduce((total, stage) => total + of(stage), 0);
