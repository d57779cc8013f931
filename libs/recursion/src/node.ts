import type { ObjectRef } from '@mipnet/object-store';
import type { BudgetName } from './budget.js';

/** What is asked of a tree: a trained network, or verdicts on a trained one. Each kind divides, solves and merges in its own way. */
export type NodeKind = 'train' | 'verify';

/** One node of the tree of subproblems. Small and JSON-safe: it travels through Temporal histories. */
export interface ProblemNode {
  readonly kind: NodeKind;
  /** What a person sees: `few-shot`, `pair 4v9`, `batch 3`. */
  readonly name: string;
  /** The kind's document in the object store that states the problem. */
  readonly problem: ObjectRef;
  /** How this node is still to be divided, outermost first. None left: it is a leaf. */
  readonly splits: readonly string[];
  /** Of a verification: how many questions it holds. */
  readonly questions?: number;
}

/** How many leaves ended in which way. `unresolved`: no certified incumbent or bound. `failed`: every attempt died. */
export interface LeafCounts {
  readonly optimal: number;
  readonly feasible: number;
  readonly unresolved: number;
  readonly failed: number;
  /** How many of them were not solved but taken, checked, from an earlier run. Left out: none. */
  readonly reused?: number;
  /** How many a stop kept from ending; they are in none of the other counts. Left out: none. */
  readonly unfinished?: number;
}

export const noLeaves: LeafCounts = { optimal: 0, feasible: 0, unresolved: 0, failed: 0 };

export const addCounts = (a: LeafCounts, b: LeafCounts): LeafCounts => ({
  optimal: a.optimal + b.optimal,
  feasible: a.feasible + b.feasible,
  unresolved: a.unresolved + b.unresolved,
  failed: a.failed + b.failed,
  ...(a.reused || b.reused ? { reused: (a.reused ?? 0) + (b.reused ?? 0) } : {}),
  ...(a.unfinished || b.unfinished ? { unfinished: (a.unfinished ?? 0) + (b.unfinished ?? 0) } : {}),
});

/** Leaves that ended, in whatever way. */
export const countLeaves = (counts: LeafCounts): number =>
  counts.optimal + counts.feasible + counts.unresolved + counts.failed;

/** How many questions of a verification ended in which way. */
export interface VerdictCounts {
  readonly robust: number;
  readonly adversarial: number;
  readonly misclassified: number;
  readonly unresolved: number;
}

export const noVerdicts: VerdictCounts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };

export const addVerdicts = (a: VerdictCounts, b: VerdictCounts): VerdictCounts => ({
  robust: a.robust + b.robust,
  adversarial: a.adversarial + b.adversarial,
  misclassified: a.misclassified + b.misclassified,
  unresolved: a.unresolved + b.unresolved,
});

export const countQuestionsIn = (counts: VerdictCounts): number =>
  counts.robust + counts.adversarial + counts.misclassified + counts.unresolved;

/** Correctly classified share, 0..1, from an exact forward pass. */
export interface Accuracy {
  readonly train: number | null;
  readonly validation: number | null;
}

/** What part of a problem an objective speaks about: so many of its pairs, layers and so on. */
export interface Covers {
  readonly parts: number;
  readonly of: number;
  /** What the parts are: `pairs`. */
  readonly what: string;
}

/** `4 of 45 pairs` */
export const coversText = ({ parts, of, what }: Covers): string => `${parts} of ${of} ${what}`;

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
  /** Of a run whose budget ended it: which part of the budget. */
  readonly endedBy?: BudgetName;
  /** It settles its parent by itself: what the other parts of the round would find does not matter any more. */
  readonly decisive?: boolean;
}
