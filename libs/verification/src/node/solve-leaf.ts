import { getDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';
import { loadHighsSolver, type Solver, type SolveProgress } from '@mipnet/solver';
import { VerificationError } from '../verification-error.js';
import { countAnswers, getAnswers, isDecided, putAnswers, type Answer } from './answer.js';
import { keepVerdict } from './kept-verdicts.js';
import { classesOf, look, type LookOptions, type Tools } from './look.js';
import { mergeLooks } from './merge-looks.js';
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

/** Looks at the questions of a leaf; a stop keeps those that are answered. */
export async function solveLeaf(
  store: ObjectStore,
  solver: Solver,
  leaf: ProblemNode,
  options: VerifyLeafOptions = {},
): Promise<Solved> {
  const began = performance.now();
  const document = await getVerification(store, leaf.problem);
  if (document.stage !== 'first look' && document.stage !== 'closer look')
    throw new VerificationError('query', `'${leaf.name}' is to be divided, not solved`);
  const opened = await openNetwork(store, document.problem.network);
  // Proofs keep models open between solves, which only a solver in this thread can.
  const tools: Tools = { ...opened, solver: solver.sessions ?? (await loadHighsSolver()) };
  const questions = await readQuestions(store, document.problem, opened.network);
  const answers =
    document.stage === 'first look'
      ? await firstLooks(store, tools, document, questions, options)
      : await closerLook(store, tools, document, questions[0], options);
  const decided = answers.every(isDecided) && answers.length === questions.length;
  // A group of classes is a part of a question, which is counted where it is put together; a witness of one is one of
  // all.
  const isGroup = document.stage === 'closer look' && document.before === undefined;
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
    stopped: !decided && (options.stopped?.() ?? false),
    ...(decisive ? { decisive } : {}),
  };
}

async function firstLooks(
  store: ObjectStore,
  tools: Tools,
  { problem, seconds }: Stage<'first look'>,
  questions: readonly Question[],
  options: VerifyLeafOptions,
): Promise<Answer[]> {
  const answers = options.checkpoint
    ? [...(await getDocument<{ answers: Answer[] }>(store, options.checkpoint)).answers]
    : [];
  for (let at = answers.length; at < questions.length && !options.stopped?.(); at++) {
    const answer = await look(tools, questions[at], classesOf(questions[at]), lookOptions(seconds, 0, options));
    // What a stop cut short says less than another attempt would.
    if (options.stopped?.() && !isDecided(answer)) break;
    answers.push(answer);
    await keepVerdict(store, problem.questions.keys[at], answer);
    if (at + 1 < questions.length) options.onCheckpoint?.({ answers });
  }
  return answers;
}

async function closerLook(
  store: ObjectStore,
  tools: Tools,
  { problem, open, seconds, before }: Stage<'closer look'>,
  question: Question,
  options: VerifyLeafOptions,
): Promise<Answer[]> {
  const found = await look(tools, question, open, lookOptions(seconds, 1 + open[0].conjunction, options));
  if (before === undefined) return [found];
  const [known] = await getAnswers(store, before);
  const answer = mergeLooks(known!, [open], [found], queryGoal(problem));
  await keepVerdict(store, problem.questions.keys[0], answer);
  return [{ ...answer, closed: true }];
}

const lookOptions = (seconds: number, seed: number, { onProgress, stopped }: VerifyLeafOptions): LookOptions => ({
  seconds,
  seed,
  onProgress,
  stopped,
});
