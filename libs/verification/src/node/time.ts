// Tested by verification-run.unit.test.ts.
import { countQuestions, type VerificationProblem } from './verification-problem.js';

// How the time limit of a question is spent, and how large leaves are. Pure: the same problem is divided in the same
// way.

/** Seconds of a first look: enough for the many questions that are easy, little of the limit of those that are not. */
export const firstLookSeconds = (timeLimit: number): number =>
  Math.min(timeLimit, Math.max(1, Math.min(10, timeLimit / 20)));

/** Seconds of a closer look: what the first one has left, but not nothing where that took longer than it should. */
export const closerLookSeconds = (timeLimit: number, spent: number): number =>
  Math.max(timeLimit - spent, timeLimit / 2);

/** Slots that each question may count on when this many are open: its classes are spread over them. */
export const shareOf = (slots: number, open: number): number => Math.max(1, Math.floor(slots / Math.max(1, open)));

/** Floating-point operations a second that a slot does, roughly. Only the sizes of leaves depend on it. */
const operationsPerSecond = 1e9;

/** Forward passes that a first look costs: points of the attack and rows of the backward bounds. */
const passesPerLook = 2000;

/** Leaves of less than this cost more on their way than in the solver. */
const leafSeconds = 1;

/** A server takes a few thousand parts of one node. */
const mostLeaves = 2000;

/** A worker that is lost loses at most the look it is at, but a leaf is one message. */
const mostInLeaf = 64;

/** Questions of one leaf of first looks: leaves take about a second, but there are enough of them for every slot. */
export function bundleSize(problem: VerificationProblem): number {
  const count = countQuestions(problem);
  const seconds = (2 * problem.forwardCost * passesPerLook) / operationsPerSecond;
  const wanted = Math.max(1, Math.round(leafSeconds / seconds));
  return Math.max(Math.ceil(count / mostLeaves), Math.min(wanted, Math.ceil(count / (4 * problem.slots)), mostInLeaf));
}

/** Questions that one round looks at again. */
export const mostAgain = 1000;
