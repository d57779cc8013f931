import { getDocument, putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { VerdictCounts } from '@mipnet/recursion';
import type { Query } from '../query.js';
import { nearestTolerance, type Verdict } from '../verdict.js';
import type { OpenClass } from './verification-problem.js';

/** What is known about one question. */
export interface Answer {
  readonly name: string;
  readonly label: number | null;
  readonly verdict: Verdict;
  /** The conjunctions that another pass might decide. Empty: the verdict is final. */
  readonly open: readonly OpenClass[];
  /**
   * Lower bound on the question's minimum over all decided conjunctions; infinite if there are none, null if unknown.
   */
  readonly settledBound: number | null;
  /** No further pass is worth it. */
  readonly closed: boolean;
  /** An error ended the latest pass: the run is incomplete, and `verdict.reason` is the error's sentence. */
  readonly failed?: true;
}

/** A node's answers, in the order of its questions; null for a question without a pass. */
export type Answers = readonly (Answer | null)[];

export const putAnswers = (store: ObjectStore, answers: Answers): Promise<ObjectRef> =>
  putDocument(store, 'answers', answers);
export const getAnswers = (store: ObjectStore, ref: ObjectRef): Promise<Answers> => getDocument<Answers>(store, ref);

/** The answer to a question all of whose attempts failed. */
export const unanswered = (name: string): Answer => ({
  name,
  label: null,
  open: [],
  settledBound: null,
  closed: true,
  failed: true,
  verdict: { ...unresolved, reason: 'all attempts at it failed; the logs of the workers have the reasons' },
});

export const unresolved: Verdict = { verdict: 'unresolved', by: null, bound: null, best: null, gap: null, seconds: 0 };

/** Whether a verdict on a query is final: for `closest` a witness is final only if no nearer one exists. */
export function isSettled({ goal }: Pick<Query, 'goal'>, { verdict, gap, best }: Verdict): boolean {
  if (verdict === 'unresolved') return false;
  return goal === 'any' || verdict !== 'adversarial' || (gap !== null && gap <= nearestTolerance * Math.abs(best ?? 0));
}

/** The verdict is final, whatever the limits were. */
export const isDecided = ({ verdict, open }: Answer): boolean => open.length === 0 && verdict.verdict !== 'unresolved';

/** Another pass may decide it. */
export const isOpen = (answer: Answer | null): boolean => answer === null || (answer.open.length > 0 && !answer.closed);

/** Verdicts that will not change any more. */
export function countAnswers(answers: Answers): VerdictCounts {
  const counts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };
  for (const answer of answers) if (answer !== null && !isOpen(answer)) counts[answer.verdict.verdict]++;
  return counts;
}
