// Tested by verification-run.unit.test.ts.
import { countQuestions, type VerificationProblem } from './verification-problem.js';

// How the time limit of a question is spent, and how large leaves are. Pure: the same problem is divided in the same
// way.

/** Seconds of a first pass: enough for the many easy questions, and a small part of the limit of the others. */
export const firstPassSeconds = (timeLimit: number): number =>
  Math.min(timeLimit, Math.max(1, Math.min(10, timeLimit / 20)));

/** Seconds of a long pass: the rest of the limit, but never zero, even if the first pass took too long. */
export const longPassSeconds = (timeLimit: number, spent: number): number => Math.max(timeLimit - spent, timeLimit / 2);

/** Slots per question if this many questions are undecided: its classes are distributed over them. */
export const shareOf = (slots: number, open: number): number => Math.max(1, Math.floor(slots / Math.max(1, open)));

/** Approximate floating-point operations per second and slot. Only the sizes of leaves depend on it. */
const operationsPerSecond = 1e9;

/** Cost of a first pass in forward passes: points of the attack and rows of the backward bounds. */
const forwardPassesPerPass = 2000;

/** Leaves of fewer seconds cost more in the queue than in the solver. */
const leafSeconds = 1;

/** A server takes a few thousand parts of one node. */
const mostLeaves = 2000;

/** A lost worker loses at most its current pass, but a leaf is one message. */
const mostInLeaf = 64;

/** Questions per leaf of first passes: a leaf takes about a second, but there are enough leaves for every slot. */
export function bundleSize(problem: VerificationProblem): number {
  const count = countQuestions(problem);
  const seconds = (2 * problem.forwardCost * forwardPassesPerPass) / operationsPerSecond;
  const wanted = Math.max(1, Math.round(leafSeconds / seconds));
  return Math.max(Math.ceil(count / mostLeaves), Math.min(wanted, Math.ceil(count / (4 * problem.slots)), mostInLeaf));
}

/** Questions that get a long pass in one round. */
export const mostAgain = 1000;
