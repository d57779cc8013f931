// Tested by verification-run.unit.test.ts.
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, RoundState } from '@mipnet/recursion';
import { VerificationError } from '../verification-error.js';
import { getAnswers, isOpen, putAnswers, type Answer, type Answers } from './answer.js';
import { bundleSize, longPassSeconds, firstPassSeconds, mostAgain, shareOf } from './time.js';
import {
  countQuestions,
  getVerification,
  nameOfQuestion,
  putVerification,
  solverOf,
  withQuestions,
  type OpenClass,
  type Stage,
  type VerificationDocument,
  type VerificationProblem,
} from './verification-problem.js';

/**
 * Divides a run into first passes, and then into long passes at the undecided questions; divides such a question by its
 * classes.
 */
export async function divideNode(
  store: ObjectStore,
  node: ProblemNode,
  state: RoundState,
): Promise<readonly ProblemNode[]> {
  const document = await getVerification(store, node.problem);
  switch (document.stage) {
    case 'run':
      return state.current === undefined
        ? firstPasses(store, document.problem)
        : longPasses(store, document.problem, await getAnswers(store, state.current.incumbent!));
    case 'question': {
      const answer = await answerOf(store, document);
      return Promise.all(
        groupsOf(document, answer).map((group) =>
          longPass(store, nameOfClasses(document.problem, answer, group), document.problem, {
            ...answer,
            open: group,
          }),
        ),
      );
    }
    default:
      throw new VerificationError('query', `'${node.name}' is a leaf`);
  }
}

/** Positions of the questions of each leaf of first passes. */
export function bundlesOf(problem: VerificationProblem): number[][] {
  const size = bundleSize(problem);
  const count = countQuestions(problem);
  return Array.from({ length: Math.ceil(count / size) }, (_, bundle) =>
    Array.from({ length: Math.min(size, count - bundle * size) }, (__, i) => bundle * size + i),
  );
}

/** Positions of the questions of the next round. */
export const undecidedQuestions = (answers: Answers): number[] =>
  [...answers.keys()].filter((at) => isOpen(answers[at])).slice(0, mostAgain);

/** What is known about the question that a node divides. */
export async function answerOf(store: ObjectStore, { answer }: Stage<'question'>): Promise<Answer> {
  const [known] = await getAnswers(store, answer);
  return known!;
}

/**
 * Undecided classes of a question, distributed over leaves: the one with the lowest bound to the first leaf, the next
 * to the second, and so on.
 */
export function groupsOf({ share }: Pick<Stage<'question'>, 'share'>, { open }: Answer): OpenClass[][] {
  const groups = Array.from({ length: Math.min(share, open.length) }, (): OpenClass[] => []);
  open.forEach((one, at) => groups[at % groups.length].push(one));
  return groups;
}

function firstPasses(store: ObjectStore, problem: VerificationProblem): Promise<ProblemNode[]> {
  const seconds = firstPassSeconds(problem.timeLimit);
  return Promise.all(bundlesOf(problem).map((positions) => firstPass(store, problem, positions, seconds)));
}

async function firstPass(
  store: ObjectStore,
  problem: VerificationProblem,
  positions: readonly number[],
  seconds: number,
): Promise<ProblemNode> {
  const [first, last] = [positions[0], positions[positions.length - 1]].map((at) => nameOfQuestion(problem, at));
  const name = first === last ? first : `${first} to ${last.replace(/^\w+ /, '')}`;
  return nodeOf(
    store,
    name,
    { stage: 'first pass', problem: withQuestions(problem, positions), seconds },
    positions.length,
  );
}

async function longPasses(store: ObjectStore, problem: VerificationProblem, answers: Answers): Promise<ProblemNode[]> {
  const positions = undecidedQuestions(answers);
  const share = shareOf(problem.slots, positions.length);
  return Promise.all(
    positions.map(async (at) => {
      const answer = answers[at];
      // An attempt at it failed, and other questions of the leaf with it: now it gets a leaf of its own, with all the
      // remaining time.
      if (answer === null) return firstPass(store, problem, [at], problem.timeLimit);
      const one = withQuestions(problem, [at]);
      const before = await putAnswers(store, [answer]);
      const name = nameOfQuestion(problem, at);
      if (Math.min(share, answer.open.length) === 1)
        return { ...(await longPass(store, name, one, answer, before)), questions: 1 };
      return {
        ...(await nodeOf(store, name, { stage: 'question', problem: one, answer: before, share }, 1)),
        splits: ['classes'],
      };
    }),
  );
}

function longPass(
  store: ObjectStore,
  name: string,
  problem: VerificationProblem,
  { verdict, open }: Answer,
  before?: ObjectRef,
): Promise<ProblemNode> {
  return nodeOf(store, name, {
    stage: 'long pass',
    problem,
    open,
    seconds: longPassSeconds(problem.timeLimit, verdict.seconds),
    before,
  });
}

/** Conjunctions of an image are the other classes in order. */
function nameOfClasses({ questions }: VerificationProblem, { label }: Answer, open: readonly OpenClass[]): string {
  if (questions.kind === 'property' || label === null)
    return `case ${open.map(({ query, conjunction }) => `${query}.${conjunction}`).join(', ')}`;
  return `class ${open.map(({ conjunction }) => (conjunction < label ? conjunction : conjunction + 1)).join(', ')}`;
}

async function nodeOf(
  store: ObjectStore,
  name: string,
  document: VerificationDocument,
  questions?: number,
): Promise<ProblemNode> {
  return {
    kind: 'verify',
    name,
    problem: await putVerification(store, document),
    splits: [],
    ...solverOf(document.problem),
    ...(questions === undefined ? {} : { questions }),
  };
}
