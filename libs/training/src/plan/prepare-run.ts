import { writeDataset, type LoadedDataset, type Samples } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import { putNode } from '../node/documents.js';
import type { Objective } from '../objectives/objective.js';
import { bodyOf } from '../leaf/body.js';
import { checkOrder } from '../splits/order.js';
import { splitOf } from '../splits/registry.js';
import { TrainingError } from '../training-error.js';
import type { TrainingProblem } from '../training-problem.js';
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
 * states the training problem. Everything that can be wrong with a plan is found here, before anything is started.
 * @param indices text of the plan's index file, where it names one
 * @param start the network of the plan's `start`, where it names one
 */
export async function prepareRun(plan: Plan, dataset: LoadedDataset, store: ObjectStore, indices?: string, start?: Network): Promise<PreparedRun> {
  checkFinite(dataset.train);
  const view = chooseView(plan, dataset, indices);
  const untrained = networkOfPlan(plan.network, dataset.inputShape);
  if (start && plan.splits.some(({ name }) => name === 'pairs')) {
    throw new TrainingError('plan', 'start: with the split pairs, network is that of one pair, and there are many of them to start from; leave start out');
  }
  const { network, free } = start ? startingFrom(untrained, start) : untrained;
  const draft: Omit<TrainingProblem, 'dataset'> = {
    name: plan.name,
    view, network, free,
    objectives: plan.objectives.map(objectiveOf),
    limits: {
      gap: plan.solver.gap,
      ...(plan.solver.workLimit === undefined ? {} : { workLimit: plan.solver.workLimit }),
      ...(plan.solver.searchLimit === undefined ? {} : { searchLimit: plan.solver.searchLimit }),
      ...(plan.solver.stopAtError === undefined ? {} : { stopAtError: plan.solver.stopAtError }),
      ...(plan.solver.epsilon === undefined ? {} : { epsilon: plan.solver.epsilon }),
      ...(plan.solver.reuse === undefined ? {} : { reuse: plan.solver.reuse }),
      ...(plan.solver.timeLimit === undefined ? {} : { timeLimit: seconds(plan.solver.timeLimit) }),
    },
    splits: plan.splits,
    seed: plan.seed,
  };
  checkProblem(draft as TrainingProblem);
  const problem: TrainingProblem = { ...draft, dataset: await writeDataset(store, dataset) };
  return { node: await putNode(store, problem), problem };
}

const objectiveOf = (objective: PlanObjective): Objective => {
  if (objective === 'fit') return { kind: 'fit', loss: 'hinge', margin: 1, sparsity: 0 };
  if (objective === 'margin' || objective === 'sparsity') return { kind: objective };
  return 'sparsity' in objective ? { kind: 'sparsity', of: objective.sparsity } : { kind: 'fit', ...objective.fit };
};

function checkFinite({ name, features, size }: Samples): void {
  const at = features instanceof Float64Array ? features.findIndex((value) => !Number.isFinite(value)) : -1;
  if (at >= 0) throw new TrainingError('plan', `${name}: feature ${at % size} of training row ${Math.floor(at / size)} is ${features[at]}; a MIP needs finite numbers`);
}

/** Splits and shapes that make no sense are refused before the run, with the reason. */
function checkProblem(problem: TrainingProblem): void {
  if (problem.objectives[0].kind !== 'fit') throw new TrainingError('plan', `objectives.0: the first objective is fit, got ${problem.objectives[0].kind}; margin and sparsity refine a fit`);
  checkOrder(problem);
  checkProducts(problem);
  for (const spec of problem.splits.filter(({ name }) => name !== 'neurons')) splitOf(spec).check(problem, spec);
  if (problem.splits.length === 0) bodyOf(problem);
}
