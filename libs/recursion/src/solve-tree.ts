import { addCounts, noLeaves } from './leaf-counts.js';
import { shownFailures, type ProblemNode, type Solved } from './node.js';

/** The state of a node between two rounds: everything that another process needs to continue from here. */
export interface RoundState {
  readonly round: number;
  /** The incumbent of the node after the rounds so far. */
  readonly current?: Solved;
}

export interface Merged {
  readonly solved: Solved;
  /** Whether the split wants another round. */
  readonly again: boolean;
}

/**
 * What the recursion needs from an engine. The Temporal workflow implements it by activities and child workflows, the
 * local engine by plain calls and solver threads.
 */
export interface Driver {
  /** Divides a node into parts for one round. Pure: the same arguments give the same parts. */
  divide(node: ProblemNode, state: RoundState): Promise<readonly ProblemNode[]>;
  /**
   * Solves a leaf.
   * @param unneeded resolves when its result is no longer needed: the leaf then returns its incumbent soon
   */
  solve(leaf: ProblemNode, unneeded: Promise<void>): Promise<Solved>;
  /** Solves a part that is itself divided. */
  recurse(node: ProblemNode): Promise<Solved>;
  /**
   * The result that stands for a part of a node with `partsMayFail` after an error; undefined if the error is not the
   * part's own, such as one of the object store.
   */
  lost?(part: ProblemNode, error: unknown): Solved | undefined;
  /**
   * Assembles the incumbents of the parts, in the order of division; `undefined` for parts without a result.
   * Never worse than `state.current`.
   */
  merge(node: ProblemNode, state: RoundState, parts: readonly (Solved | undefined)[]): Promise<Merged>;
  /** How many parts may be under way at once. */
  readonly window: number;
  /** True after a stop was requested: no new part begins, and the results so far are merged. */
  stopped(): boolean;
  /** Waits while the run is paused. */
  ready(): Promise<void>;
  /** Between rounds: a place to continue as new. */
  checkpoint(node: ProblemNode, state: RoundState): Promise<void>;
  /** For people who watch. Must not throw. */
  progress(event: ProgressEvent): void;
}

export type ProgressEvent =
  | {
      readonly kind: 'divided';
      readonly node: ProblemNode;
      readonly round: number;
      readonly parts: readonly ProblemNode[];
    }
  | {
      readonly kind: 'part';
      readonly node: ProblemNode;
      readonly round: number;
      readonly index: number;
      readonly solved: Solved;
    }
  /** The parts so far, merged to show progress while the round is running. */
  | { readonly kind: 'interim'; readonly node: ProblemNode; readonly round: number; readonly solved: Solved }
  | {
      readonly kind: 'merged';
      readonly node: ProblemNode;
      readonly round: number;
      readonly solved: Solved;
      readonly again: boolean;
    };

/** Interim merges per round, and the number of parts below which there are none. */
const interimMerges = 10;
const interimParts = 10;

/** Divides, solves and merges until the split needs no further round. A node without splits is a leaf. */
export async function solveTree(driver: Driver, node: ProblemNode, from: RoundState = { round: 0 }): Promise<Solved> {
  if (node.splits.length === 0) return driver.solve(node, new Promise(() => undefined));
  for (let state = from; ;) {
    const { solved, again } = await solveRound(driver, node, state);
    driver.progress({ kind: 'merged', node, round: state.round, solved, again });
    if (!again) return solved;
    // The split needs more rounds that are not done: the node ended early, although this round is complete.
    if (driver.stopped()) return { ...solved, stopped: true };
    state = { round: state.round + 1, current: solved };
    await driver.checkpoint(node, state);
  }
}

