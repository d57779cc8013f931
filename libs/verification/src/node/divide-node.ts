// Tested by verification-run.unit.test.ts.
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import type { ProblemNode, RoundState } from '@mipnet/recursion';
import { VerificationError } from '../verification-error.js';
import { getAnswers, isOpen, putAnswers, type Answer, type Answers } from './answer.js';
import { bundleSize, closerLookSeconds, firstLookSeconds, mostAgain, shareOf } from './time.js';
import {
  countQuestions,
  getVerification,
  nameOfQuestion,
  putVerification,
  withQuestions,
  type OpenClass,
  type Stage,
  type VerificationDocument,
  type VerificationProblem,
} from './verification-problem.js';

/**
 * Divides a run into first looks and then into closer looks at the questions they leave open; such a question by its
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
        ? firstLooks(store, document.problem)
        : furtherLooks(store, document.problem, await getAnswers(store, state.current.incumbent!));
    case 'question': {
      const answer = await answerOf(store, document);
      return Promise.all(
        groupsOf(document, answer).map((group) =>
          closerLook(store, nameOfClasses(document.problem, answer, group), document.problem, {
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

/** Positions of the questions of each leaf of first looks. */
export function bundlesOf(problem: VerificationProblem): number[][] {
  const size = bundleSize(problem);
  const count = countQuestions(problem);
  return Array.from({ length: Math.ceil(count / size) }, (_, bundle) =>
    Array.from({ length: Math.min(size, count - bundle * size) }, (__, i) => bundle * size + i),
  );
}

/** Positions of the questions that the next round looks at again. */
export const questionsToLookAt = (answers: Answers): number[] =>
  [...answers.keys()].filter((at) => isOpen(answers[at])).slice(0, mostAgain);

/** What is known about the question that a node divides. */
export async function answerOf(store: ObjectStore, { answer }: Stage<'question'>): Promise<Answer> {
  const [known] = await getAnswers(store, answer);
  return known!;
}

/**
 * Open classes of a question, dealt out: the least excluded one to the first leaf, the next to the second, and so on.
 */
export function groupsOf({ share }: Pick<Stage<'question'>, 'share'>, { open }: Answer): OpenClass[][] {
  const groups = Array.from({ length: Math.min(share, open.length) }, (): OpenClass[] => []);
  open.forEach((one, at) => groups[at % groups.length].push(one));
  return groups;
}

function firstLooks(store: ObjectStore, problem: VerificationProblem): Promise<ProblemNode[]> {
  const seconds = firstLookSeconds(problem.timeLimit);
  return Promise.all(bundlesOf(problem).map((positions) => firstLook(store, problem, positions, seconds)));
}

async function firstLook(
  store: ObjectStore,
  problem: VerificationProblem,
  positions: readonly number[],
  seconds: number,
): Promise<ProblemNode> {
  const [first, last] = [positions[0], positions[positions.length - 1]].map((at) => nameOfQuestion(problem, at));
  const name = first === last ? first : `${first} to ${last.replace('image ', '')}`;
  return nodeOf(
    store,
    name,
    { stage: 'first look', problem: withQuestions(problem, positions), seconds },
    positions.length,
  );
}

async function furtherLooks(
  store: ObjectStore,
  problem: VerificationProblem,
  answers: Answers,
): Promise<ProblemNode[]> {
  const positions = questionsToLookAt(answers);
  const share = shareOf(problem.slots, positions.length);
  return Promise.all(
    positions.map(async (at) => {
      const answer = answers[at];
      // Whoever looked at it died, and others with it: alone, with all the time there is.
      if (answer === null) return firstLook(store, problem, [at], problem.timeLimit);
      const one = withQuestions(problem, [at]);
      const before = await putAnswers(store, [answer]);
      const name = nameOfQuestion(problem, at);
      if (Math.min(share, answer.open.length) === 1)
        return { ...(await closerLook(store, name, one, answer, before)), questions: 1 };
      return {
        ...(await nodeOf(store, name, { stage: 'question', problem: one, answer: before, share }, 1)),
        splits: ['classes'],
      };
    }),
  );
}

function closerLook(
  store: ObjectStore,
  name: string,
  problem: VerificationProblem,
  { verdict, open }: Answer,
  before?: ObjectRef,
): Promise<ProblemNode> {
  return nodeOf(store, name, {
    stage: 'closer look',
    problem,
    open,
    seconds: closerLookSeconds(problem.timeLimit, verdict.seconds),
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
    ...(questions === undefined ? {} : { questions }),
  };
}
