// Tested by verification-run.unit.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import {
  addCounts,
  noLeaves,
  solversOf,
  type Merged,
  type ProblemNode,
  type RoundState,
  type Solved,
} from '@mipnet/recursion';
import { VerificationError } from '../verification-error.js';
import { countAnswers, getAnswers, isOpen, putAnswers, unanswered, type Answer, type Answers } from './answer.js';
import { answerOf, bundlesOf, groupsOf, undecidedQuestions } from './divide-node.js';
import { keepVerdict } from './kept-verdicts.js';
import { mergePasses } from './merge-passes.js';
import {
  getVerification,
  nameOfQuestion,
  queryGoal,
  type Stage,
  type VerificationProblem,
} from './verification-problem.js';

/** Collects the verdicts of a round. A part without a result leaves its questions as they were. */
export async function mergeNode(
  store: ObjectStore,
  node: ProblemNode,
  state: RoundState,
  parts: readonly (Solved | undefined)[],
): Promise<Merged> {
  const began = performance.now();
  const document = await getVerification(store, node.problem);
  if (document.stage !== 'run' && document.stage !== 'question')
    throw new VerificationError('query', `'${node.name}' is a leaf`);
  const found = await Promise.all(
    parts.map(async (part) => (part?.incumbent ? getAnswers(store, part.incumbent) : undefined)),
  );
  const answers =
    document.stage === 'run'
      ? await mergeRun(store, document.problem, state, found)
      : [await mergeQuestion(store, document, found)];
  // After a long pass, the run tries a question no further.
  const again = document.stage === 'run' && answers.some(isOpen);
  const verdicts = countAnswers(answers);
  const decided = verdicts.robust + verdicts.adversarial + verdicts.misclassified;
  const solved: Solved = {
    name: node.name,
    incumbent: await putAnswers(store, answers),
    objective: null,
    bound: null,
    accuracy: { train: null, validation: null },
    verdicts: again ? verdicts : { ...verdicts, unresolved: answers.length - decided },
    leaves: parts.reduce((sum, part) => addCounts(sum, part?.leaves ?? noLeaves), state.current?.leaves ?? noLeaves),
    seconds: {
      solver: parts.reduce((sum, part) => sum + (part?.seconds.solver ?? 0), state.current?.seconds.solver ?? 0),
      merge: (state.current?.seconds.merge ?? 0) + (performance.now() - began) / 1000,
    },
    ...solversOf([state.current, ...parts]),
    stopped: false,
  };
  return { solved, again };
}

async function mergeQuestion(
  store: ObjectStore,
  document: Stage<'question'>,
  found: readonly (Answers | undefined)[],
): Promise<Answer> {
  const before = await answerOf(store, document);
  const answer = mergePasses(
    before,
    groupsOf(document, before),
    found.map((passes) => passes?.[0] ?? undefined),
    queryGoal(document.problem),
  );
  await keepVerdict(store, document.problem.questions.keys[0], answer);
  return { ...answer, closed: true };
}

async function mergeRun(
  store: ObjectStore,
  problem: VerificationProblem,
  state: RoundState,
  found: readonly (Answers | undefined)[],
): Promise<Answers> {
  if (state.current === undefined)
    return bundlesOf(problem).flatMap((positions, part) => positions.map((_, i) => found[part]?.[i] ?? null));
  const answers: (Answer | null)[] = [...(await getAnswers(store, state.current.incumbent!))];
  undecidedQuestions(answers).forEach((at, part) => {
    const after = found[part]?.[0] ?? answers[at];
    answers[at] = after === null ? unanswered(nameOfQuestion(problem, at)) : { ...after, closed: true };
  });
  return answers;
}
