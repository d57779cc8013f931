import { getDocument, putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { Norm } from '../region.js';
import type { Ties } from '../misclassification.js';
import type { VnnlibProperty } from '../vnnlib/parse-vnnlib.js';

// The documents of a verification in the object store. A tree of kind `verify`:
//
//     run ----round 0--->  first looks: a few questions each, cheap steps and a short MIP         (leaves)
//      \----round 1...-->  closer looks at what they leave open, spread by class where slots are free  (leaves)

/**
 * `feasibility`: is there an input that another class wins? `closest`: the nearest such input. `targeted`: an input
 * whose class t = (label + 5) mod classes wins clearly, score_t >= 1.2 score_j for every j (Fischetti & Jo 2018).
 */
export type Goal = 'feasibility' | 'closest' | 'targeted';

/** The same question about many images of a data set. `keys`: under which each verdict is kept for later runs. */
export interface ImageQuestions {
  readonly kind: 'images';
  /** Manifest of a data set. */
  readonly dataset: ObjectRef;
  /** Rows of its training table, one a question. */
  readonly rows: Int32Array;
  /** By which number a person knows each of them. */
  readonly images: Int32Array;
  readonly norm: Norm;
  /** Radius of the ball, which is cut to [0, 1]. */
  readonly epsilon: number;
  /** Of the ball, one an input. @default 1 each */
  readonly weights?: Float64Array;
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

/** What is asked of one network, and how much time each question may take. */
export interface VerificationProblem {
  readonly name: string;
  /** The network's ONNX file: what is verified is what other programs run. */
  readonly network: ObjectRef;
  /** Multiply-adds of one forward pass: what leaves are sized by. */
  readonly forwardCost: number;
  readonly questions: ImageQuestions | PropertyQuestion;
  /** Seconds of one question; on each slot where its classes are spread over several. */
  readonly timeLimit: number;
  /** Slots the run expects: what leaves are sized by. */
  readonly slots: number;
}

/** One conjunction of one of a question's queries: for an image, one other class. */
export interface OpenClass {
  readonly query: number;
  readonly conjunction: number;
}

/** A node's problem document. `problem` of a `question` or a `closer look` holds that one question. */
export type VerificationDocument =
  | { readonly stage: 'run'; readonly problem: VerificationProblem }
  /** A leaf: bounds, attack, and a MIP of at most `seconds`, for each question. */
  | { readonly stage: 'first look'; readonly problem: VerificationProblem; readonly seconds: number }
  /** To be divided by class in so many leaves. `answer`: of the first look. */
  | {
      readonly stage: 'question';
      readonly problem: VerificationProblem;
      readonly answer: ObjectRef;
      readonly share: number;
    }
  /**
   * A leaf: all there is, for some classes of one question. `before`, where these are all that are open: what is known.
   */
  | {
      readonly stage: 'closer look';
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

/** What `Query.goal` is for all of a problem's questions. */
export const queryGoal = ({ questions }: VerificationProblem): 'any' | 'closest' =>
  questions.kind === 'images' && questions.goal === 'closest' ? 'closest' : 'any';

export const nameOfQuestion = ({ questions }: VerificationProblem, at: number): string =>
  questions.kind === 'images' ? `image ${questions.images[at]}` : 'property';
