import { addCounts, noLeaves, type Merged, type ProblemNode, type RoundState, type Solved } from '@mipnet/recursion';
import type { Bundle, LeafOutcome, OrchestratorActivities, SolverActivities } from '../messages.js';

export interface FakeTraining {
  /** Parts of each split, by its name. */
  readonly parts: Readonly<Record<string, number>>;
  /** Rounds of each split. @default 1 */
  readonly rounds?: Readonly<Record<string, number>>;
  /** Happens instead of the solve of a leaf; its result says whether the leaf was cut short, or decides its parent. */
  readonly solving?: (leaf: ProblemNode) => Promise<{ stopped?: boolean; decisive?: boolean } | void>;
  /** What a leaf says that it took. @default 0 */
  readonly seconds?: number;
}

const ref = (key: string) => ({ key, sha256: '', bytes: 0 });
const solvedOf = (name: string, network: string): Solved => ({
  name,
  incumbent: ref(network),
  objective: network.length,
  bound: network.length - 1,
  accuracy: { train: 1, validation: 0.5 },
  leaves: noLeaves,
  seconds: { solver: 0, merge: 0 },
  stopped: false,
});

/** The node of a run whose problems are paths and whose incumbents are the paths of their leaves. */
export const fakeNode = (...splits: string[]): ProblemNode => ({
  kind: 'train',
  name: 'root',
  problem: ref('root'),
  splits,
});

/** Activities whose result shows exactly which leaves were merged, in which order and round. */
export function fakeTraining(fake: FakeTraining): OrchestratorActivities & SolverActivities {
  const solve = async (leaf: ProblemNode): Promise<Solved> => {
    const { stopped = false, decisive } = (await fake.solving?.(leaf)) ?? {};
    const network = stopped ? `${leaf.problem.key}:cut` : leaf.problem.key;
    const seconds = { solver: fake.seconds ?? 0, merge: 0 };
    const leaves = { ...noLeaves, feasible: 1 };
    return { ...solvedOf(leaf.name, network), leaves, seconds, stopped, ...(decisive ? { decisive } : {}) };
  };
  return {
    async divide(node: ProblemNode, state: RoundState) {
      const [split, ...splits] = node.splits;
      return Array.from({ length: fake.parts[split] }, (_, index): ProblemNode => {
        const name = `${split} ${index}`;
        const problem = ref(`${node.problem.key}/${state.round}.${index}`);
        return { kind: node.kind, name, problem, splits, ...(node.solver ? { solver: node.solver } : {}) };
      });
    },
    async merge(node: ProblemNode, state: RoundState, parts: readonly (Solved | null)[]): Promise<Merged> {
      const network = `(${parts.map((part) => part?.incumbent?.key ?? '-').join(' ')})`;
      const leaves = parts.reduce(
        (counts, part) => addCounts(counts, part?.leaves ?? noLeaves),
        state.current?.leaves ?? noLeaves,
      );
      return {
        solved: { ...solvedOf(node.name, network), leaves },
        again: state.round + 1 < (fake.rounds?.[node.splits[0]] ?? 1),
      };
    },
    solve,
    async solveBundle({ leaves }: Bundle): Promise<readonly LeafOutcome[]> {
      const outcomes: LeafOutcome[] = [];
      for (const leaf of leaves) outcomes.push({ solved: await solve(leaf) });
      return outcomes;
    },
  };
}
