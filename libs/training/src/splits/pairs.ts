import { append, networkShapes, parallel, type Activation, type Dense } from '@mipnet/network';
import type { Incumbent, IncumbentStatus } from '../problem/incumbent.js';
import { TrainingError } from '../problem/training-error.js';
import type { View } from '../problem/training-problem.js';
import { innerSplits } from '../problem/split-spec.js';
import * as z from 'zod';
import { defineSplit } from './split.js';

/**
 * One small binary network per pair of classes, then a vote. A positive output means the second class of the pair. The
 * networks are placed side by side, and a last layer in {-1, 0, 1} counts their votes: the merged network is one
 * network. A vote is -1 or 1 (sign), or between -x and x (clip): pairs that are unsure then count less, and fewer
 * classes get equally many votes. The objective is the sum of the pairs' objectives, and so is its bound; while pairs
 * are missing, it is the sum of the others (`covers` says so), and there is no bound. Source: Bernardelli et al., BeMi
 * (structured ensembles of few-bit networks).
 */
export const pairs = defineSplit({
  name: 'pairs',
  options: z.strictObject({}),
  dividesClasses: true,
  notBefore: { pairs: 'a pair of classes cannot be divided into pairs' },
  independentParts: true,

  check(problem) {
    const last = problem.network.layers.at(-1);
    if (problem.view.classes.length < 2)
      throw new TrainingError('problem', `${problem.name}: a split by pairs needs at least two classes`);
    const outputs = networkShapes(problem.network)
      .at(-1)
      ?.reduce((product, side) => product * side, 1);
    if (last?.kind !== 'activation' || !isVote(last) || outputs !== 1) {
      throw new TrainingError(
        'problem',
        `${problem.name}: with the split pairs, network is that of one pair and ends in one neuron with ` +
          'activation sign, its vote, or with activation clip from -x to x, a vote that is less than whole near zero',
      );
    }
  },

  async divide({ problem }) {
    return pairsOf(problem.view.classes.length).map(([a, b]) => ({
      ...problem,
      name: `pair ${problem.view.classes[a]}v${problem.view.classes[b]}`,
      view: pairView(problem.view, a, b),
      splits: innerSplits(problem.splits),
    }));
  },

  async merge({ problem }, parts) {
    const all = pairsOf(problem.view.classes.length);
    const voters = all.flatMap(([a, b], index) => {
      const part = parts[index];
      return part ? [{ a, b, incumbent: part.incumbent }] : [];
    });
    if (voters.length === 0) return { incumbent: null, again: false };
    const network = append(parallel(voters.map(({ incumbent }) => incumbent.network)), [
      votes(problem.view.classes.length, voters),
    ]);
    const incumbents = voters.map(({ incumbent }) => incumbent);
    // A pair whose own layers are not all trained has another objective, which cannot be added to the others.
    const whole = incumbents.filter(({ covers }) => covers === undefined);
    const bounds = whole.map(({ bound }) => bound);
    const isWhole = whole.length === all.length;
    const merged: Incumbent = {
      network,
      objective: whole.reduce((sum, { objective }) => sum + objective, 0),
      ...(isWhole ? {} : { covers: { parts: whole.length, of: all.length, what: 'pairs' } }),
      bound: isWhole && bounds.every((bound) => bound !== null) ? bounds.reduce((sum, bound) => sum + bound, 0) : null,
      status: isWhole ? leastCertain(incumbents) : 'unresolved',
      stages: [],
    };
    return { incumbent: merged, again: false };
  },
});

/** As much for the one class as against the other, so that no pair counts more. */
const isVote = (last: Activation): boolean =>
  last.activation === 'sign' || (last.activation === 'clip' && last.low === -last.high);

const leastCertain = (incumbents: readonly Incumbent[]): IncumbentStatus =>
  (['unresolved', 'feasible'] as const).find((uncertain) => incumbents.some(({ status }) => status === uncertain)) ??
  'optimal';

/** (0,1), (0,2), ... in the order of division. */
export const pairsOf = (classes: number): (readonly [number, number])[] =>
  Array.from({ length: classes }, (_, a) =>
    Array.from({ length: classes - a - 1 }, (_unused, k) => [a, a + k + 1] as const),
  ).flat();

function pairView(view: View, a: number, b: number): View {
  const [rows, labels] = ofPair(view.rows, view.labels, a, b);
  const [validationRows, validationLabels] = ofPair(view.validationRows, view.validationLabels, a, b);
  return {
    ...view,
    rows,
    labels,
    validationRows,
    validationLabels,
    classes: Int32Array.of(view.classes[a], view.classes[b]),
  };
}

function ofPair(rows: Int32Array, labels: Int32Array, a: number, b: number): readonly [Int32Array, Int32Array] {
  const kept: number[] = [];
  for (let k = 0; k < labels.length; k++) if (labels[k] === a || labels[k] === b) kept.push(k);
  return [Int32Array.from(kept, (k) => rows[k]), Int32Array.from(kept, (k) => (labels[k] === a ? 0 : 1))];
}

/** score_c = votes for c minus votes against c. */
function votes(classes: number, voters: readonly { readonly a: number; readonly b: number }[]): Dense {
  const weights = new Float64Array(classes * voters.length);
  voters.forEach(({ a, b }, neuron) => {
    weights[a * voters.length + neuron] = -1;
    weights[b * voters.length + neuron] = 1;
  });
  return { kind: 'dense', inputs: voters.length, outputs: classes, weights, bias: new Float64Array(classes) };
}
