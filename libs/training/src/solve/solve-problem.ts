import { modelSize } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import {
  certifiedLowerBound,
  loadHighsSolver,
  type Solver,
  type SolveProgress,
  type SolveResult,
} from '@mipnet/solver';
import { freeNetwork, type FreeNetwork } from '../model/free-network.js';
import { fittedBy, trainingError } from '../model/replay.js';
import { encodeStage, type StageModel, type StageSettings } from '../model/stage-model.js';
import { hasWeights, insideDomains, withLayer } from '../problem/free-layers.js';
import type { Incumbent, Stage } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';
import { deepStart, type RoundedRelaxation } from '../search/deep-start.js';
import { improve } from '../search/improve.js';
import { StageJudge, type Relaxation, type StageSolved, type Valued } from './judge.js';

export interface SolveHooks {
  /**
   * An incumbent of an earlier attempt, to start from (time limits only: a work limit starts over, to repeat itself).
   */
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
 * What the solver answers is certified; an answer that contradicts what is known is asked for again without presolve.
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
  const relaxation = await relaxed(solver, free, stageModel, settings.stage, stopped);
  const judge = new StageJudge(free, settings, stageModel, relaxation);
  const round: RoundedRelaxation = async (part, at) => (await relax(solver, encodeStage(part, at), stopped)).rounded;
  const starts = async (): Promise<Network[]> => {
    const rounded = hasHidden(free) ? await deepStart(free, settings, round, stopped) : relaxation.rounded;
    const improved = startsOf(free, from, rounded).map((network) => improve(free, network, settings.stopped));
    // First among equals: what an earlier attempt has reached in later objectives is not lost to a network as good in
    // this one.
    return from ? [from, ...improved] : improved;
  };
  const { stopAtError } = limits;
  const isGoodEnough = (network: Network): boolean =>
    settings.stage === 0 && stopAtError !== undefined && trainingError(free.replay(network)) <= stopAtError;
  const candidates = settings.stage === 0 ? await starts() : [from!];
  const start = judge.best(candidates);
  hooks.onIncumbent?.(start.network);
  // Nothing is left to prove if the start meets the bound: a fit without an error, for one.
  const isProven = relaxation.bound !== null && start.value <= relaxation.bound + 1e-9;
  if (stopped() || isProven || limits.workLimit === 0 || isGoodEnough(start.network)) return judge.report(start, start);

  const branchAndCut = (presolve: boolean): Promise<SolveResult> =>
    runMip(solver, judge, start, { ...hooks, isGoodEnough }, presolve);
  const result = await branchAndCut(true);
  return judge.judge(start, result) ?? judge.judge(start, await branchAndCut(false)) ?? judge.unresolved(start, result);
}

async function relaxed(
  solver: Solver,
  free: FreeNetwork,
  stageModel: StageModel,
  stage: number,
  stopped: () => boolean,
): Promise<Relaxation> {
  const floor = free.problem.objectives[stage].kind === 'margin' ? null : 0;
  // The relaxation of products of unknowns is weak and slow: it is tried, but not to the end at any price.
  const rootWork = hasHidden(free) ? Math.min(hiddenRootWork, free.problem.limits.workLimit ?? Infinity) : undefined;
  // After a stop there is no time for a bound; presolve cannot be interrupted.
  return rootWork === 0 || stopped() ? { bound: floor } : relax(solver, stageModel, stopped, floor, rootWork);
}

/** Non-zeros per row, on average, from which a model counts as dense. */
const denseRow = 100;

/**
 * Solves the LP relaxation: a certified bound, and a start by rounding.
 * @param floor what is known before: a loss is never negative
 * @param workLimit LP iterations; beyond it neither bound nor start
 */
async function relax(
  solver: Solver,
  stageModel: StageModel,
  stopped: () => boolean,
  floor: number | null = null,
  workLimit?: number,
): Promise<Relaxation> {
  const { model } = stageModel;
  // Rows full of data leave presolve nothing to find, and it takes as long as the simplex method itself.
  const isDense = model.indices.length > denseRow * model.rowCount;
  // Bounds are rebuilt from duals, which not every solver has.
  const simplex = solver.sessions ?? (await loadHighsSolver());
  const lp = simplex.solve(model, { relaxation: true, presolve: !isDense, stopped, workLimit });
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
        // A checkpoint is what a lost attempt continues from: never one that is worse than the last.
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
  modelSize(encodeStage(freeNetwork(problem, data), { stage: 0, kept: [] }).model);
