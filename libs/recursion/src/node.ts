import type { ObjectRef } from '@mipnet/object-store';
import type { Accuracy } from './accuracy.js';
import type { Budget, BudgetName } from './budget.js';
import type { Covers } from './covers.js';
import type { LeafCounts } from './leaf-counts.js';
import type { NamedRound } from './named-round.js';
import type { VerdictCounts } from './verdict-counts.js';

/** One node of the tree of subproblems. Small and JSON-safe, because Temporal histories hold it. */
export interface ProblemNode {
  /** What the tree is for, such as training a network. Each kind has its own functions to divide, solve and merge. */
  readonly kind: string;
  /** The name that people see: `few-shot`, `pair 4v9`, `batch 3`. */
  readonly name: string;
  /** What it is, for people, if that says more than the name: `layer 1: conv, 64 filters`. */
  readonly title?: string;
  /** Of the first part of a round: what the round is. */
  readonly roundName?: NamedRound;
  /** The kind's document in the object store that states the problem. */
  readonly problem: ObjectRef;
  /** The remaining splits of this node, outermost first. A node without splits is a leaf. */
  readonly splits: readonly string[];
  /** Of a verification: how many questions it holds. */
  readonly questions?: number;
  /** Which solver its MIPs are for, by the name of its dialect; HiGHS inside mipnet when left out. */
  readonly solver?: string;
  /** Its parts are runs of their own: one that fails is left out and named, like a failed leaf. @default false */
  readonly partsMayFail?: boolean;
  /** Of a part that is a run of its own: what it may cost. */
  readonly budget?: Budget;
}

/** A subproblem that every attempt failed on. */
export interface FailedLeaf {
  /** With the names of the nodes above it, below the root: `pair 4v9: batch 0`. */
  readonly name: string;
  readonly why: string;
}

/** A result names at most this many failures; `leaves.failed` counts all. */
export const shownFailures = 5;

/** Where and when a leaf was solved. */
export interface SlotTime {
  /** Unique among the slots of all machines: `host/process/number`. */
  readonly name: string;
  /** Milliseconds since 1970, by the clock of that machine. */
  readonly from: number;
  readonly to: number;
}

/** The result of a node (solved or merged) for its parent. The network itself stays in the object store. */
export interface Solved {
  readonly name: string;
  /** The kind's document of the result (an incumbent, verdicts); absent if nothing usable was found. */
  readonly incumbent?: ObjectRef;
  /** The document of the last round, which names the results of all parts and the round before. Absent for a leaf. */
  readonly trace?: ObjectRef;
  /** Certified value of the last objective (minimised) on the node's data; null without an incumbent. */
  readonly objective: number | null;
  /**
   * Set while parts of the node have no result: what the objective covers. There is no bound of the whole node then.
   */
  readonly covers?: Covers;
  /** Proven lower bound on the objective of the node's MIP or MIPs; null if none is known. */
  readonly bound: number | null;
  readonly accuracy: Accuracy;
  /** Of a verification: the questions that are decided here. */
  readonly verdicts?: VerdictCounts;
  readonly leaves: LeafCounts;
  /** The first of the leaves that failed, at most `shownFailures`; absent if none failed. */
  readonly failures?: readonly FailedLeaf[];
  readonly seconds: { readonly solver: number; readonly merge: number };
  /** Of a leaf, for reports. */
  readonly slot?: SlotTime;
  /** True if a stop ended this node early: parts are missing or unfinished. */
  readonly stopped: boolean;
  /** Names and versions of the solvers that solved it. */
  readonly solvers?: readonly string[];
  /** Of a run whose budget ended it: which part of the budget. */
  readonly endedBy?: BudgetName;
  /** This result alone decides the parent; the other parts of the round are no longer needed. */
  readonly decisive?: boolean;
}
