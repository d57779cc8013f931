import { clipOutliers, selectRows, type LoadedDataset } from '@mipnet/dataset';
import { openSolver } from '@mipnet/solver';
import { stringify } from 'yaml';
import { chooseView } from '../plan/choose-view.js';
import { parsePlan } from '../plan/parse-plan.js';
import type { Plan } from '../plan/plan-schema.js';
import { TrainingError } from '../problem/training-error.js';
import { candidatePlans, type DataShape } from './candidate-plans.js';
import { pixelColumns } from './pixel-columns.js';
import { FoldTrainer, stratifiedFolds, type Fold } from './cross-validation.js';

/** What a plan is chosen for. */
export interface PlanRequest {
  readonly name: string;
  /** `key=value`, applied to every plan that is tried; they name the data set. */
  readonly settings: readonly string[];
  /** Text of the plan's index file, if the settings name one. */
  readonly indices?: string | undefined;
}

export interface ChooseHooks {
  /** @param share of the trainings, 0 to 1 */
  readonly onProgress?: (share: number) => void;
  /** True ends the choice early, without a plan. */
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
  /** The data as the plan scales them. */
  readonly dataset: LoadedDataset;
  /** In the order of the rules; empty if there was one plan only. */
  readonly tried: readonly TriedPlan[];
}

/** Rows that the plans are compared on. */
const mostJudged = 2_000;

/**
 * Chooses a plan by the shape of the data (candidate-plans.ts), and between the candidates by stratified
 * cross-validation on the training rows: no test row takes part. Deterministic. A plan that is two standard errors
 * behind the best one after a fold is not tried on the others.
 * @returns undefined if it was stopped
 * @throws TrainingError 'plan' if the settings fit no candidate
 */
export async function choosePlan(
  request: PlanRequest,
  loaded: LoadedDataset,
  hooks: ChooseHooks = {},
): Promise<ChosenPlan | undefined> {
  const shape = {
    classes: loaded.classes.length,
    inputShape: loaded.inputShape,
    pixels: pixelColumns(loaded.train.columns),
  };
  // The user's settings may choose some of the rows.
  const [simplest] = plansFor(request, { ...shape, rows: loaded.train.count });
  const chosen = rowsOf(simplest.plan, loaded, request.indices);
  const plans = plansFor(request, { ...shape, rows: chosen.length });
  const { deviations } = plans[0].plan.dataset;
  const dataset = deviations === undefined ? loaded : clipOutliers(loaded, deviations);
  if (plans.length === 1) return { ...plans[0], dataset, tried: [] };
  const rows = rowsToJudge(chosen, dataset, plans[0].plan.seed);
  const known: LoadedDataset = { ...dataset, train: selectRows(dataset.train, rows), test: null };
  const folds = foldsOf(known.train.labels, plans[0].plan.seed);
  if (folds.length === 0) return { ...plans[0], dataset, tried: [] };
  const tried = await compare(plans, known, folds, hooks);
  if (tried === undefined) return undefined;
  const best = simplestOfBest(tried);
  return { plan: best.plan, about: best.about, dataset, tried: tried.map(({ plan: _, ...about }) => about) };
}

/** The first that is within half a standard error of the best, of those that were judged on all rows. */
function simplestOfBest<T extends TriedPlan>(tried: readonly T[]): T {
  const most = Math.max(...tried.map(({ judged }) => judged));
  const whole = tried.filter(({ judged }) => judged === most);
  const best = Math.max(...whole.map(({ accuracy }) => accuracy));
  return whole.find(({ accuracy }) => accuracy >= best - standardErrors * errorOf(best, most))!;
}

/** How far a simpler plan may be behind the best one; half an error was best on the tables of docs/choosing.md. */
const standardErrors = 0.5;

/** Standard error of a share of rows. */
const errorOf = (share: number, rows: number): number => Math.sqrt((share * (1 - share)) / rows);

interface NamedPlan {
  readonly about: string;
  readonly plan: Plan;
}