async function solveRound(driver: Driver, node: ProblemNode, state: RoundState): Promise<Merged> {
  const parts = await driver.divide(node, state);
  driver.progress({ kind: 'divided', node, round: state.round, parts });
  const results: (Solved | undefined)[] = parts.map(() => undefined);
  const interim = new InterimMerges(driver, node, state, results);
  let decided = false;
  let decide = (): void => undefined;
  const unneeded = new Promise<void>((resolve) => (decide = resolve));
  await forEachInWindow(
    parts.length,
    driver,
    () => decided,
    async (index) => {
      const part = parts[index];
      const solved = await solvePart(driver, node, part, unneeded);
      results[index] = solved;
      if (solved.decisive && !decided) {
        decided = true;
        decide();
      }
      driver.progress({ kind: 'part', node, round: state.round, index, solved });
      interim.partDone();
    },
  );
  await interim.settled();
  const merged = await driver.merge(node, state, results.map(asMerged));
  const solved = withLosses(merged.solved, state, parts, results);
  const missing = decided ? 0 : results.filter((result) => result === undefined).length;
  const cutShort =
    driver.stopped() && (missing > 0 || results.some((result) => result === undefined || result.stopped));
  if (!cutShort) return { ...merged, solved };
  return {
    again: false,
    solved: { ...solved, leaves: addCounts(solved.leaves, { ...noLeaves, unfinished: missing }), stopped: true },
  };
}

async function solvePart(
  driver: Driver,
  node: ProblemNode,
  part: ProblemNode,
  unneeded: Promise<void>,
): Promise<Solved> {
  try {
    return part.splits.length === 0 ? await driver.solve(part, unneeded) : await driver.recurse(part);
  } catch (error) {
    const lost = node.partsMayFail ? driver.lost?.(part, error) : undefined;
    if (lost === undefined) throw error;
    return lost;
  }
}

/**
 * The reason of a failure is for people. All parts go to a merge in one message, which must not grow by the reasons.
 */
function asMerged(result: Solved | undefined): Solved | undefined {
  if (result?.failures === undefined) return result;
  const { failures: _, ...others } = result;
  return others;
}

/** Names the leaves that failed below a node, because the end of a run reports what its merges left out. */
function withLosses(
  solved: Solved,
  state: RoundState,
  parts: readonly ProblemNode[],
  results: readonly (Solved | undefined)[],
): Solved {
  const below = parts.flatMap((part, index) =>
    (results[index]?.failures ?? []).map((failure) =>
      part.splits.length === 0 ? failure : { ...failure, name: `${part.name}: ${failure.name}` },
    ),
  );
  const failures = [...(state.current?.failures ?? []), ...below].slice(0, shownFailures);
  return failures.length === 0 ? solved : { ...solved, failures };
}

/**
 * Runs `body` for 0..count-1 in order of index, at most `driver.window` at once; begins nothing after a stop or a
 * decisive result.
 */
async function forEachInWindow(
  count: number,
  driver: Driver,
  decided: () => boolean,
  body: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      await driver.ready();
      if (driver.stopped() || decided() || next >= count) return;
      await body(next++);
    }
  };
  await Promise.all(Array.from({ length: Math.min(driver.window, count) }, lane));
}

/**
 * Merges the results so far, a few times per round and one merge at a time, so that progress shows the accuracy grow.
 */
class InterimMerges {
  #done = 0;
  #running: Promise<void> | undefined;

  constructor(
    private readonly driver: Driver,
    private readonly node: ProblemNode,
    private readonly state: RoundState,
    private readonly results: readonly (Solved | undefined)[],
  ) {}

  partDone(): void {
    this.#done++;
    const total = this.results.length;
    const step = Math.ceil(total / interimMerges);
    if (
      total < interimParts ||
      this.#done % step !== 0 ||
      this.#done === total ||
      this.#running ||
      this.driver.stopped()
    )
      return;
    // Interim merges only show progress: the merge at the end of the round reports any error.
    this.#running = this.#merge()
      .catch(() => undefined)
      .finally(() => (this.#running = undefined));
  }

  async #merge(): Promise<void> {
    const { solved } = await this.driver.merge(this.node, this.state, this.results.map(asMerged));
    this.driver.progress({ kind: 'interim', node: this.node, round: this.state.round, solved });
  }

  async settled(): Promise<void> {
    await this.#running;
  }
}
