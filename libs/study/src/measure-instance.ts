import { hullRounds, type ReluFormulation } from '@mipnet/encoding';
import { type NetworkBounds } from '@mipnet/bounds';
import { modelSize, type Model } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { instanceModel, type InstanceModel } from './instance-model.js';
import type { Measurement } from './measurement.js';
import type { Question } from './question.js';
import { contradictionOf } from './replay.js';
import { deadline, type Clock } from './thread-clock.js';

export interface MeasureLimits {
  /** Seconds of the clock for relaxation, cut rounds and MIP together. */
  readonly time: number;
  /** Rounds of convex-hull inequalities. */
  readonly cutRounds: number;
  readonly seed: number;
}

/** Bounds on a network with its margins, and what they cost. */
export interface KnownBounds {
  readonly bounds: NetworkBounds;
  readonly seconds: number;
}

/** A question in one formulation. */
export interface Instance {
  /** `withMargins` of the network. */
  readonly margins: Network;
  readonly question: Question;
  readonly formulation: ReluFormulation;
  readonly known: KnownBounds;
}

/**
 * A limit of the clock asks for the end; a solver that listens rarely is stopped by the time of day, this much later.
 */
const patience = 20;

/**
 * Encodes a question in one formulation, solves its relaxation and then its MIP, and replays the incumbent.
 * @param stopped asked in the solver; an instance that was stopped measures nothing
 * @returns undefined when it was stopped
 */
export function measureInstance(
  solver: SessionSolver,
  { margins, question, formulation, known }: Instance,
  limits: MeasureLimits,
  clock: Clock,
  stopped: () => boolean = () => false,
): Measurement | undefined {
  const encodeBegan = clock();
  const instance = instanceModel(margins, question, formulation, known.bounds);
  const relaxBegan = clock();
  const isOver = deadline(clock, limits.time);
  const ends = (): boolean => isOver() || stopped();
  const relaxed = relax(solver, instance, limits, ends);
  const solveBegan = clock();
  const solved = solveMip(solver, relaxed.model, limits, solveBegan - relaxBegan, ends);
  const ended = clock();
  if (stopped()) return undefined;
  const { columns, rows, nonZeros, integers } = modelSize(relaxed.model);
  const { result } = solved;
  return {
    columns,
    rows,
    nonZeros,
    binaries: integers,
    cuts: relaxed.cuts,
    relaxation: relaxed.objective,
    root: solved.root,
    status: result.status === 'unbounded' || result.status === 'cutoff' ? 'unresolved' : result.status,
    objective: result.objective,
    bound: result.bound,
    contradiction:
      result.x && result.objective !== null
        ? contradictionOf(margins, question, instance.toInput(result.x), result.objective, known.bounds)
        : null,
    nodes: result.nodes,
    work: relaxed.work + result.work,
    seconds: {
      bounds: known.seconds,
      encode: relaxBegan - encodeBegan,
      relaxation: solveBegan - relaxBegan,
      solve: ended - solveBegan,
    },
  };
}

interface Relaxed {
  readonly model: Model;
  readonly cuts: number;
  readonly objective: number | null;
  readonly work: number;
}

function relax(
  solver: SessionSolver,
  { model, hull }: InstanceModel,
  { time, cutRounds }: MeasureLimits,
  stopped: () => boolean,
): Relaxed {
  const rounds = hullRounds(solver, model, hull, {
    rounds: hull.length === 0 ? 0 : cutRounds,
    timeLimit: patience * time,
    stopped,
  });
  // What a limit leaves of the rounds is no relaxation of anything in particular: the MIP begins without.
  if (rounds.objective === null) return { model, cuts: 0, objective: null, work: rounds.work };
  return { model: rounds.model, cuts: rounds.added - rounds.dropped, objective: rounds.objective, work: rounds.work };
}

function solveMip(
  solver: SessionSolver,
  model: Model,
  { time, seed }: MeasureLimits,
  spent: number,
  stopped: () => boolean,
) {
  let root: number | null = null;
  const result = solver.solve(model, {
    seed,
    timeLimit: Math.max(0.01, patience * time - spent),
    stopped,
    onProgress: ({ nodes, bound }) => {
      if (nodes <= 1 && bound !== null) root = bound;
    },
  });
  return { result, root };
}
