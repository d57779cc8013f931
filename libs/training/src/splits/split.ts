import type { ObjectStore } from '@mipnet/object-store';
import type { Accuracy, RoundState, Solved } from '@mipnet/recursion';
import type { z } from 'zod';
import type { Incumbent } from '../problem/incumbent.js';
import type { SplitSpec } from '../problem/split-spec.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/** A part of a problem that came back; in the order of division. */
export interface Part {
  readonly solved: Solved;
  readonly incumbent: Incumbent;
}

/** One round of a split: the problem, where its node stands, and the store that holds its data. */
export interface Round<Options = SplitSpec> {
  readonly problem: TrainingProblem;
  /** This split's own options: those of the first of `problem.splits`. */
  readonly spec: Options;
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
export interface SplitDefinition<Options> {
  /** In a plan: `name`, or `{name: options}`. */
  readonly name: string;
  /** Of several splits of one name: the value of the option `kind`. */
  readonly kind?: string;
  /** Its options in a plan, with their defaults. */
  readonly options: z.ZodType<Options>;
  /** Splits that make no sense anywhere behind this one, by name, with the reason. */
  readonly notBefore?: Readonly<Record<string, string>>;
  /**
   * The split that it must follow at once, and why. Its problem is then that split's part, which `check` sees when it
   * is divided.
   */
  readonly follows?: { readonly name: string; readonly reason: string };
  /** Why the splits behind it do not go with its options; undefined if they do. */
  refusalBehind?(options: Options, behind: readonly SplitSpec[]): string | undefined;
  /** Whether its parts are about other classes, so that `network` is the network of one part. */
  readonly dividesClasses?: boolean;
  /** Whether it frees one layer (or block) at a time, each in a round of its own shape. */
  readonly freesInTurn?: boolean;
  /**
   * Whether a part follows from the problem alone, whatever was solved before it, and its name says which one it is:
   * the part of that name in an earlier run of the problem is then the same problem.
   */
  readonly partsStand?: boolean;
  /** Refuses a problem it makes no sense for. @throws TrainingError 'problem' with the reason */
  check(problem: TrainingProblem, spec: Options): void;
  divide(round: Round<Options>): Promise<readonly TrainingProblem[]>;
  /** Most rounds there may be; 1 when left out. */
  rounds?(problem: TrainingProblem, spec: Options): number;
  /**
   * The parts of a round whose incumbents before it are not known: as many and as large as they can be, with weights
   * and rows that may be others. Where it is left out, `divide` says it.
   */
  outline?(round: Omit<Round<Options>, 'current' | 'store'>): readonly TrainingProblem[];
  /** @param parts in the order of division; `undefined` for parts without a result: they were stopped or failed */
  merge(round: Round<Options>, parts: readonly (Part | undefined)[]): Promise<MergedRound>;
}

/** A split whose options are not known by type: every method reads them from a specification first. */
export type Split = SplitDefinition<SplitSpec>;

/** Options come from plans and stored problems: they are read by the split's own schema before it sees them. */
export function defineSplit<Options>(split: SplitDefinition<Options>): Split {
  const read = ({ name: _, ...options }: SplitSpec): Options => split.options.parse(options);
  const { options, refusalBehind, rounds, outline, ...others } = split;
  return {
    ...others,
    options: options as z.ZodType<unknown> as z.ZodType<SplitSpec>,
    check: (problem, spec) => split.check(problem, read(spec)),
    divide: (round) => split.divide({ ...round, spec: read(round.spec) }),
    merge: (round, parts) => split.merge({ ...round, spec: read(round.spec) }, parts),
    ...(refusalBehind && { refusalBehind: (spec, behind) => refusalBehind(read(spec), behind) }),
    ...(rounds && { rounds: (problem, spec) => rounds(problem, read(spec)) }),
    ...(outline && { outline: (round) => outline({ ...round, spec: read(round.spec) }) }),
  };
}
