import { modelSize } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import {
  certifiedLowerBound,
  sessionsOf,
  type SolveOptions,
  type Solver,
  type SolveProgress,
  type SolveResult,
} from '@mipnet/solver';
import { freeNetwork, type FreeNetwork } from '../model/free-network.js';
import { objectiveValue } from '../model/objectives/registry.js';
import { fittedBy, trainingError } from '../model/replay.js';
import { masterSize } from '../columns/master-size.js';
import { encodeStage, type StageModel, type StageSettings } from '../model/stage-model.js';
import { hasWeights, insideDomains, withLayer } from '../problem/free-layers.js';
import type { Incumbent, Stage } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';
import { deepStart, type RoundedRelaxation } from '../search/deep-start.js';
import { improve } from '../search/improve.js';
import { StageJudge, type Relaxation, type StageSolved, type Valued } from './judge.js';
import { SolveNews } from './solve-news.js';

export interface SolveHooks {
  /**
   * An incumbent of an earlier attempt, to start from (time limits only: under a work limit a solve starts from the
   * beginning, so that it is repeatable).
   */
  readonly resume?: Network;
  readonly onIncumbent?: (network: Network) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  /** True asks for the incumbent as it is. */
  readonly stopped?: () => boolean;
}

/** If a stop comes during the first relaxation, there is no incumbent yet: a short search makes one. */
const searchSeconds = 2;

/** True from this number of seconds after a stop was first seen. */
function secondsAfter(stopped: () => boolean, seconds: number): () => boolean {
  let since: number | undefined;
  return () => stopped() && performance.now() - (since ??= performance.now()) >= seconds * 1000;
}

/**
 * Solves a training problem as one MIP per objective, in order. The result is certified: values are those of
 * the forward pass of the returned network, bounds are proven or null.
 */
export async function solveProblem(solver: Solver, free: FreeNetwork, hooks: SolveHooks = {}): Promise<Incumbent> {
  const outOfTime = hooks.stopped && secondsAfter(hooks.stopped, searchSeconds);
  let network: Network | undefined = hooks.resume;
  let fitted: readonly boolean[] | undefined;
  const stages: Stage[] = [];
  for (let stage = 0; stage < free.problem.objectives.length; stage++) {
    if (stages.length > 0 && hooks.stopped?.()) break;
    const settings: StageSettings = { stage, kept: stages.map(({ value }) => value), fitted, stopped: outOfTime };
    const solved = await solveStage(solver, free, settings, network, hooks);
    network = solved.network;
    stages.push(solved.stage);
    if (stage === 0) fitted = fittedBy(free.replay(network));
  }
  const [{ value, bound, status }] = stages;
  return { network: scoresFromZero(free, network!), objective: value, bound, status, stages };
}

/** LP iterations for the root of a MIP with free hidden layers. */
const hiddenRootWork = 20_000;

/**
 * One objective as a MIP: the relaxation gives a bound, local search a start, and branch and cut continues from there.
 * The solver's answer is certified. If it contradicts known facts, the MIP is solved again without presolve.
 * @param from the network of the objective before, or of an earlier attempt
 */
async function solveStage(
  solver: Solver,
  free: FreeNetwork,
  settings: StageSettings,
  from: Network | undefined,
  hooks: SolveHooks,
): Promise<StageSolved> {
  const { limits } = free.problem;
  const stopped = hooks.stopped ?? (() => false);
  const stageModel = whenNeeded(() => encodeStage(free, settings));
  const news = new SolveNews(hooks.onProgress, settings.stage);
  // A relaxation finds no network, and its solver may say nothing for long.
  const floor = floorOf(free, settings.stage);
  news.begin('relaxation', hooks.onProgress ? { objective: firstValue(free, settings, from), bound: floor } : {});
  const relaxation = await relaxed(solver, free, stageModel, settings.stage, { stopped, onProgress: news.ofSolver });
  news.found(relaxation);
  news.begin('local search');
  const judge = new StageJudge(free, settings, stageModel, relaxation);
  const round: RoundedRelaxation = async (part, at) =>
    (await relax(solver, encodeStage(part, at), { stopped, timeLimit: limits.timeLimit })).rounded;
  const starts = async (): Promise<Network[]> => {
    const rounded = hasHidden(free) ? await deepStart(free, settings, round, stopped) : relaxation.rounded;
    const improved = startsOf(free, from, rounded).map((network) => improve(free, network, settings.stopped));
    // First among equals, so that an equally good network does not replace one with better later objectives from an
    // earlier attempt.
    return from ? [from, ...improved] : improved;
  };
  const { stopAtError } = limits;
  const isGoodEnough = (network: Network): boolean =>
    settings.stage === 0 && stopAtError !== undefined && trainingError(free.replay(network)) <= stopAtError;
  const candidates = settings.stage === 0 ? await starts() : [from!];
  const start = judge.best(candidates);
  news.found({ objective: start.value });
  hooks.onIncumbent?.(start.network);
  // Nothing is left to prove if the start meets the bound: a fit without an error, for one.
  const isProven = relaxation.bound !== null && start.value <= relaxation.bound + 1e-9;
  if (stopped() || isProven || limits.workLimit === 0 || isGoodEnough(start.network)) return judge.report(start, start);

  const branchAndCut = (presolve: boolean): Promise<SolveResult> =>
    runMip(solver, judge, start, { ...hooks, onProgress: news.ofSolver, isGoodEnough }, presolve);
  news.begin('branch and cut');
  const result = await branchAndCut(true);
  return judge.judge(start, result) ?? judge.judge(start, await branchAndCut(false)) ?? judge.unresolved(start, result);
}

