// Tested by ../../../apps/worker/src/worker-process.int.test.ts.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ObjectRef, StoreIdentity } from '@mipnet/object-store';
import type {
  Accuracy,
  Budget,
  Covers,
  LeafCounts,
  LeafUnderWay,
  Merged,
  NamedRound,
  ProblemNode,
  RoundState,
  Solved,
  VerdictCounts,
} from '@mipnet/recursion';

// The messages between the starter of a run, its workflows and the activities. They are small and JSON-safe.

/**
 * Every node of the tree is a workflow of this signature; its type is the node's kind, so that lists of runs are
 * readable.
 */
export type NodeWorkflow = (input: NodeInput) => Promise<Solved>;

/** Queue of workflows, `divide` and `merge`. */
export const orchestratorQueue = 'mipnet';

/**
 * Queue of the `solve` activities that belong to an orchestrator queue: `mipnet` and `mipnet-solver`;
 * `mipnet-solver-cbc` for leaves of another solver than the default one, so that only workers that have it take them.
 */
export const solverQueueOf = (orchestrator: string, solver: string = defaultSolverName): string =>
  solver === defaultSolverName ? `${orchestrator}-solver` : `${orchestrator}-solver-${solver}`;

/** Of a leaf that names no solver. A worker of any version has it. */
const defaultSolverName = 'highs';

/** The solver whose leaves wait in a queue. */
export const solverOfQueue = (orchestrator: string, queue: string): string =>
  queue.startsWith(`${orchestrator}-solver-`) ? queue.slice(`${orchestrator}-solver-`.length) : defaultSolverName;

/** What a workflow takes: one node of the tree and how to work on it. */
export interface NodeInput {
  /** The run's id, the same in the whole tree. */
  readonly run: string;
  readonly node: ProblemNode;
  /**
   * The store of its objects; a worker of another store refuses its work. Older versions leave it out: then no worker
   * checks.
   */
  readonly store?: StoreIdentity;
  /** How many parts of one node may be in progress at once, 1..1000. A few times the number of slots is enough. */
  readonly window: number;
  /** Longest time one attempt at a leaf may take, seconds. @default 86400 */
  readonly leafSeconds?: number;
  /** Whether the cluster knows the search attributes of `searchAttributeTypes`. @default false */
  readonly searchAttributes?: boolean;
  /** What lists show of the run. Absent: the cluster does not know the search attributes for it. */
  readonly about?: RunAbout;
  /**
   * Continue as new between rounds once the history is this long, events. @default 8000, and whenever the server asks
   */
  readonly historyLimit?: number;
  /** The same by size, bytes. @default 8 MiB, and whenever the server asks */
  readonly historyBytesLimit?: number;
  /** How many progress reports a child may still send to its parent: they cost the parent history events. */
  readonly reportBudget?: number;
  /** Least time between two of them, seconds; the first one comes after it. @default 10, the first one at once */
  readonly reportSeconds?: number;
  /** Of the whole run, given to its root; or of a part that is a run of its own. */
  readonly budget?: Budget;
  /** Set when a run continues as new: its state. */
  readonly resumed?: { readonly state: RoundState; readonly progress: Progress };
}

/** What a run is about, for lists. */
export interface RunAbout {
  /** The plan's name, or what stands for it. */
  readonly plan: string;
  readonly dataset?: string;
}

export interface OrchestratorActivities {
  divide(node: ProblemNode, state: RoundState, store?: StoreIdentity): Promise<readonly ProblemNode[]>;
  /** @param parts in the order of division; null (JSON has no undefined) for parts without a result */
  merge(
    node: ProblemNode,
    state: RoundState,
    parts: readonly (Solved | null)[],
    store?: StoreIdentity,
  ): Promise<Merged>;
}

export interface SolverActivities {
  /**
   * @param checkpoint the incumbent of a lost worker; a leaf under a work limit nevertheless starts from the beginning
   * @param reports how many times it may tell its workflow how far it is: each costs about four events of the history.
   *   @default 0
   */
  solve(leaf: ProblemNode, checkpoint?: ObjectRef | null, store?: StoreIdentity, reports?: number): Promise<Solved>;
  /** Solves small leaves one after the other in one slot. @returns what became of each, in the same order */
  solveBundle(bundle: Bundle, store?: StoreIdentity): Promise<readonly LeafOutcome[]>;
}

/** Small leaves of one round that travel together. */
export interface Bundle {
  /** The same for all attempts, and different from that of any other bundle. */
  readonly id: string;
  readonly leaves: readonly ProblemNode[];
  /** After so many seconds no further leaf begins. */
  readonly seconds: number;
}

