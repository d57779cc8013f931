import type { Network } from '@mipnet/network';
import type { Solver, SolveProgress, SolveResult } from '@mipnet/solver';
import type { FreeNetwork } from '../model/free-network.js';
import { replay, trainingError } from '../model/replay.js';
import { encodeStage, type StageModel, type StageSettings } from '../model/stage-model.js';
import { hasWeights, insideDomains } from '../problem/free-layers.js';
import { improve } from '../search/improve.js';
import { deepStart } from './deep-start.js';
import { StageJudge, type StageSolved, type Valued } from './judge.js';
import { relax, type Relaxation } from './relax.js';

export interface SolveHooks {
  /** An incumbent of an earlier attempt, to start from (time limits only: a work limit starts over, to repeat itself). */
  readonly resume?: Network;
  readonly onIncumbent?: (network: Network) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  /** True asks for the incumbent as it is. */
  readonly stopped?: () => boolean;
}

/** LP iterations for the root of a MIP with free hidden layers. */
const hiddenRootWork = 20_000;

/**
 * One objective as a MIP: the relaxation gives a bound, local search a start, and branch and cut goes on from there. What
 * the solver answers is certified; an answer that contradicts what is known is asked for again without presolve.
 * @param from the network of the objective before, or of an earlier attempt
 */
export async function solveStage(
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
  const { stopAtError } = limits;
  const isGoodEnough = (network: Network): boolean =>
    settings.stage === 0 && stopAtError !== undefined && trainingError(replay(free, network)) <= stopAtError;
  const candidates =
    settings.stage === 0 ? await firstCandidates(solver, free, settings, relaxation, { from, stopped }) : [from!];
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

async function firstCandidates(
  solver: Solver,
  free: FreeNetwork,
  settings: StageSettings,
  relaxation: Relaxation,
  { from, stopped }: { readonly from?: Network; readonly stopped: () => boolean },
): Promise<Network[]> {
  const { problem } = free;
  const starts = [
    from,
    hasWeights(problem) ? problem.network : undefined,
    hasHidden(free) ? await deepStart(solver, free, settings, stopped) : relaxation.rounded,
  ].filter((network) => network !== undefined);
  const all = starts.length > 0 ? starts : [insideDomains(problem)];
  const improved = all.map((network) => improve(free, network, settings.stopped));
  // First among equals: what an earlier attempt has reached in later objectives is not lost to a network as good in this one.
  return from ? [from, ...improved] : improved;
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
