// Tested by ../e2e/verify.e2e.test.ts.
import { openAnyStore } from '@mipnet/activities';
import type { Solved } from '@mipnet/recursion';
import {
  beginRun,
  driveRun,
  failedLine,
  failedQuestions,
  isIncomplete,
  refuseStore,
  storeOfRun,
  type BeginOptions,
} from '@mipnet/runs';
import { readNetworkFile } from '@mipnet/runs/records';
import { isServerThere } from '@mipnet/stack';
import { plainJson, plainText } from '@mipnet/text';
import { getAnswers, prepareVerification, putModel, requireVerifiable, type Answers } from '@mipnet/verification';
import { resolve } from 'node:path';
import { exitCode } from '../program/exit-code.js';
import { verifyAskedOf } from '../questions/asked-again.js';
import { keptVerdicts } from '../questions/kept-verdicts.js';
import { solverOf, verifyQuestions, type QuestionOptions } from '../questions/verify-questions.js';
import { verifyReport, type VerifyReport } from '../questions/verify-report.js';
import { summaryOf } from '../questions/verify-summary.js';
import { watchFromTerminal } from '../terminal/watcher.js';

export interface VerifyOptions extends QuestionOptions, BeginOptions {
  /** Seconds for each image, row or property. */
  readonly timeLimit: number;
  readonly store?: string;
  /** Folder for witnesses. */
  readonly out?: string;
  readonly json?: boolean;
}

/** What a run has answered. */
interface Answered {
  readonly run: NonNullable<Parameters<typeof verifyReport>[2]['run']>;
  readonly solved: Solved;
  /** In the order of the questions that were left. */
  readonly answers: Answers;
}

/** This number of questions, or fewer, is answered before a new server has started. */
const fewQuestions = 50;

/**
 * `mipnet verify`: certified verdicts on images, on rows of a table or on a VNN-LIB property. Proven verdicts are kept
 * in the object store, so that the same question is answered only once, even after this process was killed.
 */
export async function verify(file: string, options: VerifyOptions): Promise<number> {
  const began = performance.now();
  const startedAt = new Date().toISOString();
  const { timeLimit, slots } = options;
  const watcher = watchFromTerminal('stopped before there was a verdict to keep', 'the verdicts of this run');
  const { say } = watcher;
  try {
    const { network, bytes } = await readNetworkFile(file);
    requireVerifiable(network);
    const storeUrl = await storeOfRun(options.engine, options.store);
    const store = await openAnyStore(storeUrl);
    const model = await putModel(store, bytes).catch(refuseStore);
    const { list, about, reach } = await verifyQuestions({ network, file, model }, options, say);
    const verdicts = await keptVerdicts(store, list, network, bytes);
    const reused = verdicts.size;
    if (reused > 0)
      say(`${reused} of ${list.length} answered before: proofs and replayed witnesses are taken from ${storeUrl}`);
    const left = list.filter((one) => !verdicts.has(one));

    const conclude = async (answered: Answered | undefined): Promise<number> => {
      left.forEach((one, at) => {
        const answer = answered?.answers[at];
        if (answer) verdicts.set(one, answer.verdict);
      });
      const seconds = (performance.now() - began) / 1000;
      const told = { network, file, options, reach, reused, run: answered?.run ?? null, seconds };
      return print(await verifyReport(list, (one) => verdicts.get(one), told), answered, options, say);
    };
    if (left.length === 0) return await conclude(undefined);

    const solver = solverOf(options);
    const prepared = { name: 'verify', network, model, timeLimit, slots, solver, questions: about(left) };
    const node = await prepareVerification(store, prepared).catch(refuseStore);
    const asked = verifyAskedOf(resolve(file), options);
    const engine = await engineFor(options.engine, left.length);
    const hand = await beginRun(
      { asked, node, store, storeUrl, startedAt },
      { engine, slots, solver: options.solver },
      watcher,
    );
    return await driveRun(hand, async ({ request: { run }, server, uiUrl, solved }) => {
      const answers = solved.incumbent ? await getAnswers(store, solved.incumbent) : [];
      return conclude({ run: { run, workflowId: server === null ? null : run, uiUrl }, solved, answers });
    });
  } finally {
    watcher.close();
  }
}

/** A running server is used; starting one is worth it only for many questions. */
const engineFor = async (engine: VerifyOptions['engine'], questions: number): Promise<VerifyOptions['engine']> =>
  engine !== 'auto' || questions > fewQuestions || (await isServerThere()) ? engine : 'local';

/** @returns the exit code */
function print(
  report: VerifyReport,
  answered: Answered | undefined,
  { json }: VerifyOptions,
  say: (line: string) => void,
): number {
  const failed = answered ? failedQuestions(answered.answers) : [];
  failed.forEach(say);
  process.stdout.write(json ? plainJson(report) : plainText(summaryOf(report)));
  if (!answered) return exitCode.done;
  const lost = failedLine(answered.solved);
  if (lost !== undefined) say(lost);
  return failed.length > 0 || isIncomplete(answered.solved) ? exitCode.incomplete : exitCode.done;
}
