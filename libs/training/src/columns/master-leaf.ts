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
import type { ColumnRows } from './column-rows.js';
import type { ClassNeuron } from './class-neuron.js';
import { columnsNetwork } from './columns-network.js';
import type { ColumnsState, MasterTask, Prices } from './columns-task.js';
import type { Family } from './family.js';
import { scoresOf, type TwoLayers } from './hidden-units.js';
import { lossOf, marginsOf } from './margins.js';
import { solveMaster } from './master.js';
import { basic } from './master-lp.js';
import { firesOn } from './neuron.js';
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
  const known = state?.neurons.length ?? 0;
  const { neurons, fires } = withoutEqual([...(state?.neurons ?? []), ...task.added], known, data);
  const point = solveMaster(await sessionsOf(solver), {
    rows,
    costs,
    activation: task.family.activation,
    neurons: neurons.map((neuron, t) => ({ class: neuron.class, fires: fires[t] })),
    before: state,
  });
  const own = wholeDuals(point.duals, costs, rows);
  const earlier = state && (await getDocument<Prices>(store, state.smooth));
  const smooth = earlier ? smoothed(earlier, own, costs, rows) : own;
  const idle = Int32Array.from(point.outputs, (output, t) => (output === 0 ? 1 + (state?.idle[t] ?? 0) : 0));
  // With several classes many duals have one value. Then neurons stay until the objective falls, and smoothed prices
  // that lead to known neurons alone are left. With two classes it stays as it was, so that networks keep their bytes.
  const isDegenerate = rows.classes > 2;
  const isStuck = isDegenerate && before !== undefined && valueOf(point, costs) >= before.objective * (1 - 1e-9);
  const kept = [...neurons.keys()].filter((t) => isStuck || idle[t] <= mostIdle || point.basis.neurons[t] !== basic);
  const pick = <T>(of: ArrayLike<T>): T[] => kept.map((t) => of[t]);
  const next: ColumnsState = {
    data: ref,
    neurons: pick(neurons),
    outputs: Float64Array.from(pick(point.outputs)),
    biases: point.biases,
    idle: Int32Array.from(pick(idle)),
    margins: point.margins,
    basis: { ...point.basis, neurons: Int32Array.from(pick(point.basis.neurons)) },
    own: await putDocument(store, 'prices', own),
    smooth: await putDocument(store, 'prices', smooth),
    next: { kind: 'search', prices: isDegenerate && neurons.length === known ? 'own' : 'smooth' },
  };
  const objective = valueOf(next, costs);
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
  const margins = marginsOf(scoresOf(rows, columns, task.family), rows);
  const value = valueOf({ ...columns, margins }, costs);
  const expected = encodeDocument(columnsNetwork(problem, columns, rows.grid));
  if (!(Math.abs(value - objective) <= 1e-7 * Math.max(1, value))) return undefined;
  if (Buffer.compare(expected, encodeDocument(incumbent.network)) !== 0) return undefined;
  for (const ref of [columns.own, columns.smooth])
    if (!areFeasible(await getDocument<Prices>(store, ref), costs, rows)) return undefined;
  return { incumbent, ...(isPlain(problem) ? { accuracy: accuracyOf(data, columns, task.family) } : {}) };
}

/** The loss, and sum |output|. */
function valueOf({ margins, outputs }: Pick<ColumnsState, 'margins' | 'outputs'>, costs: Float64Array): number {
  let objective = lossOf(margins, costs);
  for (const output of outputs) objective += Math.abs(output);
  return objective;
}

/**
 * New neurons of a class that fire on the same rows as another one of it, or on exactly the other rows, add nothing.
 * One that fires so for another class is that neuron: then both are one unit of the hidden layer.
 */
function withoutEqual(
  neurons: readonly ClassNeuron[],
  known: number,
  { rows }: ColumnData,
): { readonly neurons: readonly ClassNeuron[]; readonly fires: readonly Uint8Array[] } {
  const seen = new Map<string, { readonly neuron: ClassNeuron; readonly classes: Set<number> }>();
  const kept: ClassNeuron[] = [];
  const fires: Uint8Array[] = [];
  neurons.forEach((neuron, at) => {
    const own = firesOn(neuron, rows);
    const key = Buffer.from(own[0] ? own.map((fire) => 1 - fire) : own).toString('latin1');
    const first = seen.get(key) ?? { neuron, classes: new Set() };
    if (at >= known && first.classes.has(neuron.class)) return;
    seen.set(key, first);
    first.classes.add(neuron.class);
    const shared = at < known || first.neuron === neuron ? neuron : { ...first.neuron, class: neuron.class };
    kept.push(shared);
    fires.push(shared === neuron ? own : firesOn(shared, rows));
  });
  return { neurons: kept, fires };
}

/** Source: smoothing by Wentges and by Neame; any mixture of feasible duals is feasible. */
function smoothed(earlier: Prices, own: Prices, costs: Float64Array, rows: ColumnRows): Prices {
  const mixed = own.duals.map(
    (dual, at) => inertia * earlier.duals[at] * earlier.unit + (1 - inertia) * dual * own.unit,
  );
  return wholeDuals(mixed, costs, rows);
}

/** Fraction of the rows, and of the validation rows, whose class the network says. */
function accuracyOf({ rows, validation }: ColumnData, network: TwoLayers, family: Family): Accuracy {
  return {
    train: shareOf(rows, network, family),
    validation: shareOf({ ...validation, classes: rows.classes }, network, family),
  };
}

/** Null without rows. Rows without weights count as one each. */
function shareOf(
  rows: ColumnData['validation'] & Pick<ColumnRows, 'classes'> & Partial<Pick<ColumnRows, 'weights'>>,
  network: TwoLayers,
  family: Family,
): number | null {
  const { count, classes, labels, weights } = rows;
  if (count === 0) return null;
  const scores = scoresOf(rows, network, family);
  let right = 0;
  let all = 0;
  labels.forEach((label, row) => {
    const weight = weights?.[row] ?? 1;
    all += weight;
    if (classOf(scores, { count, classes }, row) === label) right += weight;
  });
  return right / all;
}

/** As the network decides: of equal scores the first one, but of two classes the second. */
function classOf(scores: Float64Array, { count, classes }: Pick<ColumnRows, 'count' | 'classes'>, row: number): number {
  if (classes === 2) return scores[count + row] >= 0 ? 1 : 0;
  let best = 0;
  for (let of = 1; of < classes; of++) if (scores[of * count + row] > scores[best * count + row]) best = of;
  return best;
}
