// Tested by ../splits/columns.unit.test.ts.
import { encodeDocument, getDocument, putDocument, type ObjectStore } from '@mipnet/object-store';
import type { Accuracy } from '@mipnet/recursion';
import { sessionsOf, type Solver } from '@mipnet/solver';
import { getIncumbent } from '../problem/documents.js';
import { statusOf, type Incumbent } from '../problem/incumbent.js';
import type { LeafResult, LeafWork } from '../problem/leaf-work.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { samplesPerRow } from '../rows/copies.js';
import { getColumnData, storeColumnData, type ColumnData } from './column-data.js';
import { columnsNetwork, type TwoLayers } from './columns-network.js';
import type { ColumnsState, MasterTask, Prices } from './columns-task.js';
import type { Family } from './family.js';
import { solveMaster } from './master.js';
import { firesOn, type Neuron } from './neuron.js';
import { areFeasible, wholeDuals } from './whole-duals.js';

/** The master LP over the neurons so far and the new ones: the best network of them, and the next duals. */
export const masterLeaf = (
  store: ObjectStore,
  solver: Solver,
  problem: TrainingProblem,
  task: MasterTask,
): LeafWork => ({
  recheck: (incumbent) => recheck(store, problem, task, incumbent),
  solve: () => solve(store, solver, problem, task),
});

/** How many masters in a row a neuron may be out of use. */
const mostIdle = 8;

/** How much of the smoothed duals stays: duals of a degenerate LP jump from round to round. */
const inertia = 0.5;

async function solve(
  store: ObjectStore,
  solver: Solver,
  problem: TrainingProblem,
  task: MasterTask,
): Promise<LeafResult> {
  const before = task.before && (await getIncumbent(store, task.before));
  const state = before?.columns;
  const ref = state?.data ?? (await storeColumnData(store, problem));
  const data = await getColumnData(store, ref);
  const { rows } = data;
  const costs = rows.weights.map((weight) => weight * task.cost);
  const { neurons, fires } = withoutEqual([...(state?.neurons ?? []), ...task.added], state?.neurons.length ?? 0, data);
  const point = solveMaster(await sessionsOf(solver), {
    rows,
    costs,
    activation: task.family.activation,
    fires,
    before: state,
  });
  const own = wholeDuals(point.duals, costs, rows.labels);
  const earlier = state && (await getDocument<Prices>(store, state.smooth));
  const smooth = earlier ? smoothed(earlier, own, costs, rows.labels) : own;
  const idle = Int32Array.from(point.outputs, (output, t) => (output === 0 ? 1 + (state?.idle[t] ?? 0) : 0));
  const kept = [...neurons.keys()].filter((t) => idle[t] <= mostIdle || point.basis.neurons[t] !== basic);
  const pick = <T>(of: ArrayLike<T>): T[] => kept.map((t) => of[t]);
  const next: ColumnsState = {
    data: ref,
    neurons: pick(neurons),
    outputs: Float64Array.from(pick(point.outputs)),
    bias: point.bias,
    idle: Int32Array.from(pick(idle)),
    margins: point.margins,
    basis: { ...point.basis, neurons: Int32Array.from(pick(point.basis.neurons)) },
    own: await putDocument(store, 'prices', own),
    smooth: await putDocument(store, 'prices', smooth),
    next: { kind: 'search', prices: 'smooth' },
  };
  const objective = objectiveOf(next, costs);
  const bound = before?.bound ?? 0;
  const status = statusOf(objective, bound);
  const stage = {
    objective: `master, ${next.neurons.length} neurons`,
    value: objective,
    bound,
    status,
    start: before?.objective ?? objective,
    nodes: 0,
    work: point.work,
    boundBy: before?.stages.at(-1)?.boundBy ?? null,
  };
  return {
    incumbent: {
      network: columnsNetwork(problem, next, rows.grid),
      objective,
      bound,
      status,
      stages: [...(before?.stages ?? []), stage],
      columns: next,
    },
    ...(isPlain(problem) ? { accuracy: accuracyOf(data, next, task.family) } : {}),
  };
}

const basic = 1;

/** Whether the rows' weights only say how many equal rows there are. */
const isPlain = ({ view }: TrainingProblem): boolean => samplesPerRow(view) === 1 && view.classWeights === undefined;