/** Of the network that the search starts from, if nothing better is found. */
function firstValue(free: FreeNetwork, { stage, fitted }: StageSettings, from: Network | undefined): number {
  const [first] = startsOf(free, from, undefined);
  return objectiveValue(free.problem.objectives[stage], free.replay(free.withAllowedBiases(first), fitted));
}

/** A loss is never negative; a margin is maximised. */
const floorOf = (free: FreeNetwork, stage: number): number | null =>
  free.problem.objectives[stage].kind === 'margin' ? null : 0;

async function relaxed(
  solver: Solver,
  free: FreeNetwork,
  stageModel: StageModel,
  stage: number,
  { stopped, onProgress }: Required<Pick<SolveOptions, 'stopped' | 'onProgress'>>,
): Promise<Relaxation> {
  const floor = floorOf(free, stage);
  // The relaxation of products of unknowns is weak and slow: it gets a work limit.
  const rootWork = hasHidden(free) ? Math.min(hiddenRootWork, free.problem.limits.workLimit ?? Infinity) : undefined;
  // After a stop there is no time for a bound; presolve cannot be interrupted.
  const { timeLimit } = free.problem.limits;
  return rootWork === 0 || stopped()
    ? { bound: floor }
    : relax(solver, stageModel, { stopped, onProgress, workLimit: rootWork, timeLimit }, floor);
}

/** Non-zeros per row, on average, from which a model counts as dense. */
const denseRow = 100;

/**
 * Solves the LP relaxation: a certified bound, and a start by rounding.
 * @param limits beyond them there is neither a bound nor a start; the relaxation of a hidden layer may take longer
 *   than the MIP is given
 * @param floor a known lower bound: a loss is never negative
 */
async function relax(
  solver: Solver,
  stageModel: StageModel,
  limits: Pick<SolveOptions, 'stopped' | 'onProgress' | 'workLimit' | 'timeLimit'>,
  floor: number | null = null,
): Promise<Relaxation> {
  const { model } = stageModel;
  // Rows full of data leave presolve nothing to find, and it takes as long as the simplex method itself.
  const isDense = model.indices.length > denseRow * model.rowCount;
  // Bounds are rebuilt from duals, which not every solver has.
  const simplex = await sessionsOf(solver);
  const lp = simplex.solve(model, { relaxation: true, presolve: !isDense, ...limits });
  // Only an optimal LP is worth rounding: a point left by a limit looks like a solution and is none.
  if (lp.status !== 'optimal' || !lp.x) return { bound: floor };
  const certified = lp.duals ? certifiedLowerBound(model, lp.duals) : null;
  return {
    bound: certified === null ? floor : Math.max(certified, floor ?? -Infinity),
    rounded: stageModel.toNetwork(lp.x),
  };
}

/** The model of a large network takes long to write down, and a search alone needs none. */
function whenNeeded(encode: () => StageModel): StageModel {
  let made: StageModel | undefined;
  const model = (): StageModel => (made ??= encode());
  return {
    get model() {
      return model().model;
    },
    toPoint: (network) => model().toPoint(network),
    toNetwork: (x) => model().toNetwork(x),
  };
}

const hasHidden = ({ problem, to }: FreeNetwork): boolean =>
  problem.free.some((layer, index) => layer !== null && index < to - 1);

/** The networks that local search starts from. */
function startsOf({ problem }: FreeNetwork, from: Network | undefined, rounded: Network | undefined): Network[] {
  const known = [from, hasWeights(problem) ? problem.network : undefined, rounded].filter(
    (start) => start !== undefined,
  );
  return known.length > 0 ? known : [insideDomains(problem)];
}

function runMip(
  solver: Solver,
  judge: StageJudge,
  start: Valued,
  hooks: SolveHooks & { readonly isGoodEnough: (network: Network) => boolean },
  presolve: boolean,
): Promise<SolveResult> {
  const { problem } = judge.free;
  let best = start.value;
  let enough = false;
  const watched = hooks.onIncumbent !== undefined || problem.limits.stopAtError !== undefined;
  const onIncumbent = watched
    ? ({ x }: { readonly x: Float64Array }): void => {
        const network = judge.networkOf(x);
        const value = network ? judge.valueOf(network) : NaN;
        // A lost attempt continues from its checkpoint, so a checkpoint is never worse than the one before it.
        if (!network || !(value < best)) return;
        best = value;
        enough ||= hooks.isGoodEnough(network);
        hooks.onIncumbent?.(network);
      }
    : undefined;
  return solver.solve(judge.stageModel.model, {
    ...problem.limits,
    seed: problem.seed,
    start: judge.stageModel.toPoint(start.network),
    presolve,
    onIncumbent,
    onProgress: hooks.onProgress,
    stopped: () => enough || (hooks.stopped?.() ?? false),
  });
}

function scoresFromZero({ problem, to, precisions }: FreeNetwork, network: Network): Network {
  const last = to - 1;
  const layer = network.layers[last];
  const isBehind = network.layers.slice(to).some(({ kind }) => kind === 'activation');
  if (layer.kind !== 'dense' || layer.outputs === 1 || isBehind || !problem.free[last]?.bias) return network;
  return withLayer(network, last, { ...layer, bias: precisions.get(last)!.fromZero(layer.bias) });
}

/** For messages and reports: columns, rows, non-zeros of the first stage's MIP. */
export const sizeOfProblem = (problem: TrainingProblem, data: LeafData): ReturnType<typeof modelSize> =>
  problem.columns
    ? masterSize(problem.columns, data.labels.length, problem.view.classes.length)
    : modelSize(encodeStage(freeNetwork(problem, data), { stage: 0, kept: [] }).model);
