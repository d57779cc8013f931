// Tested by ../../../../../apps/cli/src/e2e/report.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { verifyPage } from '@mipnet/report';
import { mipnetCommandAnywhere } from '@mipnet/text';
import { openText, whyOpen } from '@mipnet/verification';
import { endOf, type EndedRun } from '../../records/run-request.js';
import type { PageContext } from '../kind.js';
import { pageEnvironment } from '../page-environment.js';
import { certifiedCurve, imageQuestions } from './asked-distances.js';
import { shownWitnesses } from './shown-witnesses.js';
import { verdictsOf } from './verdicts.js';
import { askAgain, type VerifyAsked } from './verify-asked.js';

/** The page of a verification that has ended. */
export async function verificationPage(
  store: ObjectStore,
  { request: { run, asked, node, storeUrl, startedAt }, server, solved, endedAt }: EndedRun<VerifyAsked>,
  { environment, related = [] }: Pick<PageContext, 'environment' | 'related'>,
): Promise<string> {
  const { answers, rows, unanswered } = await verdictsOf(store, solved);
  const problem = await imageQuestions(store, node.problem);
  const shown = problem ? await shownWitnesses(store, problem.questions, answers) : { witnesses: [] };
  const why = new Map(answers.flatMap((answer) => (answer ? [[answer.name, whyText(answer.verdict)] as const] : [])));
  return verifyPage({
    run,
    status: endOf(solved, endedAt).status,
    startedAt,
    asked: asked.facts,
    environment: pageEnvironment(environment, server, solved, node.name),
    rows: rows.map((row) => (row.verdict === 'unresolved' ? { ...row, why: why.get(row.name) } : row)),
    unanswered,
    isOfData: problem?.questions.goal === 'feasibility',
    ...shown,
    certified: await certifiedCurve(
      store,
      { problem: node.problem, solved },
      related
        .filter(({ request }) => request.storeUrl === storeUrl)
        .map((other) => ({ problem: other.request.node.problem, solved: other.solved })),
    ),
    seconds: solved.seconds.solver,
    commands: [askAgain(asked), mipnetCommandAnywhere('report', run)].filter((line) => line !== undefined),
  });
}

function whyText(verdict: Parameters<typeof whyOpen>[0] & { bound: number | null; reason?: string }): string {
  const why = whyOpen(verdict);
  const { bound, reason } = verdict;
  const text = why === null ? '' : openText(why, { bound, reason: reason ?? null, hasEpsilon: true });
  return [reason ?? '', text.replace(/^open: /, '')].filter((part) => part !== '').join('; ');
}
