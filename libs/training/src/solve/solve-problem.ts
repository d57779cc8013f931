import { modelSize } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import type { Solver } from '@mipnet/solver';
import { freeNetwork, type FreeNetwork } from '../model/free-network.js';
import { fromZero } from '../model/precision.js';
import { fittedBy, replay } from '../model/replay.js';
import { encodeStage, type StageSettings } from '../model/stage-model.js';
import { withLayer } from '../problem/free-layers.js';
import type { Incumbent, Stage } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';
import { solveStage, type SolveHooks } from './solve-stage.js';

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
    if (stage === 0) fitted = fittedBy(replay(free, network));
  }
  const [{ value, bound, status }] = stages;
  return { network: scoresFromZero(free, network!), objective: value, bound, status, stages };
}

function scoresFromZero({ problem, to, precisions }: FreeNetwork, network: Network): Network {
  const last = to - 1;
  const layer = network.layers[last];
  const isBehind = network.layers.slice(to).some(({ kind }) => kind === 'activation');
  if (layer.kind !== 'dense' || layer.outputs === 1 || isBehind || !problem.free[last]?.bias) return network;
  return withLayer(network, last, { ...layer, bias: fromZero(precisions.get(last)!, layer.bias) });
}

/** For messages and reports: columns, rows, non-zeros of the first stage's MIP. */
export const sizeOfProblem = (problem: TrainingProblem, data: LeafData): ReturnType<typeof modelSize> =>
  modelSize(encodeStage(freeNetwork(problem, data), { stage: 0, kept: [] }).model);
