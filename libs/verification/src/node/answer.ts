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
  /** What another look might settle. Empty: the verdict stands. */
  readonly open: readonly OpenClass[];
  /**
   * Lower bound on the question's minimum over all that is not open; infinite when that is nothing, null when unknown.
   */
  readonly settledBound: number | null;
  /** No further look is worth it. */
  readonly closed: boolean;
  /** An error ended the latest look: the run is incomplete, and `verdict.reason` is the error's sentence. */
  readonly failed?: true;
}

/** A node's answers, in the order of its questions; null for one that nobody has looked at. */
export type Answers = readonly (Answer | null)[];

export const putAnswers = (store: ObjectStore, answers: Answers): Promise<ObjectRef> =>
  putDocument(store, 'answers', answers);
export const getAnswers = (store: ObjectStore, ref: ObjectRef): Promise<Answers> => getDocument<Answers>(store, ref);

/** Of a question that every attempt to look at it has failed on. */
export const unanswered = (name: string): Answer => ({
  name,
  label: null,
  open: [],
  settledBound: null,
  closed: true,
  failed: true,
  verdict: { ...unresolved, reason: 'every attempt to look at it died; the logs of the workers say why' },
});

export const unresolved: Verdict = { verdict: 'unresolved', by: null, bound: null, best: null, gap: null, seconds: 0 };

/** Whether a verdict on a query is the last word: for `closest` a witness is one only when nothing is nearer. */
export function isSettled({ goal }: Pick<Query, 'goal'>, { verdict, gap, best }: Verdict): boolean {
  if (verdict === 'unresolved') return false;
  return goal === 'any' || verdict !== 'adversarial' || (gap !== null && gap <= nearestTolerance * Math.abs(best ?? 0));
}

/** The verdict stands, whatever the limits were. */
export const isDecided = ({ verdict, open }: Answer): boolean => open.length === 0 && verdict.verdict !== 'unresolved';

/** Another look may settle it. */
export const isOpen = (answer: Answer | null): boolean => answer === null || (answer.open.length > 0 && !answer.closed);

/** Verdicts that will not change any more. */
export function countAnswers(answers: Answers): VerdictCounts {
  const counts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };
  for (const answer of answers) if (answer !== null && !isOpen(answer)) counts[answer.verdict.verdict]++;
  return counts;
}