/** Its network has these neurons, its value is that of the margins, and its duals are feasible. */
async function recheck(
  store: ObjectStore,
  problem: TrainingProblem,
  task: MasterTask,
  incumbent: Incumbent,
): Promise<LeafResult | undefined> {
  const { columns, objective } = incumbent;
  if (!columns) return undefined;
  const data = await getColumnData(store, columns.data);
  const { rows } = data;
  const costs = rows.weights.map((weight) => weight * task.cost);
  const margins = scoresOf(rows, columns, task.family).map((score, row) => (rows.labels[row] === 1 ? score : -score));
  const value = objectiveOf({ ...columns, margins }, costs);
  const expected = encodeDocument(columnsNetwork(problem, columns, rows.grid));
  if (!(Math.abs(value - objective) <= 1e-7 * Math.max(1, value))) return undefined;
  if (Buffer.compare(expected, encodeDocument(incumbent.network)) !== 0) return undefined;
  for (const ref of [columns.own, columns.smooth])
    if (!areFeasible(await getDocument<Prices>(store, ref), costs, rows.labels)) return undefined;
  return { incumbent, ...(isPlain(problem) ? { accuracy: accuracyOf(data, columns, task.family) } : {}) };
}

/** sum_i c_i max(0, 1 - margin) + sum |output|. */
function objectiveOf({ margins, outputs }: Pick<ColumnsState, 'margins' | 'outputs'>, costs: Float64Array): number {
  let objective = 0;
  for (let row = 0; row < costs.length; row++) objective += costs[row] * Math.max(0, 1 - margins[row]);
  for (const output of outputs) objective += Math.abs(output);
  return objective;
}

/** New neurons that fire on the same rows as another one, or on exactly the other rows, add nothing. */
function withoutEqual(
  neurons: readonly Neuron[],
  known: number,
  { rows }: ColumnData,
): { readonly neurons: readonly Neuron[]; readonly fires: readonly Uint8Array[] } {
  const seen = new Set<string>();
  const kept: Neuron[] = [];
  const fires: Uint8Array[] = [];
  neurons.forEach((neuron, at) => {
    const own = firesOn(neuron, rows);
    const key = Buffer.from(own[0] ? own.map((fire) => 1 - fire) : own).toString('latin1');
    if (at >= known && seen.has(key)) return;
    seen.add(key);
    kept.push(neuron);
    fires.push(own);
  });
  return { neurons: kept, fires };
}

/** Source: smoothing by Wentges and by Neame; any mixture of feasible duals is feasible. */
function smoothed(earlier: Prices, own: Prices, costs: Float64Array, labels: Int32Array): Prices {
  const mixed = own.gains.map((gain, row) =>
    Math.abs(inertia * earlier.gains[row] * earlier.unit + (1 - inertia) * gain * own.unit),
  );
  return wholeDuals(mixed, costs, labels);
}

/** Fraction of the rows, and of the validation rows, with the right sign. */
function accuracyOf({ rows, validation }: ColumnData, network: TwoLayers, family: Family): Accuracy {
  return { train: shareOf(rows, network, family, rows.weights), validation: shareOf(validation, network, family) };
}

function shareOf(
  rows: ColumnData['validation'],
  network: TwoLayers,
  family: Family,
  weights?: Float64Array,
): number | null {
  if (rows.count === 0) return null;
  const scores = scoresOf(rows, network, family);
  let right = 0;
  let all = 0;
  scores.forEach((score, row) => {
    const weight = weights?.[row] ?? 1;
    all += weight;
    if (score >= 0 === (rows.labels[row] === 1)) right += weight;
  });
  return right / all;
}

function scoresOf(
  rows: ColumnData['validation'],
  { neurons, outputs, bias }: TwoLayers,
  { activation }: Family,
): Float64Array {
  const scores = new Float64Array(rows.count).fill(bias);
  neurons.forEach((neuron, t) => {
    if (outputs[t] === 0) return;
    const off = activation === 'sign' ? -outputs[t] : 0;
    firesOn(neuron, rows).forEach((fire, row) => (scores[row] += fire ? outputs[t] : off));
  });
  return scores;
}
