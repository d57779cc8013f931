import { getDocument, putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import { defaultSolver } from '@mipnet/solver';
import type { Norm } from '../region.js';
import type { InputMoves } from '../row-region.js';
import type { Ties } from '../misclassification.js';
import type { VnnlibProperty } from '../vnnlib/property.js';

// The documents of a verification in the object store. A tree of kind `verify`:
//
//     run ----round 0--->  first passes: a few questions each, cheap steps and a short MIP         (leaves)
//      \----round 1...-->  long passes at undecided questions, divided by class if slots are free  (leaves)

/**
 * `feasibility`: is there an input that another class wins? `closest`: the nearest such input. `targeted`: an input
 * whose class t = (label + 5) mod classes wins clearly, score_t >= 1.2 score_j for every j (Fischetti & Jo 2018).
 */
export type Goal = 'feasibility' | 'closest' | 'targeted';

/** The same question about many images of a data set. `keys`: the key of each verdict for later runs. */
export interface ImageQuestions {
  readonly kind: 'images';
  /** Manifest of a data set. */
  readonly dataset: ObjectRef;
  /** Rows of its training table, one a question. */
  readonly rows: Int32Array;
  /** By which number a person knows each of them. */
  readonly images: Int32Array;
  /** What a person calls one of them. @default 'image' */
  readonly noun?: 'image' | 'row';
  readonly norm: Norm;
  /** Radius of the ball, which is cut to [0, 1]. */
  readonly epsilon: number;
  /** Of the ball, one per input. @default 1 each */
  readonly weights?: Float64Array;
  /** Of the rows of a table, whose inputs have units of their own; `epsilon` is then the radius that distances have. */
  readonly moves?: InputMoves;
  readonly goal: Goal;
  readonly ties: Ties;
  readonly keys: readonly string[];
}

/** One VNN-LIB property. */
export interface PropertyQuestion {
  readonly kind: 'property';
  readonly property: VnnlibProperty;
  readonly keys: readonly string[];
}

/** The questions about one network, and the time for each. */
export interface VerificationProblem {
  readonly name: string;
  /** The network's ONNX file: the verified network is the one that other programs run. */
  readonly network: ObjectRef;
  /** Multiply-adds of one forward pass; the size of leaves depends on it. */
  readonly forwardCost: number;
  readonly questions: ImageQuestions | PropertyQuestion;
  /** Seconds of one question; on each slot, if its classes are divided over several. */
  readonly timeLimit: number;
  /** Slots that the run expects; the size of leaves depends on it. */
  readonly slots: number;
  /** Of its MIPs, by the name of its dialect; `highs` when left out. */
  readonly solver?: string;
}

/** What a node of the problem says of its solver. */
export const solverOf = ({ solver }: Pick<VerificationProblem, 'solver'>): Pick<ProblemNode, 'solver'> =>
  solver === undefined || solver === defaultSolver ? {} : { solver };

/** One conjunction of one of a question's queries: for an image, one other class. */
export interface OpenClass {
  readonly query: number;
  readonly conjunction: number;
}

/** A node's problem document. `problem` of a `question` or a `long pass` holds that one question. */
export type VerificationDocument =
  | { readonly stage: 'run'; readonly problem: VerificationProblem }
  /** A leaf: bounds, attack, and a MIP of at most `seconds`, for each question. */
  | { readonly stage: 'first pass'; readonly problem: VerificationProblem; readonly seconds: number }
  /** To be divided by class into this number of leaves. `answer`: of the first pass. */
  | {
      readonly stage: 'question';
      readonly problem: VerificationProblem;
      readonly answer: ObjectRef;
      readonly share: number;
    }
  /**
   * A leaf: all steps, for some classes of one question. `before`: the answer so far, if these are all undecided
   * classes.
   */
  | {
      readonly stage: 'long pass';
      readonly problem: VerificationProblem;
      readonly open: readonly OpenClass[];
      readonly seconds: number;
      readonly before?: ObjectRef;
    };

export type Stage<Name extends VerificationDocument['stage']> = Extract<VerificationDocument, { stage: Name }>;

export const putVerification = (store: ObjectStore, document: VerificationDocument): Promise<ObjectRef> =>
  putDocument(store, 'verifications', document);
export const getVerification = (store: ObjectStore, ref: ObjectRef): Promise<VerificationDocument> =>
  getDocument<VerificationDocument>(store, ref);

export const countQuestions = ({ questions }: VerificationProblem): number =>
  questions.kind === 'images' ? questions.rows.length : 1;

/** The problem with some of its questions. */
export function withQuestions(problem: VerificationProblem, positions: readonly number[]): VerificationProblem {
  const { questions } = problem;
  if (questions.kind === 'property') return problem;
  const pick = (from: Int32Array): Int32Array => Int32Array.from(positions, (at) => from[at]);
  return {
    ...problem,
    questions: {
      ...questions,
      rows: pick(questions.rows),
      images: pick(questions.images),
      keys: positions.map((at) => questions.keys[at]),
    },
  };
}

/** `Query.goal` for all questions of a problem. */
export const queryGoal = ({ questions }: VerificationProblem): 'any' | 'closest' =>
  questions.kind === 'images' && questions.goal === 'closest' ? 'closest' : 'any';

export const nameOfQuestion = ({ questions }: VerificationProblem, at: number): string =>
  questions.kind === 'images' ? `${questions.noun ?? 'image'} ${questions.images[at]}` : 'property';
