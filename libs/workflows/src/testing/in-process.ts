import { solveTree, type Driver, type ProblemNode, type Solved } from '@mipnet/recursion';
import { fakeTraining, type FakeTraining } from './fake-training.js';

/** The same fakes under the recursion, without Temporal. */
export function inProcess(fake: FakeTraining, node: ProblemNode): Promise<Solved> {
  const { divide, merge, solve } = fakeTraining({ ...fake, solving: undefined });
  const driver: Driver = {
    divide,
    window: 1,
    solve: (leaf) => solve(leaf),
    recurse: (part) => solveTree(driver, part),
    merge: (part, state, parts) =>
      merge(
        part,
        state,
        parts.map((solved) => solved ?? null),
      ),
    stopped: () => false,
    ready: async () => undefined,
    checkpoint: async () => undefined,
    progress: () => undefined,
  };
  return solveTree(driver, node);
}
