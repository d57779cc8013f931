import type { ObjectStore } from '@mipnet/object-store';
import type { Accuracy, NamedRound, RoundState, Solved } from '@mipnet/recursion';
import type { z } from 'zod';
import type { Incumbent } from '../problem/incumbent.js';
import type { SplitSpec } from '../problem/split-spec.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/** The result of a part of a problem; in the order of division. */
export interface Part {
  readonly solved: Solved;
  readonly incumbent: Incumbent;
}

/** What a problem asks for. */
export type Unknowns = Pick<TrainingProblem, 'network' | 'free' | 'objectives'>;

/** One round of a split: the problem, the state of its node, and the store that holds its data. */
export interface Round<Options = SplitSpec> {
  readonly problem: TrainingProblem;
  /** This split's own options: those of the first of `problem.splits`. */
  readonly spec: Options;
  readonly state: RoundState;
  /** The incumbent of the rounds before; of the first round, none. */
  readonly current: Incumbent | undefined;
  readonly store: ObjectStore;
  /** Threads that a division may use to run frozen layers over the data. @default 1 */
  readonly threads?: number;
}

export interface MergedRound {
  /** Null when nothing usable came back. */
  readonly incumbent: Incumbent | null;
  /** Whether another round is worth it. */
  readonly again: boolean;
  /** Set if the merge already knows it, or if it has no meaning; otherwise it is measured on the problem's data. */
  readonly accuracy?: Accuracy;
}

/**
 * One way to divide a problem and to merge the results. Seeded, and a function of its arguments and the immutable
 * objects they name: the same round gives the same parts and the same network, whatever the order in which parts
 * arrive and however often it is called.
 */
export interface SplitDefinition<Options> {
  /** In a plan: `name`, or `{name: options}`. */
  readonly name: string;
  /** If several splits have one name: the value of the option `kind`. */
  readonly kind?: string;
  /** Its options in a plan, with their defaults. */
  readonly options: z.ZodType<Options>;
  /** Splits that may not follow this one at any place, by name, with the reason. */
  readonly notBefore?: Readonly<Record<string, string>>;
  /**
   * The split that it must directly follow, and why. Its problem is then a part of that split, which `check` sees when
   * it is divided.
   */
  readonly follows?: { readonly name: string; readonly reason: string };
  /** Why the following splits do not fit its options; undefined if they do. */
  refusalBehind?(options: Options, behind: readonly SplitSpec[]): string | undefined;
  /** Whether its parts have other classes, so that `network` is the network of one part. */
  readonly dividesClasses?: boolean;
  /** Whether it frees one layer (or block) at a time, each in a round of its own shape. */
  readonly freesInTurn?: boolean;
  /**
   * Whether a part depends only on the problem and not on earlier results. If so, the part with the same name in an
   * earlier run of the problem is the same problem.
   */
  readonly independentParts?: boolean;
  /** Options that state the problem itself: a run that continues another keeps them. */
  readonly ofProblem?: readonly string[];
  /** Whether the only part of the first round is the same problem, without the split. */
  readonly beginsWithWhole?: boolean;
  /**
   * The unknowns and objectives of a plan's problem if it has this split, from what the plan says without it. Called
   * once, before `check`. @throws TrainingError 'problem'
   */
  prepare?(stated: Unknowns, spec: Options): Unknowns;
  /** Refuses a problem that it cannot divide. @throws TrainingError 'problem' with the reason */
  check(problem: TrainingProblem, spec: Options): void;
  divide(round: Round<Options>): Promise<readonly TrainingProblem[]>;
  /** Most rounds there may be; 1 when left out. */
  rounds?(problem: TrainingProblem, spec: Options): number;
  /**
   * The parts of a round if the incumbents of the rounds before it are not known: as many and as large as they can be;
   * their weights and rows may differ. @default those of `divide`
   */
  outline?(round: Omit<Round<Options>, 'current' | 'store'>): readonly TrainingProblem[];
  /**
   * What a round is, for people who watch; absent: the names of its parts say enough.
   * @param parts what `divide` has given
   */
  roundName?(
    round: Pick<Round<Options>, 'problem' | 'spec' | 'state'>,
    parts: readonly TrainingProblem[],
  ): NamedRound | undefined;
  /** @param parts in the order of division; `undefined` for parts without a result, which were stopped or failed */
  merge(round: Round<Options>, parts: readonly (Part | undefined)[]): Promise<MergedRound>;
}

/** A split whose options are not known by type: every method reads them from a specification first. */
export type Split = SplitDefinition<SplitSpec>;

/** Options come from plans and stored problems: the split's own schema checks them before the split uses them. */
export function defineSplit<Options>(split: SplitDefinition<Options>): Split {
  const read = ({ name: _, ...options }: SplitSpec): Options => split.options.parse(options);
  const { options, refusalBehind, prepare, rounds, outline, roundName, ...others } = split;
  return {
    ...others,
    options: options as z.ZodType<unknown> as z.ZodType<SplitSpec>,
    check: (problem, spec) => split.check(problem, read(spec)),
    divide: (round) => split.divide({ ...round, spec: read(round.spec) }),
    merge: (round, parts) => split.merge({ ...round, spec: read(round.spec) }, parts),
    ...(refusalBehind && { refusalBehind: (spec, behind) => refusalBehind(read(spec), behind) }),
    ...(prepare && { prepare: (stated, spec) => prepare(stated, read(spec)) }),
    ...(rounds && { rounds: (problem, spec) => rounds(problem, read(spec)) }),
    ...(roundName && { roundName: (round, parts) => roundName({ ...round, spec: read(round.spec) }, parts) }),
    ...(outline && { outline: (round) => outline({ ...round, spec: read(round.spec) }) }),
  };
}
