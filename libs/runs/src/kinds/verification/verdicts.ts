// Tested by ../../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import type { Solved } from '@mipnet/recursion';
import type { VerdictRow } from '@mipnet/report';
import { plainLine } from '@mipnet/text';
import { getAnswers, type Answers } from '@mipnet/verification';
import type { EndedRun } from '../../records/run-request.js';
import type { VerifyAsked } from './verify-asked.js';

/** What a command prints about a verification that another command started. */
export interface VerificationEnd {
  readonly run: string;
  readonly workflowId: string | null;
  readonly network: string;
  /** In the order of the request, for the questions of the run; those answered before it began are not included. */
  readonly results: readonly VerdictRow[];
  /** Questions that nobody came to. */
  readonly unanswered: number;
  /** Questions that an error left unresolved. */
  readonly failed: number;
  readonly uiUrl: string | null;
}

export interface Verdicts {
  readonly answers: Answers;
  readonly rows: readonly VerdictRow[];
  /** Questions that nobody came to. */
  readonly unanswered: number;
}

/** The verdicts of a verification, in the order of the request. */
export async function verdictsOf(store: ObjectStore, { incumbent }: Solved): Promise<Verdicts> {
  const answers = incumbent ? await getAnswers(store, incumbent) : [];
  const rows = answers.flatMap((answer): VerdictRow[] => {
    if (answer === null) return [];
    const { verdict, by, bound, best, seconds } = answer.verdict;
    const label = answer.label === null ? null : String(answer.label);
    return [{ name: answer.name, label, verdict, by, bound, best, seconds }];
  });
  return { answers, rows, unanswered: answers.length - rows.length };
}

/** One line per question that is unresolved because of an error. */
export const failedQuestions = (answers: Answers): readonly string[] =>
  answers.flatMap((answer) =>
    answer?.failed ? [`${answer.name} is unresolved because of an error: ${answer.verdict.reason}`] : [],
  );

/** JSON has no infinity. */
const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

export function endOfVerification(
  { request, server, uiUrl }: EndedRun<VerifyAsked>,
  { rows, unanswered, answers }: Verdicts,
): VerificationEnd {
  return {
    run: request.run,
    workflowId: server === null ? null : request.run,
    network: request.asked.network,
    results: rows.map((row) => ({ ...row, bound: finiteOrNull(row.bound), best: finiteOrNull(row.best) })),
    unanswered,
    failed: failedQuestions(answers).length,
    uiUrl,
  };
}

/** The same for a person to read. */
export function textOf({ results, network, unanswered }: VerificationEnd): string {
  const lines = results.map(({ name, verdict, by, seconds }) =>
    plainLine(`  ${name}: ${verdict}${by === null ? '' : `, by ${by}`}, ${seconds.toFixed(1)} s`),
  );
  const left = unanswered > 0 ? `, ${unanswered} questions not looked at` : '';
  return `${results.length} verdicts on ${plainLine(network)}${left}\n${lines.map((line) => `${line}\n`).join('')}`;
}
