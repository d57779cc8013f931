import type { ObjectStore } from '@mipnet/object-store';
import type { Accuracy, RoundState, Solved } from '@mipnet/recursion';
import type { Incumbent } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { SplitSpec } from '../problem/split-spec.js';

/** A part of a problem that came back; in the order of division. */
export interface Part {
  readonly solved: Solved;
  readonly incumbent: Incumbent;
}

/** One round of a split: the problem, where its node stands, and the store that holds its data. */
export interface Round<Spec extends SplitSpec = SplitSpec> {
  readonly problem: TrainingProblem;
  /** This split's own options: the first of `problem.splits`. */
  readonly spec: Spec;
  readonly state: RoundState;
  /** The incumbent of the rounds before; of the first round, none. */
  readonly current: Incumbent | undefined;
  readonly store: ObjectStore;
}

export interface MergedRound {
  /** Null when nothing usable came back. */
  readonly incumbent: Incumbent | null;
  /** Whether another round is worth it. */
  readonly again: boolean;
  /** Where the merge knows it already, or where it means nothing; otherwise it is measured on the problem's data. */
  readonly accuracy?: Accuracy;
}

/**
 * One way to divide a problem and to merge what comes back. Seeded, and a function of its arguments and the immutable
 * objects they name: the same round gives the same parts and the same network, whatever the order in which parts
 * arrived and however often it is asked.
 */
export interface Split<Spec extends SplitSpec = SplitSpec> {
  readonly name: Spec['name'];
  /** Of splits with several kinds: which one this is. */
  readonly kind?: Spec extends { readonly kind: infer Kind } ? Kind : string;
  /**
   * Whether a part follows from the problem alone, whatever was solved before it, and its name says which one it is: the
   * part of that name in an earlier run of the problem is then the same problem.
   */
  readonly partsStand?: boolean;
  /** Refuses a problem it makes no sense for. @throws TrainingError 'problem' with the reason */
  check(problem: TrainingProblem, spec: Spec): void;
  divide(round: Round<Spec>): Promise<readonly TrainingProblem[]>;
  /** Most rounds there may be; 1 when left out. */
  rounds?(problem: TrainingProblem, spec: Spec): number;
  /**
   * The parts of a round whose incumbents before it are not known: as many and as large as they can be, with weights and
   * rows that may be others. Where it is left out, `divide` says it.
   */
  outline?(round: Omit<Round<Spec>, 'current' | 'store'>): readonly TrainingProblem[];
  /** @param parts in the order of division; `undefined` for parts without a result: they were stopped or failed */
  merge(round: Round<Spec>, parts: readonly (Part | undefined)[]): Promise<MergedRound>;
}
