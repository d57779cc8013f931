import type { ObjectRef } from '@mipnet/object-store';
import type { Accuracy } from './accuracy.js';
import type { BudgetName } from './budget.js';
import type { Covers } from './covers.js';
import type { LeafCounts } from './leaf-counts.js';
import type { VerdictCounts } from './verdict-counts.js';

/** One node of the tree of subproblems. Small and JSON-safe: it travels through Temporal histories. */
export interface ProblemNode {
  /** What is asked of the tree, such as a trained network. Each kind divides, solves and merges in its own way. */
  readonly kind: string;
  /** What a person sees: `few-shot`, `pair 4v9`, `batch 3`. */
  readonly name: string;
  /** The kind's document in the object store that states the problem. */
  readonly problem: ObjectRef;
  /** How this node is still to be divided, outermost first. None left: it is a leaf. */
  readonly splits: readonly string[];
  /** Of a verification: how many questions it holds. */
  readonly questions?: number;
  /** Which solver its MIPs are for, by the name of its dialect; HiGHS inside mipnet when left out. */
  readonly solver?: string;
}

/** A subproblem that every attempt failed on. */
export interface FailedLeaf {
  /** With the names of the nodes above it, below the root: `pair 4v9: batch 0`. */
  readonly name: string;
  readonly why: string;
}

/** Most failures whose names travel with a result; `leaves.failed` counts all. */
export const shownFailures = 5;

/** What a solved node (leaf or merged) hands up. The network itself stays in the object store. */
export interface Solved {
  readonly name: string;
  /** The kind's document of the result (an incumbent, verdicts); absent when nothing usable was found. */
  readonly incumbent?: ObjectRef;
  /** What was merged, round by round: a document of the kind that leads to the results of all parts. Absent for a leaf. */
  readonly trace?: ObjectRef;
  /** Certified value of the last objective (minimised) on the node's data; null without an incumbent. */
  readonly objective: number | null;
  /** Set while parts of the node have no result: what the objective speaks about. There is no bound of the whole then. */
  readonly covers?: Covers;
  /** Proven lower bound on the objective of the node's MIP or MIPs; null when none is known. */
  readonly bound: number | null;
  readonly accuracy: Accuracy;
  /** Of a verification: the questions that are settled here. */
  readonly verdicts?: VerdictCounts;
  readonly leaves: LeafCounts;
  /** The first of the leaves that failed, at most `shownFailures`; left out: none failed. */
  readonly failures?: readonly FailedLeaf[];
  readonly seconds: { readonly solver: number; readonly merge: number };
  /** True when a stop cut this node short: parts are missing or unfinished. */
  readonly stopped: boolean;
  /** Names and versions of the solvers that solved it. */
  readonly solvers?: readonly string[];
  /** Of a run whose budget ended it: which part of the budget. */
  readonly endedBy?: BudgetName;
  /** It settles its parent by itself: what the other parts of the round would find does not matter any more. */
  readonly decisive?: boolean;
}
