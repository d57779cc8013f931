import { halfGrid } from '@mipnet/encoding';
import { modelSize } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import type { SolveProgress, SolveResult, Solver } from '@mipnet/solver';
import type { Incumbent, Stage } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { bodyOf, hasWeights, withLayer, type Body } from '../model/free-network.js';
import { StageJudge, type StageSolved, type Valued } from './judge.js';
import { firstFree, type LeafData } from '../rows/leaf-data.js';
import { fromZero, precisionOf } from '../model/precision.js';
import { fittedBy, replay, trainingError } from '../model/replay.js';
import { encodeStage, type StageModel, type StageSettings } from '../model/stage-model.js';
import { deepStart, insideDomains } from './deep-start.js';
import { improve, relax, type Relaxation } from '../search/improve.js';

export interface SolveHooks {
  /** An incumbent of an earlier attempt, to start from (time limits only: a work limit starts over, to repeat itself). */
  readonly resume?: Network;
  readonly onIncumbent?: (network: Network) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  /** True asks for the incumbent as it is. */
  readonly stopped?: () => boolean;
}

/** A stop in the first relaxation finds no incumbent yet: a short search makes one. */
const searchSeconds = 2;

/** True so many seconds after a stop was first seen. */
function secondsAfter(stopped: () => boolean, seconds: number): () => boolean {
  let since: number | undefined;
  return () => stopped() && performance.now() - (since ??= performance.now()) >= seconds * 1000;
}

/**
 * Solves a training problem as one MIP for each objective, in order. What comes back is certified: values are those of
 * the forward pass of the returned network, bounds are proven or null.
 */
export function solveProblem(
  solver: Solver,
  problem: TrainingProblem,
  data: LeafData,
  hooks: SolveHooks = {},
): Incumbent {
  const body = bodyOf(problem);
  const margin = marginOnGrid(problem, data);
  const outOfTime = hooks.stopped && secondsAfter(hooks.stopped, searchSeconds);
  let network: Network | undefined = hooks.resume;
  let fitted: readonly boolean[] | undefined;
  const stages: Stage[] = [];
  for (let stage = 0; stage < problem.objectives.length; stage++) {
    if (stages.length > 0 && hooks.stopped?.()) break;
    const settings: StageSettings = {
      stage,
      kept: stages.map(({ value }) => value),
      fitted,
      margin,
      stopped: outOfTime,
    };
    const solved = solveStage(solver, problem, data, body, settings, network, hooks);
    network = solved.network;
    stages.push(solved.stage);
    if (stage === 0) fitted = fittedBy(replay(problem, data, body, network, margin));
  }
  const [first] = stages;
  return {
    network: scoresFromZero(problem, data, body, network!),
    objective: first.value,
    bound: first.bound,
    status: first.status,
    stages,
  };
}

function scoresFromZero(problem: TrainingProblem, data: LeafData, body: Body, network: Network): Network {
  const last = body.to - 1;
  const layer = network.layers[last];
  const isBehind = network.layers.slice(body.to).some(({ kind }) => kind === 'activation');
  if (layer.kind !== 'dense' || layer.outputs === 1 || isBehind || !problem.free[last]?.bias) return network;
  return withLayer(network, last, {
    ...layer,
    bias: fromZero(precisionOf(problem, data, body).get(last)!, layer.bias),
  });
}

/**
 * The fit's margin. For one neuron on known inputs it is moved to the half grid, so that the best bias, a breakpoint of
 * the loss, lies on it; elsewhere biases are on their grid by the MIP.
 */
export function marginOnGrid(
  problem: Pick<TrainingProblem, 'objectives' | 'network' | 'free'>,
  { grid }: Pick<LeafData, 'grid'>,
): number {
  const [first] = problem.objectives;
  const margin = first.kind === 'fit' ? first.margin : 1;
  const at = firstFree(problem);
  const layer = problem.network.layers[at];
  const isNeuron =
    layer?.kind === 'dense' &&
    layer.outputs === 1 &&
    !problem.network.layers.slice(at + 1).some(({ kind }) => kind === 'dense');
  return grid === null || !isNeuron ? margin : halfGrid(margin, grid);
}

