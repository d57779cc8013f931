import { selectRows, type LoadedDataset } from '@mipnet/dataset';
import { openSolver } from '@mipnet/solver';
import { stringify } from 'yaml';
import { chooseView } from '../plan/choose-view.js';
import { parsePlan } from '../plan/parse-plan.js';
import type { Plan } from '../plan/plan-schema.js';
import { TrainingError } from '../problem/training-error.js';
import { candidatePlans } from './candidate-plans.js';
import { FoldTrainer, stratifiedFolds, type Fold } from './cross-validation.js';

/** What a plan is chosen for. */
export interface PlanRequest {
  readonly name: string;
  /** The data set's keys as the user gave them. */
  readonly dataset: Partial<Plan['dataset']>;
  /** `key=value`, applied to every plan that is tried. */
  readonly settings: readonly string[];
  /** Text of the plan's index file, if the settings name one. */
  readonly indices?: string;
}

export interface ChooseHooks {
  readonly onProgress?: (done: number, of: number) => void;
  /** True ends the choice early, with an error. */
  readonly stopped?: () => boolean;
}

export interface TriedPlan {
  readonly about: string;
  /** Fraction of the judged rows that its networks classified correctly. */
  readonly accuracy: number;
  /** How many rows were judged; less than those of the best plan if it fell behind. */
  readonly judged: number;
}

export interface ChosenPlan {
  readonly plan: Plan;
  readonly about: string;
  /** In the order of the rules; empty if there was one plan only. */
  readonly tried: readonly TriedPlan[];
}

/** Rows that the plans are compared on. */
const mostJudged = 2_000;

/**
 * Chooses a plan by the shape of the data (candidate-plans.ts), and between the candidates by stratified
 * cross-validation on the training rows: no test row takes part. Deterministic. A plan that is two standard errors
 * behind the best one after a fold is not tried on the others.
 * @throws TrainingError 'plan' if no candidate can be trained, or the choice was stopped
 */
export async function choosePlan(
  request: PlanRequest,
  dataset: LoadedDataset,
  hooks: ChooseHooks = {},
): Promise<ChosenPlan> {
  const plans = plansFor(request, dataset);
  if (plans.length === 1) return { ...plans[0], tried: [] };
  const rows = rowsToJudge(plans[0].plan, dataset, request.indices);
  const known: LoadedDataset = { ...dataset, train: selectRows(dataset.train, rows), test: null };
  const tried = await compare(plans, known, hooks);
  const best = tried.reduce((better, other) => (other.accuracy > better.accuracy ? other : better));
  return { plan: best.plan, about: best.about, tried: tried.map(({ plan: _, ...about }) => about) };
}

interface NamedPlan {
  readonly about: string;
  readonly plan: Plan;
}

/** The candidates with the settings of the user, which may make them equal. */
function plansFor({ name, dataset: keys, settings }: PlanRequest, { train, inputShape }: LoadedDataset): NamedPlan[] {
  const shape = { rows: train.count, inputShape };
  const found = new Map<string, NamedPlan>();
  let refusal: unknown;
  for (const { about, dataset, ...others } of candidatePlans(shape)) {
    const draft = { name, dataset: { ...dataset, ...keys }, ...others, solver: { workLimit: 0 } };
    try {
      const plan = parsePlan(stringify(draft), 'the chosen plan', settings);
      const key = JSON.stringify(plan);
      if (!found.has(key)) found.set(key, { about, plan });
    } catch (error) {
      // A setting may fit one network and not another, such as one of its third layer.
      refusal ??= error;
    }
  }
  if (found.size === 0) throw refusal;
  return [...found.values()];
}

/** Training rows of the plan, at most `mostJudged`, in proportion to the classes. */
function rowsToJudge({ dataset: keys, ...plan }: Plan, dataset: LoadedDataset, indices: string | undefined): Int32Array {
  const { rows } = chooseView({ ...plan, dataset: { ...keys, shifts: 0 } }, dataset, indices);
  if (rows.length <= mostJudged) return rows;
  const parts = Math.ceil(rows.length / mostJudged);
  const labels = Int32Array.from(rows, (row) => dataset.train.labels[row]);
  return stratifiedFolds(labels, parts, plan.seed)[0].judged.map((position) => rows[position]);
}

/** Small tables are divided twice, because a fold of few rows says little. */
function foldsOf(labels: Int32Array, seed: number): Fold[] {
  if (labels.length < 300) return [...stratifiedFolds(labels, 5, seed), ...stratifiedFolds(labels, 5, seed + 1)];
  return stratifiedFolds(labels, labels.length < 1_000 ? 5 : 3, seed);
}

async function compare(
  plans: readonly NamedPlan[],
  dataset: LoadedDataset,
  { onProgress, stopped = () => false }: ChooseHooks,
): Promise<(TriedPlan & NamedPlan)[]> {
  const solver = await openSolver();
  const folds = foldsOf(dataset.train.labels, plans[0].plan.seed);
  const counts = plans.map((named) => ({ ...named, right: 0, judged: 0 }));
  let running = counts;
  for (const [at, fold] of folds.entries()) {
    const trainer = new FoldTrainer(dataset, fold, solver, stopped);
    for (const [number, count] of running.entries()) {
      onProgress?.(at * plans.length + Math.floor((number * plans.length) / running.length), folds.length * plans.length);
      const right = await trainer.correct(forFold(count.plan));
      if (right === undefined) throw new TrainingError('plan', 'stopped before a plan was chosen; nothing was trained');
      count.right += right;
      count.judged += fold.judged.length;
    }
    running = withoutHopeless(running);
    if (running.length === 1) break;
  }
  return counts.map(({ about, plan, right, judged }) => ({ about, plan, judged, accuracy: right / judged }));
}

interface Count {
  readonly right: number;
  readonly judged: number;
}

function withoutHopeless<C extends Count>(counts: readonly C[]): C[] {
  const best = Math.max(...counts.map(({ right, judged }) => right / judged));
  const [{ judged: rows }] = counts;
  const error = Math.sqrt((best * (1 - best)) / rows) + 1 / rows;
  return counts.filter(({ right, judged }) => right / judged >= best - 2 * error);
}

/** The network and objectives of a plan, on all rows that it is given, within the rounded relaxation. */
const forFold = ({ dataset: { shifts }, splits, ...plan }: Plan): Plan => ({
  ...plan,
  dataset: { name: 'fold', shifts, splitSeed: 0, validationPerClass: 0 } as Plan['dataset'],
  splits: splits.filter(({ name }) => name !== 'batches'),
  solver: { gap: 0, workLimit: 0 },
  budget: {},
});
