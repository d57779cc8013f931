import { seededRandom, selectRows, type LoadedDataset } from '@mipnet/dataset';
import { MemoryStore } from '@mipnet/object-store';
import { solveTree, type Driver, type ProblemNode, type Solved } from '@mipnet/recursion';
import type { Solver } from '@mipnet/solver';
import { prepareRun } from '../plan/prepare-run.js';
import type { Plan } from '../plan/plan-schema.js';
import { getIncumbent } from '../problem/documents.js';
import { correctCount } from '../rows/accuracy.js';
import { divideNode, mergeNode } from '../tree/divide-and-merge.js';
import { solveLeaf } from '../tree/solve-leaf.js';

/** A fold: positions of the rows that are trained on, and of those that are judged. */
export interface Fold {
  readonly train: Int32Array;
  readonly judged: Int32Array;
}

/**
 * Divides rows into folds, each class in turn, so that every fold has its share of each. A class with one row is
 * trained on in every fold, and never judged.
 */
export function stratifiedFolds(labels: Int32Array, count: number, seed: number): Fold[] {
  const foldOf = new Int32Array(labels.length).fill(-1);
  let next = 0;
  for (const label of [...new Set(labels)].sort((a, b) => a - b)) {
    const rows = [...labels.keys()].filter((row) => labels[row] === label);
    if (rows.length < 2) continue;
    for (const row of seededRandom(seed, 'folds', label).shuffle(rows)) foldOf[row] = next++ % count;
  }
  const rowsWhere = (isWanted: (fold: number) => boolean): Int32Array =>
    Int32Array.from([...foldOf.keys()].filter((row) => isWanted(foldOf[row])));
  return Array.from({ length: count }, (_, fold) => ({
    train: rowsWhere((other) => other !== fold),
    judged: rowsWhere((other) => other === fold),
  }));
}

/** Trains plans on one fold. Results of MIPs that plans share, such as those of equal neurons, are taken again. */
export class FoldTrainer {
  readonly #store = new MemoryStore();
  readonly #train: LoadedDataset;
  readonly #judged: ReturnType<typeof selectRows>;
  readonly #solver: Solver;
  readonly #stopped: () => boolean;

  constructor(dataset: LoadedDataset, { train, judged }: Fold, solver: Solver, stopped: () => boolean) {
    this.#train = { ...dataset, train: selectRows(dataset.train, train), test: null };
    this.#judged = selectRows(dataset.train, judged);
    this.#solver = solver;
    this.#stopped = stopped;
  }

  /** How many of the judged rows a plan's network classifies correctly; undefined if it was stopped. */
  async correct(plan: Plan): Promise<number | undefined> {
    const { node } = await prepareRun(plan, this.#train, this.#store);
    const { incumbent, stopped } = await this.#solve(node);
    if (!incumbent || stopped) return undefined;
    const { network } = await getIncumbent(this.#store, incumbent);
    return correctCount(network, this.#judged, this.#judged.labels);
  }

  /** In this thread: the MIPs are small. */
  #solve(root: ProblemNode): Promise<Solved> {
    const store = this.#store;
    const driver: Driver = {
      window: 1,
      stopped: this.#stopped,
      // A timer's turn lets Ctrl-C and the progress in between two MIPs.
      ready: () => new Promise((resolve) => setImmediate(resolve)),
      checkpoint: async () => undefined,
      progress: () => undefined,
      divide: (node, state) => divideNode(store, node, state),
      merge: (node, state, parts) => mergeNode(store, node, state, parts),
      solve: (leaf) => solveLeaf(store, this.#solver, leaf, { stopped: this.#stopped }),
      recurse: (part) => solveTree(driver, part),
    };
    return solveTree(driver, root);
  }
}