function solveStage(
  solver: Solver,
  problem: TrainingProblem,
  data: LeafData,
  body: Body,
  settings: StageSettings,
  from: Network | undefined,
  hooks: SolveHooks,
): StageSolved {
  const stageModel = whenNeeded(() => encodeStage(problem, data, body, settings));
  const stopped = hooks.stopped ?? (() => false);
  const objective = problem.objectives[settings.stage].kind;
  // The relaxation of products of unknowns is weak and slow: it is tried, but not to the end at any price.
  const rootWork = hasHidden(problem, body)
    ? Math.min(hiddenRootWork, problem.limits.workLimit ?? Infinity)
    : undefined;
  const floor = objective === 'margin' ? null : 0;
  // After a stop there is no time for a bound; presolve listens to nobody.
  const relaxation =
    rootWork === 0 || stopped() ? { bound: floor } : relax(solver, stageModel, stopped, floor, rootWork);
  const judge = new StageJudge(problem, data, body, settings, stageModel, relaxation);
  const { stopAtError } = problem.limits;
  const isGoodEnough = (network: Network): boolean =>
    settings.stage === 0 &&
    stopAtError !== undefined &&
    trainingError(replay(problem, data, body, network, settings.margin)) <= stopAtError;
  const candidates =
    settings.stage === 0 ? firstCandidates(solver, problem, data, body, settings, relaxation, from, stopped) : [from!];
  const start = judge.best(candidates);
  hooks.onIncumbent?.(start.network);
  // Nothing is left to prove when the start meets the bound: a fit without an error, for one.
  const isProven = relaxation.bound !== null && start.value <= relaxation.bound + 1e-9;
  if (stopped() || isProven || problem.limits.workLimit === 0 || isGoodEnough(start.network))
    return judge.report(start, start);

  const attempt = (presolve: boolean): SolveResult =>
    runMip(solver, problem, stageModel, judge, start, hooks, presolve, isGoodEnough);
  const result = attempt(true);
  return judge.judge(start, result) ?? judge.judge(start, attempt(false)) ?? judge.unresolved(start, result);
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

/** LP iterations for the root of a MIP with free hidden layers. */
const hiddenRootWork = 20_000;

const hasHidden = ({ free }: TrainingProblem, body: Body): boolean =>
  free.some((layer, index) => layer !== null && index < body.to - 1);

function firstCandidates(
  solver: Solver,
  problem: TrainingProblem,
  data: LeafData,
  body: Body,
  settings: StageSettings,
  relaxation: Relaxation,
  from: Network | undefined,
  stopped: () => boolean,
): Network[] {
  const hidden = hasHidden(problem, body);
  const starts = [
    from,
    hasWeights(problem) ? problem.network : undefined,
    hidden ? deepStart(solver, problem, data, body, settings, stopped) : relaxation.rounded,
  ].filter((network) => network !== undefined);
  const all = starts.length > 0 ? starts : [insideDomains(problem)];
  const improved = all.map((network) => improve(problem, data, body, network, settings));
  // First among equals: what an earlier attempt has reached in later objectives is not lost to a network as good in this one.
  return from ? [from, ...improved] : improved;
}

function runMip(
  solver: Solver,
  problem: TrainingProblem,
  stageModel: StageModel,
  judge: StageJudge,
  start: Valued,
  hooks: SolveHooks,
  presolve: boolean,
  isGoodEnough: (network: Network) => boolean,
): SolveResult {
  let best = start.value;
  let enough = false;
  const watched = hooks.onIncumbent !== undefined || problem.limits.stopAtError !== undefined;
  const onIncumbent = watched
    ? ({ x }: { readonly x: Float64Array }): void => {
        const network = judge.networkOf(x);
        const value = network ? judge.valueOf(network) : NaN;
        // A checkpoint is what a lost attempt goes on from: never one that is worse than the last.
        if (!network || !(value < best)) return;
        best = value;
        enough ||= isGoodEnough(network);
        hooks.onIncumbent?.(network);
      }
    : undefined;
  return solver.solve(stageModel.model, {
    ...problem.limits,
    seed: problem.seed,
    start: stageModel.toPoint(start.network),
    presolve,
    onIncumbent,
    onProgress: hooks.onProgress,
    stopped: () => enough || (hooks.stopped?.() ?? false),
  });
}

/** For messages and reports: columns, rows, non-zeros of the first stage's MIP. */
export function sizeOfProblem(problem: TrainingProblem, data: LeafData): ReturnType<typeof modelSize> {
  const body = bodyOf(problem);
  return modelSize(encodeStage(problem, data, body, { stage: 0, kept: [], margin: marginOnGrid(problem, data) }).model);
}
