// Tested by node-slots.int.test.ts.
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import type { Merged, ProblemNode, RoundState, Solved } from '@mipnet/recursion';
import type { Solver, SolveProgress } from '@mipnet/solver';
import type { MessagePort } from 'node:worker_threads';

/** What a leaf may use while it is solved. */
export interface LeafOptions {
  /** The checkpoint of a lost attempt: a document that it gave to `onCheckpoint`. */
  readonly checkpoint?: ObjectRef;
  /** Takes a plain document from which another attempt can continue. */
  readonly onCheckpoint?: (document: object) => void;
  /** The same for attempts that start from the beginning: it is kept only while the solve runs. */
  readonly onIncumbent?: (document: object) => void;
  readonly onProgress?: (progress: SolveProgress) => void;
  readonly stopped?: () => boolean;
}

/**
 * How one kind of node divides, solves and merges: three functions on references. Everything else is the same for all
 * kinds.
 */
export interface Kind {
  /**
   * Pure: same arguments, same parts.
   * @param threads how many it may use
   */
  divideNode(
    store: ObjectStore,
    node: ProblemNode,
    state: RoundState,
    threads?: number,
  ): Promise<readonly ProblemNode[]>;
  /**
   * Loads what leaves of this kind need and what loads slowly: runs in a solver thread that has no leaf yet.
   * @param about an object that all of them read, if it is known: for `verify` the network
   * @param runtime for `verify`: to a thread in which the ONNX runtime starts
   */
  prepareLeaves?(store: ObjectStore, about?: ObjectRef, runtime?: MessagePort): Promise<void>;
  /** Runs in a solver thread. */
  solveLeaf(store: ObjectStore, solver: Solver, leaf: ProblemNode, options: LeafOptions): Promise<Solved>;
  /** @param parts in the order of division; undefined for parts without a result */
  mergeNode(
    store: ObjectStore,
    node: ProblemNode,
    state: RoundState,
    parts: readonly (Solved | undefined)[],
  ): Promise<Merged>;
}

interface KindEntry {
  /** On demand: a process has leaves of one or two kinds, and all of them load slowly. */
  readonly load: () => Promise<Kind>;
  /** Whether a merge scores its network on the training rows, which may take longer than the MIPs. */
  readonly mergesReadRows: boolean;
}

const kinds: Readonly<Record<string, KindEntry>> = {
  train: { load: () => import('@mipnet/training'), mergesReadRows: true },
  sweep: { load: () => import('@mipnet/sweep'), mergesReadRows: false },
  verify: { load: () => import('@mipnet/verification'), mergesReadRows: false },
};

/** @throws Error for a kind of a later version */
export const kindOf = (node: Pick<ProblemNode, 'kind' | 'name'>): Promise<Kind> => entryOf(node).load();

/** @throws Error for a kind of a later version */
export const mergesReadRows = (node: ProblemNode): boolean => entryOf(node).mergesReadRows;

function entryOf({ kind, name }: Pick<ProblemNode, 'kind' | 'name'>): KindEntry {
  if (Object.hasOwn(kinds, kind)) return kinds[kind];
  throw new Error(
    `'${name}' has the kind '${kind}', which this version of mipnet does not have; start workers of the ` +
      'version that started the run',
  );
}
