import { getDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import { sessionsOf, type Solver, type SolveProgress } from '@mipnet/solver';
import { VerificationError } from '../verification-error.js';
import { countAnswers, getAnswers, isDecided, putAnswers, type Answer } from './answer.js';
import { keepVerdict } from './kept-verdicts.js';
import { classesOf, passAt, type PassOptions, type Tools } from './pass.js';
import { mergePasses } from './merge-passes.js';
import { openNetwork } from './open-network.js';
import { readQuestions, type Question } from './questions.js';
import { getVerification, queryGoal, type Stage } from './verification-problem.js';

export interface VerifyLeafOptions {
  /** The answers of an attempt that was lost. */
  readonly checkpoint?: ObjectRef;
  /** Gets the answers so far, now and then. */
  readonly onCheckpoint?: (answers: object) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  readonly stopped?: () => boolean;
}

/** A shorter limit of a question is not spent on the start of the runtime. */
const startSeconds = 5;

/** Answers the questions of a leaf; a stop keeps the answers so far. */
export async function solveLeaf(
  store: ObjectStore,
  solver: Solver,
  leaf: ProblemNode,
  options: VerifyLeafOptions = {},
): Promise<Solved> {
  const began = performance.now();
  const document = await getVerification(store, leaf.problem);
  if (document.stage !== 'first pass' && document.stage !== 'long pass')
    throw new VerificationError('query', `'${leaf.name}' is to be divided, not solved`);
  const opened = await openNetwork(store, document.problem.network);
  if (document.seconds < startSeconds) await opened.opening;
  // Proofs keep models open between solves, which only a solver in this thread can.
  const tools: Tools = { ...opened, solver: () => sessionsOf(solver), mip: solver };
  const questions = await readQuestions(store, document.problem, opened.network);
  const answers =
    document.stage === 'first pass'
      ? await firstPasses(store, tools, document, questions, options)
      : await longPass(store, tools, document, questions[0], options);
  const decided = answers.every(isDecided) && answers.length === questions.length;
  // A group of classes is a part of a question; the merge counts the question. A witness of one class decides all.
  const isGroup = document.stage === 'long pass' && document.before === undefined;
  const decisive =
    isGroup && queryGoal(document.problem) === 'any' && answers.some(({ verdict }) => verdict.witness !== undefined);
  return {
    name: leaf.name,
    incumbent: await putAnswers(
      store,
      questions.map((_, at) => answers[at] ?? null),
    ),
    objective: null,
    bound: null,
    accuracy: { train: null, validation: null },
    ...(isGroup ? {} : { verdicts: countAnswers(answers) }),
    leaves: { ...noLeaves, [decided ? 'optimal' : 'unresolved']: 1 },
    seconds: { solver: (performance.now() - began) / 1000, merge: 0 },
    solvers: [solver.name],
    stopped: !decided && (options.stopped?.() ?? false),
    ...(decisive ? { decisive } : {}),
  };
}

async function firstPasses(
  store: ObjectStore,
  tools: Tools,
  { problem, seconds }: Stage<'first pass'>,
  questions: readonly Question[],
  options: VerifyLeafOptions,
): Promise<Answer[]> {
  const answers = options.checkpoint
    ? [...(await getDocument<{ answers: Answer[] }>(store, options.checkpoint)).answers]
    : [];
  for (let at = answers.length; at < questions.length && !options.stopped?.(); at++) {
    const answer = await passAt(tools, questions[at], classesOf(questions[at]), passOptions(seconds, 0, options));
    // A stopped pass says less than another attempt would.
    if (options.stopped?.() && !isDecided(answer)) break;
    answers.push(answer);
    await keepVerdict(store, problem.questions.keys[at], answer);
    if (at + 1 < questions.length) options.onCheckpoint?.({ answers });
  }
  return answers;
}

async function longPass(
  store: ObjectStore,
  tools: Tools,
  { problem, open, seconds, before }: Stage<'long pass'>,
  question: Question,
  options: VerifyLeafOptions,
): Promise<Answer[]> {
  const found = await passAt(tools, question, open, passOptions(seconds, 1 + open[0].conjunction, options));
  if (before === undefined) return [found];
  const [known] = await getAnswers(store, before);
  const answer = mergePasses(known!, [open], [found], queryGoal(problem));
  await keepVerdict(store, problem.questions.keys[0], answer);
  return [{ ...answer, closed: true }];
}

const passOptions = (seconds: number, seed: number, { onProgress, stopped }: VerifyLeafOptions): PassOptions => ({
  seconds,
  seed,
  onProgress,
  stopped,
});