/** The candidates with the settings of the user, which may make them equal. */
function plansFor({ name, settings }: PlanRequest, shape: DataShape): NamedPlan[] {
  const found = new Map<string, NamedPlan>();
  let refusal: unknown;
  const isOthers = settings.some((setting) => /^\s*(network|splits|objectives)\b/.test(setting));
  const more = isOthers ? ', with your settings' : '';
  for (const { about, dataset, ...others } of candidatePlans(shape)) {
    const draft = { name, dataset, ...others, solver: { workLimit: 0 } };
    try {
      const plan = parsePlan(stringify(draft), 'the chosen plan', settings);
      const key = JSON.stringify(plan);
      if (!found.has(key)) found.set(key, { about: `${about}${more}`, plan });
    } catch (error) {
      // A setting may fit one network and not another, such as one of its third layer.
      refusal ??= error;
    }
  }
  if (found.size === 0) throw refusal;
  return [...found.values()];
}

/** The training rows of a plan. */
const rowsOf = ({ dataset: keys, ...plan }: Plan, dataset: LoadedDataset, indices: string | undefined): Int32Array =>
  chooseView({ ...plan, dataset: { ...keys, shifts: 0, affine: undefined } }, dataset, indices).rows;

/** At most `mostJudged` of the rows, in proportion to the classes. */
function rowsToJudge(rows: Int32Array, { train }: LoadedDataset, seed: number): Int32Array {
  if (rows.length <= mostJudged) return rows;
  const labels = Int32Array.from(rows, (row) => train.labels[row]);
  const [{ judged }] = stratifiedFolds(labels, Math.ceil(rows.length / mostJudged), seed);
  return judged.map((position) => rows[position]);
}

/** Small tables are divided twice, because a fold of few rows says little. None if every class has one row. */
function foldsOf(labels: Int32Array, seed: number): Fold[] {
  const isSmall = labels.length < 300;
  const count = labels.length < 1_000 ? 5 : 3;
  return [seed, ...(isSmall ? [seed + 1] : [])]
    .flatMap((drawn) => stratifiedFolds(labels, count, drawn))
    .filter(({ judged }) => judged.length > 0);
}

async function compare(
  plans: readonly NamedPlan[],
  dataset: LoadedDataset,
  folds: readonly Fold[],
  { onProgress, stopped = () => false }: ChooseHooks,
): Promise<(TriedPlan & NamedPlan)[] | undefined> {
  const solver = await openSolver();
  const counts = new Map(plans.map((named) => [named, { right: 0, judged: 0 }]));
  const refused = new Map<NamedPlan, unknown>();
  let running = plans;
  for (const [at, fold] of folds.entries()) {
    const trainer = new FoldTrainer(dataset, fold, solver, stopped);
    for (const [number, named] of running.entries()) {
      onProgress?.((at + number / running.length) / folds.length);
      try {
        const right = await trainer.correct(forFold(named.plan));
        if (right === undefined) return undefined;
        const count = counts.get(named)!;
        count.right += right;
        count.judged += fold.judged.length;
      } catch (error) {
        // The user's settings, such as a network, need not go together with what the rules add.
        if (!(error instanceof TrainingError) || error.code === 'certificate') throw error;
        refused.set(named, error);
      }
    }
    if (refused.size === plans.length) throw refused.get(plans[0]);
    running = withoutHopeless(
      running.filter((named) => !refused.has(named)),
      counts,
    );
    if (running.length === 1) break;
  }
  return plans.flatMap((named) => {
    const { right, judged } = counts.get(named)!;
    return refused.has(named) ? [] : [{ ...named, judged, accuracy: right / judged }];
  });
}

interface Count {
  readonly right: number;
  readonly judged: number;
}

function withoutHopeless(plans: readonly NamedPlan[], counts: ReadonlyMap<NamedPlan, Count>): NamedPlan[] {
  const shareOf = (named: NamedPlan): number => counts.get(named)!.right / counts.get(named)!.judged;
  const best = Math.max(...plans.map(shareOf));
  const rows = counts.get(plans[0])!.judged;
  const behind = best - 2 * (errorOf(best, rows) + 1 / rows);
  return plans.filter((named) => shareOf(named) >= behind);
}

/** The network and objectives of a plan, on all rows that it is given, within the rounded relaxation. */
const forFold = ({ dataset: { shifts, affine, classWeights }, splits, ...plan }: Plan): Plan => ({
  ...plan,
  dataset: { name: 'fold', shifts, affine, classWeights, splitSeed: 0, validationPerClass: 0 },
  splits: splits.filter(({ name }) => name !== 'batches'),
  solver: { gap: 0, workLimit: 0 },
  budget: {},
});
