// Tested by judge.unit.test.ts.
import type { Network } from '@mipnet/network';
import type { SolveResult } from '@mipnet/solver';
import type { FreeNetwork } from '../model/free-network.js';
import { objectiveValue } from '../model/objectives/registry.js';
import { keptTolerance, type StageModel, type StageSettings } from '../model/stage-model.js';
import { insideBoxes } from '../problem/free-layers.js';
import { closedGap, statusOf, type Stage } from '../problem/incumbent.js';
import { improve } from '../search/improve.js';

/** A network and the value that its forward pass gives it. */
export interface Valued {
  readonly network: Network;
  readonly value: number;
}

export interface StageSolved {
  readonly network: Network;
  readonly stage: Stage;
}

/** What the LP relaxation of a stage gives. */
export interface Relaxation {
  /** Lower bound of the MIP, from the duals of its LP relaxation in outward-rounded arithmetic. */
  readonly bound: number | null;
  /** The LP solution rounded inside the domain. */
  readonly rounded?: Network;
}

/** How far a solver's claim may be from its replay, relative. */
const replayTolerance = 1e-5;
/**
 * By how much, relative, a network may be worse in an earlier objective: the slack of the rows, plus the solver's
 * tolerances.
 */
const keptLoss = 10 * keptTolerance;

const scaleOf = (value: number): number => Math.max(1, Math.abs(value));

/** Checks of one stage outside the solver: the value of a network, and which networks are allowed. */
export class StageJudge {
  constructor(
    readonly free: FreeNetwork,
    private readonly settings: StageSettings,
    readonly stageModel: StageModel,
    private readonly relaxation: Relaxation,
  ) {}

  valueOf(network: Network): number {
    return this.#value(network, this.settings.stage);
  }

  /** The network with the least value; of equals, the first. */
  best(networks: readonly Network[]): Valued {
    return networks
      .map((network) => ({ network, value: this.valueOf(network) }))
      .reduce((least, candidate) => (candidate.value < least.value ? candidate : least));
  }

  /** Whether the weights lie in their domains and boxes, and the objectives of earlier stages keep their values. */
  allows(network: Network): boolean {
    return (
      insideBoxes(this.free.problem, network) &&
      this.settings.kept.every((kept, stage) => this.#value(network, stage) <= kept + keptLoss * scaleOf(kept))
    );
  }

  /** The network of a solver's point with rounded weights; undefined if it is not allowed. */
  networkOf(x: Float64Array): Network | undefined {
    // A forward pass refuses numbers that are not finite; a point that is too short gives such numbers.
    if (x.length !== this.stageModel.model.columnCount || !x.every(Number.isFinite)) return undefined;
    const network = this.free.withAllowedBiases(this.stageModel.toNetwork(x));
    return this.allows(network) ? network : undefined;
  }

  /**
   * Certifies one answer of the solver. Null if the answer contradicts known facts, so that the solver must be asked
   * again: a point that is no network of the problem, a value that the forward pass does not confirm, a bound above a
   * value that a network attains, or 'infeasible' although there is a start.
   */
  judge(start: Valued, result: SolveResult): StageSolved | null {
    if (result.status === 'infeasible' || result.status === 'unbounded') return null;
    let found: Valued = start;
    if (result.x) {
      const network = this.networkOf(result.x);
      // Moving biases to their grid may cost a little; the claimed value is that of the point before the move.
      const replayed = network ? this.valueOf(this.stageModel.toNetwork(result.x)) : NaN;
      if (!network || !(Math.abs(replayed - (result.objective ?? NaN)) <= replayTolerance * scaleOf(replayed)))
        return null;
      const improved = this.settings.stage === 0 ? [improve(this.free, network, this.settings.stopped)] : [];
      found = this.best([start.network, network, ...improved]);
    }
    if (result.bound !== null && !(result.bound <= found.value + closedGap * scaleOf(found.value))) return null;
    return this.report(found, start, result);
  }

  /** The result without an answer of the solver: the start, and the bound of the relaxation. */
  unresolved(start: Valued, result: SolveResult): StageSolved {
    const { network, stage } = this.report(start, start, { ...result, bound: null });
    return { network, stage: { ...stage, status: 'unresolved' } };
  }

  report(found: Valued, start: Valued, result?: SolveResult): StageSolved {
    const root = this.relaxation.bound;
    const branchAndCut = result !== undefined && result.bound !== null && result.bound > (root ?? -Infinity);
    const proven = branchAndCut ? result.bound : root;
    // A bound above the value of a network is wrong, even if it was proven.
    const bound =
      proven !== null && proven <= found.value + closedGap * scaleOf(found.value)
        ? Math.min(proven, found.value)
        : null;
    return {
      network: found.network,
      stage: {
        objective: this.free.problem.objectives[this.settings.stage].kind,
        value: found.value,
        bound,
        status: statusOf(found.value, bound),
        start: start.value,
        nodes: result?.nodes ?? 0,
        work: result?.work ?? 0,
        boundBy: bound === null ? null : branchAndCut ? 'branch and cut' : 'root duals',
      },
    };
  }

  #value(network: Network, stage: number): number {
    const { free, settings } = this;
    return objectiveValue(free.problem.objectives[stage], free.replay(network, settings.fitted));
  }
}
