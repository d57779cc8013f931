import type { Model } from '@mipnet/mip';
import { rowsFrom, type SessionSolver, type SolveOptions } from '@mipnet/solver';
import { separateHull } from './activations/relu-convex-hull.js';
import type { HullNeuron } from './hull-neuron.js';

export interface HullRoundOptions extends Pick<SolveOptions, 'timeLimit' | 'workLimit' | 'stopped'> {
  /** Most rounds of solve and separate. @default 20 */
  readonly rounds?: number;
  /** A row is added if it is violated by more than this. @default 1e-6 */
  readonly tolerance?: number;
}

export interface HullRounds {
  /** The model with the inequalities that are tight at the relaxation's optimum. */
  readonly model: Model;
  readonly added: number;
  /** Inequalities that were added in some round but have slack in the end. */
  readonly dropped: number;
  /** Optimum of the relaxation after the last round; null if a limit or infeasibility came first. */
  readonly objective: number | null;
  /** Whether the relaxation's optimum violates no inequality of any neuron any more. */
  readonly complete: boolean;
  readonly rounds: number;
  /** LP iterations. */
  readonly work: number;
}

/**
 * Adds inequalities of the convex hull (see relu-convex-hull.ts) in rounds: solve the LP relaxation of the model with
 * its objective, add the most violated inequality of every neuron, solve again from the last basis. HiGHS takes no cuts
 * from outside during a MIP, so the model is tightened before it. Limits hold for each LP.
 */
export function hullRounds(
  solver: SessionSolver,
  model: Model,
  neurons: readonly HullNeuron[],
  options: HullRoundOptions = {},
): HullRounds {
  const tolerance = options.tolerance ?? 1e-6;
  const session = solver.open(model);
  let work = 0;
  let rounds = 0;
  let added = 0;
  const solve = () => {
    const result = session.solve(options);
    work += result.work;
    return result;
  };
  try {
    let result = solve();
    let complete = false;
    while (result.status === 'optimal' && result.x) {
      const x = result.x;
      const cuts = neurons.map((neuron) => separateHull(neuron, x, tolerance)?.row).filter((row) => row !== undefined);
      complete = cuts.length === 0;
      if (complete || rounds >= (options.rounds ?? 20)) break;
      session.addRows(rowsFrom(cuts));
      added += cuts.length;
      rounds++;
      result = solve();
    }
    const slack =
      result.status === 'optimal' && result.x ? slackRows(session.model, model.rowCount, result.x, tolerance) : [];
    session.deleteRows(slack);
    // Only rows are new: costs and bounds are those of the model given.
    return {
      model: session.model,
      added,
      dropped: slack.length,
      objective: result.status === 'optimal' ? result.objective : null,
      complete,
      rounds,
      work,
    };
  } finally {
    session.close();
  }
}

function slackRows(model: Model, from: number, x: Float64Array, tolerance: number): number[] {
  const slack: number[] = [];
  for (let i = from; i < model.rowCount; i++) {
    let activity = 0;
    for (let k = model.starts[i]; k < model.starts[i + 1]; k++) activity += model.values[k] * x[model.indices[k]];
    if (activity < model.rowUpper[i] - tolerance) slack.push(i);
  }
  return slack;
}