/** What became of a leaf in a bundle: a result; `again`: it is to be solved alone; neither: it was not begun. */
export interface LeafOutcome {
  readonly solved?: Solved;
  /**
   * `interrupted`: its worker left; `lost`: its worker died in this bundle; `crash`, `error`: its solver thread did, or
   * it failed otherwise.
   */
  readonly again?: 'interrupted' | 'lost' | 'crash' | 'error';
  readonly checkpoint?: ObjectRef;
}

/** Activity id of a bundle. It says how many leaves wait, because a server's list of activities does not hold them. */
export const bundleActivityId = (number: number, leaves: number): string => `bundle-${number}-of-${leaves}`;

/** How many leaves an activity has, by its type and id; 0 if it solves nothing. */
export function leavesOfActivity(type: string, id: string): number {
  if (type === 'solve') return 1;
  return type === 'solveBundle' ? Number(/-of-(\d+)$/.exec(id)?.[1] ?? 1) : 0;
}

/** What a node is doing; `done` also after a stop. */
export type Phase = 'dividing' | 'solving' | 'merging' | 'done';

/** The progress of a node and everything below it. */
export interface Progress {
  readonly run: string;
  readonly name: string;
  /** How the node is divided; null for a leaf. */
  readonly split: string | null;
  readonly phase: Phase;
  /** Counts from 0. */
  readonly round: number;
  /** What the round is, if the split says: `layer 1 of 2: conv, 64 filters`, and the rounds inside it. */
  readonly roundName?: NamedRound;
  /** Leaves of the present round, and those of them that have ended. Absent before the first division. */
  readonly roundLeaves?: { readonly solved: number; readonly total: number };
  /** Leaves that ended, in all rounds: the sum of `counts`. */
  readonly solved: number;
  /** Leaves known so far, in all rounds: `solved + outstanding`, and those that did not end because of a stop. */
  readonly total: number;
  /** Leaves in the solver queue or in progress. */
  readonly inFlight: number;
  /** Leaves of this round that have not ended. */
  readonly outstanding: number;
  /**
   * Leaves in progress, the longest first, and no more than `shownUnderWay`. With Temporal the workflow knows only what
   * long ones report now and then; a watcher reads heartbeats.
   */
  readonly underWay?: readonly LeafUnderWay[];
  /** While the only MIP of a run is solved, that of the solver, which is not certified yet; the same for the bound. */
  readonly objective: number | null;
  /** What the objective and the accuracy cover while parts are missing; absent: the whole node. */
  readonly covers?: Covers;
  readonly bound: number | null;
  /** (objective - bound) / |objective|; null until both are known. */
  readonly gap: number | null;
  readonly accuracy: Accuracy;
  /** Of a verification: its questions, and those that are decided; null for other kinds. */
  readonly questions: number | null;
  readonly verdicts: VerdictCounts | null;
  readonly counts: LeafCounts;
  readonly seconds: { readonly solver: number; readonly merge: number };
  readonly stopped: boolean;
  readonly paused: boolean;
  /** What last prevented work, although the run continues: the object store, or a worker of another store. */
  readonly trouble?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Until the end of the present round; null before the first leaf ended and while paused or stopped. */
  readonly etaSeconds: number | null;
  /** The least and the most that is likely, seconds; absent while too little is known. */
  readonly eta?: { readonly least: number; readonly most: number };
}

/** A child's progress report to its parent; the child's result replaces it. */
export type ChildReport = Pick<
  Progress,
  'name' | 'total' | 'inFlight' | 'counts' | 'seconds' | 'trouble' | 'roundName' | 'underWay'
>;

/** Limits of a run: how many of its parts are under way at once, and how long a leaf may take. */
export interface Limits {
  readonly window?: number;
  readonly leafSeconds?: number;
}

export const progressQuery = defineQuery<Progress>('progress');

/** No new leaf begins; those in flight continue. */
export const pauseUpdate = defineUpdate<Progress>('pause');
export const resumeUpdate = defineUpdate<Progress>('resume');
/** Leaves in flight return their incumbents, which are merged and returned. Cancelling the workflow does the same. */
export const stopUpdate = defineUpdate<Progress>('stop');

// Between a node and its children.
export const pausedSignal = defineSignal<[boolean]>('paused');
/** From a solver worker: what a long leaf does. */
export const leafProgressSignal = defineSignal<[LeafUnderWay]>('leafProgress');
export const childProgressSignal = defineSignal<[ChildReport]>('childProgress');
