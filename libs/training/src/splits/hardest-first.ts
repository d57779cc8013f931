import { rowsByClass, seededRandom } from '@mipnet/dataset';
import { statusOf, type Incumbent } from '../problem/incumbent.js';
import { hasWeights } from '../problem/free-layers.js';
import { scoreData, type DataScore } from '../model/score-data.js';
import { validationAccuracyOn } from '../rows/accuracy.js';
import { eachCopy } from '../rows/copies.js';
import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem, View } from '../problem/training-problem.js';
import { innerSplits } from '../problem/split-spec.js';
import * as z from 'zod';
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
  refusalBehind: (_, behind) =>
    behind.some(({ name, alpha }) => name === 'columns' && alpha !== 'real')
      ? 'batches compares networks by their objective, which whole output weights of columns (alpha) scale; leave ' +
        'alpha out'
      : undefined,

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

  async divide({ problem: whole, spec, state, current }) {
    const problem = ofEachCopy(whole);
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

  // It ends as soon as no row is violated.
  roundName: ({ problem, spec, state }, [part]) => ({
    name:
      `round ${state.round + 1} of up to ${spec.rounds}: ` +
      `${part?.view.rows.length ?? 0} of ${problem.view.rows.length} rows`,
    at: state.round + 1,
    of: spec.rounds,
  }),

  /** At most `add` rows join per round; the estimate lets none leave. */
  outline({ problem: whole, spec, state }) {
    const problem = ofEachCopy(whole);
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

  async merge({ problem: whole, spec, state, current, store }, [part]) {
    const problem = ofEachCopy(whole);
    if (!part) return { incumbent: current ?? null, again: false };
    const score = await scoreData(store, problem, part.incumbent.network);
    // Before the first round, the incumbent is what the problem started from.
    const present =
      current ??
      (hasWeights(problem)
        ? { network: problem.network, objective: (await scoreData(store, problem, problem.network)).objective }
        : undefined);
    const isBetter = present === undefined || score.objective < present.objective;
    const before = current?.workingSet ?? startingSet(problem, spec);
    const isLast = state.round + 1 >= spec.rounds;
    const objective = isBetter ? score.objective : present.objective;
    // Nothing follows the last round, so that rows need not be ranked. A network that is not better still shows
    // which rows its working set lacks.
    const { workingSet, added } = isLast
      ? { workingSet: before, added: 0 }
      : isBetter
        ? nextSet(before, score, spec.add)
        : grownSet(before, score, spec.add);
    const bound = largest(part.incumbent.bound, current?.bound ?? null);
    const status = statusOf(objective, bound);
    const incumbent: Incumbent = {
      network: isBetter ? part.incumbent.network : present.network,
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
          start: current?.objective ?? part.incumbent.objective,
          nodes: sum(part.incumbent, ({ nodes }) => nodes),
          work: sum(part.incumbent, ({ work }) => work),
          boundBy: part.incumbent.stages[0]?.boundBy ?? null,
        },
      ],
      workingSet,
    };
    const again = !isLast && added > 0 && status !== 'optimal';
    // The accuracy of a network that a round before has found is that of its round.
    const known = isBetter
      ? { train: score.accuracy, validation: await validationAccuracyOn(store, problem, incumbent.network) }
      : state.current?.accuracy;
    return { incumbent, again, ...(known && { accuracy: known }) };
  },
});

/** A copy of an image is a row like any other: only those join that the network gets wrong. */
const ofEachCopy = (problem: TrainingProblem): TrainingProblem => ({ ...problem, view: eachCopy(problem.view) });

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
  const worst = worstOutside(before, { margins, margin }, add);
  return { workingSet: Int32Array.from([...kept, ...worst]).sort(), added: worst.length };
}

/** All rows of a set and the worst violated of the others. */
function grownSet(
  before: Int32Array,
  score: Pick<DataScore, 'margins' | 'margin'>,
  add: number,
): { readonly workingSet: Int32Array; readonly added: number } {
  const worst = worstOutside(before, score, add);
  return { workingSet: Int32Array.from([...before, ...worst]).sort(), added: worst.length };
}

/** The rows outside a set that miss the margin by most. */
function worstOutside(
  set: Int32Array,
  { margins, margin }: Pick<DataScore, 'margins' | 'margin'>,
  add: number,
): readonly number[] {
  const isIn = new Set(set);
  const violated: number[] = [];
  margins.forEach((value, position) => {
    if (value < margin - 1e-9 && !isIn.has(position)) violated.push(position);
  });
  return smallest(violated, margins, add);
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
    ...(view.copies && { copies: Int32Array.from(positions, (position) => view.copies![position]) }),
  };
}

const largest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

const sum = ({ stages }: Incumbent, of: (stage: Incumbent['stages'][number]) => number): number =>
  stages.reduce((total, stage) => total + of(stage), 0);
