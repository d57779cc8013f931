import type { ObjectStore } from '@mipnet/object-store';
import { verifyPage } from '@mipnet/report';
import { mipnetCommandAnywhere } from '@mipnet/text';
import { endOf, type EndedRun } from '../../records/run-request.js';
import { verdictsOf } from './verdicts.js';
import { askAgain, type VerifyAsked } from './verify-asked.js';

/** The page of a verification that has ended. */
export async function verificationPage(
  store: ObjectStore,
  { request: { run, asked, startedAt }, solved, endedAt }: EndedRun<VerifyAsked>,
): Promise<string> {
  const { rows, unanswered } = await verdictsOf(store, solved);
  return verifyPage({
    run,
    status: endOf(solved, endedAt).status,
    startedAt,
    asked: asked.facts,
    rows,
    unanswered,
    seconds: solved.seconds.solver,
    commands: [askAgain(asked), mipnetCommandAnywhere('report', run)].filter((line) => line !== undefined),
  });
}
