import { openAnyStore } from '@mipnet/activities';
import type { Solved } from '@mipnet/recursion';
import { verifyPage, type VerdictRow } from '@mipnet/report';
import { getAnswers, type Answers } from '@mipnet/verification';
import type { Paths } from '@mipnet/stack/folders';
import { say } from '../terminal/say.js';
import { plainJson, plainLine, mipnetCommandAnywhere } from '@mipnet/text';
import type { Collected } from './collect-run.js';
import {
  askAgain,
  recordOrWatched,
  writeRecord,
  type RunEnd,
  type RunRequest,
  type VerifyAsked,
} from './run-record.js';

/** What another command prints of a verification that it did not start. */
export interface VerificationEnd {
  readonly run: string;
  readonly workflowId: string | null;
  readonly network: string;
  /** In the order asked, of the questions that the run was about: those answered before it began are not among them. */
  readonly results: readonly VerdictRow[];
  /** Questions that nobody came to. */
  readonly unanswered: number;
  /** Questions that an error left unresolved. */
  readonly failed: number;
  readonly uiUrl: string | null;
}

/** The end of a verification, whoever comes for it: notes it in the run's record and reads its verdicts. */
export async function collectVerification(
  paths: Pick<Paths, 'data'>,
  { request, server, uiUrl, solved, endedAt }: Collected,
): Promise<VerificationEnd> {
  const record = await recordOrWatched(paths, request, server);
  await writeRecord(paths, {
    ...record,
    end: { status: solved.stopped ? 'stopped' : 'completed', at: endedAt, solved },
  });
  const { answers, rows, unanswered } = await verdictsOf(request, solved);
  const failed = sayFailures(answers, say);
  return {
    run: request.run,
    workflowId: server === null ? null : request.run,
    network: asVerify(request).network,
    results: rows,
    unanswered,
    failed,
    uiUrl,
  };
}

export function printVerification(end: VerificationEnd, json: boolean | undefined): void {
  const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
  if (json)
    process.stdout.write(
      plainJson({
        ...end,
        results: end.results.map((row) => ({ ...row, bound: finite(row.bound), best: finite(row.best) })),
      }),
    );
  else {
    const lines = end.results.map(({ name, verdict, by, seconds }) =>
      plainLine(`  ${name}: ${verdict}${by === null ? '' : `, by ${by}`}, ${seconds.toFixed(1)} s`),
    );
    process.stdout.write(
      `${end.results.length} verdicts on ${plainLine(end.network)}${end.unanswered > 0 ? `, ${end.unanswered} questions not looked at` : ''}\n${lines.map((line) => `${line}\n`).join('')}`,
    );
  }
}

/** Names every question that an error left unresolved. @returns how many there are */
export function sayFailures(answers: Answers, tell: (line: string) => void): number {
  const failed = answers.flatMap((answer) => (answer?.failed ? [answer] : []));
  for (const { name, verdict } of failed) tell(`${name} is unresolved because of an error: ${verdict.reason}`);
  return failed.length;
}

export async function verificationPage(request: RunRequest, status: RunEnd['status'], solved: Solved): Promise<string> {
  const { rows, unanswered } = await verdictsOf(request, solved);
  const asked = asVerify(request);
  return verifyPage({
    run: request.run,
    status,
    startedAt: request.startedAt,
    asked: asked.facts,
    rows,
    unanswered,
    seconds: solved.seconds.solver,
    commands: [askAgain(asked), mipnetCommandAnywhere('report', request.run)].filter((line) => line !== undefined),
  });
}

async function verdictsOf(
  { storeUrl }: RunRequest,
  { incumbent }: Solved,
): Promise<{ answers: Answers; rows: readonly VerdictRow[]; unanswered: number }> {
  const answers = incumbent ? await getAnswers(await openAnyStore(storeUrl), incumbent) : [];
  const rows = answers.flatMap((answer): VerdictRow[] => {
    if (answer === null) return [];
    const { verdict, by, bound, best, seconds } = answer.verdict;
    return [
      {
        name: answer.name,
        label: answer.label === null ? null : String(answer.label),
        verdict,
        by,
        bound,
        best,
        seconds,
      },
    ];
  });
  return { answers, rows, unanswered: answers.length - rows.length };
}

const asVerify = ({ run, asked }: RunRequest): VerifyAsked => {
  if (asked.kind !== 'verify') throw new Error(`${run} is no verification`);
  return asked;
};
