import { writeDataset, type LoadedDataset, type Samples } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import { defaultSolver } from '@mipnet/solver';
import { putNode } from '../problem/documents.js';
import { withPrevious } from '../tree/previous.js';
import type { Objective } from '../problem/objective.js';
import { freeSpan } from '../model/free-span.js';
import { checkOrder } from '../splits/order.js';
import { splitOf } from '../splits/registry.js';
import { TrainingError } from '../problem/training-error.js';
import type { Limits, Previous, TrainingProblem } from '../problem/training-problem.js';
import { checkBranches } from './check-branches.js';
import { checkProducts } from './check-products.js';
import { chooseView } from './choose-view.js';
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
  checkFinite(dataset.train);
  const view = chooseView(plan, dataset, indices);
  const untrained = networkOfPlan(plan.network, dataset.inputShape);
  if (start && plan.splits.some((spec) => splitOf(spec).dividesClasses)) {
    throw new TrainingError(
      'plan',
      'start: with the split pairs, network is that of one pair, and a start would need one network per ' +
        'pair; leave start out',
    );
  }
  const { network, free } = start ? startingFrom(untrained, start) : untrained;
  const draft: Omit<TrainingProblem, 'dataset'> = {
    name: plan.name,
    view,
    network,
    free,
    objectives: plan.objectives.map(objectiveOf),
    limits: limitsOf(plan),
    ...solverOf(plan),
    splits: plan.splits,
    seed: plan.seed,
  };
  checkProblem(draft as TrainingProblem, dataset.classes);
  const problem: TrainingProblem = { ...draft, dataset: await writeDataset(store, dataset) };
  return { node: await putNode(store, problem), problem };
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
  const { previous: _, solver: __, ...stated } = earlier;
  const draft: TrainingProblem = { ...stated, limits: limitsOf(plan), ...solverOf(plan), splits: plan.splits };
  checkProblem(draft);
  const problem = await withPrevious(store, draft, solved);
  return { node: await putNode(store, problem), problem };
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

/** Invalid splits and shapes are refused before the run, with the reason. */
function checkProblem(problem: TrainingProblem, classNames?: readonly string[]): void {
  if (problem.objectives[0].kind !== 'fit')
    throw new TrainingError(
      'plan',
      `objectives.0: the first objective is fit, got ${problem.objectives[0].kind}; margin and sparsity refine a fit`,
    );
  checkOrder(problem);
  checkBranches(problem);
  checkProducts(problem);
  if (!problem.splits.some((spec) => splitOf(spec).dividesClasses)) freeSpan(problem, classNames);
  for (const spec of problem.splits) {
    const split = splitOf(spec);
    if (!split.follows) split.check(problem, spec);
  }
}
