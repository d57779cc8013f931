import { selectRows, valuesOf, writeDataset, type LoadedDataset, type Samples } from '@mipnet/dataset';
import { forwardPass, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import { defaultSolver } from '@mipnet/solver';
import { putNode } from '../problem/documents.js';
import { firstFree } from '../problem/free-layers.js';
import { withPrevious } from '../tree/previous.js';
import type { Objective } from '../problem/objective.js';
import { requireGrid } from '../columns/require-grid.js';
import { freeSpan } from '../model/free-span.js';
import { inputGrid } from '../rows/leaf-data.js';
import { checkOrder } from '../splits/order.js';
import { splitOf } from '../splits/registry.js';
import type { SplitSpec } from '../problem/split-spec.js';
import { TrainingError } from '../problem/training-error.js';
import type { Limits, Previous, TrainingProblem } from '../problem/training-problem.js';
import { checkBranches } from './check-branches.js';
import { checkProducts } from './check-products.js';
import { chooseView } from './choose-view.js';
import type { Unknowns } from '../splits/split.js';
import { networkOfPlan } from './network-of-plan.js';
import { seconds, type Plan, type PlanObjective } from './plan-schema.js';
import { startingFrom } from './start-network.js';

export interface PreparedRun {
  readonly node: ProblemNode;
  readonly problem: TrainingProblem;
}

/**
 * From a plan and its data to the root of the tree: chooses rows, writes the data set once into the object store, and
 * states the training problem. Every fault of a plan is found here, before anything is started.
 * @param indices text of the plan's index file, if it names one
 * @param start the network of the plan's `start`, if it names one
 */
export async function prepareRun(
  plan: Plan,
  dataset: LoadedDataset,
  store: ObjectStore,
  indices?: string,
  start?: Network,
): Promise<PreparedRun> {
  const draft = statedProblem(plan, dataset, indices, start);
  const problem: TrainingProblem = { ...draft, dataset: await writeDataset(store, dataset) };
  return { node: await putNode(store, problem), problem };
}

/**
 * The problem of a plan without the reference to its data set, so that many plans may share one.
 * @throws TrainingError 'plan' or 'problem' for every fault of the plan
 */
export function statedProblem(
  plan: Plan,
  dataset: LoadedDataset,
  indices?: string,
  start?: Network,
): Omit<TrainingProblem, 'dataset'> {
  checkFinite(dataset.train);
  const view = chooseView(plan, dataset, indices);
  const untrained = networkOfPlan(plan.network, dataset.inputShape, (fixed) => {
    const values = valuesOf(selectRows(dataset.train, view.rows));
    return fixed.layers.length === 0 ? values : forwardPass(fixed)(values, view.rows.length);
  });
  if (start && plan.splits.some((spec) => splitOf(spec).dividesClasses)) {
    throw new TrainingError(
      'plan',
      'start: with the split pairs, network is that of one pair, and a start would need one network per ' +
        'pair; leave start out',
    );
  }
  if (start && start.metadata?.transformation !== dataset.train.transformation)
    throw new TrainingError(
      'plan',
      `start: the network reads images ${start.metadata?.transformation === undefined ? 'as they are' : 'that are deskewed'}, ` +
        `and dataset.deskew is ${dataset.train.transformation !== undefined}; set it as it was for the network`,
    );
  const stated = {
    ...(start ? startingFrom(untrained, start) : untrained),
    objectives: plan.objectives.map(objectiveOf),
  };
  const draft: Omit<TrainingProblem, 'dataset'> = {
    name: plan.name,
    view,
    ...plan.splits.reduce<Unknowns>((unknowns, spec) => splitOf(spec).prepare?.(unknowns, spec) ?? unknowns, stated),
    limits: limitsOf(plan),
    ...solverOf(plan),
    splits: plan.splits,
    seed: plan.seed,
  };
  checkProblem(draft as TrainingProblem, dataset.classes);
  checkGrid(draft, dataset.train);
  return draft;
}

/**
 * The problem that continues an earlier run: the same rows, objectives and domains, with the limits and the options of
 * splits of another plan. It begins with the earlier network and does not end worse.
 * @throws TrainingError 'plan' for other splits
 */
export async function prepareFrom(
  plan: Plan,
  earlier: TrainingProblem,
  solved: Previous,
  store: ObjectStore,
): Promise<PreparedRun> {
  const names = (splits: TrainingProblem['splits']): string =>
    splits.map((spec) => `${spec.name}${'kind' in spec ? ` ${spec.kind}` : ''}`).join(', ');
  if (names(plan.splits) !== names(earlier.splits))
    throw new TrainingError(
      'plan',
      `splits: a run that continues another is divided in the same way (${names(earlier.splits)}), not ` +
        `by ${names(plan.splits)}`,
    );
  plan.splits.forEach((spec, at) => keepProblem(spec, earlier.splits[at], at));
  const { previous: _, solver: __, ...stated } = earlier;
  const draft: TrainingProblem = { ...stated, limits: limitsOf(plan), ...solverOf(plan), splits: plan.splits };
  checkProblem(draft);
  const problem = await withPrevious(store, draft, solved);
  return { node: await putNode(store, problem), problem };
}

/** Refuses another value of an option that states the problem: bounds of the earlier run would be about another one. */
function keepProblem(spec: SplitSpec, earlier: SplitSpec, at: number): void {
  for (const key of splitOf(spec).ofProblem ?? []) {
    const [now, then] = [spec, earlier].map((each) => (each as unknown as Readonly<Record<string, unknown>>)[key]);
    if (now === then) continue;
    throw new TrainingError(
      'plan',
      `splits.${at}.${spec.name}.${key}: a run that continues another solves the same problem, with ${String(then)}, ` +
        `not ${String(now)}; start a new run`,
    );
  }
}

function limitsOf({ solver }: Plan): Limits {
  const { backend: _, gap, timeLimit, ...others } = solver;
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  return { gap, ...Object.fromEntries(given), ...(timeLimit === undefined ? {} : { timeLimit: seconds(timeLimit) }) };
}

const solverOf = ({ solver: { backend } }: Plan): Pick<TrainingProblem, 'solver'> =>
  backend === undefined || backend === defaultSolver ? {} : { solver: backend };

const objectiveOf = (objective: PlanObjective): Objective => {
  if (objective === 'fit') return { kind: 'fit', loss: 'hinge', margin: 1, sparsity: 0 };
  if (objective === 'margin' || objective === 'sparsity') return { kind: objective };
  return 'sparsity' in objective ? { kind: 'sparsity', of: objective.sparsity } : { kind: 'fit', ...objective.fit };
};

function checkFinite({ name, features, size }: Samples): void {
  const at = features instanceof Float64Array ? features.findIndex((value) => !Number.isFinite(value)) : -1;
  if (at >= 0)
    throw new TrainingError(
      'plan',
      `${name}: feature ${at % size} of training row ${Math.floor(at / size)} is ${features[at]}; a MIP ` +
        'needs finite numbers',
    );
}

/**
 * Columns computes in whole numbers. If layers before it are unknown, too, the grid is that of their outputs, which a
 * leaf reads.
 */
function checkGrid(problem: Omit<TrainingProblem, 'dataset'>, { features, scale }: Samples): void {
  const known = problem.splits.some(({ name }) => name === 'columns') && !problem.splits.some(freesLayers);
  if (known) requireGrid(problem.name, inputGrid(problem, features instanceof Uint8Array ? scale : null));
}

const freesLayers = (spec: SplitSpec): boolean => splitOf(spec).freesInTurn === true;

/** Invalid splits and shapes are refused before the run, with the reason. */
function checkProblem(problem: TrainingProblem, classNames?: readonly string[]): void {
  if (problem.objectives[0].kind !== 'fit')
    throw new TrainingError(
      'plan',
      `objectives.0: the first objective is fit, got ${problem.objectives[0].kind}; margin and sparsity refine a fit`,
    );
  if (firstFree(problem) < 0)
    throw new TrainingError('plan', 'network: every layer is fixed, so there is nothing to train; add a dense layer');
  checkOrder(problem);
  checkBranches(problem);
  checkProducts(problem);
  if (!problem.splits.some((spec) => splitOf(spec).dividesClasses)) freeSpan(problem, classNames);
  for (const spec of problem.splits) {
    const split = splitOf(spec);
    if (!split.follows) split.check(problem, spec);
  }
}
