// Tested by ../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { Merged, ProblemNode, RoundState, Solved } from '@mipnet/recursion';
import { SlotPool } from '@mipnet/solver';
import { cutShort } from '@mipnet/workflows/plain';
import { hostname } from 'node:os';
import { CourseRecorder, putCourse } from './course.js';
import { workerPatienceSeconds } from './open-store.js';
import { shareOfMemory } from './share-of-memory.js';
import type { LeafInput, LeavesToCome, MergeInput, NodeJobData, NodeJobPost } from './node-job.js';
import { leafBegins, type LeafHooks, type LeafProgress, type LeafSolver } from './leaf-solver.js';

/** How long a thread may take, seconds. */
export interface Patience {
  /** To wait for a store that does not answer. */
  readonly store: number;
  /**
   * Seconds after a stop for a leaf to return its incumbent. Presolve and the first relaxation of a large model cannot
   * be interrupted for minutes.
   */
  readonly stop: number;
  /** Seconds to read its rows and to certify the incumbent of a killed thread. */
  readonly handBack: number;
}

/** Seconds after a stop; with the time until the stop reaches a worker this stays below 20 seconds. */
const usualPatience: Patience = { store: workerPatienceSeconds, stop: 8, handBack: 6 };

export interface NodeSlotsOptions {
  /** Most that one slot may use. @default its share of the machine */
  readonly memoryMegabytes?: number;
  /** What differs from the usual one. */
  readonly patience?: Partial<Patience>;
  /** URLs of solvers that are not found by their names alone. */
  readonly solvers?: readonly string[];
}

/**
 * Threads that solve leaves, each with solvers of its own, and that merge where a merge reads the training rows: both
 * together use as many cores as there are slots.
 */
export class NodeSlots implements LeafSolver {
  readonly #pool: SlotPool;
  readonly #store: ObjectStore;
  readonly #patience: Patience;

  /** @param slots leaves and such merges under way at once; the number of cores is right */
  constructor(
    store: ObjectStore,
    slots: number,
    { memoryMegabytes = shareOfMemory(slots), patience, solvers = [] }: NodeSlotsOptions = {},
  ) {
    this.#store = store;
    this.#patience = { ...usualPatience, ...patience };
    const data: NodeJobData = { storeUrl: store.url, patienceSeconds: this.#patience.store, solvers };
    this.#pool = new SlotPool({ job: new URL('./node-job.js', import.meta.url), slots, memoryMegabytes, data });
  }

  /** A thread starts if there is none, and loads what these leaves need. */
  prepare(leaves: LeavesToCome): void {
    this.#pool.prepare(leaves, leaves.runtime && [leaves.runtime]);
  }

  async solve(leaf: ProblemNode, { checkpoint, onProgress, signal }: LeafHooks): Promise<Solved> {
    let latest = leafBegins(leaf, checkpoint);
    const report = (news: Partial<LeafProgress>): void => onProgress((latest = { ...latest, ...news }));
    const checkpoints = new CheckpointWriter(this.#store, (written) => report({ checkpoint: written }));
    let incumbent: object | undefined;
    const onPost = (post: NodeJobPost): void => {
      if (post.kind === 'progress') {
        course.add(post.progress);
        report(post.progress);
        return;
      }
      incumbent = post.document;
      if (post.kind === 'checkpoint') checkpoints.write(post.document);
    };
    const began = performance.now();
    let course = new CourseRecorder(Date.now());
    let slot = 0;
    const onSlot = (number: number): void => {
      slot = number;
      course = new CourseRecorder(Date.now());
    };
    const noted = (solved: Solved): Promise<Solved> => this.#withSlot(solved, slotName(slot), course);
    try {
      const solved = await this.#pool.run<LeafInput, Solved>(
        { kind: 'solve', leaf, checkpoint },
        { onPost, onSlot, signal, graceSeconds: this.#patience.stop },
      );
      await checkpoints.settled();
      return await noted(solved);
    } catch (error) {
      if (!isDeaf(error)) throw error;
      const solved = await this.#handBack(leaf, incumbent, checkpoint);
      const seconds = { ...solved.seconds, solver: (performance.now() - began) / 1000 };
      return noted({ ...solved, stopped: true, seconds });
    }
  }

  /** Merges before the leaves that wait are solved: whole rounds wait for it. */
  merge(node: ProblemNode, state: RoundState, parts: readonly (Solved | undefined)[]): Promise<Merged> {
    return this.#pool.run<MergeInput, Merged>({ kind: 'merge', node, state, parts }, { first: true });
  }

  /** The result with the place and time of its solve; the course of a long solve goes into the store. */
  async #withSlot(solved: Solved, name: string, course: CourseRecorder): Promise<Solved> {
    const slot = { name, from: course.from, to: Date.now() };
    await putCourse(this.#store, slot, course.end(slot.to, solved));
    return { ...solved, slot };
  }

  /** The incumbent of a killed thread, certified by another thread that does not solve. */
  async #handBack(
    leaf: ProblemNode,
    incumbent: object | undefined,
    checkpoint: ObjectRef | undefined,
  ): Promise<Solved> {
    const latest = incumbent === undefined ? checkpoint : await putDocument(this.#store, 'checkpoints', incumbent);
    const options = { signal: AbortSignal.abort(), graceSeconds: this.#patience.handBack };
    const input: LeafInput = { kind: 'solve', leaf, checkpoint: latest };
    return this.#pool.run<LeafInput, Solved>(input, options).catch((error: unknown) => {
      if (!isDeaf(error)) throw error;
      return cutShort(leaf.name, true);
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

const slotName = (number: number): string => `${hostname()}/${process.pid}/${number}`;

const isDeaf = (error: unknown): boolean => (error as { code?: unknown }).code === 'deaf';

/** Writes checkpoints to the store one at a time; of those that wait, only the newest matters. */
class CheckpointWriter {
  #next: object | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly store: ObjectStore,
    private readonly onWritten: (ref: ObjectRef) => void,
  ) {}

  write(document: object): void {
    this.#next = document;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const document = this.#next;
      this.#next = undefined;
      // A checkpoint only saves time after a death; if the store fails here, writing the result fails, too, and reports
      // it.
      await putDocument(this.store, 'checkpoints', document).then(this.onWritten, () => undefined);
    }
  }
}
