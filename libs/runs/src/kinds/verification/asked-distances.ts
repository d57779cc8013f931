// Tested by ../../../../../apps/cli/src/e2e/report.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import type { Solved } from '@mipnet/recursion';
import type { CertifiedPoint } from '@mipnet/report';
import { getAnswers, getVerification, type ImageQuestions, type VerificationProblem } from '@mipnet/verification';
import type { ObjectRef } from '@mipnet/object-store';
import { certifiedPoints, type DistanceVerdicts } from './certified-points.js';

/** A verification that has ended, as far as its curve needs it. */
export interface EndedVerification {
  readonly problem: ObjectRef;
  readonly solved: Solved;
}

/** The questions of a verification about images or rows; undefined for a property. */
export async function imageQuestions(
  store: ObjectStore,
  problem: ObjectRef,
): Promise<(VerificationProblem & { readonly questions: ImageQuestions }) | undefined> {
  const document = await getVerification(store, problem);
  if (document.stage !== 'run' || document.problem.questions.kind !== 'images') return undefined;
  return { ...document.problem, questions: document.problem.questions };
}

/** Curves of certified accuracy: one per network and norm. @param nameOf the network in a legend, by its hash */
export async function certifiedCurves(
  store: ObjectStore,
  runs: readonly EndedVerification[],
  nameOf?: (network: string) => string,
): Promise<readonly CertifiedPoint[]> {
  const byNetwork = new Map<string, DistanceVerdicts[]>();
  for (const { problem, solved } of runs) {
    const asked = await imageQuestions(store, problem).catch(() => undefined);
    if (!asked || !solved.incumbent || asked.questions.goal !== 'feasibility') continue;
    const answers = await getAnswers(store, solved.incumbent).catch(() => []);
    const verdicts = new Map(answers.flatMap((answer) => (answer ? [[answer.name, answer.verdict.verdict]] : [])));
    const { norm, epsilon } = asked.questions;
    const key = `${asked.network.sha256} ${norm}`;
    byNetwork.set(key, [...(byNetwork.get(key) ?? []), { epsilon, verdicts }]);
  }
  return [...byNetwork].flatMap(([key, distances]) =>
    certifiedPoints(distances, nameOf === undefined ? undefined : nameOf(key.split(' ')[0])),
  );
}
