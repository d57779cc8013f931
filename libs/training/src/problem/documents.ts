import { getDocument, putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import type { Incumbent } from './incumbent.js';
import type { TrainingProblem } from './training-problem.js';

// Problems and incumbents in the object store: content-addressed, so that the same problem is the same object.

export const putProblem = (store: ObjectStore, problem: TrainingProblem): Promise<ObjectRef> =>
  putDocument(store, 'problems', problem);
export const getProblem = (store: ObjectStore, ref: ObjectRef): Promise<TrainingProblem> =>
  getDocument<TrainingProblem>(store, ref);
export const putIncumbent = (store: ObjectStore, incumbent: Incumbent): Promise<ObjectRef> =>
  putDocument(store, 'incumbents', incumbent);
export const getIncumbent = (store: ObjectStore, ref: ObjectRef): Promise<Incumbent> =>
  getDocument<Incumbent>(store, ref);

export async function putNode(store: ObjectStore, problem: TrainingProblem): Promise<ProblemNode> {
  return {
    kind: 'train',
    name: problem.name,
    problem: await putProblem(store, problem),
    splits: problem.splits.map(({ name }) => name),
    ...(problem.solver === undefined ? {} : { solver: problem.solver }),
  };
}
