// Tested by ../e2e/verify.e2e.test.ts.
import type { Solved } from '@mipnet/recursion';
import {
  beginRun,
  driveRun,
  failedLine,
  failedQuestions,
  isIncomplete,
  refuseStore,
  type BeginOptions,
  type NetworkFileOptions,
  type Watcher,
} from '@mipnet/runs/here';
import type { ObjectStore } from '@mipnet/object-store';
import { getAnswers, prepareVerification, type Answers } from '@mipnet/verification';
import { resolve } from 'node:path';
import { verifyAskedOf } from './asked-again.js';
import { solverOf, type AskedNetwork, type QuestionOptions, type Questions } from './asked-question.js';
import { keptVerdicts } from './kept-verdicts.js';
import { verifyReport, type VerifyReport } from './verify-report.js';

export interface VerifyOptions extends QuestionOptions, BeginOptions, NetworkFileOptions {
  /** Seconds for each image, row or property. */
  readonly timeLimit: number;
  readonly store?: string;
  /** Folder for witnesses. */
  readonly out?: string;
  /** File for what `mipnet check` accepts: see verify-certified.ts. */
  readonly certificate?: string;
}

/** A network that questions are about, and where verdicts are kept. */
export interface StoredSubject extends AskedNetwork {
  /** Of its file. */
  readonly bytes: Uint8Array;
  readonly store: ObjectStore;
  readonly storeUrl: string;
  /** An engine of this process that has begun already. */
  readonly begun?: BeginOptions['begun'];
}

/** What a run has answered. */
interface Answered {
  readonly run: NonNullable<Parameters<typeof verifyReport>[2]['run']>;
  readonly solved: Solved;
  /** In the order of the questions that were left. */
  readonly answers: Answers;
}

export interface Outcome {
  readonly report: VerifyReport;
  /** Something is unresolved because of an error or a stop. */
  readonly incomplete: boolean;
  /** What a person should know of it, one line each. */
  readonly notes: readonly string[];
}

/** This number of questions, or fewer, is answered before a new server has started. */
const fewQuestions = 50;

/**
 * Answers questions: from the verdicts that are kept in the store, and by a run for those that are left. Proven
 * verdicts are kept, so that the same question is answered only once, even after this process was killed.
 */
export async function answerQuestions(
  { network, file, bytes, model, store, storeUrl, begun }: StoredSubject,
  { list, about, reach }: Questions,
  options: VerifyOptions,
  watcher: Watcher,
): Promise<Outcome> {
  const began = performance.now();
  const startedAt = new Date().toISOString();
  const { timeLimit, slots } = options;
  const verdicts = await keptVerdicts(store, list, network, bytes);
  const reused = verdicts.size;
  if (reused > 0)
    watcher.say(
      `${reused} of ${list.length} answered before: proofs and replayed witnesses are taken from ${storeUrl}`,
    );
  const left = list.filter((one) => !verdicts.has(one));

  const conclude = async (answered: Answered | undefined): Promise<Outcome> => {
    left.forEach((one, at) => {
      const answer = answered?.answers[at];
      if (answer) verdicts.set(one, answer.verdict);
    });
    const seconds = (performance.now() - began) / 1000;
    const told = { network, file, options, reach, reused, run: answered?.run ?? null, seconds };
    return outcomeOf(await verifyReport(list, (one) => verdicts.get(one), told), answered);
  };
  if (left.length === 0) return conclude(undefined);

  const solver = solverOf(options);
  const prepared = { name: 'verify', network, model, timeLimit, slots, solver, questions: about(left) };
  const node = await prepareVerification(store, prepared).catch(refuseStore);
  const asked = verifyAskedOf(resolve(file), options);
  const engine = await engineFor(options.engine, left.length);
  const hand = await beginRun(
    { asked, node, store, storeUrl, startedAt },
    { engine, begun, slots, solver: options.solver },
    watcher,
  );
  return driveRun(hand, async ({ request: { run }, server, uiUrl, solved }) => {
    const answers = solved.incumbent ? await getAnswers(store, solved.incumbent) : [];
    return conclude({ run: { run, workflowId: server === null ? null : run, uiUrl }, solved, answers });
  });
}

/** A running server is used; starting one is worth it only for many questions. */
async function engineFor(engine: VerifyOptions['engine'], questions: number): Promise<VerifyOptions['engine']> {
  if (engine !== 'auto' || questions > fewQuestions) return engine;
  // Loaded on demand: it brings Temporal along.
  const { isServerThere } = await import('@mipnet/stack');
  return (await isServerThere()) ? engine : 'local';
}

function outcomeOf(report: VerifyReport, answered: Answered | undefined): Outcome {
  if (answered === undefined) return { report, incomplete: false, notes: [] };
  const failed = failedQuestions(answered.answers);
  const lost = failedLine(answered.solved);
  return {
    report,
    incomplete: failed.length > 0 || isIncomplete(answered.solved),
    notes: lost === undefined ? failed : [...failed, lost],
  };
}
